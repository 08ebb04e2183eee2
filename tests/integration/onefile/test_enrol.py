"""Create in OneFile: one of everything, whatever is asked how often."""

from __future__ import annotations

from learners.models import Learner
from onefile_integration.models import Link
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
