"""Where a review stands: the rule and its twin in SQL answer every case alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from learners import rules
from learners.models import Review
from learners.words import Attended, ReviewState
from tests import factories

TODAY = date(2026, 11, 25)
DUE_BY = TODAY + timedelta(days=28)
SIGNED = {"trainee_signed": TODAY, "officer_signed": TODAY, "employer_signed": TODAY}
ENDED = {"learner__start": date(2025, 1, 1)}


def at(days: int, **values: Any) -> dict[str, Any]:
    return {"scheduled_date": TODAY + timedelta(days=days), **values}


CASES = [
    ("yesterday", at(-1), ReviewState.OVERDUE),
    ("today", at(0), ReviewState.DUE),
    ("last day that counts as due", at(28), ReviewState.DUE),
    ("a day later", at(29), ReviewState.PLANNED),
    ("no date", {"scheduled_date": None}, ReviewState.UNDATED),
    ("took place, attendance unknown", at(-1, actual_date=TODAY), ReviewState.UNRECORDED),
    ("not attended", at(-1, attended=Attended.NO), ReviewState.NOT_ATTENDED),
    ("not attended, with a date", at(-1, attended=Attended.NO, actual_date=TODAY), ReviewState.NOT_ATTENDED),
    ("held, unsigned", at(-1, attended=Attended.YES), ReviewState.UNSIGNED),
    ("held, trainee missing", at(-1, attended=Attended.YES, **SIGNED | {"trainee_signed": None}), ReviewState.UNSIGNED),
    ("held, officer missing", at(-1, attended=Attended.YES, **SIGNED | {"officer_signed": None}), ReviewState.UNSIGNED),
    (
        "held, employer missing",
        at(9, attended=Attended.YES, **SIGNED | {"employer_signed": None}),
        ReviewState.UNSIGNED,
    ),
    ("held and signed", at(-1, attended=Attended.YES, **SIGNED), ReviewState.SIGNED),
    ("signed, attendance unknown", at(-1, **SIGNED), ReviewState.OVERDUE),
    ("learner ended today", at(5, learner__actual_end=TODAY, **ENDED), ReviewState.LEARNER_ENDED),
    ("learner ended, long overdue", at(-90, learner__actual_end=TODAY, **ENDED), ReviewState.LEARNER_ENDED),
    ("learner ends tomorrow", at(-1, learner__actual_end=TODAY + timedelta(days=1), **ENDED), ReviewState.OVERDUE),
    ("learner ended, unsigned", at(-9, attended=Attended.YES, learner__actual_end=TODAY), ReviewState.UNSIGNED),
    (
        "learner ended, no date",
        {"scheduled_date": None, "learner__actual_end": TODAY, **ENDED},
        ReviewState.LEARNER_ENDED,
    ),
]


@pytest.mark.parametrize(("values", "state"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_review_stands(values: dict[str, Any], state: ReviewState, db: None) -> None:
    review = factories.ReviewFactory(**values)
    assert rules.review_state(review, TODAY, DUE_BY) == state
    assert Review.objects.with_state(TODAY, DUE_BY).get().state == state


def test_who_has_not_signed_is_named_once_the_review_was_held(db: None) -> None:
    held = factories.ReviewFactory(attended=Attended.YES, officer_signed=TODAY)
    assert held.signatures_missing == "Trainee, Employer"
    assert factories.ReviewFactory(attended=Attended.UNKNOWN).signatures_missing == ""
