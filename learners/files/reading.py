"""A CSV file, line by line: bounded memory whatever the file holds, and the number of every line known."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from learners.files.faults import FileFault

LONGEST_LINE = 131_072  # bytes; the csv module's own limit for a cell
_MARKS_OF_OTHERS = {
    b"\xff\xfe": "The file is UTF-16. Save it as CSV UTF-8.",
    b"\xfe\xff": "The file is UTF-16. Save it as CSV UTF-8.",
    b"PK": "Excel workbooks (.xlsx) are not in this version. Save the sheet as CSV UTF-8.",
    b"\xd0\xcf": "Old Excel workbooks are not read. Save the sheet as CSV UTF-8.",
}


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream itself, or a copy on disk: a file is read twice."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        while block := stream.read(1 << 20):
            copy.write(block)
        yield cast(BinaryIO, copy)


def rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
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
            yield line, cells


def size_of(stream: BinaryIO) -> int:
    return stream.seek(0, io.SEEK_END)


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
