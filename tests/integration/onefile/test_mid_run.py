"""What people do here while a run is in the middle, and a record that kills whoever takes it up."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from learners.models import Learner
from learners.services import delivery, erasure, learners, reviews
from onefile_integration.exchange import configuration, guard, held_fields, nightly
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.exchange.work import MOST_DEATHS, Worker, make
from onefile_integration.models import ExchangePlan, Question, Run, Settings, Step
from onefile_integration.words import PlanState, RunState
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import line, london, soon
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building

IDENTS = ("MR001", "MR002")
DONE = {"MR001": 5, "MR002": 5}


@pytest.fixture
def onefile_of_two(connected: SandboxProcess) -> SandboxProcess:
    """Two learners with a qualification in which OneFile has gone on; what is here goes up."""
    qualification = factories.QualificationFactory(vq_reference="196AS")
    for ident in IDENTS:
        learner = factories.LearnerFactory(ident=ident, actual_end=None)
        names = {"FirstName": learner.forenames, "LastName": learner.surname, "MISID": ident}
        (number,) = connected.seed(users=[{"Role": 1, "OrganisationID": 101, **names}])["users"]
        building.a_link(learner=learner, onefile_id=number)
        factories.DeliveryPlanLineFactory(
            learner=learner, qualification=qualification, registration_number=f"R-{ident}", assessor=None,
            elements_done=1, actual_end=None,
        )  # fmt: skip
        connected.seed(aims=[{"UserID": number, "StandardID": 4001, "TotalElements": 42, "ElementsCompleted": 5}])
    return connected


@pytest.fixture
def planned(onefile_of_two: SandboxProcess) -> Run:
    return planned_night()


def planned_night() -> Run:
    """A night in the middle: all is planned and approved, nothing done."""
    settings = Settings.objects.current()
    run = nightly.start_whole_run(settings, by=BY)
    worker = Worker(run, settings)
    worker.each(run.plans.filter(state=PlanState.UNMADE), partial(make, run=run))
    worker.client.close()
    guard.approve(run)
    assert set(run.plans.values_list("state", flat=True)) == {PlanState.READY}
    return run


def came() -> dict[str, int | None]:
    return {each.ident: line(each).elements_done for each in Learner.objects.order_by("ident")}


def sent(onefile: SandboxProcess) -> set[str]:
    return {aim["RegistrationNumber"] for aim in onefile.state()["aims"] if aim["RegistrationNumber"]}


@pytest.mark.parametrize("what", ["archived", "deleted", "held", "erased"])
def test_a_learner_who_leaves_in_the_middle_is_left_alone(
    what: str, planned: Run, onefile_of_two: SandboxProcess
) -> None:
    learner = Learner.objects.get(ident="MR001")
    if what == "erased":
        erasure.erase([learner], by=BY)
    elif what == "held":
        learners.update(learner, by=BY, held_from_sync=True, held_reason="On a visit")
    else:
        learners.update(learner, by=BY, system_status=what.capitalize())

    assert to_the_end(planned) == ""

    planned.refresh_from_db()
    assert planned.state == RunState.FINISHED and sent(onefile_of_two) == {"R-MR002"}
    assert came()["MR002"] == 5
    if what != "erased":
        assert came()["MR001"] == 1
        (plan,) = planned.plans.filter(learner=learner)
        assert plan.state == PlanState.SKIPPED and ("Live" if what != "held" else "visit") in plan.failure_message


def test_who_kills_three_workers_goes_to_a_person_and_the_rest_ends(planned: Run) -> None:
    died = {"claim": "11111111-1111-1111-1111-111111111111", "lease_until": timezone.now(), "deaths": MOST_DEATHS - 1}
    ExchangePlan.objects.filter(learner__ident="MR001").update(**died)

    assert to_the_end(planned) == ""

    planned.refresh_from_db()
    assert planned.state == RunState.FINISHED and came() == {"MR001": 1, "MR002": 5}
    asked = Question.objects.get()
    assert asked.kind == "gave_up"
    assert command("onefile_answer", str(asked.pk), "try_again").status == 0
    to_the_end(planned)
    assert came() == DONE


def test_a_mode_that_is_changed_in_the_middle_counts_from_the_next_run(
    planned: Run, onefile_of_two: SandboxProcess
) -> None:
    Learner.objects.filter(ident="MR001").update(mobile="07700 900123")
    configuration.change({"learner_mode": "push"}, by=BY)
    assert to_the_end(planned) == "" and came() == DONE
    assert not [user for user in onefile_of_two.state()["users"] if user["MobileNumber"]]
    command("onefile_sync")
    assert [user["MISID"] for user in onefile_of_two.state()["users"] if user["MobileNumber"]] == ["MR001"]


def test_a_run_of_another_environment_waits_until_that_is_set_again(
    planned: Run, onefile_of_two: SandboxProcess
) -> None:
    onefile_of_two.clear_calls()
    configuration.change({"environment": "live"}, token=onefile_of_two.token, by=BY)
    to_the_end(planned)
    planned.refresh_from_db()
    assert planned.state == RunState.APPROVED and "begun in the environment practice" in planned.stop_reason
    assert onefile_of_two.calls() == []
    configuration.change({"environment": "practice"}, by=BY)
    assert to_the_end(planned) == "" and came() == DONE


def test_a_field_that_staff_hold_in_the_middle_is_held(planned: Run) -> None:
    """They paused the run because they saw what it would bring."""
    learner = Learner.objects.get(ident="MR001")
    held_fields.hold(learner, f"line:{line(learner).pk}", "elements_done", why="Wrong in OneFile", by=BY)
    assert to_the_end(planned) == ""
    assert came() == {"MR001": 1, "MR002": 5}


# ---- one learner, whose night is planned and not yet done


@pytest.fixture
def night(enrolled: SandboxProcess, learner: Learner) -> Run:
    """It would book a visit, and make the review that names it."""
    factories.ReviewFactory(learner=learner, officer=learner.main_officer, scheduled_date=soon(), start_time="09:00")
    return planned_night()


def test_what_a_refresh_did_meanwhile_is_not_done_again(night: Run, enrolled: SandboxProcess) -> None:
    """A visit cannot be looked for: a second one would stand in OneFile for good."""
    assert command("onefile_sync", "--learner", "AB12C").status == 0
    assert to_the_end(night) == ""
    state = enrolled.state()
    assert (len(state["visits"]), len(state["reviews"])) == (1, 1)
    assert not night.plans.filter(state=PlanState.FAILED).exists()


def test_a_visit_that_was_lost_meanwhile_is_not_booked_again(night: Run, enrolled: SandboxProcess) -> None:
    enrolled.fault("lost_after", "^Visit$", "POST", times=1)
    assert command("onefile_sync", "--learner", "AB12C").data["questions"]
    to_the_end(night)
    assert len(enrolled.state()["visits"]) == 1 and enrolled.state()["reviews"] == []


def test_a_review_that_staff_moved_meanwhile_keeps_its_new_day(
    night: Run, enrolled: SandboxProcess, learner: Learner
) -> None:
    """What was planned is not sent, and does not come back as OneFile's value."""
    reviews.update(learner.reviews.get(), by=BY, scheduled_date=soon(21))
    to_the_end(night)
    assert learner.reviews.get().scheduled_date == soon(21)
    assert command("onefile_sync").status == 0
    (there,) = enrolled.state()["reviews"]
    assert there["ScheduledFor"] == london(soon(21), "09:00") and len(enrolled.state()["visits"]) == 1
    assert learner.reviews.get().scheduled_date == soon(21)


def test_a_review_that_staff_deleted_meanwhile_is_no_fault_of_ours(
    night: Run, enrolled: SandboxProcess, learner: Learner
) -> None:
    reviews.delete(learner.reviews.get(), by=BY)
    to_the_end(night)
    assert enrolled.state()["visits"] == enrolled.state()["reviews"] == []
    assert night.plans.get().state == PlanState.DONE


def test_a_review_deleted_while_its_reply_is_in_doubt_stays_away(
    night: Run, enrolled: SandboxProcess, learner: Learner, quick_settling: None
) -> None:
    """OneFile has made it: it is known, as one that was deleted here."""
    enrolled.fault("lost_after", "^Review$", "POST", times=1)
    to_the_end(night)
    assert Step.objects.unsettled().exists()
    reviews.delete(learner.reviews.get(), by=BY)
    time.sleep(1.1)
    to_the_end(night)
    assert not Step.objects.unsettled().exists() and night.plans.get().state == PlanState.DONE
    command("onefile_sync")
    assert len(enrolled.state()["reviews"]) == 1 and not learner.reviews.exists()


def test_a_line_that_staff_deleted_meanwhile_is_no_fault_of_ours(planned: Run, onefile_of_two: SandboxProcess) -> None:
    learner = Learner.objects.get(ident="MR001")
    delivery.delete_line(line(learner), by=BY)
    assert to_the_end(planned) == ""
    assert set(planned.plans.values_list("state", flat=True)) == {PlanState.DONE}
    assert command("onefile_unlink", "learner", "MR001").status == 0


def test_what_was_planned_half_a_day_ago_is_planned_anew(planned: Run, onefile_of_two: SandboxProcess) -> None:
    """Paused, or without a token, it stood: what OneFile holds since counts, and is not written over."""
    for each in onefile_of_two.state()["aims"]:
        onefile_of_two.edit("aims", each["ID"], RegistrationNumber="THEIRS")
    ExchangePlan.objects.update(created_at=timezone.now() - timedelta(hours=6))
    assert to_the_end(planned) == ""
    assert sent(onefile_of_two) == {"THEIRS"}
    assert {line(each).registration_number for each in Learner.objects.all()} == {"THEIRS"}
