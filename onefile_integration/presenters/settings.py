"""Settings as the summary shows them."""

from __future__ import annotations

from datetime import date, time
from itertools import pairwise
from typing import Any

from django.utils.formats import date_format, time_format

from onefile_integration.exchange.configuration import SET_FOR
from onefile_integration.presenters.words import when
from onefile_integration.rules.settings import TABLE, Setting
from onefile_integration.words import Environment, Mode, VisitType
from picsweb.display import Badge, Cell, Fact, Grid, GridRow

SHOWN = 10  # changes

WORDS = {str(word): str(label) for kind in (Environment, Mode, VisitType) for word, label in kind.choices}


def setting_fact(row: Setting, value: Any) -> Fact:
    if isinstance(value, bool):
        return Fact(row.label, badges=(Badge("On", "good") if value else Badge("Off"),))
    return Fact(row.label, setting_words(value))


def changes_grid(rows: list[Any]) -> Grid:
    """Who changed what. ``rows`` of the history, the newest first, one more than are shown."""
    pairs = [*pairwise(rows), (rows[-1], None)] if rows else []
    return Grid("Last changes", ["When", "Who", "What"], [_change(new, old) for new, old in pairs[:SHOWN]])


def _change(new: Any, old: Any) -> GridRow:
    who, token, environment = (new.history_change_reason or "").partition(SET_FOR)
    if token:
        what = f"Customer Token of {setting_words(environment)} set"
    elif old is None:
        what = "First settings"
    else:
        what = ", ".join(_differences(new, old))
    return GridRow([Cell(when(new.history_date), short=True), Cell(who), Cell(what)])


def _differences(new: Any, old: Any) -> list[str]:
    pairs = [(row.label, getattr(old, row.key), getattr(new, row.key)) for row in TABLE]
    return [
        f"{label} from {setting_words(was) or 'blank'} to {setting_words(now) or 'blank'}"
        for label, was, now in pairs
        if was != now
    ]


def setting_words(value: Any) -> str:
    match value:
        case bool():
            return "On" if value else "Off"
        case list():
            return ", ".join(value)
        case date():
            return date_format(value)
        case time():
            return time_format(value)
        case None:
            return ""
    return WORDS.get(str(value), str(value))
