"""Changes of records as a table, narrowed by who made them and by field, and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from learners.history import Change
from learners.presenters.records import day
from learners.sensitive import SENSITIVE_FIELDS
from picsweb.display import Cell, Grid, GridRow

HEADS = ["When", "Who or what", "Record", "Field", "Old", "New"]
HIDDEN = "hidden from your account"


@dataclass(frozen=True)
class ChangeChoice:
    """Blank: everybody, every field. ``field`` is a field's words, as the table shows them."""

    who: str = ""
    field: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> ChangeChoice:
        return cls(who=asked.get("who", ""), field=asked.get("field", ""))

    def among(self, changes: Iterable[Change]) -> list[Change]:
        return [change for change in changes if self.who in ("", change.who) and self.field in ("", change.label)]


def people(changes: Iterable[Change]) -> list[str]:
    return sorted({change.who for change in changes if change.who}, key=str.casefold)


def fields(changes: Iterable[Change]) -> list[str]:
    return sorted({change.label for change in changes if change.label})


def history_grid(changes: Iterable[Change], *, sees_sensitive: bool) -> Grid:
    rows = [GridRow(_cells(change, sees_sensitive)) for change in changes]
    return Grid("History", HEADS, rows)


def history_rows(changes: Iterable[Change], *, sees_sensitive: bool) -> Iterator[list[str]]:
    for change in changes:
        when = timezone.localtime(change.when).isoformat(sep=" ", timespec="seconds")
        cells = _cells(change, sees_sensitive)[1:]
        yield [when, *(HIDDEN if cell.masked else cell.text for cell in cells)]


def _cells(change: Change, sees_sensitive: bool) -> list[Cell]:
    masked = change.field in SENSITIVE_FIELDS and not sees_sensitive
    if change.field:
        values = [Cell(change.label), *(Cell(text(value), masked=masked) for value in (change.old, change.new))]
    else:
        values = [Cell(f"Record {change.kind}"), Cell(), Cell()]
    return [Cell(text(change.when), short=True), Cell(change.who), Cell(change.record), *values]


def text(value: Any) -> str:
    """A field's value in words."""
    match value:
        case None | "":
            return ""
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return date_format(timezone.localtime(value), "DATETIME_FORMAT")
        case date():
            return day(value)
        case list():
            return ", ".join(str(item) for item in value)
    return str(value)
