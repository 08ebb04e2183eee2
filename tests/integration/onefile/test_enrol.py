"""Create in OneFile: one of everything, whatever is asked how often."""

from __future__ import annotations

import pytest

from learners.models import Learner
from onefile_integration.models import Centre, Link
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess


def test_a_learner_is_created_with_all_around_it(learner: Learner, connected: SandboxProcess) -> None:
    enrolled = command("onefile_enrol", "AB12C")
    state = connected.state()

    (result,) = enrolled.data["results"]
    assert (enrolled.status, result["outcome"]) == (0, "enrolled"), result
    people = {user["Role"]: user for user in state["users"]}
    assert len(state["users"]) == 3
    created = people[1]
    assert created["MISID"] == "AB12C" and created["Email"] == "amara.lane@example.org"
    assert created["DefaultAssessorID"] in {user["ID"] for user in state["users"] if user["MISID"] == "OF001"}
    assert [placement["Name"] for placement in state["placements"]] == ["Pitt & Sons' Joinery"]
    assert sorted(aim["StandardID"] for aim in state["aims"]) == [4001, 4002]
    assert [(each["Level"], each["StandardID"]) for each in state["assignments"]] == [(3, 4002)]
    assert Link.objects.get(learner=learner).onefile_id == created["ID"]
    learner.refresh_from_db()
    totals = learner.delivery_plan.values_list("qualification__vq_reference", "total_elements", "elements_done")
    assert set(totals) == {("196AS", 42, 0), ("603/2954/9", 64, 0), ("999/XX", None, None)}


def test_asked_again_nothing_is_created(learner: Learner, connected: SandboxProcess) -> None:
    command("onefile_enrol", "AB12C")
    before = connected.state()
    again = command("onefile_enrol", "AB12C")

    assert again.status == 0 and again.data["results"][0]["outcome"] == "already_linked"
    assert connected.state() == before


def test_a_dry_run_writes_nothing(learner: Learner, connected: SandboxProcess) -> None:
    shown = command("onefile_enrol", "AB12C", "--dry-run")

    assert shown.data["results"][0]["outcome"] == "ready"
    assert "create_learner" in {step["kind"] for step in shown.data["results"][0]["steps"]}
    assert connected.state()["users"] == []


def test_what_is_missing_is_said_all_at_once(learner: Learner, connected: SandboxProcess) -> None:
    Learner.objects.filter(pk=learner.pk).update(email="", main_officer=None)
    learner.placements.all().delete()

    blocked = command("onefile_enrol", "AB12C")

    assert blocked.status == 1
    codes = {problem["code"] for problem in blocked.data["results"][0]["problems"]}
    assert codes == {"email_missing", "officer_missing", "placement_missing"}


def test_an_unknown_learner_is_refused_before_anything(learner: Learner) -> None:
    assert command("onefile_enrol", "AB12C", "ZZZZZ").status == 2
    assert not Link.objects.exists()


@pytest.mark.parametrize("repeat", ["second_aim", "refused"])
def test_a_standard_that_the_class_brings_is_not_assigned_again(
    learner: Learner, connected: SandboxProcess, repeat: str
) -> None:
    connected.switches(repeat_assign=repeat)
    connected.edit("classrooms", 3001, Standards=[4001])

    enrolled = command("onefile_enrol", "AB12C")

    assert enrolled.data["results"][0]["outcome"] == "enrolled"
    aims = connected.state()["aims"]
    assert sorted(aim["StandardID"] for aim in aims) == [4001, 4002]
    assert {aim["StartDate"] for aim in aims} == {"2026-09-07T00:00:00.000Z"}


def test_the_same_name_and_birth_date_is_a_duplicate(learner: Learner, connected: SandboxProcess) -> None:
    somebody = {"OrganisationID": 101, "Role": 1, "FirstName": "amara", "LastName": "OKAFOR-LANE"}
    connected.seed(users=[somebody | {"DOB": "2007-07-13T23:00:00Z", "Email": "elsewhere@example.org"}])

    found = command("onefile_enrol", "AB12C")
    another = command("onefile_enrol", "AB12C", "--another-person")

    assert (found.status, found.data["results"][0]["outcome"]) == (1, "duplicate")
    assert another.data["results"][0]["outcome"] == "enrolled"


def test_the_centres_are_fetched_where_nobody_did_yet(learner: Learner) -> None:
    Centre.objects.all().delete()

    assert command("onefile_enrol", "AB12C", "--centre", "999").status == 2
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "enrolled"
