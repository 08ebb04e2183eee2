"""Who is ahead, on time and behind today, of many learners at once: two queries however many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from learners.course import Measured
from learners.models import DeliveryPlanLine, Learner
from learners.progress import standing
from learners.words import Pace

NOT_KNOWN = "unknown"  # nothing is measured, or no planned end is known
PACES = (*Pace.values, NOT_KNOWN)


def paces(learners: QuerySet[Learner], today: date) -> dict[int, str]:
    """By learner: a word of ``PACES``."""
    lines: dict[int, list[Measured]] = defaultdict(list)
    for learner_pk, line in _measured(learners):
        lines[learner_pk].append(line)
    pks = learners.order_by().values_list("pk", flat=True)
    return {pk: _pace(lines.get(pk, ()), today) for pk in pks}


def _pace(lines: Sequence[Measured], today: date) -> str:
    stood = standing(lines, today)
    return stood.pace.value if stood and stood.pace else NOT_KNOWN


def _measured(learners: QuerySet[Learner]) -> Iterable[tuple[int, Measured]]:
    rows = DeliveryPlanLine.objects.filter(learner__in=learners.order_by().values("pk")).order_by()
    counted = rows.annotate(
        unit_count=Count("units"), units_done=Count("units", filter=Q(units__actual_end__isnull=False))
    )
    names = ("learner_id", "qualification_id", "start", "planned_end", "total_elements", "elements_done")
    for pk, qualification, start, end, total, done, units, ended in counted.values_list(
        *names, "unit_count", "units_done"
    ):
        progress = (ended, units) if units else None if total is None else (done or 0, total)
        yield pk, Measured(qualification, start, end, progress)


@dataclass(frozen=True)
class Caseload:
    """An officer's learners by pace, in the order of ``PACES``; ``officer`` is None for those who have none."""

    officer: int | None
    name: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)


def caseloads(learners: QuerySet[Learner], today: date) -> list[Caseload]:
    """Who has most learners behind comes first."""
    pace_of = paces(learners, today)
    officers = learners.order_by().values_list("pk", "main_officer_id", *_NAMES)
    counts: dict[int | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(PACES, 0))
    names: dict[int | None, str] = {None: "No officer"}
    for pk, officer, *name in officers:
        counts[officer][pace_of.get(pk, NOT_KNOWN)] += 1
        if officer:
            names[officer] = " ".join(filter(None, name))
    return sorted((_caseload(names, key, found) for key, found in counts.items()), key=_most_behind)


_NAMES = ("main_officer__forenames", "main_officer__surname")


def _caseload(names: Mapping[int | None, str], officer: int | None, found: Mapping[str, int]) -> Caseload:
    return Caseload(officer, names[officer], tuple(found[pace] for pace in PACES))


def _most_behind(caseload: Caseload) -> tuple[Any, ...]:
    behind = caseload.numbers[PACES.index(Pace.BEHIND.value)]
    return -behind, -caseload.total, caseload.name, caseload.officer or 0
