"""The provider of the chaos bench, and all that may be said of it in the end: on both sides, in words without keys."""

from __future__ import annotations

import sys
from datetime import date, time, timedelta
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from learners.actor import Actor
from learners.models import DeliveryPlanLine, Learner, Review
from onefile_integration.exchange import configuration
from onefile_integration.exchange.connection import store
from onefile_integration.models import Link, Question, RemoteReview
from tests import cleaning, factories
from tests.sandbox_process import SandboxProcess

BY = Actor(label="bench")
START, END = date(2026, 9, 7), date(2028, 9, 4)
TODAY = timezone.localdate()  # once: a bench that goes on past midnight compares what was made before and after it
OFFICERS, EMPLOYERS = 5, 4
ELEMENTS = 9


def empty(onefile: SandboxProcess) -> None:
    cleaning.delete_rows()
    store.cache_clear()
    store().flushdb()
    onefile.reset()


def make(onefile: SandboxProcess, count: int) -> list[Learner]:
    onefile.seed(
        organisations=[{"ID": 101, "Name": "Bench", "CustomerID": 11}],
        classrooms=[{"ID": 3001, "OrganisationID": 101, "Name": "Unassigned"}],
        standards=[
            {"ID": 4001 + n, "OrganisationID": 101, "Title": f"Standard [{n}AS]", "Elements": 42} for n in (1, 2)
        ],
    )
    wanted = {"enabled": "on", "default_classroom": "Unassigned", "calls_per_minute": "100000"}
    wanted |= {"upload_reviews": "on", "download_reviews": "on", "learner_mode": "push"}
    configuration.change(wanted, token=onefile.token, by=BY)
    call_command("onefile_check", stdout=sys.stderr)
    officers = [factories.OfficerFactory(ident=f"OF{n:03d}", surname=f"Tallis-{n}") for n in range(OFFICERS)]
    employers = [factories.OrganisationFactory(ident=f"EM{n:03d}", name=f"Employer {n}") for n in range(EMPLOYERS)]
    qualifications = [factories.QualificationFactory(vq_reference=f"{n}AS") for n in (1, 2)]
    return [_learner(n, officers, employers, qualifications) for n in range(count)]


def _learner(number: int, officers: list[Any], employers: list[Any], qualifications: list[Any]) -> Learner:
    officer, second = officers[number % OFFICERS], officers[(number + 1) % OFFICERS]
    person = {"surname": f"Bench-{number}", "email": f"learner{number}@example.org", "uln": ""}
    learner: Learner = factories.LearnerFactory(
        ident=f"L{number:04d}", main_officer=officer, start=START, planned_end=END, actual_end=None, **person
    )
    factories.PlacementFactory(learner=learner, organisation=employers[number % EMPLOYERS], start=START, end=None)
    for qualification, assessor in zip(qualifications, (officer, second), strict=True):
        factories.DeliveryPlanLineFactory(
            learner=learner, qualification=qualification, assessor=assessor, start=START, planned_end=END
        )
    day = TODAY + timedelta(days=14)
    factories.ReviewFactory(learner=learner, officer=officer, scheduled_date=day, start_time=time(10, 0))
    return learner


def work_in_onefile(onefile: SandboxProcess) -> None:
    """Assessors: every second learner has progress, every third a review that was held, every fifth one more."""
    state = onefile.state()
    number = {each["ID"]: int(each["MISID"][1:]) for each in state["users"] if each["Role"] == 1}
    for aim in state["aims"]:
        if number[aim["UserID"]] % 2 == 0:
            onefile.edit("aims", aim["ID"], ElementsCompleted=ELEMENTS)
    for review in state["reviews"]:
        if number[review["LearnerID"]] % 3 == 0:
            onefile.edit("reviews", review["ID"], StartedOn=review["ScheduledFor"])
    again = [key for key, n in number.items() if n % 5 == 0]
    day = TODAY + timedelta(days=30)
    onefile.seed(reviews=[{"LearnerID": k, "ScheduledFor": f"{day}T09:00:00.000Z", "Status": 1} for k in again])


def everything(onefile: SandboxProcess) -> dict[str, Any]:
    """Nothing here has a key or an id: two worlds that went other ways compare as equal where they are."""
    state = onefile.state()
    names = {each["ID"]: each["MISID"] for each in state["users"]} | {None: None}
    places = {each["ID"]: each["MISID"] for each in state["placements"]} | {None: None}
    visits = {each["ID"]: names[each["LearnerID"]] for each in state["visits"]} | {None: None}
    officers = {each["ID"]: names[each["AssessorID"]] for each in state["reviews"]}
    return {
        "users": sorted(
            (
                u["MISID"],
                u["Role"],
                u["FirstName"],
                u["LastName"],
                names[u["DefaultAssessorID"]],
                places[u["PlacementID"]],
            )
            for u in state["users"]
        ),
        "placements": sorted((p["MISID"], p["Name"]) for p in state["placements"]),
        "aims": sorted(
            (names[a["UserID"]], a["StandardID"], str(a["StartDate"]), a["ElementsCompleted"]) for a in state["aims"]
        ),
        "assignments": sorted(
            map(str, ({k: names.get(v, v) for k, v in a.items() if k != "ID"} for a in state["assignments"]))
        ),
        "reviews": sorted(
            (
                names[r["LearnerID"]],
                str(r["ScheduledFor"]),
                str(r["StartedOn"]),
                str(officers[r["ID"]]),
                str(visits[r["VisitID"]]),
            )
            for r in state["reviews"]
        ),
        "visits": sorted(visits[each["ID"]] for each in state["visits"]),
        "links": sorted(
            (str(each.record and each.record.ident), each.state, each.upload_due) for each in Link.objects.all()
        ),
        "lines": sorted(
            DeliveryPlanLine.objects.values_list(
                "learner__ident", "qualification__vq_reference", "total_elements", "elements_done"
            )
        ),
        "our reviews": sorted(
            (
                r.learner.ident,
                str(r.scheduled_date),
                str(r.start_time),
                r.attended,
                str(r.actual_date),
                str(r.officer and r.officer.ident),
            )
            for r in Review.objects.select_related("learner", "officer")
        ),
        "review ids": [RemoteReview.objects.exclude(onefile_id=None).count()],
        "open questions": [Question.objects.open().count()],
    }


def answer_by_looking(question: Question, onefile: SandboxProcess) -> bool:
    """As a person does who has OneFile open beside the MIS; False where it is too early to say."""
    if question.step and question.step.seconds_to_settle() > 0:
        return False
    words = [str(question.pk), "1"]
    if question.kind == "lost_visit":
        words = [str(question.pk), *_visit_looked_for(question, onefile)]
    call_command("onefile_answer", *words, stdout=sys.stderr)
    return True


def _visit_looked_for(question: Question, onefile: SandboxProcess) -> list[str]:
    """Where a visit is there that no review names, staff add its review; its id ends the question."""
    state = onefile.state()
    link = Link.objects.live().get(learner=question.learner)
    named = {each["VisitID"] for each in state["reviews"]}
    lonely = [v for v in state["visits"] if v["LearnerID"] == link.onefile_id and v["ID"] not in named]
    if not lonely:
        return ["not_there"]
    visit = lonely[-1]
    people = {"LearnerID": visit["LearnerID"], "AssessorID": visit["AssessorID"]}
    review = people | {"VisitID": visit["ID"], "ScheduledFor": visit["DateFrom"], "Status": 1}
    return ["typed ID", str(onefile.seed(reviews=[review])["reviews"][0])]
