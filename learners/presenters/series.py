"""A series of reviews before it is made, and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time

from learners.models import Review
from learners.presenters.records import badge, moment
from learners.series import is_weekend
from learners.words import ReviewState
from picsweb.display import Badge, Cell, Grid, GridRow

TAKEN = Badge("Left out: a review is there that day", "warning")
NEW = Badge("New", "info")


def preview_grid(days: Sequence[date], taken: Iterable[date], at: time | None) -> Grid:
    rows = [
        GridRow([Cell(moment(each, at), short=True), Cell(_weekday(each)), Cell(badge=TAKEN if each in taken else NEW)])
        for each in days
    ]
    return Grid("Days of the series", ["Day", "Weekday", "What happens"], rows)


def made_grid(made: Iterable[Review], untouched: Iterable[Review]) -> Grid:
    alike = set(untouched)
    rows = [
        GridRow(
            [
                Cell(moment(review.scheduled_date, review.start_time), short=True),
                Cell(review.type),
                Cell(str(review.officer or "")),
                Cell(badge=badge(ReviewState.PLANNED) if review in alike else Badge("Changed since: stays", "warning")),
            ]
        )
        for review in made
    ]
    return Grid("Reviews of the series", ["Scheduled", "Type", "Officer", "State"], rows)


def count_words(number: int) -> str:
    return f"{number} review{'' if number == 1 else 's'}"


def _weekday(each: date) -> str:
    return f"{each:%A} (weekend)" if is_weekend(each) else f"{each:%A}"
