"""The calls of a run by the minute, under the limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import time_format

from onefile_integration.models import RunMinute
from onefile_integration.presenters.words import when
from picsweb.display import Cell, Grid, GridRow
from picsweb.pictures import Picture, columns_picture

TITLE = "Calls to OneFile by the minute"
MOST_COLUMNS = 240  # a longer run is shown in columns of several minutes, each the highest of its own
MINUTE = timedelta(minutes=1)


def calls_picture(minutes: Sequence[RunMinute], window: float) -> Picture | None:
    """None where no call was made. A limit of another window than a minute is not drawn, but said."""
    if not minutes:
        return None
    limit = max(minute.limit for minute in minutes)
    columns, each = _columns({minute.minute: minute.calls for minute in minutes})
    words = _words(minutes, limit, window, each)
    svg = columns_picture("calls", columns, limit if window == 60 else None, TITLE, words)
    rows = [
        GridRow([Cell(when(row.minute), short=True), Cell(str(row.calls)), Cell(str(row.limit))]) for row in minutes
    ]
    return Picture(TITLE, svg, Grid(TITLE, ["Minute", "Calls", "Limit"], rows), words)


def _row(minute: RunMinute) -> GridRow:
    return GridRow([Cell(when(minute.minute), short=True), Cell(str(minute.calls)), Cell(str(minute.limit))])


def _columns(calls: dict[datetime, int]) -> tuple[list[tuple[str, int]], int]:
    """Minutes without a call have their place, too."""
    first, last = min(calls), max(calls)
    count = round((last - first) / MINUTE) + 1
    each = -(-count // MOST_COLUMNS)
    starts = [first + MINUTE * number for number in range(0, count, each)]
    return [(_clock(start), max(calls.get(start + MINUTE * n, 0) for n in range(each))) for start in starts], each


def _clock(moment: datetime) -> str:
    return time_format(timezone.localtime(moment).time())


def _words(minutes: Sequence[RunMinute], limit: int, window: float, each: int) -> str:
    highest = max(minute.calls for minute in minutes)
    allowed = "a minute" if window == 60 else f"{window:g} seconds"
    said = f"At most {highest} in a minute, of this run alone; {limit} in {allowed} were allowed to all together."
    return f"{said} A column is the highest of {each} minutes." if each > 1 else said
