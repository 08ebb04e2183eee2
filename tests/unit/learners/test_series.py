"""The days of a series of reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from learners.series import LONGEST, series_days

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("first", "asked", "days"),
    [
        (MONDAY, {"weeks": 1, "count": 3}, [MONDAY, date(2026, 11, 30), date(2026, 12, 7)]),
        (MONDAY, {"weeks": 8, "until": date(2027, 3, 15)}, [MONDAY, date(2027, 1, 18), date(2027, 3, 15)]),
        (MONDAY, {"weeks": 8, "until": date(2027, 3, 14)}, [MONDAY, date(2027, 1, 18)]),
        (MONDAY, {"weeks": 8, "until": date(2027, 3, 15), "count": 2}, [MONDAY, date(2027, 1, 18)]),
        (MONDAY, {"weeks": 1, "until": date(2026, 11, 22)}, []),
        (SATURDAY, {"weeks": 1, "count": 2}, [SATURDAY, date(2026, 12, 5)]),
        (SATURDAY, {"weeks": 1, "count": 2, "off_weekends": True}, [date(2026, 11, 30), date(2026, 12, 7)]),
        (SUNDAY, {"weeks": 2, "count": 2, "off_weekends": True}, [date(2026, 11, 30), date(2026, 12, 14)]),
        (SATURDAY, {"weeks": 1, "until": SUNDAY, "off_weekends": True}, []),
        (date(9999, 12, 27), {"weeks": 1, "count": 5}, [date(9999, 12, 27)]),
    ],
)
def test_days(first: date, asked: dict[str, Any], days: list[date]) -> None:
    assert series_days(first, **asked) == days


def test_a_series_without_end_has_an_end() -> None:
    assert len(series_days(MONDAY, weeks=1)) == len(series_days(MONDAY, weeks=1, count=1000)) == LONGEST
