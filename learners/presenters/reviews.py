"""The counts above the list of reviews: for each officer how many are overdue, due and unsigned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.text import slugify

from learners.words import REVIEWS_TO_DO, ReviewState
from picsweb.display import Cell, Grid, GridRow, Link, Overview

OPEN_UP_TO = 12  # officers
NO_OFFICER = "null"  # as the filter spells it

Count = Mapping[str, Any]
AddressOf = Callable[[str, ReviewState], str]


def count_name(state: ReviewState) -> str:
    return slugify(state.label)


def reviews_overview(counts: Iterable[Count], address_of: AddressOf) -> Overview:
    """``address_of`` the list of one officer (by the filter's value) in one state."""
    rows = list(counts)
    totals = [f"{sum(row[count_name(state)] for row in rows)} {state.label.lower()}" for state in REVIEWS_TO_DO]
    heads = ["Officer", *(state.label for state in REVIEWS_TO_DO)]
    grid = Grid("Reviews by officer", heads, [_row(row, address_of) for row in rows])
    return Overview(f"By officer: {', '.join(totals)}", grid, open=len(rows) <= OPEN_UP_TO)


def _row(count: Count, address_of: AddressOf) -> GridRow:
    officer = str(count["officer_id"] or NO_OFFICER)
    return GridRow([Cell(_name(count)), *(_cell(count, officer, state, address_of) for state in REVIEWS_TO_DO)])


def _cell(count: Count, officer: str, state: ReviewState, address_of: AddressOf) -> Cell:
    number = count[count_name(state)]
    if not number:
        return Cell("0")
    about = f"{state.label.lower()} reviews of {_name(count)}"
    return Cell(link=Link(str(number), address_of(officer, state), about=about))


def _name(count: Count) -> str:
    if not count["officer_id"]:
        return "No officer"
    return f"{count['officer__forenames']} {count['officer__surname']}".strip() or str(count["officer__ident"])
