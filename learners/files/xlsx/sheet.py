"""The first sheet of a workbook, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from openpyxl.utils.cell import column_index_from_string

from learners.files.faults import FileFault, Line, RawCell
from learners.files.xlsx import xml
from learners.files.xlsx.archive import DAMAGED, LARGEST_UNPACKED, Archive
from learners.files.xlsx.book import Book, InText, book_of
from learners.files.xlsx.values import text_of

MOST_COLUMNS = 1_000
_COLUMN = re.compile("([A-Z]{1,3})[0-9]+")


def rows(stream: BinaryIO) -> Iterator[Line]:
    """(number of the row in the sheet, its cells), blank rows left out. What the sheet says of its size is ignored."""
    archive = Archive(stream)
    book = book_of(archive)
    sheet, width = _Sheet(book), 0
    for _ in xml.steps(archive.blocks(book.sheet, most=LARGEST_UNPACKED), sheet):
        for number, cells in sheet.taken():
            width = width or max(cells)
            yield number, [cells.get(column, "") for column in range(1, max(width, *cells) + 1)]


class _Sheet:
    """Keeps the cells of the current row, by column from 1, and the whole rows that nobody has taken yet."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.done: list[tuple[int, dict[int, RawCell]]] = []
        self.number = self.column = self.style = 0
        self.cells: dict[int, RawCell] = {}
        self.kind = ""
        self.value: str | None = None
        self.is_formula = self.in_value = False
        self.inline = InText()

    def taken(self) -> list[tuple[int, dict[int, RawCell]]]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self.is_formula = True
        elif name == "v":
            self.in_value, self.value = True, ""
        elif self.kind == "inlineStr":
            self.inline.start(name)

    def text(self, data: str) -> None:
        if self.in_value:
            self.value = (self.value or "") + data
            if len(self.value) > InText.LONGEST:
                raise FileFault(DAMAGED, line=self.number)
        elif self.kind == "inlineStr":
            self.inline.text(data)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "v":
            self.in_value = False
        elif name == "row":
            if self.cells:
                self.done.append((self.number, self.cells))
        elif self.kind == "inlineStr":
            self.inline.end(name)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self.number = _whole(attributes.get("r"), self.number + 1)
        self.column, self.cells = 0, {}

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _COLUMN.fullmatch(attributes.get("r", ""))
        self.column = column_index_from_string(place[1]) if place else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), _whole(attributes.get("s"), 0)
        self.value, self.is_formula = None, False

    def _end_cell(self) -> None:
        value = self.inline.take() if self.kind == "inlineStr" else self.value
        cell = text_of(self.kind, value, self.style, self.book, is_formula=self.is_formula)
        self.kind = ""
        if isinstance(cell, str) and not cell.strip():
            return
        if self.column > MOST_COLUMNS:
            raise FileFault(f"The sheet has more than {MOST_COLUMNS} columns.", line=self.number)
        self.cells[self.column] = cell


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not re.fullmatch("[0-9]{1,9}", text):
        raise FileFault(DAMAGED)
    return int(text)
