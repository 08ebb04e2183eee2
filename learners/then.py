"""Delivery plans as they stood at the end of a London day, rebuilt from history in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from learners.models import DeliveryPlanLine, Learner, Qualification, Unit
from learners.progress import DoneOfTotal, done_of_total
from learners.values import LONDON


@dataclass(frozen=True)
class UnitThen:
    reference: str
    title: str
    actual_end: date | None


@dataclass
class LineThen:
    qualification_id: int
    qualification: Qualification
    start: date
    planned_end: date | None
    actual_end: date | None
    total_elements: int | None
    elements_done: int | None
    units: list[UnitThen] = field(default_factory=list)

    @property
    def progress(self) -> DoneOfTotal | None:
        ends = [unit.actual_end for unit in self.units]
        return done_of_total(ends, total_elements=self.total_elements, elements_done=self.elements_done)


def end_of(day: date) -> datetime:
    """The first moment that is no longer ``day`` in London."""
    return datetime.combine(day + timedelta(days=1), time.min, LONDON)


def learner_then(learner: Learner, day: date) -> Any | None:
    """The learner's history row that held at the end of ``day``; None where there was no record yet."""
    rows = _last_of_each(Learner.history.filter(id=learner.pk), day)
    return rows[0] if rows else None


def lines_then(learner_ids: Collection[int], day: date) -> dict[int, list[LineThen]]:
    """By learner; also lines that have been deleted since."""
    rows = _last_of_each(DeliveryPlanLine.history.filter(learner_id__in=learner_ids), day)
    units = _units_then([row.id for row in rows], day)
    qualifications = Qualification.objects.in_bulk({row.qualification_id for row in rows})
    found: dict[int, list[LineThen]] = defaultdict(list)
    for row in rows:
        qualification = qualifications.get(row.qualification_id) or Qualification(vq_reference="deleted since")
        found[row.learner_id].append(_line(row, qualification, units[row.id]))
    return {learner: sorted(lines, key=_as_listed) for learner, lines in found.items()}


def _units_then(line_ids: Collection[int], day: date) -> dict[int, list[UnitThen]]:
    units: dict[int, list[UnitThen]] = defaultdict(list)
    for row in _last_of_each(Unit.history.filter(line_id__in=line_ids), day):
        units[row.line_id].append(UnitThen(row.reference, row.title, row.actual_end))
    return units


def _last_of_each(history: Any, day: date) -> list[Any]:
    """The last row of each record, unless it says that the record was deleted.

    Chosen here: two rows of one moment are told apart by their order only.
    """
    rows: Iterable[Any] = history.filter(history_date__lt=end_of(day)).order_by("history_date", "history_id")
    last = {row.id: row for row in rows}
    return [row for row in last.values() if row.history_type != "-"]


def _line(row: Any, qualification: Qualification, units: list[UnitThen]) -> LineThen:
    same = ("qualification_id", "start", "planned_end", "actual_end", "total_elements", "elements_done")
    ordered = sorted(units, key=lambda unit: unit.reference)
    return LineThen(qualification=qualification, units=ordered, **{name: getattr(row, name) for name in same})


def _as_listed(line: LineThen) -> tuple[str, date]:
    return line.qualification.vq_reference, line.start
