"""What people do here while a run is in the middle, and a record that kills whoever takes it up."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from learners.models import Learner
from learners.services import erasure, learners
from onefile_integration.exchange import configuration, guard, nightly
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.exchange.work import MOST_DEATHS, Worker, make
from onefile_integration.models import ExchangePlan, Question, Run, Settings
from onefile_integration.words import PlanState, RunState
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import line
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
