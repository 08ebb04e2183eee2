"""A kind of record as CSV: the columns that import takes, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from learners.files import sheets
from learners.files.kind import Kind


def csv_lines(kind: Kind, *, with_sensitive: bool = True) -> Iterator[str]:
    """The heading, then a line a record."""
    return sheets.csv_lines(kind.headings(), rows(kind, kind.records(), with_sensitive=with_sensitive))


def rows(kind: Kind, records: Iterable[Any], *, with_sensitive: bool) -> Iterator[list[str]]:
    """Values that the reader may not see stay blank, which import leaves."""
    shown = list(kind.columns)
    extras = kind.extras()
    for record in records:
        texts = ["" if column.sensitive and not with_sensitive else column.text(record) for column in shown]
        yield texts + [_extra(extras, name, record) for name in kind.headings()[len(shown) :]]


def _extra(extras: dict[str, Any], name: str, record: Any) -> str:
    return str(extras[name].read(record)) if name in extras else ""
