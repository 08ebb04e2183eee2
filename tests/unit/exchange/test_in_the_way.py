"""What a command does first of other runs' plans: only what its own learners have to wait for."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import time_machine
from django.utils import timezone

from learners.models.clock import from_now
from onefile_integration.exchange import batches, carry_out, work
from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Settings
from onefile_integration.rules.steps import Kind, Plan, PlannedStep
from tests import factories
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("other_is", "creating", "in_doubt", "first"),
    [
        ("another learner", None, False, False),
        ("another learner", "another learner", False, False),
        ("another learner", "officer", False, True),
        ("another learner", "organisation", False, True),
        ("another learner", None, True, False),
        ("the same learner", None, False, False),
        ("the same learner", "the same learner", False, True),
        ("the same learner", None, True, True),
    ],
)
def test_who_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, other_is: str, creating: str | None, in_doubt: bool, first: bool
) -> None:
    people = {"the same learner": factories.LearnerFactory(), "another learner": factories.LearnerFactory()}
    mine = make.a_plan(learner=people["the same learner"])
    died = make.a_plan(learner=people[other_is], run=make.a_run(state="approved"), state="ready")
    if creating:
        partners = {"officer": factories.OfficerFactory, "organisation": factories.OrganisationFactory}
        subject = {creating: partners[creating]()} if creating in partners else {"learner": people[creating]}
        make.a_link(**subject, state="creating", onefile_id=None, plan=died)
    if in_doubt:
        make.a_step(plan=died, state="in_doubt", begun_at=timezone.now())
    done: list[int] = []

    def worker(*_: object) -> Any:
        def each(plans: Any, _act: object) -> None:
            done.extend(plans.values_list("pk", flat=True))

        return SimpleNamespace(each=each, client=SimpleNamespace(close=lambda: None))

    monkeypatch.setattr(work, "Worker", worker)
    Settings.objects.get_or_create(pk=1)

    work.go_on_with_what_stands_in_the_way(mine.run)

    assert done == ([died.pk] if first else [])
    assert ExchangePlan.objects.count() == 2


@pytest.mark.parametrize("wrong_by", [-86_400, 86_400])
def test_a_wrong_clock_settles_nothing_early_or_late(settings: Any, wrong_by: int) -> None:
    """What one machine sent, and then died, another looks for."""
    settings.ONEFILE_SETTLE_SECONDS = 300
    step = make.a_step()
    ExchangePlan.objects.update(claim=uuid.uuid4(), lease_until=timezone.now())
    step.plan.refresh_from_db()
    with time_machine.travel(timezone.now() - timedelta(seconds=wrong_by)):
        assert step.begin()
    with time_machine.travel(timezone.now() + timedelta(seconds=wrong_by)):
        assert 290 < step.seconds_to_settle() <= 300


@pytest.mark.parametrize("whose", ["its own", "another's"])
def test_nobody_waits_for_what_only_itself_creates(whose: str) -> None:
    """The reply was lost, it was looked for too early, and now OneFile shows it."""
    mine, officer = make.a_plan(run=make.a_run(kind="enrol"), kind="enrol"), factories.OfficerFactory()
    holder = mine if whose == "its own" else make.a_plan()
    make.a_link(officer=officer, state="creating", onefile_id=None, plan=holder)
    shown = SimpleNamespace(plan=Plan((PlannedStep(Kind.LINK_OFFICER, f"officer:{officer.pk}", "Link it"),)))

    assert batches.waits_for_a_partner(mine, cast(Any, shown)) == (whose == "another's")


def test_answered_while_it_was_at_work_a_lost_visit_is_waited_for() -> None:
    """Said too early that it is not there: the plan must not end with it in doubt."""
    plan = make.a_plan(state="ready", claim=uuid.uuid4(), lease_until=from_now(timedelta(minutes=1)))
    make.a_step(plan=plan, state="in_doubt", begun_at=timezone.now())

    carry_out.close_waiting(Work(NoCalls(), make.settings(), plan), 0)

    plan.refresh_from_db()
    assert plan.state == "ready" and plan.due_at and plan.due_at > timezone.now() + timedelta(minutes=4)
