"""1,000 and 5,000 learners changed at once, and put back: seconds. TEST_DATABASE_URL=sqlite:///unused is on SQLite."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.servers import ENVIRONMENT, servers

SIZES = [int(size) for size in os.environ.get("BULK", "1000,5000").split(",")]


def main() -> None:
    os.environ |= ENVIRONMENT | {"DJANGO_SETTINGS_MODULE": "picsweb.settings"}
    servers.start()
    try:
        import django

        django.setup()
        from learners.models import Learner

        _fill(max(SIZES))
        _say("learners", "what", "seconds", "undo")
        pks = list(Learner.objects.order_by("pk").values_list("pk", flat=True))
        for size in SIZES:
            for kind, values in _orders().items():
                _measure(kind, pks[:size], values)
    finally:
        servers.stop()


def _fill(count: int) -> None:
    """Each has a main officer, and a placement that a new one would end."""
    from tests import factories

    officer, employer = factories.OfficerFactory(), factories.OrganisationFactory()
    for _ in range(count):
        learner = factories.LearnerFactory(main_officer=officer)
        factories.PlacementFactory(learner=learner, organisation=employer, start=date(2026, 9, 1), end=None)


def _orders() -> dict[str, dict[str, Any]]:
    from tests import factories

    placement = {"organisation": factories.OrganisationFactory(), "type": "P", "start": date(2026, 12, 1)}
    return {
        "main_officer": {"main_officer": factories.OfficerFactory()},
        "placement": placement | {"ends_current": True},
    }


def _measure(kind: str, pks: list[int], values: dict[str, Any]) -> None:
    from learners.actor import Actor
    from learners.bulk.kinds import KINDS
    from learners.models import Learner
    from learners.services import bulk_changes

    found, by = KINDS[kind], Actor("bench")
    order = bulk_changes.Order(found.kind, found.words(values), pks, lambda learners: found.plan(learners, values))
    shown = order.plan(Learner.objects.filter(pk__in=pks)).digest
    done: list[Any] = []
    seconds = _seconds(lambda: done.append(bulk_changes.carry_out(order, digest=shown, by=by)))
    assert done[0].changed == len(pks), done[0]
    _say(len(pks), kind, f"{seconds:.1f}", f"{_seconds(lambda: bulk_changes.undo(done[0], by=by)):.1f}")


def _seconds(act: Callable[[], Any]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _say(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:<16}" for cell in cells) + "\n")
    sys.stdout.flush()
