"""What a run did in each minute, and how long it still takes: kept with the run, added to by each of its workers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, F

from onefile_integration.exchange.connection import limits
from onefile_integration.models import Run, RunMinute, Settings
from onefile_integration.rules.remaining import Minute, SoFar, minutes_left
from onefile_integration.words import Lane, PlanState


def keep(run: Run, calls: Counter[int], limit: int) -> None:
    """``calls`` by minutes since 1970; ``limit``: how many anybody might have made in one."""
    for number, made in sorted(calls.items()):
        if made:
            _add(run, datetime.fromtimestamp(number * 60, UTC), limit, calls=made)


def keep_turn(run: Run, now: datetime, limit: int) -> None:
    """Somebody's turn has ended."""
    _add(run, now.replace(second=0, microsecond=0), limit, turns=1)


def _add(run: Run, minute: datetime, limit: int, **made: int) -> None:
    row, more = RunMinute.objects.filter(run=run, minute=minute), {name: F(name) + n for name, n in made.items()}
    if row.update(**more):
        return
    try:
        with transaction.atomic():
            RunMinute.objects.create(run=run, minute=minute, limit=limit, **{"calls": 0} | made)
    except IntegrityError:  # another worker has begun the minute in this moment
        row.update(**more)


def left(run: Run, settings: Settings, now: datetime) -> int | None:
    """Minutes; None while it is not known, or another environment is set now."""
    if run.environment != settings.environment:
        return None
    states = Counter(dict(run.plans.order_by().values_list("state").annotate(n=Count("pk"))))
    allowed = limits(settings)
    share = 1 - (allowed.people_share / 100 if run.lane == Lane.NIGHT else 0)
    so_far = SoFar(
        unmade=states[PlanState.UNMADE],
        ready=states[PlanState.READY],
        made=states.total() - states[PlanState.UNMADE],
        minutes=[Minute(each.minute, each.turns, each.calls) for each in run.minutes.all()],
        calls_per_minute=max(allowed.limit * share * 60 / allowed.window, 1),
    )
    return minutes_left(so_far, now)
