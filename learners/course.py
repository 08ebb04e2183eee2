"""A learner's progress from the first day on record to today, rebuilt from history in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from learners.models import DeliveryPlanLine, Learner, Unit
from learners.progress import DoneOfTotal, Standing, done_of_total, standing
from learners.then import end_of
from learners.values import LONDON


@dataclass
class Measured:
    """A line as far as it is measured."""

    qualification_id: int
    start: date
    planned_end: date | None
    progress: DoneOfTotal | None


def course(learner: Learner, today: date) -> list[tuple[date, Standing]]:
    """How all lines together stood at the end of each London day on which that changed."""
    lines = list(DeliveryPlanLine.history.filter(learner_id=learner.pk, history_date__lt=end_of(today)))
    units = Unit.history.filter(line_id__in={row.id for row in lines}, history_date__lt=end_of(today))
    rows = sorted([*lines, *units], key=lambda row: (row.history_date, row.history_id))
    return _changes(_days(rows))


def _days(rows: Iterable[Any]) -> Iterable[tuple[date, list[Measured]]]:
    """The lines as they were at the end of each day of the history. Later rows of a record replace earlier ones."""
    lines: dict[int, Any] = {}
    units: dict[int, dict[int, Any]] = defaultdict(dict)
    for day, changed in groupby(rows, key=lambda row: row.history_date.astimezone(LONDON).date()):
        for row in changed:
            kept = units[row.line_id] if row.instance_type is Unit else lines
            if row.history_type == "-":
                kept.pop(row.id, None)
            else:
                kept[row.id] = row
        yield day, [_measured(row, units[row.id].values()) for row in lines.values()]


def _measured(row: Any, units: Iterable[Any]) -> Measured:
    ends = [unit.actual_end for unit in units]
    progress = done_of_total(ends, total_elements=row.total_elements, elements_done=row.elements_done)
    return Measured(row.qualification_id, row.start, row.planned_end, progress)


def _changes(days: Iterable[tuple[date, list[Measured]]]) -> list[tuple[date, Standing]]:
    """Days on which nothing was done or to be done differently are left out."""
    found: list[tuple[date, Standing]] = []
    for day, lines in days:
        stood = standing(lines, day)
        if stood and (not found or (stood.done, stood.total) != (found[-1][1].done, found[-1][1].total)):
            found.append((day, stood))
    return found
