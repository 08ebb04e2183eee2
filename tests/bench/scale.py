"""100, 1,000 and 10,000 linked learners and one process: how calls, seconds, queries, memory and rows grow."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.sandbox_process import SandboxProcess
from tests.servers import ENVIRONMENT, servers

SIZES = [int(size) for size in os.environ.get("SCALE", "100,1000,10000").split(",")]
NO_LIMIT = 10_000_000
FULL = {"paged_rows": "full", "aim_search_scope": "organisation"}
PAGES = (
    *("/onefile/", "/onefile/runs/", "/onefile/runs/{run}/", "/onefile/runs/{run}/learners/"),
    *("/onefile/runs/{run}/changes/", "/onefile/runs/{run}/undo/", "/onefile/journal/"),
)
COLUMNS = ("seconds", "ms each", "of processor", "calls", "queries", "q. each", "MB", "plans", "steps", "MB of data")


def main() -> None:
    """SCALE names other sizes; TEST_DATABASE_URL=sqlite:///unused is on SQLite."""
    for size in SIZES:
        with SandboxProcess(limit=NO_LIMIT) as onefile:
            os.environ |= ENVIRONMENT | {
                "DJANGO_SETTINGS_MODULE": "picsweb.settings",
                "ONEFILE_PRACTICE_URL": onefile.base_url,
                "ONEFILE_CALLS_PER_MINUTE": str(NO_LIMIT),
            }
            servers.start()
            try:
                _measure(size, onefile)
            finally:
                servers.stop()


def _measure(size: int, onefile: SandboxProcess) -> None:
    _say(f"{size:,} learners", *COLUMNS)
    _alone(_fill, size, onefile.root_url)
    onefile.switches(**FULL)
    parts: dict[str, Callable[[], None]] = {
        "a night, a tenth changed": _night,
        "undo of it": _undo,
        "a reconciliation": _reconcile,
        "a tick": _tick,
        **{page: partial(_page, page) for page in PAGES},
        "a night, nothing changed": _night,
        "pruning of all": _prune,
    }
    for label, part in parts.items():
        _say(label, *_alone(_measured, part).told(size))


def _alone(part: Callable[..., Any], *given: Any) -> Any:
    """In a process of its own: its highest memory is the part's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin) as pool:
        return pool.submit(part, *given).result()


def _begin() -> None:
    import django

    django.setup()


# ---- figures


@dataclass(frozen=True)
class Figures:
    seconds: float
    processor: float
    queries: int
    memory: float
    calls: int = 0
    plans: int = 0
    steps: int = 0
    data: float = 0

    def told(self, size: int) -> list[str]:
        each = [f"{self.seconds:.2f}", f"{self.seconds * 1000 / size:.1f}", f"{self.processor:.2f}", str(self.calls)]
        each += [str(self.queries), f"{self.queries / size:.2f}", f"{self.memory:.0f}"]
        return [*each, str(self.plans), str(self.steps), f"{self.data:.1f}"]


def _measured(part: Callable[[], None]) -> Figures:
    before, queries = _rows(), _counted_queries()
    began, spent = time.monotonic(), time.process_time()
    part()
    seconds, processor, asked = time.monotonic() - began, time.process_time() - spent, len(queries)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grown = {name: after - before[name] for name, after in _rows().items()}
    return Figures(seconds, processor, asked, memory, **grown)


def _counted_queries() -> list[None]:
    """Of each thread's connection."""
    from django.db import connection
    from django.db.backends.signals import connection_created

    asked: list[None] = []

    def count(execute: Any, *given: Any) -> Any:
        asked.append(None)
        return execute(*given)

    def watch(connection: Any, **_: Any) -> None:
        if count not in connection.execute_wrappers:
            connection.execute_wrappers.append(count)

    connection_created.connect(watch, weak=False)
    watch(connection)
    return asked


def _rows() -> dict[str, Any]:
    from django.db.models import Sum

    from onefile_integration.models import ExchangePlan, Reconciliation, Run, Step

    calls = sum(model.objects.aggregate(calls=Sum("calls"))["calls"] or 0 for model in (Run, Reconciliation))
    plans, steps = ExchangePlan.objects.count(), Step.objects.count()
    return {"calls": calls, "plans": plans, "steps": steps, "data": _size()}


def _size() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return Path(str(connection.settings_dict["NAME"])).stat().st_size / 1e6
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0]) / 1e6


# ---- parts


def _fill(size: int, root_url: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    from learners.actor import Actor
    from onefile_integration.exchange import configuration
    from tests.provider import Provider

    some, onefile = Provider(size), SandboxProcess()
    onefile.root_url = root_url
    some.in_onefile(onefile)
    changes = {"enabled": "on", "download_reviews": "on", "calls_per_minute": "100000"}
    configuration.change(changes, token=onefile.token, by=Actor("bench"))
    call_command("onefile_check", stdout=StringIO())
    some.here()
    some.news(onefile)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _night() -> None:
    """The command, with all that it says."""
    from django.core.management import call_command

    call_command("onefile_sync", "--json", stdout=StringIO(), stderr=StringIO())


def _first() -> Any:
    from onefile_integration.models import Run

    return Run.objects.order_by("pk")[0]


def _undo() -> None:
    from learners.actor import Actor
    from onefile_integration.exchange import foreground, undo

    run = _first()
    made = undo.begin(run, undo.chosen_of(undo.steps_of(run)), by=Actor("bench"))
    stopped = foreground.to_the_end(made)
    assert not stopped and not made.plans.exclude(state="done").exists(), stopped


def _reconcile() -> None:
    from learners.actor import Actor
    from onefile_integration.exchange import reconciliation
    from onefile_integration.models import Centre

    report = reconciliation.start(Centre.objects.get(), by=Actor("bench"))
    reconciliation.work(report.pk)
    report.refresh_from_db()
    assert report.state == "done", report.message


def _tick() -> None:
    from onefile_integration import tasks

    tasks.tick()


def _page(address: str) -> None:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "whitenoise" not in each]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench")
    client = Client()
    client.force_login(user)
    assert client.get(address.format(run=_first().pk)).status_code == 200, address


def _prune() -> None:
    """As often as it takes, of runs of five years ago."""
    from django.utils import timezone

    from onefile_integration.exchange import keeping
    from onefile_integration.models import ExchangePlan, Run

    now = timezone.localtime().replace(hour=23)
    _make_old(now - timedelta(days=5 * 365))
    while left := ExchangePlan.objects.count():
        keeping.prune(now)
        assert ExchangePlan.objects.count() < left
    assert Run.objects.count() == 1, "the last whole run stays"


def _make_old(then: datetime) -> None:
    from onefile_integration.models import ExchangePlan, HeldField, Run

    HeldField.objects.all().delete()
    Run.objects.update(started_at=then, finished_at=then)
    ExchangePlan.objects.update(created_at=then, ended_at=then)


def _say(label: str, *cells: object) -> None:
    sys.stdout.write(f"{label:<30}" + "".join(f"{cell!s:>13}" for cell in cells) + "\n")
    sys.stdout.flush()
