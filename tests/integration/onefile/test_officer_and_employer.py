"""A learner's main officer and employer: a change here is pushed once, a change there is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner, Officer
from learners.services import learners, placements
from onefile_integration.models import AgreedValue, Link
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.integration.onefile.story import onefile_id, writes
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")


@pytest.fixture
def pushing(enrolled: SandboxProcess) -> SandboxProcess:
    """Both pushes on, and what both sides have is noted."""
    switched = ("push_main_officer=on", "push_employer=on", "upload_reviews=off", "download_reviews=off")
    assert command("onefile_settings", *switched).status == 0
    assert command("onefile_sync").status == 0
    enrolled.clear_calls()
    return enrolled


def account(onefile: SandboxProcess) -> dict[str, Any]:
    return next(user for user in onefile.state()["users"] if user["MISID"] == "AB12C")


def hand_over(learner: Learner, officer: Officer) -> None:
    learners.update(learner, by=BY, main_officer=officer)


def move_to(learner: Learner, **values: Any) -> Any:
    employer = factories.OrganisationFactory(**values)
    yesterday = timezone.localdate() - timedelta(days=1)
    placements.create(learner, organisation=employer, start=yesterday, by=BY)
    return employer


def changes(answer: Answer) -> list[tuple[str, Any, Any, str]]:
    return [(each["field"], each["old"], each["new"], each["side"]) for each in answer.data["changes"]]


def test_switched_on_it_is_only_noted(enrolled: SandboxProcess, learner: Learner) -> None:
    before = enrolled.state()["users"]
    command("onefile_settings", "push_main_officer=on", "push_employer=on", "download_reviews=off")
    first = command("onefile_sync")
    assert first.status == 0 and enrolled.state()["users"] == before
    assert set(changes(first)) == {("main_officer", None, "OF001", "mis"), ("employer", None, "EM001", "mis")}
    assert changes(command("onefile_sync")) == []


def test_who_differs_is_said_and_left(enrolled: SandboxProcess, learner: Learner) -> None:
    other = Link.objects.get(officer__ident="OF002").onefile_id
    enrolled.edit("users", onefile_id(enrolled), DefaultAssessorID=other)
    command("onefile_settings", "push_main_officer=on", "download_reviews=off")

    first = command("onefile_sync")

    assert account(enrolled)["DefaultAssessorID"] == other
    notes = [note["text"] for plan in learner.onefile_plans.all() for note in plan.notes]
    assert f"The main officer differs: Bryn Tallis here, OneFile's {other} there." in notes
    assert changes(first) == [("main_officer", None, "OF001", "mis")]
    assert changes(command("onefile_sync")) == []


def test_a_change_here_is_pushed_once(pushing: SandboxProcess, learner: Learner) -> None:
    hand_over(learner, Officer.objects.get(ident="OF002"))
    pushed = command("onefile_sync")
    assert changes(pushed) == [("main_officer", "OF001", "OF002", "onefile")]
    assert account(pushing)["DefaultAssessorID"] == Link.objects.get(officer__ident="OF002").onefile_id
    pushing.clear_calls()
    assert changes(command("onefile_sync")) == [] and writes(pushing) == []


def test_a_change_there_is_left(pushing: SandboxProcess, learner: Learner) -> None:
    other = Link.objects.get(officer__ident="OF002").onefile_id
    pushing.edit("users", onefile_id(pushing), DefaultAssessorID=other)
    assert changes(command("onefile_sync")) == []
    assert account(pushing)["DefaultAssessorID"] == other


def test_the_same_change_on_both_sides_is_only_noted(pushing: SandboxProcess, learner: Learner) -> None:
    other = Officer.objects.get(ident="OF002")
    pushing.edit("users", onefile_id(pushing), DefaultAssessorID=Link.objects.get(officer=other).onefile_id)
    hand_over(learner, other)
    pushing.clear_calls()
    assert changes(command("onefile_sync")) == [("main_officer", "OF001", "OF002", "mis")]
    assert writes(pushing) == []


def test_an_officer_and_an_employer_who_are_not_there_are_created_first(
    pushing: SandboxProcess, learner: Learner
) -> None:
    hand_over(learner, factories.OfficerFactory(ident="OF009", forenames="Owain", surname="Prosser"))
    move_to(learner, ident="EM009", name="Northmoor Borough Council")

    pushed = command("onefile_sync")

    assert pushed.status == 0
    there = account(pushing)
    assert there["DefaultAssessorID"] == Link.objects.get(officer__ident="OF009").onefile_id
    assert there["PlacementID"] == Link.objects.get(organisation__ident="EM009").onefile_id
    assert changes(command("onefile_sync")) == []


def test_nobody_here_pushes_nobody(pushing: SandboxProcess, learner: Learner) -> None:
    learners.update(learner, by=BY, main_officer=None)
    assert changes(command("onefile_sync")) == [] and writes(pushing) == []


def test_an_archived_officer_who_is_not_there_is_not_pushed(pushing: SandboxProcess, learner: Learner) -> None:
    hand_over(learner, factories.OfficerFactory(ident="OF009", status="Archived"))
    assert changes(command("onefile_sync")) == [] and writes(pushing) == []
    assert AgreedValue.objects.filter(name="main_officer", value__endswith=f":{Officer.objects.get(ident='OF001').pk}")


def test_switched_off_and_on_again_it_begins_anew(pushing: SandboxProcess, learner: Learner) -> None:
    command("onefile_settings", "push_main_officer=off")
    hand_over(learner, Officer.objects.get(ident="OF002"))
    assert changes(command("onefile_sync")) == []
    command("onefile_settings", "push_main_officer=on")
    pushing.clear_calls()
    assert changes(command("onefile_sync")) == [("main_officer", None, "OF002", "mis")]
    assert writes(pushing) == []
