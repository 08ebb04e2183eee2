"""An archived account taken back: once, for whom it belongs to, whatever becomes of the reply."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.exchange import enrolment
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.models import ExchangePlan, Link, Settings
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import aim, line, onefile_id, writes
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def archived(learner: Learner, enrolled: SandboxProcess) -> int:
    """AB12C left and came back; somebody has set the id again. Progress was made meanwhile."""
    number = onefile_id(enrolled)
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=21)
    command("onefile_unlink", "learner", "AB12C")
    enrolled.edit("users", number, Archived=True)
    assert command("onefile_link", "learner", "AB12C", str(number)).status == 0
    enrolled.clear_calls()
    return number


def restore(learner: Learner) -> ExchangePlan:
    run = enrolment.refresh([learner], settings=Settings.objects.current(), by=BY, restore=True)
    to_the_end(run)
    return run.plans.get()


def user(onefile: SandboxProcess, number: int) -> dict[str, Any]:
    return next(each for each in onefile.state()["users"] if each["ID"] == number)


def unarchived(onefile: SandboxProcess) -> int:
    return len([path for path in writes(onefile) if path.endswith("Unarchive")])


def test_a_refresh_of_itself_leaves_it_alone(learner: Learner, archived: int, enrolled: SandboxProcess) -> None:
    synced = command("onefile_sync", "--learner", "AB12C")
    assert [each["kind"] for each in synced.data["failures"]] == ["archived"]
    assert writes(enrolled) == [] and user(enrolled, archived)["Archived"]


def test_restored_verified_and_exchanged_in_one_go(learner: Learner, archived: int, enrolled: SandboxProcess) -> None:
    plan = restore(learner)

    assert plan.state == "done", plan.failure_message
    assert [step.kind for step in plan.steps.all()][:2] == ["restore_learner", "verify_link"]
    assert unarchived(enrolled) == 1 and not user(enrolled, archived)["Archived"]
    assert Link.objects.live().get(learner=learner).state == "verified"
    assert line(learner).elements_done == 21


def test_another_persons_account_stays_in_the_archive(
    learner: Learner, archived: int, enrolled: SandboxProcess
) -> None:
    Learner.objects.filter(pk=learner.pk).update(date_of_birth=date(2001, 1, 1))
    before = enrolled.state()

    plan = restore(learner)

    assert plan.state == "asking" and plan.questions.get().kind == "other_person"
    assert enrolled.state() == before


def test_one_that_is_not_archived_is_exchanged_as_ever(
    learner: Learner, archived: int, enrolled: SandboxProcess
) -> None:
    enrolled.edit("users", archived, Archived=False)
    assert restore(learner).state == "done" and unarchived(enrolled) == 0


@pytest.mark.parametrize("action", ["lost_before", "lost_after", "empty", "status"])
def test_whatever_becomes_of_the_reply(
    learner: Learner, archived: int, enrolled: SandboxProcess, quick_settling: None, action: str
) -> None:
    """It sets a state, so it may be sent again; a refusal is for a person."""
    more = {"status": 400} if action == "status" else {}
    enrolled.fault(action, "Unarchive$", "POST", **more)

    plan = restore(learner)
    if action == "status":
        assert (plan.state, plan.failure_kind) == ("failed", "refused")
        plan = restore(learner)
    for _ in range(3):
        if plan.state in ("unmade", "ready"):
            time.sleep(1.2)
            to_the_end(plan.run)
            plan.refresh_from_db()

    assert plan.state == "done", plan.failure_message
    assert not user(enrolled, archived)["Archived"] and unarchived(enrolled) <= 2
    assert line(learner).elements_done == 21
