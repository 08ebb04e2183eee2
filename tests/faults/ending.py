"""Going on after a fault, as staff would, until nothing is left to do; then counting."""

from __future__ import annotations

import time
from typing import Any

from learners.models import Learner
from onefile_integration.models import ExchangePlan, Link, Question, RemoteAim, RemoteReview, Step
from onefile_integration.words import LinkState
from tests.faults.conftest import SETTLE
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess

MOST_TURNS = 8


def enrol(ident: str = "AB12C") -> dict[str, Any]:
    """The one result of the command."""
    (result,) = command("onefile_enrol", ident).data["results"]
    return result


def go_on(onefile: SandboxProcess, ident: str = "AB12C", pause: float = SETTLE) -> list[str]:
    """Run again after the settling time and answer what is asked, until it is enrolled; gives the outcomes."""
    outcomes: list[str] = []
    for _ in range(MOST_TURNS):
        time.sleep(pause)
        for question in Question.objects.open():
            answer_by_looking(question, onefile)
        outcomes.append(enrol(ident)["outcome"])
        if outcomes[-1] in ("enrolled", "already_linked") and not Question.objects.open().exists():
            return outcomes
    raise AssertionError(f"it never came to an end: {outcomes}")


def answer_by_looking(question: Question, onefile: SandboxProcess) -> None:
    """As a person does who has OneFile open beside the MIS."""
    state = onefile.state()
    if question.kind == "lost_visit":
        visits = state["visits"]
        if not visits:
            answered = command("onefile_answer", str(question.pk), "not_there")
        else:
            (made,) = onefile.seed(reviews=[_review_of(visits[-1])])["reviews"]
            answered = command("onefile_answer", str(question.pk), "typed ID", str(made))
    else:
        answered = command("onefile_answer", str(question.pk), "1")
    assert answered.status == 0, answered.data


def _review_of(visit: dict[str, Any]) -> dict[str, Any]:
    """The review that staff add in OneFile by hand, on the visit that is there."""
    return {
        "LearnerID": visit["LearnerID"],
        "AssessorID": visit["AssessorID"],
        "VisitID": visit["ID"],
        "ScheduledFor": visit["DateFrom"],
        "Status": 1,
    }


def assert_one_of_everything(onefile: SandboxProcess, learner: Learner) -> None:
    state = onefile.state()
    users = sorted((user["Role"], user["MISID"]) for user in state["users"])
    assert users == [(1, "AB12C"), (5, "OF001"), (5, "OF002")]
    assert [placement["MISID"] for placement in state["placements"]] == ["EM001"]
    aims = {aim["StandardID"]: aim for aim in state["aims"]}
    assert sorted(aims) == [4001, 4002] and len(state["aims"]) == 2
    assert {aim["StartDate"][:10] for aim in aims.values()} == {"2026-09-07"}
    assert (aims[4001]["RegistrationNumber"], aims[4001]["TotalElements"]) == ("R-1", 42)
    assert [(each["Level"], each["StandardID"]) for each in state["assignments"]] == [(3, 4002)]
    assert len(state["visits"]) == 1
    assert [review["VisitID"] for review in state["reviews"]] == [state["visits"][0]["ID"]]
    assert_known_here(state, learner)


def assert_known_here(state: dict[str, list[dict[str, Any]]], learner: Learner) -> None:
    """Every id is known here, and nothing waits, is in doubt or is half made."""
    made = {each["ID"] for kind in ("users", "placements") for each in state[kind]}
    links = Link.objects.live()
    assert set(links.values_list("onefile_id", flat=True)) == made
    assert set(links.values_list("state", flat=True)) == {LinkState.VERIFIED}
    assert set(RemoteAim.objects.values_list("onefile_id", flat=True)) == {aim["ID"] for aim in state["aims"]}
    assert list(RemoteReview.objects.values_list("onefile_id", flat=True)) == [state["reviews"][0]["ID"]]
    assert not links.filter(learner=learner, upload_due=True).exists()
    assert not Step.objects.unsettled().exists()
    assert not ExchangePlan.objects.open().exists()
    assert not Question.objects.open().exists()
    learner.refresh_from_db()
    totals = learner.delivery_plan.values_list("qualification__vq_reference", "total_elements", "registration_number")
    assert set(totals) == {("196AS", 42, "R-1"), ("603/2954/9", 64, ""), ("999/XX", None, "")}
    assert learner.reviews.count() == 1
