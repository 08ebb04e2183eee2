"""What a plan may rest on a list for, and what speaks against a list."""

from __future__ import annotations

from typing import Any

import pytest

from onefile_integration.rules.rows import adds, changed_between, differing, lacks_too_many, may_rest_on_rows
from onefile_integration.rules.steps import Change, Doubt, Kind, Plan, PlannedStep


@pytest.mark.parametrize(
    ("old", "new", "field", "is_so"),
    [
        (None, "R-1", "registration_number", True),
        ("", "2026-02-02", "actual_date", True),
        (3, 7, "elements_done", True),
        ("Unknown", "Yes", "attended", True),
        (None, None, "officer", True),
        (7, 3, "elements_done", False),
        ("Yes", "Unknown", "attended", False),
        ("2026-02-02", None, "actual_date", False),
        ("R-1", "R-2", "registration_number", False),
        ("2026-02-02", "2026-02-09", "scheduled_date", False),
    ],
)
def test_rows_add_and_take_nothing_away(old: Any, new: Any, field: str, is_so: bool) -> None:
    assert adds(Change(field, old, new)) is is_so


UP = PlannedStep(Kind.UPDATE_LINE, "line:1", "196AS from OneFile", (Change("elements_done", 3, 7),))
DOWN = PlannedStep(Kind.UPDATE_LINE, "line:1", "196AS from OneFile", (Change("elements_done", 7, 3),))
SENT = PlannedStep(Kind.UPDATE_AIM, "line:1", "Set the details", (Change("registration_number", None, "R-1"),))
VERIFIED = PlannedStep(Kind.VERIFY_LINK, "learner:1", "The link is verified")
ASKED = Doubt("same_review", "review:1", "Is it this one?", ())


@pytest.mark.parametrize(
    ("plan", "is_so"),
    [
        (Plan(), True),
        (Plan((UP,)), True),
        (Plan((UP, DOWN)), False),
        (Plan((SENT,)), False),
        (Plan((VERIFIED,)), False),
        (Plan((UP,), doubts=(ASKED,)), False),
        (Plan((UP,), unreadable=("The progress is not a percentage.",)), False),
        (Plan((UP,), missing=("The review 5 is no longer there.",)), True),
    ],
)
def test_what_a_plan_may_rest_on_rows_for(plan: Plan, is_so: bool) -> None:
    """What is missing was looked for by itself already."""
    assert may_rest_on_rows(plan) is is_so


def test_a_row_without_a_member_is_not_one_with_a_blank() -> None:
    read = {"progress": 27.5, "number": "R-1", "date": None}
    assert differing({"progress": 27.5}, read) == ["number"]
    assert differing({"progress": 27.5, "number": "R-1"}, read) == []


@pytest.mark.parametrize(
    ("known", "lacking", "is_so"), [(4, 1, False), (4, 2, True), (100, 10, False), (100, 11, True)]
)
def test_one_may_lack_as_many_as_move_centre(known: int, lacking: int, is_so: bool) -> None:
    assert lacks_too_many(known, lacking) is is_so


@pytest.mark.parametrize(
    ("sizes", "is_so"), [([12], False), ([20, 20, 7], False), ([20, 19, 7], True), ([10, 10, 20], False)]
)
def test_a_short_page_in_the_middle(sizes: list[int], is_so: bool) -> None:
    assert changed_between(sizes) is is_so
