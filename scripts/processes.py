"""Several programs at once: their lines with a name before them, and all of them ended together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

END_SECONDS = 6.0
PR_SET_PDEATHSIG = 1
_print_lock = threading.Lock()


class Processes:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._readers: list[threading.Thread] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        process = subprocess.Popen(  # noqa: S603 (our own words)
            command,
            cwd=self.folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C reaches us alone, and we end them in our order
            preexec_fn=end_with_parent(),
        )
        self._running[name] = process
        assert process.stdout is not None
        reader = threading.Thread(target=_relay, args=(name, process.stdout), daemon=True)
        reader.start()
        self._readers.append(reader)

    def ended(self) -> str:
        """The name of one that ended by itself, and how."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return f"{name} (status {process.returncode})"
        return ""

    def stop(self) -> None:
        """All at once; who is not gone in time is killed. What was in hand is taken up again from the database."""
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)  # with any children it left
            process.wait()
        for reader in self._readers:
            reader.join(1)
        self._running.clear()


def end_with_parent() -> Callable[[], None] | None:
    """Linux ends the child when we are killed without a chance to do so ourselves."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # gone; macOS says the second of zombies
        return


def _relay(name: str, lines: IO[str]) -> None:
    with lines:
        for line in lines:
            say(line.rstrip("\n"), name)


def say(line: str, name: str = "") -> None:
    # Who reads us may have gone away; what runs must be ended in order all the same.
    with _print_lock, contextlib.suppress(OSError):
        sys.stdout.write(f"{name:<8}| {line}\n" if name else f"{line}\n")
        sys.stdout.flush()
