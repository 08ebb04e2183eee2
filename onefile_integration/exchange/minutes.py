"""How many calls a run made in each minute, and of each kind: kept with the run, added to by each of its workers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from onefile_integration.models import Run, RunCalls, RunMinute


def keep(run: Run, calls: Counter[int], limit: int) -> None:
    """``calls`` by minutes since 1970; ``limit``: how many anybody might have made in one."""
    for number, made in sorted(calls.items()):
        if made:
            _add(run, datetime.fromtimestamp(number * 60, UTC), made, limit)


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


def _add(run: Run, minute: datetime, made: int, limit: int) -> None:
    row = RunMinute.objects.filter(run=run, minute=minute)
    if row.update(calls=F("calls") + made):
        return
    try:
        with transaction.atomic():
            RunMinute.objects.create(run=run, minute=minute, calls=made, limit=limit)
    except IntegrityError:  # another worker has begun the minute in this moment
        row.update(calls=F("calls") + made)
