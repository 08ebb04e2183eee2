"""What a run did in each minute, its calls by kind, and how long it still takes: kept with the run, added to by each of
its workers.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, F

from onefile_integration.exchange.connection import limits
from onefile_integration.models import Run, RunCalls, RunMinute, Settings
from onefile_integration.rules.remaining import Minute, SoFar, minutes_left
from onefile_integration.words import Lane, PlanState


def keep(run: Run, calls: Counter[int], turns: Counter[int], limit: int) -> None:
    """``calls`` and ``turns`` by minutes since 1970; ``limit``: how many calls anybody might have made in one."""
    for number in sorted(+calls | +turns):
        made = {"calls": calls[number], "turns": turns[number]}
        _add(run, datetime.fromtimestamp(number * 60, UTC), limit, made)


def keep_kinds(run: Run, calls: Counter[str]) -> None:
    for kind, made in sorted(calls.items()):
        if made:
            _add_kind(run, kind, made)


def _add_kind(run: Run, kind: str, made: int) -> None:
    row = RunCalls.objects.filter(run=run, kind=kind)
    if row.update(calls=F("calls") + made):
        return
    try:
        with transaction.atomic():
            RunCalls.objects.create(run=run, kind=kind, calls=made)
    except IntegrityError:  # another worker has made the first of the kind in this moment
        row.update(calls=F("calls") + made)


def _add(run: Run, minute: datetime, limit: int, made: dict[str, int]) -> None:
    row, more = RunMinute.objects.filter(run=run, minute=minute), {name: F(name) + n for name, n in made.items()}
    if row.update(**more):
        return
    try:
        with transaction.atomic():
            RunMinute.objects.create(run=run, minute=minute, limit=limit, **made)
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
