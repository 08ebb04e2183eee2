"""What is exchanged, a row a field: who wins, when, by which switch, and whether it is now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from onefile_integration.models import Settings
from onefile_integration.presenters.settings import setting_words
from onefile_integration.rules.fields import ALWAYS, SHOWN, After, Field, Rule
from onefile_integration.rules.settings import BY_KEY
from onefile_integration.words import Mode
from picsweb.display import Badge, Cell, Grid, GridRow, Link

RECORDS = {
    "learner": "Learner",
    "line": "Qualification",
    "review": "Review",
    "officer": "Officer",
    "organisation": "Organisation",
}
COLUMNS = ["Field", "When created in OneFile", "Afterwards", "Exchanged now", "Sensitive"]
MODES = {"learner": "learner_mode", "officer": "officer_mode", "organisation": "organisation_mode"}
SENT = {Rule.SENT_ONCE, Rule.CHANGE_PUSHED, Rule.SENT_WITH_AIM, Rule.SENT_WITH_REVIEW, Rule.SENT_WITH_PARTNER}
SENT_LATER = {Rule.SENT_WITH_AIM, Rule.SENT_WITH_REVIEW}
ONLY_SENT = SENT - {Rule.CHANGE_PUSHED}
AFTERWARDS = {
    Rule.CHANGE_PUSHED: "A change here is pushed",
    Rule.FROM_ONEFILE: "Comes from OneFile",
    Rule.BLANK_SIDE_FILLED: "The blank side is filled; where both are set OneFile's counts",
}
AT_CREATION = "At creation only"
# The same under another name, where the learner is created.
ALSO = {"learner.main_officer": "learner.default_assessor", "learner.employer": "learner.placement"}
NO_VALUES = ("learner.additional_assessors", "line.officer")  # an assignment is a step without values


def field_grid(record: str, settings: Settings) -> Grid:
    title = RECORDS[record]
    rows = [_row(row, settings) for row in SHOWN if row.record == record]
    return Grid(f"Fields of {'an' if title[0] in 'OU' else 'a'} {title.lower()}", COLUMNS, rows)


def _row(row: Field, settings: Settings) -> GridRow:
    cells = [
        Cell(row.label, short=True),
        _at_creation(row, settings),
        Cell(_afterwards(row)),
        now(row, settings),
        Cell("Special category: masked without permission" if row.sensitive else "No"),
    ]
    return GridRow(cells, [_journal(row)])


def _journal(row: Field) -> Link:
    asked = "kind=assign_officer" if key(row) in NO_VALUES else f"field={key(row)}"
    return Link("Journal", f"{reverse('onefile:journal')}?{asked}", about=f"of {RECORDS[row.record]} {row.label}")


def _at_creation(row: Field, settings: Settings) -> Cell:
    if row.sent_by and row.sent_by != ALWAYS:
        is_on = getattr(settings, row.sent_by)
        return Cell(f"Sent while {BY_KEY[row.sent_by].label} is on", note=f"It is {'on' if is_on else 'off'} now")
    if row.rule in SENT_LATER:
        return Cell(f"Sent {str(row.rule).removeprefix('sent ')}")
    return Cell("Sent" if row.rule in SENT or row.sent_by else "")


def _afterwards(row: Field) -> str:
    if row.after:
        return f"By the mode: {row.after}"
    return AFTERWARDS.get(row.rule, "Never again")


def now(row: Field, settings: Settings) -> Cell:
    """What becomes of it with the switches as they are, and which switch it is."""
    name = row.switch or (MODES[row.record] if row.after else "")
    if not name:
        return Cell(badge=Badge(AT_CREATION if row.rule in ONLY_SENT else "Yes", "good"))
    is_sent = row.rule is Rule.CHANGE_PUSHED or (row.rule is Rule.SENT_ONCE and row.after is not None)
    value, no = getattr(settings, name), Badge(AT_CREATION, "good") if is_sent else Badge("No")
    if value == Mode.PULL and row.after is After.PUSHED:
        return Cell(badge=no, note="Never pulled")
    said = f"{BY_KEY[name].label} is {setting_words(value) if isinstance(value, str) else _state(value)}"
    if value in (False, Mode.NONE, []):
        return Cell(badge=no, note=said)
    return Cell(badge=Badge("Yes", "good"), note=said)


def _state(value: Any) -> str:
    """Of a switch, or of a list of officer roles."""
    return ("set" if value else "blank") if isinstance(value, list) else "on" if value else "off"


# ---- the same rows as the journal's fields


def key(row: Field) -> str:
    return f"{row.record}.{row.name}"


def names_of_field(chosen: str) -> tuple[str, ...]:
    """As steps have it. Blank where there is no such field."""
    known = chosen in {key(row) for row in SHOWN}
    return tuple(name for name in (chosen, ALSO.get(chosen, "")) if name) if known else ()


def field_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (title, [(key(row), row.label) for row in SHOWN if row.record == record and key(row) not in NO_VALUES])
        for record, title in RECORDS.items()
    ]
