"""The rate limit, per customer token, in memory: a restart opens a new window.

Window form, what counts and the headers of a 429 are invented defaults (X), each with its switch.
"""

import threading
import time
from collections import defaultdict, deque

from onefile_sandbox import switches


class Limiter:
    def __init__(self, limit: int = 300, window: float = 60.0) -> None:
        self.limit, self.window = limit, window
        self._lock = threading.Lock()
        self._opened: dict[str, float] = {}
        self._fixed: dict[str, int] = defaultdict(int)
        self._log: dict[str, deque[float]] = defaultdict(deque)

    def set(self, limit: int | None = None, window: float | None = None) -> None:
        """New figures, and a fresh window."""
        with self._lock:
            self.limit = self.limit if limit is None else limit
            self.window = self.window if window is None else window
            self._opened.clear()
            self._fixed.clear()
            self._log.clear()

    def admit(self, key: str) -> float | None:
        """None if the call may go on, else the seconds until one may."""
        with self._lock:
            now = time.monotonic()
            sliding = switches.get("rate_window") == "sliding"
            return self._sliding(key, now) if sliding else self._fixed_window(key, now)

    def _fixed_window(self, key: str, now: float) -> float | None:
        """The window opens with its first call."""
        if now - self._opened.get(key, float("-inf")) >= self.window:
            self._opened[key], self._fixed[key] = now, 0
        allowed = self._fixed[key] < self.limit
        if allowed or switches.get("rejected_calls_count") == "yes":
            self._fixed[key] += 1
        return None if allowed else self._opened[key] + self.window - now

    def _sliding(self, key: str, now: float) -> float | None:
        log = self._log[key]
        while log and now - log[0] >= self.window:
            log.popleft()
        allowed = len(log) < self.limit
        if allowed or switches.get("rejected_calls_count") == "yes":
            log.append(now)
        # With a log longer than the limit, the call that must leave first is not the oldest one.
        return None if allowed else log[max(0, len(log) - self.limit)] + self.window - now


limiter = Limiter()
