"""A Delivery Plan as it stood at the end of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from learners.presenters.records import badge, day, line_bar, line_state
from learners.progress import Standing, expected_percent
from learners.then import LineThen
from picsweb.display import Cell, Fact, Grid, GridRow

LINE_HEADS = ["VQ Reference", "Title", "Status", "Done", "Expected", "Start", "Planned end", "Actual end"]
UNIT_HEADS = ["VQ Reference", "Unit", "Title", "Status", "Done"]


def facts_then(row: Any, whole: Standing | None) -> list[Fact]:
    """``row`` is the learner's row of history that held then."""
    return [
        Fact("Status", badges=(badge(row.system_status),)),
        Fact("Start", day(row.start)),
        Fact("Planned end", day(row.planned_end)),
        Fact("Actual end", day(row.actual_end)),
        *(_standing_facts(whole) if whole else []),
    ]


def _standing_facts(whole: Standing) -> list[Fact]:
    text = f"{whole.done} of {whole.total} ({whole.percent}%)"
    expected = f"{whole.expected}% by its dates" if whole.expected is not None else "No planned end"
    pace = (badge(whole.pace),) if whole.pace else ()
    return [
        Fact("Done of all qualifications", text),
        Fact("Expected", expected),
        Fact("Pace", "Not known", badges=pace),
    ]


def lines_then_grid(lines: Sequence[LineThen], then: date) -> Grid:
    return Grid("Qualifications as they were", LINE_HEADS, [GridRow(_line_cells(line, then)) for line in lines])


def _line_cells(line: LineThen, then: date) -> list[Cell]:
    expected = expected_percent(line.start, line.planned_end, then)
    return [
        Cell(line.qualification.vq_reference, short=True),
        Cell(line.qualification.title),
        Cell(badge=badge(line_state(line, then))),
        Cell(bar=line_bar(line, then)),
        Cell("" if expected is None else f"{expected}%"),
        *(Cell(day(each), short=True) for each in (line.start, line.planned_end, line.actual_end)),
    ]


def units_then_grid(lines: Sequence[LineThen]) -> Grid:
    rows = [
        GridRow(
            [
                Cell(line.qualification.vq_reference, short=True),
                Cell(unit.reference, short=True),
                Cell(unit.title),
                Cell(badge=badge("Complete" if unit.actual_end else "In Progress")),
                Cell(day(unit.actual_end), short=True),
            ]
        )
        for line in lines
        for unit in line.units
    ]
    return Grid("Units as they were", UNIT_HEADS, rows)
