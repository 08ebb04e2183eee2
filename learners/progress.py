"""How far learners are, and how far they should be by their dates. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from learners.words import Pace

ON_TIME_WITHIN = 5  # percentage points

DoneOfTotal = tuple[int, int]


def done_of_total(
    unit_ends: Sequence[date | None], *, total_elements: int | None, elements_done: int | None
) -> DoneOfTotal | None:
    """By units where there are some, else by elements; None where neither is known."""
    if unit_ends:
        return sum(end is not None for end in unit_ends), len(unit_ends)
    if total_elements is None:
        return None
    return elements_done or 0, total_elements


class Line(Protocol):
    qualification_id: int
    start: date
    planned_end: date | None

    @property
    def progress(self) -> DoneOfTotal | None: ...


@dataclass(frozen=True)
class Standing:
    """``expected`` is None where no line that counts has a planned end."""

    done: int
    total: int
    expected: int | None

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total

    @property
    def pace(self) -> Pace | None:
        if self.expected is None:
            return None
        if self.percent > self.expected + ON_TIME_WITHIN:
            return Pace.AHEAD
        return Pace.BEHIND if self.percent < self.expected - ON_TIME_WITHIN else Pace.ON_TIME


def expected_percent(start: date, planned_end: date | None, on: date) -> int | None:
    """The part of the time from start to planned end that is over at the end of ``on``."""
    if planned_end is None:
        return None
    days = (planned_end - start).days + 1
    if days <= 0:
        return 100 if on >= start else 0
    return min(max((on - start).days + 1, 0), days) * 100 // days


def standing(lines: Iterable[Line], on: date) -> Standing | None:
    """Of all lines together, a line weighing what it holds; of a restarted qualification the latest line counts."""
    measured = [(line, progress) for line in _latest(lines, on) if (progress := line.progress) and progress[1]]
    if not measured:
        return None
    done, total = (sum(progress[part] for _, progress in measured) for part in (0, 1))
    return Standing(done, total, _expected(measured, on))


def _latest(lines: Iterable[Line], on: date) -> list[Line]:
    begun = sorted((line for line in lines if line.start <= on), key=lambda line: line.start)
    return list({line.qualification_id: line for line in begun}.values())


def _expected(measured: Sequence[tuple[Line, DoneOfTotal]], on: date) -> int | None:
    weighed = [
        (expected, total)
        for line, (_, total) in measured
        if (expected := expected_percent(line.start, line.planned_end, on)) is not None
    ]
    if not weighed:
        return None
    return sum(expected * total for expected, total in weighed) // sum(total for _, total in weighed)
