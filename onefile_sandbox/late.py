"""Writes that land after their connection was closed."""

import threading
from collections.abc import Callable

from django.db import connection
from django.http import HttpResponse

Perform = Callable[[], HttpResponse]


class Late:
    """Those still on their way. A stopped server lands none."""

    def __init__(self) -> None:
        self._waiting: list[tuple[threading.Timer, Perform]] = []
        self._lock = threading.Lock()

    def put(self, perform: Perform, seconds: float) -> None:
        timer = threading.Timer(seconds, lambda: self._land(entry))
        timer.daemon = True
        entry = (timer, perform)
        with self._lock:
            self._waiting.append(entry)
        timer.start()

    def _land(self, entry: tuple[threading.Timer, Perform]) -> None:
        with self._lock:
            if entry not in self._waiting:
                return
        try:
            entry[1]()
        finally:
            with self._lock:
                self._waiting.remove(entry)
            if threading.current_thread() is entry[0]:
                connection.close()

    def land_now(self) -> int:
        """For a test that does not want to wait."""
        with self._lock:
            entries = list(self._waiting)
        for entry in entries:
            entry[0].cancel()
            self._land(entry)
        return len(entries)

    def drop(self) -> None:
        with self._lock:
            for timer, _ in self._waiting:
                timer.cancel()
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)


writes = Late()
