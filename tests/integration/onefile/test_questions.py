"""What only a person can decide: asked once, answered once, and what each answer leads to."""

from __future__ import annotations

import time as clock
import uuid
from datetime import time, timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from learners.models import Learner
from learners.models.clock import from_now
from onefile_integration.exchange import carry_out, questions
from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Link, Question, RemoteReview, Settings, Step
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import PERSON, aim, line, london, onefile_id, review_there, soon
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make


def asked() -> Question:
    return Question.objects.open().get()


def answer(word: str, *value: str) -> Any:
    return command("onefile_answer", str(asked().pk), word, *value)


# ---- the same review?


@pytest.fixture
def twins(enrolled: SandboxProcess, learner: Learner) -> int:
    """Here and in OneFile a review on the same day, unknown to each other; OneFile's id."""
    factories.ReviewFactory(learner=learner, officer=learner.main_officer, scheduled_date=soon(), start_time=time(9, 0))
    number = review_there(enrolled, ScheduledFor=london(soon(), "14:00"))
    synced = command("onefile_sync")
    assert synced.status == 1
    (told,) = synced.data["questions"]
    assert set(told) == {"id", "ident", "kind", "text", "answers"}
    assert (told["ident"], told["kind"]) == ("AB12C", "same_review")
    assert told["answers"] == [f"same:{number}", "another"]
    assert learner.reviews.count() == 1 and enrolled.state()["visits"] == []
    return number


def test_it_is_asked_once(twins: int, enrolled: SandboxProcess) -> None:
    command("onefile_sync")
    command("onefile_sync", "--learner", "AB12C")
    assert Question.objects.count() == 1
    assert len(enrolled.state()["reviews"]) == 1


def test_what_an_answer_let_go_on_is_done_by_the_next_command(twins: int, enrolled: SandboxProcess) -> None:
    """With no worker to take it up it does not stay unfinished."""
    answer("another")
    assert [each["ident"] for each in command("onefile_status").data["unfinished"]] == ["AB12C"]
    synced = command("onefile_sync")
    assert (synced.status, command("onefile_status").data["unfinished"]) == (0, [])
    assert len(enrolled.state()["visits"]) == 1 and command("onefile_sync").data["changes"] == []


def test_the_same_review(twins: int, enrolled: SandboxProcess, learner: Learner) -> None:
    assert answer(f"same:{twins}").status == 0
    assert command("onefile_sync").status == 0
    review = learner.reviews.get()
    assert RemoteReview.objects.get(review=review).onefile_id == twins
    assert review.start_time == time(14, 0)
    assert enrolled.state()["visits"] == []


def test_who_was_wrongly_linked_with_the_account_has_no_claim_to_its_reviews(twins: int, learner: Learner) -> None:
    """That link is history, with the review that came by it."""
    retired = {"state": "removed", "removed_at": timezone.now(), "removed_by": "test"}
    make.a_review(link=make.a_link(onefile_id=799_999, **retired), onefile_id=twins)
    assert answer(f"same:{twins}").status == 0
    assert RemoteReview.objects.get(review=learner.reviews.get()).onefile_id == twins


def test_another_review(twins: int, enrolled: SandboxProcess, learner: Learner) -> None:
    assert answer("another").status == 0
    assert command("onefile_sync").status == 0
    state = enrolled.state()
    assert len(state["visits"]) == 1 and len(state["reviews"]) == 2
    assert sorted(review.start_time for review in learner.reviews.all()) == [time(9, 0), time(14, 0)]
    assert command("onefile_sync").data["changes"] == []


# ---- a lost visit


@pytest.fixture
def lost(enrolled: SandboxProcess, learner: Learner) -> SandboxProcess:
    """The reply to booking a visit was lost; whether it was booked says the test."""
    factories.ReviewFactory(learner=learner, officer=learner.main_officer, scheduled_date=soon(), start_time=time(9, 0))
    return enrolled


def lose(onefile: SandboxProcess, action: str) -> None:
    onefile.fault(action, "^Visit$", "POST", times=1)
    synced = command("onefile_sync")
    assert synced.status == 1 and [each["kind"] for each in synced.data["questions"]] == ["lost_visit"]
    assert synced.data["questions"][0]["answers"] == ["there", "not_there", "skip", "typed ID"]
    assert onefile.state()["reviews"] == []


def test_the_visit_is_there(lost: SandboxProcess) -> None:
    lost.switches(review_without_visit="accepted")
    lose(lost, "lost_after")
    assert answer("there").status == 0
    assert command("onefile_sync").status == 0
    state = lost.state()
    assert len(state["visits"]) == 1 and [review["VisitID"] for review in state["reviews"]] == [None]
    assert command("onefile_sync").data["changes"] == []


def minutes_later() -> None:
    """Nothing can land any more."""
    Step.objects.filter(state="in_doubt").update(begun_at=Now() - timedelta(minutes=10))


def landed(onefile: SandboxProcess) -> None:
    for _ in range(100):
        if onefile.state()["visits"]:
            return
        clock.sleep(0.1)
    raise AssertionError("it never lands")


def test_the_visit_is_not_there(lost: SandboxProcess) -> None:
    lose(lost, "lost_before")
    minutes_later()
    assert answer("not_there").status == 0
    assert command("onefile_sync").status == 0
    state = lost.state()
    assert len(state["visits"]) == len(state["reviews"]) == 1
    assert command("onefile_sync").data["changes"] == []


def test_who_says_early_that_it_is_not_there_is_asked_once_more(
    lost: SandboxProcess, learner: Learner, settings: Any
) -> None:
    """It came after they had looked; booked at once, it would be there twice."""
    settings.ONEFILE_SETTLE_SECONDS = 60.0
    lost.fault("late", "^Visit$", "POST", times=1, seconds=1)
    command("onefile_sync")
    assert "look in OneFile after that" in asked().text and lost.state()["visits"] == []
    early = answer("not_there")
    assert early.status == 0 and "you are asked once more" in early.data["message"]
    held_up = command("onefile_sync")
    assert (held_up.status, [each["kind"] for each in held_up.data["failures"]]) == (1, ["unknown_outcome"])
    landed(lost)
    minutes_later()
    ExchangePlan.objects.filter(steps__state="in_doubt").update(due_at=None)

    again = command("onefile_sync")

    assert again.status == 1 and [each["id"] for each in again.data["questions"]] == [asked().pk]
    assert command("onefile_sync").data["questions"] == again.data["questions"], "as long as it stands"
    (visit,) = lost.state()["visits"]
    number = review_there(lost, ScheduledFor=f"{soon()}T09:00:00.000Z", VisitID=visit["ID"])
    assert answer("typed ID", str(number)).status == 0 and command("onefile_sync").status == 0
    assert len(lost.state()["visits"]) == 1 and not Step.objects.unsettled().exists()


def test_an_answer_while_the_exchange_is_still_at_work_is_not_left(lost: SandboxProcess, learner: Learner) -> None:
    """It was given after the plan had looked whether anybody must be waited for."""
    plan = make.a_plan(state="ready", claim=uuid.uuid4(), lease_until=from_now(timedelta(minutes=1)))
    question = make.a_question(plan=plan, learner=plan.learner, answers=[["skip", "Leave this review out"]])
    questions.answer(question.pk, "skip", by=BY)
    questions.await_answers(plan)
    assert (plan.state, ExchangePlan.objects.get(pk=plan.pk).state) == ("asking", "ready")


def test_the_review_is_left_out(lost: SandboxProcess) -> None:
    lose(lost, "lost_before")
    assert answer("skip").status == 0
    for _ in range(2):
        assert command("onefile_sync").status == 0
    assert lost.state()["visits"] == lost.state()["reviews"] == []


def test_staff_added_the_review_there(lost: SandboxProcess, learner: Learner) -> None:
    lose(lost, "lost_after")
    number = review_there(lost, ScheduledFor=f"{soon()}T09:00:00.000Z", VisitID=lost.state()["visits"][0]["ID"])
    assert answer("typed ID", "abc").status == 2
    assert answer("typed ID", str(number)).status == 0
    assert command("onefile_sync").status == 0
    assert RemoteReview.objects.get(review=learner.reviews.get()).onefile_id == number
    assert len(lost.state()["visits"]) == len(lost.state()["reviews"]) == 1


def test_the_review_of_another_learner_is_not_taken(lost: SandboxProcess, learner: Learner) -> None:
    lose(lost, "lost_after")
    stranger = lost.seed(users=[{"Role": 1, "OrganisationID": 101, "FirstName": "Zo", "LastName": "Brandt"}])["users"]
    theirs = review_there(lost, LearnerID=stranger[0])
    other = make.a_review(link=make.a_link(onefile_id=799_999), onefile_id=88777)
    for typed, why in ((str(theirs), "is a review of its learner"), ("88999", "has no review"), ("88777", "")):
        refused = answer("typed ID", typed)
        assert refused.status == 2 and why in refused.data["error"], refused.data
    assert not RemoteReview.objects.filter(review=learner.reviews.get(), onefile_id__isnull=False).exists()
    lost.fault("status", times=0, status=503)
    assert str(other.link.record) in answer("typed ID", "88777").data["error"]
    assert answer("typed ID", "9999999999").status == 2, "no id is that long, whether or not OneFile can be asked"


def test_an_answer_in_the_moment_in_which_the_exchange_goes_on_stands(lost: SandboxProcess) -> None:
    """The worker has read the step before it was ended by the answer."""
    lose(lost, "lost_before")
    before = Step.objects.unsettled().select_related("plan").get()
    assert answer("skip").status == 0
    carry_out.settle(Work(NoCalls(), Settings.objects.current(), before.plan), before)
    assert not Step.objects.unsettled().exists() and not Question.objects.open().exists()


def test_lost_twice_it_is_asked_twice(lost: SandboxProcess) -> None:
    lose(lost, "lost_before")
    minutes_later()
    answer("not_there")
    lose(lost, "lost_before")
    assert Question.objects.count() == 2
    minutes_later()
    answer("not_there")
    assert command("onefile_sync").status == 0
    assert len(lost.state()["visits"]) == 1


# ---- answers as such


def test_answers_that_are_none(twins: int) -> None:
    number = str(asked().pk)
    for words in (("99999", "another"), (number, "perhaps"), (number, "3"), (number, "0")):
        refused = command("onefile_answer", *words)
        assert refused.status == 2 and refused.data["ok"] is False
    assert answer("2").data["ok"] is True  # by its number
    again = command("onefile_answer", number, "another")
    assert again.status == 2 and "was answered" in again.data["error"]


def test_the_status_lists_what_waits(twins: int) -> None:
    status = command("onefile_status")
    assert [each["kind"] for each in status.data["questions"]] == ["same_review"]
    assert set(status.data) == {
        "enabled",
        "environment",
        "fault",
        "last_run",
        "next_run",
        "budget",
        "unfinished",
        "questions",
    }
    assert set(status.data["budget"]) == {"limit", "used", "today"}


# ---- a link set by hand


def linked_by_hand(onefile: SandboxProcess, **person: Any) -> None:
    onefile.seed(users=[{"ID": 700500, "Role": 1, "OrganisationID": 101, **PERSON, **person}])
    onefile.seed(aims=[{"UserID": 700500, "StandardID": 4001, "TotalElements": 42, "ElementsCompleted": 9}])
    linked = command("onefile_link", "learner", "AB12C", "700500")
    assert (linked.status, linked.data["state"]) == (0, "unverified")


def test_the_same_person_is_verified_and_comes(connected: SandboxProcess, learner: Learner) -> None:
    linked_by_hand(connected)
    assert command("onefile_sync").status == 0
    assert Link.objects.get(learner=learner).state == "verified"
    assert line(learner).elements_done == 9


@pytest.mark.parametrize("person", [{"LastName": "Brandt"}, {"DOB": "2007-07-15T00:00:00.000Z"}, {"DOB": None}])
def test_another_person_is_asked_about(connected: SandboxProcess, learner: Learner, person: dict[str, Any]) -> None:
    linked_by_hand(connected, **person)
    connected.clear_calls()
    before = connected.state()

    synced = command("onefile_sync")

    assert synced.status == 1 and [each["kind"] for each in synced.data["questions"]] == ["other_person"]
    assert connected.state() == before and line(learner).elements_done is None
    facts = {what: (ours, theirs) for what, ours, theirs in asked().facts}
    assert set(facts) == {"First Name", "Surname", "DOB"}


def test_it_is_the_same_person(connected: SandboxProcess, learner: Learner) -> None:
    linked_by_hand(connected, LastName="Lane")
    command("onefile_sync")
    assert answer("same").status == 0
    assert command("onefile_sync").status == 0
    assert line(learner).elements_done == 9


def test_it_is_another_person(connected: SandboxProcess, learner: Learner) -> None:
    linked_by_hand(connected, LastName="Brandt")
    before = connected.state()
    command("onefile_sync")
    assert answer("other").status == 0
    assert not Link.objects.live().filter(learner=learner).exists()
    assert command("onefile_sync").data["learners"]["planned"] == 0
    assert connected.state() == before


# ---- a pathway, on synchronisation


def test_a_pathway_that_becomes_available(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(
        standards=[
            {"ID": 4101, "OrganisationID": 101, "Title": "Pathway A [999/XX]", "Elements": 10},
            {"ID": 4102, "OrganisationID": 101, "Title": "Pathway B [999/XX]", "Elements": 20},
        ]
    )
    command("onefile_check")
    synced = command("onefile_sync")
    assert [each["kind"] for each in synced.data["questions"]] == ["pathway"]
    assert asked().answers == [["4101", "Pathway A [999/XX]"], ["4102", "Pathway B [999/XX]"]]

    assert answer("4102").status == 0
    assert command("onefile_sync").status == 0

    assert sorted(each["StandardID"] for each in enrolled.state()["aims"]) == [4001, 4002, 4102]
    assert line(learner, "999/XX").total_elements == 20
    assert command("onefile_sync").data["changes"] == []


def test_one_that_becomes_available_is_assigned(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(standards=[{"ID": 4101, "OrganisationID": 101, "Title": "Only one [999/XX]", "Elements": 10}])
    command("onefile_check")
    assert command("onefile_sync").status == 0
    assert aim(enrolled, 4101)
    assert line(learner, "999/XX").total_elements == 10


# ---- which record?


def test_two_assessors_with_the_mis_value(connected: SandboxProcess, learner: Learner) -> None:
    staff = {"Role": 5, "OrganisationID": 101, "FirstName": "Bryn", "LastName": "Tallis", "MISID": "OF001"}
    first, second = connected.seed(users=[staff, staff])["users"]
    enrolled = command("onefile_enrol", "AB12C")
    assert (enrolled.status, enrolled.data["results"][0]["outcome"]) == (1, "question")
    assert not any(user["Role"] == 1 for user in connected.state()["users"])
    command("onefile_link", "officer", "OF001", str(second))
    assert command("onefile_enrol", "AB12C").status == 0
    user = next(user for user in connected.state()["users"] if user["ID"] == onefile_id(connected))
    assert user["DefaultAssessorID"] == second != first


def test_an_employer_with_our_name_and_no_mis_value(connected: SandboxProcess, learner: Learner) -> None:
    connected.seed(placements=[{"OrganisationID": 101, "Name": "pitt & sons' joinery"}])
    enrolled = command("onefile_enrol", "AB12C")
    assert (enrolled.status, enrolled.data["results"][0]["outcome"]) == (1, "question")
    assert len(connected.state()["placements"]) == 1

    assert asked().kind == "which_record"
    assert command("onefile_enrol", "AB12C", "--dry-run").status == 1 and Question.objects.count() == 1
    assert answer("create").status == 0
    assert command("onefile_enrol", "AB12C").status == 0
    assert [placement["MISID"] for placement in connected.state()["placements"]] == ["", "EM001"]


def test_the_employer_with_our_name_is_ours(connected: SandboxProcess, learner: Learner) -> None:
    (number,) = connected.seed(placements=[{"OrganisationID": 101, "Name": "Pitt & Sons' Joinery"}])["placements"]
    command("onefile_enrol", "AB12C")
    assert answer(str(number)).status == 0
    assert command("onefile_enrol", "AB12C").status == 0
    assert len(connected.state()["placements"]) == 1
    assert Link.objects.get(organisation__ident="EM001").onefile_id == number


def test_an_answer_while_another_enrolment_of_the_learner_is_open(db: None) -> None:
    """It is taken up by that one: of one learner there is never a second open enrolment."""
    asking = make.a_plan(kind="enrol", state="asking", run=make.a_run(kind="enrol"))
    make.a_plan(kind="enrol", state="ready", run=make.a_run(kind="enrol"), learner=asking.learner)
    question = make.a_question(kind="same_review", plan=asking, learner=asking.learner, answers=[["another", "No"]])
    assert command("onefile_answer", str(question.pk), "another").status == 0
    asking.refresh_from_db()
    assert asking.state == "asking" and not Question.objects.open().exists()


def test_what_was_asked_in_another_environment_counts_for_nothing(db: None) -> None:
    """There the same number is another standard, and nobody sees that question here."""
    only = factories.DeliveryPlanLineFactory(qualification__vq_reference="196AS")
    link = make.a_link(learner=only.learner, environment="live")
    about = {"learner": only.learner, "about": f"line:{only.pk}"}
    answered = {"answer": "4001", "answered_at": timezone.now(), "answered_by": "test"}
    make.a_question(kind="pathway", **about, **answered)
    make.a_question(kind="lost_visit", learner=only.learner, about="review:7")
    reading = Reading(NoCalls(), Settings(environment="live"), thorough=True)
    choices = reading.choices(only.learner, link, {})
    assert (choices.pathways, choices.open_questions) == ({}, frozenset())
