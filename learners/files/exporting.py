"""A kind of record as CSV: the columns that import takes, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from learners.files.cells import safe
from learners.files.kind import Kind


class _Echo:
    """csv's writer wants a file; the lines are wanted one by one."""

    def write(self, line: str) -> str:
        return line


def csv_lines(kind: Kind, *, with_sensitive: bool = True) -> Iterator[str]:
    """The heading, then a line a record. Values that the reader may not see stay blank, which import leaves."""
    writer = csv.writer(_Echo())
    yield writer.writerow(kind.headings())
    shown = list(kind.columns)
    extras = kind.extras()
    for record in kind.records():
        texts = ["" if column.sensitive and not with_sensitive else column.text(record) for column in shown]
        texts += [_extra(extras, name, record) for name in kind.headings()[len(shown) :]]
        yield writer.writerow([safe(text) for text in texts])


def _extra(extras: dict[str, Any], name: str, record: Any) -> str:
    return str(extras[name].read(record)) if name in extras else ""
