"""What is left behind by one exchange must not stand in the way of another for ever."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange.work import work
from onefile_integration.models import ExchangePlan, Link, Question, RemoteReview, Run, Step
from tests import factories
from tests.faults.conftest import SETTLE, review_day
from tests.faults.ending import answer_by_looking, assert_one_of_everything, enrol, go_on
from tests.integration.onefile.conftest import command
from tests.integration.onefile.test_stopping import begun
from tests.sandbox_process import SandboxProcess


def colleague(learner: Learner) -> Learner:
    """A second learner with the same main officer and employer, and no qualifications."""
    other = factories.LearnerFactory(
        ident="CD34E", surname="Brandt", main_officer=learner.main_officer, start=learner.start
    )
    placement = learner.placements.get()
    factories.PlacementFactory(learner=other, organisation=placement.organisation, start=placement.start, end=None)
    return other


def test_an_officer_in_doubt_is_settled_by_whoever_needs_it(ready: SandboxProcess, learner: Learner) -> None:
    other = colleague(learner)
    ready.fault("lost_after", "^User$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"

    time.sleep(SETTLE)
    assert enrol(other.ident)["outcome"] == "enrolled"

    idents = [user["MISID"] for user in ready.state()["users"]]
    assert idents.count("OF001") == 1 and idents.count("CD34E") == 1


def test_an_employer_whose_name_onefile_cuts_is_not_created_twice(ready: SandboxProcess, learner: Learner) -> None:
    """No search by name finds it, and no row of a list has its MIS Value: only the record itself tells."""
    ready.switches(row_misid="absent", longest_text=12)
    ready.fault("lost_after", "^Placement$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"

    go_on(ready)

    (made,) = ready.state()["placements"]
    assert made["MISID"] == "EM001" and made["Name"] == "Pitt & Sons'"


def test_an_officer_in_doubt_is_not_waited_for(ready: SandboxProcess, learner: Learner, settings) -> None:
    settings.ONEFILE_SETTLE_SECONDS = 300.0
    other = colleague(learner)
    ready.fault("lost_after", "^User$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"

    second = enrol(other.ident)

    assert second["outcome"] in ("unknown", "failed") and second["problems"]
    assert not any(user["MISID"] == "CD34E" for user in ready.state()["users"])


@pytest.mark.parametrize("action", ["lost_after", "lost_before"])
@pytest.mark.parametrize("path", ["^User$", "^Placement$"])
def test_of_many_an_officer_or_employer_in_doubt_is_settled(
    ready: SandboxProcess, learner: Learner, path: str, action: str
) -> None:
    """The exchange that has lost the reply does not wait for itself, nor the others for ever."""
    other = colleague(learner)
    run = begun([learner.pk, other.pk])
    ready.fault(action, path, "POST", times=1)
    work(run)
    assert Step.objects.unsettled().count() == 1

    for _ in range(4):
        time.sleep(SETTLE)
        ExchangePlan.objects.update(due_at=None)  # the seconds have passed
        work(run)

    assert set(run.plans.values_list("state", flat=True)) == {"done"}, list(run.plans.values())
    made = [user["MISID"] for user in ready.state()["users"]]
    assert sorted(made) == sorted(["AB12C", "CD34E", "OF001", "OF002"]) and len(ready.state()["placements"]) == 1


def test_a_doubt_outlives_a_failure_of_the_look(ready: SandboxProcess, learner: Learner) -> None:
    """The look itself meets a web page: it is looked again, nothing is forgotten and nothing made twice."""
    ready.fault("lost_after", "^User$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"
    ready.fault("html", "^User/Search$", "POST", times=1)
    time.sleep(SETTLE)
    assert enrol()["outcome"] == "unknown"
    ExchangePlan.objects.update(due_at=None)  # the minute has passed

    go_on(ready)
    assert_one_of_everything(ready, learner)


def test_a_search_that_fails_after_the_reservation(ready: SandboxProcess, learner: Learner) -> None:
    """Before the create is sent OneFile is searched; where that fails, the reserved officer is not lost."""
    ready.fault("html", "^User/Search$", "POST", nth=7, times=1)
    first = enrol()
    assert first["outcome"] == "failed", first
    assert Link.objects.filter(state="creating").exists()

    go_on(ready)
    assert_one_of_everything(ready, learner)


def test_a_dead_refresh_does_not_block_the_learner(ready: SandboxProcess, learner: Learner) -> None:
    """A process died in the middle of a Refresh: its claim outlived it."""
    enrol()
    dead = Run.objects.create(kind="refresh", environment="practice", lane="people", asked_by="x", state="approved")
    past = timezone.now() - timedelta(seconds=5)
    claim = "6d6b9f2e-0f43-4c38-9dc0-000000000001"
    ExchangePlan.objects.create(run=dead, learner=learner, kind="refresh", claim=claim, lease_until=past)

    refreshed = command("onefile_sync", "--learner", "AB12C")

    assert (refreshed.status, refreshed.data["outcome"]) == (0, "finished"), refreshed.data
    assert command("onefile_sync").status == 0


def test_a_lost_review_of_a_refresh_is_settled_by_the_next(ready: SandboxProcess, learner: Learner) -> None:
    enrol()
    day = review_day() + timedelta(days=7)
    review = factories.ReviewFactory(learner=learner, scheduled_date=day, start_time="11:00")
    ready.fault("lost_after", "^Review$", "POST", times=1)
    first = command("onefile_sync", "--learner", "AB12C")
    assert first.status == 1
    assert [failure["kind"] for failure in first.data["failures"]] == ["unknown_outcome"]

    time.sleep(SETTLE)
    second = command("onefile_sync", "--learner", "AB12C")

    assert (second.status, second.data["failures"]) == (0, []), second.data
    remote = RemoteReview.objects.get(review=review)
    assert remote.onefile_id in {each["ID"] for each in ready.state()["reviews"]}
    assert len(ready.state()["reviews"]) == 2 and not Step.objects.unsettled().exists()


def test_a_lost_visit_stops_its_own_review_only(ready: SandboxProcess, learner: Learner) -> None:
    enrol()
    day = review_day() + timedelta(days=7)
    factories.ReviewFactory(learner=learner, scheduled_date=day, start_time="11:00")
    ready.fault("lost_after", "^Visit$", "POST", times=1)
    assert command("onefile_sync").status == 1
    assert Question.objects.open().get().kind == "lost_visit"
    aim = next(each for each in ready.state()["aims"] if each["StandardID"] == 4001)
    ready.edit("aims", aim["ID"], ElementsCompleted=17)

    command("onefile_sync")

    assert learner.delivery_plan.get(qualification__vq_reference="196AS").elements_done == 17
    assert len(ready.state()["visits"]) == 2  # the first review's, and the one whose reply was lost


def test_a_review_that_needs_a_visit_is_asked_about_again(ready: SandboxProcess, learner: Learner) -> None:
    """Staff say that the visit is there; OneFile refuses a review that does not name it; `typed ID` ends it."""
    ready.fault("lost_after", "^Visit$", "POST", times=1)
    assert enrol()["outcome"] == "question"
    question = Question.objects.open().get()
    assert command("onefile_answer", str(question.pk), "there").status == 0

    refused = enrol()

    assert refused["outcome"] in ("question", "failed"), refused
    again = Question.objects.open().get()
    assert again.kind == "lost_visit" and again.pk != question.pk
    answer_by_looking(again, ready)
    go_on(ready)
    assert_one_of_everything(ready, learner)


def test_an_officer_found_while_another_is_creating_it(ready: SandboxProcess, learner: Learner) -> None:
    """It is in OneFile, but its id is not kept here yet: whoever finds it settles that first, and nobody is refused."""
    other = colleague(learner)
    ready.fault("lost_after", "^User$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"

    assert enrol(other.ident)["outcome"] == "enrolled"

    assert not Step.objects.filter(state="refused").exists()
    go_on(ready)
    assert [user["MISID"] for user in ready.state()["users"]].count("OF001") == 1


def leave(learner: Learner) -> None:
    """Workers died of it three times, and staff choose to leave it."""
    ExchangePlan.objects.filter(learner=learner, state="ready").update(deaths=3, due_at=None)
    assert enrol()["outcome"] == "question"
    gave_up = Question.objects.open().get(kind="gave_up")
    assert command("onefile_answer", str(gave_up.pk), "leave").status == 0


def test_a_creation_that_staff_chose_to_leave_is_not_made_twice(ready: SandboxProcess, learner: Learner) -> None:
    """What had been sent has arrived: the next exchange looks who is there."""
    ready.fault("lost_after", "^User$", "POST", nth=3, times=1)  # two assessors, then the learner
    assert enrol()["outcome"] == "unknown"
    leave(learner)

    assert enrol()["outcome"] == "duplicate"
    (number,) = [user["ID"] for user in ready.state()["users"] if user["Role"] == 1]
    assert command("onefile_link", "learner", "AB12C", str(number)).status == 0


def test_an_assessor_that_staff_chose_to_leave_is_found(ready: SandboxProcess, learner: Learner) -> None:
    ready.fault("lost_after", "^User$", "POST", times=1)
    assert enrol()["outcome"] == "unknown"
    leave(learner)
    go_on(ready)
    assert_one_of_everything(ready, learner)


def test_a_visit_that_staff_chose_to_leave_is_asked_about(ready: SandboxProcess, learner: Learner) -> None:
    ready.fault("lost_after", "^Visit$", "POST", times=1)
    assert enrol()["outcome"] == "question"
    Question.objects.all().delete()  # its worker died before it could ask
    ExchangePlan.objects.filter(learner=learner).update(state="ready")
    leave(learner)
    assert Question.objects.open().get().kind == "lost_visit"
    command("onefile_sync")
    assert len(ready.state()["visits"]) == 1
    answer_by_looking(Question.objects.open().get(), ready)
    command("onefile_sync")
    assert len(ready.state()["visits"]) == len(ready.state()["reviews"]) == 1


def test_an_employer_that_was_never_sent_can_be_linked_by_hand(ready: SandboxProcess, learner: Learner) -> None:
    """The exchange that was to create it is over, and nothing was sent."""
    ready.fault("html", "^Placement/Search$", "POST", nth=2, times=1)
    assert enrol()["outcome"] == "failed"
    assert Link.objects.filter(state="creating", organisation__isnull=False).exists()
    (number,) = ready.seed(placements=[{"OrganisationID": 101, "Name": "Pitt", "MISID": "EM001"}])["placements"]
    assert command("onefile_unlink", "organisation", "EM001").status == 0
    assert command("onefile_link", "organisation", "EM001", str(number)).status == 0
    go_on(ready)
    assert_one_of_everything(ready, learner)
