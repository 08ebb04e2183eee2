"""Empty files to fill in, one for each kind, with what each column is for."""

from __future__ import annotations

import io
from collections.abc import Iterator

from learners.files import sheets
from learners.files.kind import Column, Kind

EXPLAINED = ("COLUMN", "NEEDED", "HOW TO WRITE IT")
BLANK = "A blank cell leaves what is there; a cell that is only - clears it."


def csv_template(kind: Kind) -> str:
    return "".join(sheets.csv_lines(kind.headings(), []))


def workbook_template(kind: Kind) -> bytes:
    """The second sheet, which import passes over, explains the first."""
    file = io.BytesIO()
    sheets.write_sheets(file, (kind.name, kind.headings(), []), ("Columns", EXPLAINED, explained(kind)))
    return file.getvalue()


def explained(kind: Kind) -> Iterator[tuple[str, str, str]]:
    for column in kind.columns:
        yield column.name, _needed(column), column.cell.form
    for name in kind.headings()[len(kind.columns) :]:
        needed = "The column may be missing" if name in kind.optional() else "May be blank"
        yield name, needed, "Digits: the id in the other system"
    yield "", "", BLANK


def _needed(column: Column) -> str:
    if column.key:
        return "Always: it says which record" if column.needed else "Part of what says which record"
    if column.needed:
        return "By a new record"
    return "The column may be missing" if column.optional else "May be blank"
