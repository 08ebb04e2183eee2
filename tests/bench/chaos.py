"""Seeded runs of enrolment and a night, 5 % of all calls failing, servers and workers killed: the end is as without.

CHAOS_RUNS (20) and CHAOS_LEARNERS (200) make it smaller, CHAOS_FIRST (1) begins with another seed. Each run is checked
against one without faults.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from tests.bench._stack import Stack

LEARNERS, RUNS = int(os.environ.get("CHAOS_LEARNERS", "200")), int(os.environ.get("CHAOS_RUNS", "20"))
FIRST = int(os.environ.get("CHAOS_FIRST", "1"))
SHARE = 0.05
LATE, SETTLE, LEASE = 1.0, 3.0, 4.0
BETWEEN_ACCIDENTS = 4.0, 12.0  # seconds
LONGEST = 1200.0
ROUNDS = 12
KINDS: list[dict[str, Any]] = [
    {"action": "status", "status": 400, "body": {"code": -90, "message": "not today"}},
    {"action": "status", "status": 500},
    {"action": "status", "status": 500, "write": True},
    {"action": "status", "status": 429, "retry_after": 1},
    {"action": "delay", "seconds": 0.5},
    {"action": "lost_before"},
    {"action": "lost_after"},
    {"action": "late", "seconds": LATE},
    {"action": "truncated"},
    {"action": "html"},
    {"action": "html", "write": True},
    {"action": "empty"},
    {"action": "session_ended"},
]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "picsweb.settings",
    "ONEFILE_CALLS_PER_MINUTE": "1000000",
    "ONEFILE_WINDOW_SECONDS": "1",
    "ONEFILE_TIMEOUT_SECONDS": "3",
    "ONEFILE_SETTLE_SECONDS": str(SETTLE),
    "ONEFILE_LEASE_SECONDS": str(LEASE),
}
WORDS = ("run", "seconds", "calls", "faults met", "kills", "questions", "end")


def main() -> None:
    with Stack(**ENVIRONMENT) as stack:
        os.environ |= stack.environment
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _say(*WORDS)
        faultless = _measured(stack, None, None)
        differing = [seed for seed in range(FIRST, FIRST + RUNS) if _measured(stack, seed, faultless) != faultless]
    if differing:
        sys.exit(f"These seeds end otherwise than a faultless run: {differing}")


def _measured(stack: Stack, seed: int | None, faultless: Any) -> Any:
    began = time.monotonic()
    story = Story(stack, seed)
    end = story.told()
    seconds, calls = f"{time.monotonic() - began:.0f}", stack.onefile.calls()
    met = sum(bool(call["fault"]) for call in calls)
    same = "the yardstick" if seed is None else "the same" if end == faultless else "DIFFERS"
    _say(seed or "none", seconds, len(calls), met, sum(story.kills.values()), story.questions, same)
    if same == "DIFFERS":
        _tell_difference(faultless, end)
    return end


def _tell_difference(wanted: dict[str, Any], got: dict[str, Any]) -> None:
    for what in wanted:
        few, many = Counter(map(str, wanted[what])), Counter(map(str, got[what]))
        for row in list((few - many).elements())[:5]:
            _say(f"  {what} lacks", row)
        for row in list((many - few).elements())[:5]:
            _say(f"  {what} has besides", row)


class Story:
    """One provider: everybody is enrolled, assessors work, a night brings it home. Then it is looked at."""

    def __init__(self, stack: Stack, seed: int | None) -> None:
        self.stack, self.onefile, self.seed = stack, stack.onefile, seed
        self.kills: Counter[str] = Counter()
        self.questions = 0
        self._over = threading.Event()

    def told(self) -> dict[str, Any]:
        from tests.bench import _provider

        _provider.empty(self.onefile)
        self.learners = _provider.make(self.onefile, LEARNERS)
        self.stack.start()
        try:
            with self._accidents():
                self._enrol()
            self._go_on("onefile_enrol", *[each.ident for each in self.learners])
            _provider.work_in_onefile(self.onefile)
            with self._accidents():
                self._night()
            self._go_on("onefile_sync")
        finally:
            self.stack.stop()
        return _provider.everything(self.onefile)

    # ---- what happens

    def _enrol(self) -> None:
        from onefile_integration.exchange import batches, listed
        from onefile_integration.exchange.enrolment import Given
        from onefile_integration.models import Settings
        from tests.bench._provider import BY

        keys = [each.pk for each in self.learners]
        settings = self._again(Settings.objects.current)
        shown = self._ended(self._again(lambda: listed.start(keys, Given(), settings=settings, by=BY)))
        rows = self._again(lambda: {row.pk: row.digest[: batches.DIGEST_SHOWN] for row in shown.plans.all()})
        run = self._again(lambda: batches.begin(shown, rows, settings=settings, by=BY))
        if run is not None:
            self._ended(run)

    def _night(self) -> None:
        from onefile_integration.exchange import nightly
        from onefile_integration.models import Settings
        from tests.bench._provider import BY

        settings = self._again(Settings.objects.current)
        self._ended(self._again(lambda: nightly.start_whole_run(settings, by=BY)))

    def _ended(self, run: Any) -> Any:
        """Workers and beat do it; nobody else helps."""
        deadline = time.monotonic() + LONGEST
        while self._again(lambda: (run.refresh_from_db(), run.is_open)[1]):
            assert time.monotonic() < deadline, f"{run} does not come to an end"
            if self._again(lambda: run.state) == "held":
                raise AssertionError(f"{run} is held: {run.held}")
            time.sleep(0.5)
        return run

    @staticmethod
    def _again(act: Callable[[], Any]) -> Any:
        """The database may be away just now."""
        from django.db import InterfaceError, OperationalError, close_old_connections, connection

        for _ in range(60):
            try:
                return act()
            except (OperationalError, InterfaceError):
                connection.close()
                close_old_connections()
                time.sleep(0.5)
        raise AssertionError("the database does not come back")

    # ---- what goes wrong

    @contextmanager
    def _accidents(self) -> Iterator[None]:
        if self.seed is None:
            yield
            return
        for number, kind in enumerate(KINDS):
            dice = self.seed * 100 + number
            self.onefile.fault(times=0, probability=SHARE / len(KINDS), seed=dice, **kind)
        self._over.clear()
        killer = threading.Thread(target=self._kill)
        killer.start()
        try:
            yield
        finally:
            self._over.set()
            killer.join()
            self.onefile.clear_faults()
            time.sleep(LATE)  # what is to land late has landed

    def _kill(self) -> None:
        rng = random.Random(self.seed)
        while not self._over.wait(rng.uniform(*BETWEEN_ACCIDENTS)):
            name = rng.choice(["worker", "beat", "valkey", "postgresql"])
            self.stack.kill(name)
            self.kills[name] += 1

    # ---- as staff do afterwards

    def _go_on(self, *words: str) -> None:
        """The same again, and what is asked answered by looking, until nothing is left."""
        for _ in range(ROUNDS):
            asked = self._answer()
            status, said = self._command(*words)
            if status == 0 and not asked:
                return
            time.sleep(SETTLE)
        raise AssertionError(f"it never came to an end: {said}")

    def _answer(self) -> int:
        from onefile_integration.models import Question
        from tests.bench._provider import answer_by_looking

        asked = list(Question.objects.open())
        for question in asked:
            self.questions += answer_by_looking(question, self.onefile)
        return len(asked)

    @staticmethod
    def _command(*words: str) -> tuple[int, Any]:
        from django.core.management import call_command

        out = StringIO()
        try:
            call_command(*words, "--json", stdout=out, stderr=StringIO())
        except SystemExit as ended:
            return int(ended.code or 0), json.loads(out.getvalue() or "{}")
        return 0, json.loads(out.getvalue())


def _say(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:<16}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
