"""What is exchanged: what each row says of a field, by the switches as they are."""

from __future__ import annotations

from typing import Any

import pytest

from onefile_integration.models import Settings
from onefile_integration.presenters.exchanged import RECORDS, field_grid, names_of_field
from onefile_integration.rules.fields import SHOWN

NEVER, LATER = "Never again", "By the mode: pushed or pulled"


@pytest.mark.parametrize(
    ("record", "label", "switches", "told"),
    [
        ("learner", "Surname", {}, ("Sent", LATER, "At creation only", "Update Learner Demographics Mode is None")),
        ("learner", "Address", {}, ("", LATER, "No", "Update Learner Demographics Mode is None")),
        ("learner", "NINO", {"learner_mode": "pull"},
         ("Sent", "By the mode: only ever pushed", "At creation only", "Never pulled")),
        ("learner", "Main Officer", {}, ("Sent", "A change here is pushed", "At creation only",
                                         "Push Changes to Learner Main Officer is off")),
        ("learner", "MIS Value", {}, ("Sent", NEVER, "At creation only", "")),
        ("learner", "Additional Assessors", {}, ("Sent", NEVER, "No", "Additional Assessors is blank")),
        ("line", "Elements Done", {}, ("", "Comes from OneFile", "Yes", "")),
        ("line", "Start", {}, ("Sent when the qualification is assigned", NEVER, "At creation only", "")),
        ("review", "Attended", {"download_reviews": True},
         ("", "Comes from OneFile", "Yes", "Download Reviews from OneFile is on")),
        ("officer", "Email", {"officer_mode": "push"},
         ("Sent while Send officer email when creating assessors is on", LATER, "Yes",
          "Update Officer Demographics Mode is Push PICS Data to OneFile")),
        ("organisation", "Name", {"organisation_mode": "pull"},
         ("Sent", "By the mode: only ever pushed", "No", "Never pulled")),
    ],
)  # fmt: skip
def test_a_field(record: str, label: str, switches: dict[str, Any], told: tuple[str, ...]) -> None:
    row = next(row for row in field_grid(record, Settings(**switches)).rows if row.cells[0].text == label)
    created, afterwards, now = row.cells[1:4]
    assert now.badge and (created.text, afterwards.text, now.badge.text, now.note) == told


def test_the_state_of_a_switch_at_creation() -> None:
    for is_on, note in ((True, "It is on now"), (False, "It is off now")):
        rows = field_grid("review", Settings(upload_reviews=is_on)).rows
        assert {row.cells[1].note for row in rows if row.cells[1].text.startswith("Sent while")} == {note}


def test_every_field_has_its_row() -> None:
    assert sum(len(field_grid(record, Settings()).rows) for record in RECORDS) == len(SHOWN)


def test_a_field_is_found_under_its_name_at_the_creation_too() -> None:
    assert names_of_field("learner.employer") == ("learner.employer", "learner.placement")
    assert names_of_field("nobody.knows") == ()
