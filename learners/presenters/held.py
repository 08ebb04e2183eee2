"""Everything held on a learner, for people to read: the same values as the JSON, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, time_format

from learners.history import Change
from learners.lldd import LLDD_NAMES
from learners.models import AccessRequest
from learners.presenters.changes import history_grid
from learners.words import Ethnicity, Lldd, PlacementType, Sex
from picsweb.display import Cell, Fact, Grid, GridRow

LABELS = {
    "uln": "ULN",
    "nino": "NI number",
    "ukprn": "UKPRN",
    "lrn": "Learner Reference Number",
    "lldd": "Learning difficulty, disability or health problem (LLDD)",
    "lldd_primary": "Primary LLDD category",
    "lldd_others": "Other LLDD categories",
    "vq_reference": "VQ Reference",
    "onefile_id": "OneFile ID",
    "onefile_system_id": "OneFile System ID",
}
CODES: dict[str, dict[Any, str]] = {
    "sex": dict(Sex.choices),
    "ethnicity": dict(Ethnicity.choices),
    "lldd": dict(Lldd.choices),
    "lldd_primary": LLDD_NAMES,
    "lldd_others": LLDD_NAMES,
    "type": dict(PlacementType.choices),
}


# A table of more columns does not fit on paper: its rows stand one below the other.
WIDEST = 7


@dataclass(frozen=True)
class Section:
    title: str
    grid: Grid | None = None
    blocks: tuple[list[Fact], ...] = ()


def sections(data: dict[str, Any], changes: list[Change]) -> list[Section]:
    """The record's own values first, then each list that holds something; the history in words of its own."""
    lists = {name: value for name, value in data.items() if _is_of_rows(value)}
    own = {name: value for name, value in data.items() if name not in lists}
    rest = [_section(name, rows) for name, rows in lists.items() if name != "history"]
    return [
        Section("Record", blocks=(_facts(own),)),
        *rest,
        Section("History", history_grid(changes, sees_sensitive=True)),
    ]


def _is_of_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _section(name: str, rows: list[dict[str, Any]]) -> Section:
    heads = list(rows[0])
    if len(heads) > WIDEST:
        return Section(label(name), blocks=tuple(_facts(row) for row in rows))
    cells = [GridRow([Cell(words(row[head], head)) for head in heads]) for row in rows]
    return Section(label(name), Grid(label(name), [label(head) for head in heads], cells))


def _facts(values: dict[str, Any]) -> list[Fact]:
    return [Fact(label(name), words(value, name)) for name, value in values.items()]


def label(name: str) -> str:
    spoken = name.replace("__", " ").replace("_", " ")
    return LABELS.get(name) or f"{spoken[:1].upper()}{spoken[1:]}".replace("Onefile", "OneFile")


def words(value: Any, name: str = "") -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case datetime():
            return _moment(value)
        case date():
            return date_format(value)
        case time():
            return time_format(value)
        case list() | tuple():
            return ", ".join(words(each, name) for each in value)
        case dict():
            return "; ".join(f"{label(key)}: {words(each, key)}" for key, each in value.items() if words(each, key))
    return CODES.get(name, {}).get(value, str(value))


def request_words(requests: Iterable[AccessRequest]) -> list[str]:
    return [f"{_moment(each.answered_at)} by {each.answered_by}" for each in requests]


def _moment(at: datetime) -> str:
    here = timezone.localtime(at)
    return f"{date_format(here.date())}, {time_format(here.time())}"
