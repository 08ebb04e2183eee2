"""Whose last exchange failed: what counts as one since, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import enrolment
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.failing import failing
from onefile_integration.models import Link
from tests import factories
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db
REMOVED = {"state": "removed", "removed_at": timezone.now(), "removed_by": "x"}


def later(learner: Learner, run: dict[str, Any] | None = None, **plan: Any) -> None:
    make.a_plan(learner=learner, run=make.a_run(**run or {}), **{"state": "done"} | plan)


SINCE: dict[str, tuple[Callable[[Learner], Any], bool]] = {
    "nothing": (lambda learner: None, True),
    "an exchange that went well": (later, False),
    "one that is going on": (lambda learner: later(learner, state="unmade"), False),
    "one that left the learner out": (lambda learner: later(learner, state="skipped"), False),
    "one that was cancelled": (lambda learner: later(learner, state="skipped", outcome="cancelled"), True),
    "one that was held and discarded": (lambda learner: later(learner, {"state": "discarded"}, state="skipped"), True),
    "a dry run": (lambda learner: later(learner, {"dry": True}), True),
    "a list": (lambda learner: later(learner, {"dry": True, "kind": "preview"}, kind="preview"), True),
    "an undo": (lambda learner: later(learner, {"kind": "undo", "undoes": make.a_run()}, kind="undo"), True),
    "an exchange of another environment": (lambda learner: later(learner, {"environment": "live"}), True),
    "an exchange of somebody else": (lambda learner: later(factories.LearnerFactory()), True),
    "the link is gone": (lambda learner: Link.objects.filter(learner=learner).update(**REMOVED), False),
}


@pytest.mark.parametrize("since", SINCE)
def test_it_fails_until_something_else_is_known(since: str) -> None:
    act, stays = SINCE[since]
    learner = make.a_link().learner
    make.a_plan(learner=learner, state="failed", failure_kind="refused")
    act(learner)
    assert [plan.learner for plan in failing("practice")] == ([learner] if stays else [])


def test_a_part_that_failed_counts_too_and_creations_need_no_link() -> None:
    make.a_plan(learner=make.a_link().learner, state="done", noted_kind="not_found")
    make.a_plan(kind="enrol", state="failed", failure_kind="refused")
    make.a_plan(officer=make.a_link(officer=factories.OfficerFactory()).officer, state="failed", failure_kind="bug")
    make.a_plan(officer=factories.OfficerFactory(), state="failed", failure_kind="bug")
    make.a_plan(learner=make.a_link().learner, state="done")
    found = failing("practice").order_by("pk").values_list("failed_kind", flat=True)
    assert list(found) == ["not_found", "refused", "bug"]


def test_what_is_left_goes_on_as_it_was_chosen_in_its_own_environment() -> None:
    learner = factories.LearnerFactory()
    failed = make.a_plan(learner=learner, kind="enrol", state="failed", choices={"centre": 101})
    make.a_plan(learner=learner, kind="enrol", state="done", choices={"centre": 7}, run=make.a_run(environment="beta"))

    again = enrolment.go_on(learner, Given(), settings=make.settings(enabled=True), by=Actor(label="test")).plans.get()

    assert (again.choices, again.retries) == ({"centre": 101}, failed)
