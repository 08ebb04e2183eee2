"""Rows as CSV or as an Excel workbook, row by row: neither is ever whole in memory."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from learners.files.cells import safe

AS_TEXT = "@"  # Excel's own format for it: 007 stays 007, and 1E5 no number, after someone edits the cell too
WIDTH = 18  # characters
BLOCK = 1 << 16
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_IN_A_TITLE = re.compile(r"[\\/*?:\[\]]")
_LONGEST_TITLE = 31


class _Echo:
    """csv's writer wants a file; the lines are wanted one by one."""

    def write(self, line: str) -> str:
        return line


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Safe to open in a spreadsheet."""
    writer = csv.writer(_Echo())
    yield writer.writerow(heading)
    for row in rows:
        yield writer.writerow([safe(text_of(value)) for value in row])


def workbook_blocks(title: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The workbook's bytes, for an answer; on disk until they are read."""
    with tempfile.TemporaryFile() as file:
        write_workbook(file, title, heading, rows)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def write_workbook(file: IO[bytes], title: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    write_sheets(file, (title, heading, rows))


def write_sheets(file: IO[bytes], *sheets: tuple[str, Sequence[str], Iterable[Sequence[Any]]]) -> None:
    """Sheets as (title, heading, rows). Every cell is text, so none needs the apostrophe that keeps a formula out of
    CSV.
    """
    book = Workbook(write_only=True)
    for title, heading, rows in sheets:
        _add_sheet(book, title, heading, rows)
    book.save(file)


def _add_sheet(book: Workbook, title: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(_NOT_IN_A_TITLE.sub(" ", title)[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for number in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    sheet.append(_filled([_text_cell(sheet, bold=True) for _ in heading], heading))
    cells = [_text_cell(sheet) for _ in heading]
    for row in rows:
        sheet.append(_filled(cells, row))


def text_of(value: Any) -> str:
    """Days as YYYY-MM-DD, times as HH:MM, lists parted by commas."""
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case time():
            return f"{value:%H:%M}"
        case list() | tuple():
            return ", ".join(map(text_of, value))
    return str(value)


def _text_cell(sheet: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.number_format = AS_TEXT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _filled(cells: Sequence[Any], row: Sequence[Any]) -> Iterator[Any]:
    """The same cells for every row: each is written before the next row fills it."""
    for cell, value in zip(cells, row, strict=True):
        cell.value = _NOT_IN_XML.sub("", text_of(value))
        cell.data_type = "s"  # setting the value makes a formula of =1+1, an error of #N/A
        yield cell
