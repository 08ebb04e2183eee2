"""A kind of record as CSV or XLSX: the columns that import takes, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, Any

from learners.files import sheets
from learners.files.cells import safe
from learners.files.kind import Kind

CHUNK = 500


def csv_lines(kind: Kind, *, with_sensitive: bool = True) -> Iterator[str]:
    """The heading, then a line a record."""
    return sheets.csv_lines(kind.headings(), all_rows(kind, "csv", with_sensitive=with_sensitive))


def write_workbook(kind: Kind, file: IO[bytes]) -> int:
    """Returns the number of records."""
    written = 0

    def counted() -> Iterator[list[str]]:
        nonlocal written
        for row in all_rows(kind, "xlsx", with_sensitive=True):
            written += 1
            yield row

    sheets.write_workbook(file, kind.name, kind.headings(), counted())
    return written


def all_rows(kind: Kind, form: str, *, with_sensitive: bool) -> Iterator[list[str]]:
    """In a workbook with the apostrophes that every CSV gets: import takes them off, in whichever form they come."""
    for row in rows(kind, kind.records(), with_sensitive=with_sensitive):
        yield [safe(text) for text in row] if form == "xlsx" else row


def rows(kind: Kind, records: Iterable[Any], *, with_sensitive: bool) -> Iterator[list[str]]:
    """Values that the reader may not see stay blank, which import leaves. What other apps add is read by chunks."""
    several = iter(records)
    extras = kind.extras()
    added = kind.headings()[len(kind.columns) :]
    while chunk := list(islice(several, CHUNK)):
        values = {name: extras[name].read_all(chunk) if name in extras else {} for name in added}
        for record in chunk:
            own = [_text(column, record, with_sensitive=with_sensitive) for column in kind.columns]
            yield own + [values[name].get(record.pk, "") for name in added]


def _text(column: Any, record: Any, *, with_sensitive: bool) -> str:
    return "" if column.sensitive and not with_sensitive else column.text(record)
