"""How far learners are, and how far they should be by their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from learners.progress import Standing, done_of_total, expected_percent, standing
from learners.words import Pace

DAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("units", "total", "done", "progress"),
    [
        ([], None, None, None),
        ([], None, 3, None),
        ([], 40, None, (0, 40)),
        ([], 40, 12, (12, 40)),
        ([DAY, None, DAY], 40, 12, (2, 3)),
        ([None], None, None, (0, 1)),
    ],
)
def test_units_count_where_there_are_some_else_elements(units: Any, total: Any, done: Any, progress: Any) -> None:
    assert done_of_total(units, total_elements=total, elements_done=done) == progress


@pytest.mark.parametrize(
    ("start", "planned_end", "percent"),
    [
        (date(2026, 11, 16), date(2026, 11, 25), 100),
        (date(2026, 11, 25), date(2026, 12, 4), 10),
        (date(2026, 11, 21), date(2026, 11, 30), 50),
        (date(2026, 11, 26), date(2026, 12, 5), 0),
        (date(2026, 1, 1), date(2026, 2, 1), 100),
        (date(2026, 1, 1), None, None),
        (date(2026, 11, 25), date(2026, 11, 25), 100),
        (date(2026, 11, 26), date(2026, 11, 20), 0),
        (date(2026, 11, 24), date(2026, 11, 20), 100),
    ],
)
def test_time_that_is_over(start: date, planned_end: date | None, percent: int | None) -> None:
    assert expected_percent(start, planned_end, DAY) == percent


@pytest.mark.parametrize(
    ("done", "expected", "pace"),
    [(56, 50, Pace.AHEAD), (55, 50, Pace.ON_TIME), (45, 50, Pace.ON_TIME), (44, 50, Pace.BEHIND), (44, None, None)],
)
def test_a_few_points_either_way_are_on_time(done: int, expected: int | None, pace: Pace | None) -> None:
    assert Standing(done, 100, expected).pace == pace


@dataclass
class Line:
    progress: tuple[int, int] | None
    qualification_id: int = 1
    start: date = date(2026, 11, 21)
    planned_end: date | None = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], None),
        ([Line(None)], None),
        ([Line((0, 0))], None),
        ([Line((3, 10))], Standing(3, 10, 50)),
        ([Line((3, 10)), Line((5, 30), qualification_id=2)], Standing(8, 40, 50)),
        ([Line((3, 10)), Line(None, qualification_id=2)], Standing(3, 10, 50)),
        ([Line((3, 10), start=date(2026, 1, 1)), Line((1, 20))], Standing(1, 20, 50)),
        ([Line((3, 10)), Line((1, 20), start=date(2026, 12, 1))], Standing(3, 10, 50)),
        ([Line((3, 10), planned_end=None)], Standing(3, 10, None)),
        ([Line((3, 10)), Line((5, 30), qualification_id=2, planned_end=date(2026, 11, 25))], Standing(8, 40, 87)),
        ([Line((3, 10)), Line((5, 30), qualification_id=2, planned_end=None)], Standing(8, 40, 50)),
    ],
)
def test_all_lines_together(lines: list[Any], found: Standing | None) -> None:
    assert standing(lines, DAY) == found
