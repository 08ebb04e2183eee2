"""A file of rows, CSV or the first sheet of a workbook: bounded memory whatever it holds, and every row's number."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from learners.files.faults import CellFault, FileFault, Line, RawCell
from learners.files.streams import MEGABYTE, seekable, size_of
from learners.files.xlsx import sheet

LARGEST_FILE = 200 * MEGABYTE
LONGEST_LINE = 131_072  # bytes; the csv module's own limit for a cell
_WORKBOOK = b"PK"
_MARKS_OF_OTHERS = {
    b"\xff\xfe": "The file is UTF-16. Save it as CSV UTF-8.",
    b"\xfe\xff": "The file is UTF-16. Save it as CSV UTF-8.",
    b"\xd0\xcf": "Old Excel workbooks (.xls) and those with a password are not read. Save it as .xlsx without one.",
}

Rows = Callable[[], Iterator[Line]]


@contextmanager
def opened(stream: BinaryIO) -> Iterator[Rows]:
    """What gives the rows as often as it is asked. A workbook is taken apart once, into a file on disk."""
    with seekable(stream, most=LARGEST_FILE + 1) as whole:
        if size_of(whole) > LARGEST_FILE:
            raise FileFault(f"The file is larger than {LARGEST_FILE // MEGABYTE} MB. Part it.")
        whole.seek(0)
        if whole.read(len(_WORKBOOK)) != _WORKBOOK:
            yield lambda: rows(whole)
            return
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            for line in sheet.rows(whole):
                spool.write(_packed(line))
            yield lambda: _unpacked(spool)


def rows(stream: BinaryIO) -> Iterator[Line]:
    """(number of the row's first line, its cells), blank rows left out, the heading first."""
    stream.seek(0)
    reader = csv.reader(_lines(stream), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileFault(f"This is not CSV: {error}.", line=line) from None
        if any(cell.strip() for cell in cells):
            yield line, list(cells)


def _packed(line: Line) -> str:
    number, cells = line
    return json.dumps([number, [cell if isinstance(cell, str) else [str(cell)] for cell in cells]]) + "\n"


def _unpacked(spool: io.TextIOBase) -> Iterator[Line]:
    spool.seek(0)
    for text in spool:
        number, packed = json.loads(text)
        cells: list[RawCell] = [cell if isinstance(cell, str) else CellFault(cell[0]) for cell in packed]
        yield number, cells


def _lines(stream: BinaryIO) -> Iterator[str]:
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            raw = _without_mark(raw)
        if len(raw) > LONGEST_LINE:
            raise FileFault(f"The line is longer than {LONGEST_LINE} bytes.", line=number)
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError:
            raise FileFault("The line is not UTF-8. Save the file as CSV UTF-8.", line=number) from None


def _without_mark(first: bytes) -> bytes:
    for mark, message in _MARKS_OF_OTHERS.items():
        if first.startswith(mark):
            raise FileFault(message)
    return first.removeprefix(b"\xef\xbb\xbf")
