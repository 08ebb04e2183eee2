"""The days of a series of reviews. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import takewhile

LONGEST = 60
SATURDAY, SUNDAY = 5, 6
DAYS_TO_MONDAY = {SATURDAY: 2, SUNDAY: 1}


def series_days(
    first: date, *, weeks: int, until: date | None = None, count: int | None = None, off_weekends: bool = False
) -> list[date]:
    """Every so many weeks from ``first``, up to ``until`` (that day too) or ``count``, whichever comes first.

    ``off_weekends`` moves a day to the Monday after it; the days that follow keep their distance from ``first``.
    """
    days = (_moved(day) if off_weekends else day for day in _every(first, weeks, count or LONGEST))
    return list(takewhile(lambda day: until is None or day <= until, days))


def is_weekend(day: date) -> bool:
    return day.weekday() in DAYS_TO_MONDAY


def _every(first: date, weeks: int, count: int) -> Iterator[date]:
    for number in range(min(count, LONGEST)):
        try:
            yield first + timedelta(weeks=weeks * number)
        except OverflowError:
            return


def _moved(day: date) -> date:
    return day + timedelta(days=DAYS_TO_MONDAY.get(day.weekday(), 0))
