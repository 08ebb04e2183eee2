"""A night of 1,000 learners on three servers, and the naive one: calls by kind, allowance, seconds, calls a second."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench._naive import naive
from tests.bench._profile import shares
from tests.sandbox_process import SandboxProcess
from tests.servers import ENVIRONMENT

LEARNERS = int(os.environ.get("BENCH_LEARNERS", "1000"))
LIMIT, FASTER = 300, 6  # 300 calls a minute, on a clock that runs six times as fast: so does our own work
WINDOW = 60 / FASTER
LEAST_SHARE = 0.01
FULL = {"paged_rows": "full", "aim_search_scope": "organisation"}
SERVERS: dict[str, dict[str, Any]] = {
    "only what is proven": {},
    "full rows in pages": FULL,
    "lists that lie": FULL | {"paged_lies": "old"},
}


def main() -> None:
    from scripts import valkey

    with tempfile.TemporaryDirectory() as folder, valkey.running(Path(folder)) as store, SandboxProcess() as onefile:
        os.environ |= ENVIRONMENT | {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "REDIS_URL": store.url(),
            "ONEFILE_PRACTICE_URL": onefile.base_url,
            "ONEFILE_CALLS_PER_MINUTE": str(LIMIT),
            "ONEFILE_WINDOW_SECONDS": str(WINDOW),
            "DJANGO_SETTINGS_MODULE": "picsweb.settings",
        }
        import django

        django.setup()
        _measure(onefile)


@dataclass
class Night:
    label: str
    calls: Counter[str]
    refused: int
    minutes: float
    least: int
    changed: int

    @property
    def made(self) -> int:
        return self.calls.total()


def _measure(onefile: SandboxProcess) -> None:
    from django.core.management import call_command

    from tests.provider import NEW_REVIEW, Provider

    call_command("migrate", verbosity=0)
    some = Provider(LEARNERS)
    _settle(onefile, some)
    nights = []
    for number, (label, switches) in enumerate(SERVERS.items(), start=1):
        onefile.switches(paged_rows=None, aim_search_scope=None, paged_lies=None)
        onefile.switches(**switches)
        some.news(onefile, elements=3 + number, review=NEW_REVIEW + number * LEARNERS)
        nights.append(_night(onefile, some, label))
    onefile.set_limit(1_000_000)
    calls, refused, seconds = naive(onefile, LIMIT)
    nights.append(Night("one by one, naive", calls, refused, seconds / 60, nights[0].least, 0))
    _print(nights)
    _unlimited(onefile, some)


def _settle(onefile: SandboxProcess, some: Any) -> None:
    from django.core.management import call_command

    from learners.actor import Actor
    from onefile_integration.exchange import configuration

    some.in_onefile(onefile)
    changes = {"enabled": "on", "download_reviews": "on", "calls_per_minute": "100000"}
    configuration.change(changes, token=onefile.token, by=Actor("bench"))
    call_command("onefile_check", stdout=sys.stderr)
    some.here()


def _night(onefile: SandboxProcess, some: Any, label: str) -> Night:
    """Seen from OneFile: what came, and what it refused."""
    onefile.clear_calls()
    onefile.set_limit(LIMIT, WINDOW)
    began = time.monotonic()
    changed = _run()
    minutes = (time.monotonic() - began) * FASTER / 60
    seen = onefile.calls()
    kinds = Counter(f"{call['method']} {_kind(call['path'])}" for call in seen)
    pages = "pages" in label
    least = _least(some, paged=pages)
    return Night(label, kinds, sum(call["status"] == 429 for call in seen), minutes, least, changed)


def _kind(path: str) -> str:
    return "/".join(word for word in path.strip("/").split("/") if not word.isdigit())


def _least(some: Any, *, paged: bool) -> int:
    """Lists of learners and reviews; then each aim, each open and each new review, or pages of 500."""
    if paged:
        return 2 + -(-some.learners * some.aims // 500) + -(-some.learners * some.reviews // 500)
    return 2 + some.learners * (some.aims + 1) + len(some.changed)


def _run() -> int:
    from learners.actor import Actor
    from onefile_integration.exchange import foreground, nightly, results
    from onefile_integration.models import Settings

    run = nightly.start_whole_run(Settings.objects.current(), by=Actor("bench"))
    stopped = foreground.to_the_end(run)
    run.refresh_from_db()
    result = results.run_result(run, stopped)
    assert result["outcome"] == "finished" and not result["failures"], (stopped, result["failures"][:3])
    return int(result["learners"]["changed"])


def _print(nights: list[Night]) -> None:
    _say("", *(night.label for night in nights))
    for kind in sorted({kind for night in nights for kind in night.calls}):
        _say(kind, *(night.calls[kind] or "" for night in nights))
    _say("calls", *(night.made for night in nights))
    _say("the least possible", *(night.least for night in nights))
    _say("share of it", *(f"{night.least / night.made:.0%}" for night in nights))
    _say("429", *(night.refused for night in nights))
    _say("minutes at 300", *(f"{night.minutes:.1f}" for night in nights))
    _say("seconds here", *(f"{night.minutes * 60 / FASTER:.0f}" if night.changed else "" for night in nights))
    _say("of the allowance", *(f"{night.made / (LIMIT * night.minutes):.0%}" for night in nights))
    _say("learners changed", *(night.changed or "" for night in nights))


def _unlimited(onefile: SandboxProcess, some: Any) -> None:
    """The processor's seconds are this process's own: the sandbox is another."""
    from django.conf import settings

    settings.ONEFILE_CALLS_PER_MINUTE = 100_000
    onefile.switches(paged_rows=None, aim_search_scope=None, paged_lies=None)
    onefile.set_limit(1_000_000)
    onefile.clear_calls()
    began, spent = time.monotonic(), time.process_time()
    _run()
    seconds, spent, made = time.monotonic() - began, time.process_time() - spent, len(onefile.calls())
    _say("without a limit", f"{made / seconds:.0f} calls a second", f"{made / spent:.0f} of processor time")
    _say("where that goes")
    for part, share in shares(_run_alone):
        if share >= LEAST_SHARE:
            _say(f"  {part}", f"{share:.0%}")


def _run_alone() -> None:
    """In this thread: a profile sees no other."""
    from learners.actor import Actor
    from onefile_integration.exchange import nightly, work
    from onefile_integration.models import Settings

    work.work(nightly.start_whole_run(Settings.objects.current(), by=Actor("bench")))


def _say(*cells: object) -> None:
    print("".join(f"{cell!s:<24}" for cell in cells), flush=True)  # noqa: T201
