"""Synchronisation: what assessors do in OneFile comes here, once, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners.models import Learner, Review
from onefile_integration.exchange import held_fields
from onefile_integration.models import Link, RemoteReview
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import PERSON, aim, line, onefile_id, review_there, soon, writes
from tests.sandbox_process import SandboxProcess

KEYS = {"run", "outcome", "learners", "calls", "changes", "questions", "failures", "held"}
COUNTS = {"planned", "changed", "unchanged", "failed", "skipped"}


def test_progress_and_registration_come(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17, RegistrationNumber="R-9")
    enrolled.edit("aims", aim(enrolled), RegistrationDate="2026-06-30T23:00:00.000Z")  # London midnight in summer

    synced = command("onefile_sync")

    assert (synced.status, synced.data["outcome"]) == (0, "finished")
    row = line(learner)
    assert (row.total_elements, row.elements_done, row.registration_number) == (42, 17, "R-9")
    assert row.registration_date == date(2026, 7, 1)
    changes = [
        {key: each[key] for key in ("ident", "record", "field", "old", "new", "side")}
        for each in synced.data["changes"]
    ]
    assert {
        "ident": "AB12C",
        "record": "delivery 196AS",
        "field": "elements_done",
        "old": 0,
        "new": 17,
        "side": "mis",
    } in changes
    assert len(changes) == 3
    assert row.history.first().history_change_reason.startswith("run ")


def test_a_qualification_begun_anew_takes_the_aim_over(enrolled: SandboxProcess, learner: Learner) -> None:
    """Nothing is assigned a second time, and the line before keeps what it had."""
    before = line(learner)
    start = before.start + timedelta(days=30)
    factories.DeliveryPlanLineFactory(learner=learner, qualification=before.qualification, start=start)
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17)
    enrolled.clear_calls()

    synced = command("onefile_sync")

    assert (synced.status, synced.data["failures"], writes(enrolled)) == (0, [], [])
    assert [each.elements_done for each in before.qualification.lines.order_by("start")] == [before.elements_done, 17]
    assert command("onefile_sync").data["changes"] == []


def test_the_json_has_every_key_of_the_contract(enrolled: SandboxProcess) -> None:
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17)
    data = command("onefile_sync").data

    assert set(data) >= KEYS
    assert set(data["learners"]) == COUNTS
    assert data["learners"] == {"planned": 1, "changed": 1, "unchanged": 0, "failed": 0, "skipped": 0}
    assert data["calls"] == len(enrolled.calls()) - 1  # the call that shows whether OneFile answers is not the run's
    assert isinstance(data["run"], int) and data["held"] == {} and data["questions"] == data["failures"] == []
    assert {tuple(sorted(each)) for each in data["changes"]} == {("field", "ident", "new", "old", "record", "side")}


def test_the_second_and_third_run_change_nothing(enrolled: SandboxProcess, learner: Learner) -> None:
    """No POST but searches and signing in; OneFile stays as it is."""
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17)
    review_there(enrolled)
    command("onefile_sync")
    before, reviews = enrolled.state(), learner.reviews.count()
    for _ in range(2):
        enrolled.clear_calls()
        again = command("onefile_sync")
        assert (again.status, again.data["learners"]["changed"], again.data["changes"]) == (0, 0, [])
        assert writes(enrolled) == []
    assert enrolled.state() == before and learner.reviews.count() == reviews == 1


def test_what_we_know_goes_up(enrolled: SandboxProcess, learner: Learner) -> None:
    row = line(learner)
    type(row).objects.filter(pk=row.pk).update(registration_number="R-1", certificate_applied=date(2026, 7, 1))

    synced = command("onefile_sync", "--learner", "ab12c")

    there = next(each for each in enrolled.state()["aims"] if each["StandardID"] == 4001)
    assert (there["RegistrationNumber"], there["CertificateAppliedDate"]) == ("R-1", "2026-07-01T00:00:00.000Z")
    assert {(each["field"], each["side"]) for each in synced.data["changes"]} == {
        ("registration_number", "onefile"),
        ("certificate_applied_date", "onefile"),
    }
    assert command("onefile_sync").data["changes"] == []


def test_reviews_come_and_are_kept_up(enrolled: SandboxProcess, learner: Learner) -> None:
    assessor = next(user["ID"] for user in enrolled.state()["users"] if user["MISID"] == "OF002")
    number = review_there(enrolled, AssessorID=assessor, ScheduledFor="2026-07-01T08:30:00.000Z")
    command("onefile_sync")
    review = learner.reviews.get()
    assert (review.type, review.scheduled_date, review.start_time) == ("Normal", date(2026, 7, 1), time(9, 30))
    assert (review.attended, review.actual_date, review.officer.ident) == ("Unknown", None, "OF002")

    signed = {"StartedOn": "2026-07-01T09:00:00.000Z", "LearnerSignedOn": "2026-07-01T23:30:00.000Z"}
    enrolled.edit("reviews", number, **signed, AssessorSignedOn="2026-07-03T10:00:00.000Z")
    enrolled.edit("reviews", number, EmployerSignedOn="2026-07-04T10:00:00.000Z")
    command("onefile_sync")

    review.refresh_from_db()
    assert (review.attended, review.actual_date) == ("Yes", date(2026, 7, 1))
    assert (review.trainee_signed, review.officer_signed) == (date(2026, 7, 2), date(2026, 7, 3))
    assert review.employer_signed == date(2026, 7, 4)


def test_an_assessor_who_is_nobody_here_leaves_the_officer(enrolled: SandboxProcess, learner: Learner) -> None:
    stranger = enrolled.seed(users=[{"Role": 5, "OrganisationID": 101, "FirstName": "X", "LastName": "Y"}])["users"][0]
    review_there(enrolled, AssessorID=stranger)
    command("onefile_sync")
    assert learner.reviews.get().officer is None


def test_one_review_that_is_no_longer_begun(enrolled: SandboxProcess, learner: Learner) -> None:
    """A whole answer without StartedOn blanks it, with old and new value told."""
    number = review_there(enrolled, ScheduledFor="2026-10-01T09:00:00.000Z", StartedOn="2026-10-01T09:00:00.000Z")
    command("onefile_sync")
    enrolled.edit("reviews", number, StartedOn=None)

    changes = {each["field"]: (each["old"], each["new"]) for each in command("onefile_sync").data["changes"]}

    assert changes == {"attended": ("Yes", "Unknown"), "actual_date": ("2026-10-01", None)}


def test_a_review_goes_up_once(enrolled: SandboxProcess, learner: Learner) -> None:
    review = factories.ReviewFactory(learner=learner, scheduled_date=date(2027, 7, 1), start_time=time(9, 0))
    command("onefile_sync")
    command("onefile_sync")

    state = enrolled.state()
    (visit,), (made,) = state["visits"], state["reviews"]
    assert (visit["DateFrom"], visit["DateTo"]) == ("2027-07-01T08:00:00.000Z", "2027-07-01T09:00:00.000Z")
    assert (made["VisitID"], made["ScheduledFor"], made["Status"]) == (visit["ID"], "2027-07-01T08:00:00.000Z", 1)
    assert RemoteReview.objects.get(review=review).onefile_id == made["ID"]
    assert learner.reviews.count() == 1


def test_a_review_without_an_officer_goes_up_as_the_main_officers(enrolled: SandboxProcess, learner: Learner) -> None:
    """It is that officer's here too from then on, and both sides agree."""
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0), officer=None)
    command("onefile_sync")
    (made,) = enrolled.state()["reviews"]
    assert made["AssessorID"] == onefile_id(enrolled, "OF001")
    assert learner.reviews.get().officer == learner.main_officer
    assert command("onefile_sync").data["changes"] == []


def test_the_officer_of_a_review_is_left_where_staff_hold_it(enrolled: SandboxProcess, learner: Learner) -> None:
    review = factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0), officer=None)
    held_fields.hold(learner, f"review:{review.pk}", "officer", why="", by=BY)
    for _ in range(2):
        assert command("onefile_sync").status == 0
    assert len(enrolled.state()["reviews"]) == 1
    assert learner.reviews.get().officer is None


def test_years_of_old_reviews_stay_here(enrolled: SandboxProcess, learner: Learner) -> None:
    for year in (2023, 2024, 2025, 2026):
        factories.ReviewFactory(learner=learner, scheduled_date=date(year, 3, 3), start_time=time(9, 0))
    assert command("onefile_sync").data["changes"] == []
    assert enrolled.state()["visits"] == []


def test_visit_made_review_refused_twice(enrolled: SandboxProcess, learner: Learner, settings: Any) -> None:
    """The remembered visit is used: one visit, one review."""
    settings.ONEFILE_SETTLE_SECONDS = 0.0
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0))
    enrolled.fault("status", "^Review$", "POST", status=500, times=2)
    results = [command("onefile_sync", "--learner", "AB12C").status for _ in range(4)]

    assert results[0] == 1 and results[-1] == 0
    state = enrolled.state()
    assert len(state["visits"]) == len(state["reviews"]) == 1
    assert state["reviews"][0]["VisitID"] == state["visits"][0]["ID"]


def test_a_review_deleted_here_does_not_return(enrolled: SandboxProcess, learner: Learner) -> None:
    first = review_there(enrolled)
    command("onefile_sync")
    learner.reviews.get().delete()
    second = review_there(enrolled, ScheduledFor=f"{soon(30)}T10:00:00.000Z")

    for _ in range(2):
        assert command("onefile_sync").status == 0

    assert [review.scheduled_date for review in learner.reviews.all()] == [soon(30)]
    assert set(RemoteReview.objects.values_list("onefile_id", flat=True)) == {first, second}


def test_the_dry_run_is_what_the_real_run_does(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17, RegistrationNumber="R-9")
    review_there(enrolled, StartedOn="2026-11-01T10:00:00.000Z")
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0))
    row = line(learner, "603/2954/9")
    type(row).objects.filter(pk=row.pk).update(registration_number="R-1")
    before, reviews = enrolled.state(), learner.reviews.count()

    dry = command("onefile_sync", "--dry-run")

    assert enrolled.state() == before and learner.reviews.count() == reviews
    assert line(learner).elements_done == 0
    real = command("onefile_sync")
    assert (dry.status, dry.data["changes"], dry.data["learners"]) == (
        real.status,
        real.data["changes"],
        real.data["learners"],
    )
    assert len(dry.data["changes"]) > 6


def break_now(learner: Learner) -> None:
    factories.BreakFactory(learner=learner, from_date=timezone.localdate(), to_date=None)


def ended(days: int) -> Callable[[Learner], None]:
    def change(learner: Learner) -> None:
        Learner.objects.filter(pk=learner.pk).update(actual_end=timezone.localdate() - timedelta(days=days))

    return change


def update(**values: Any) -> Callable[[Learner], None]:
    return lambda learner: Learner.objects.filter(pk=learner.pk).update(**values) and None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (break_now, "break"),
        (ended(63), "ended"),
        (update(system_status="Archived"), "Archived"),
        (update(held_from_sync=True, held_reason="Transfer"), "Transfer"),
    ],
    ids=["break", "ended", "archived", "held"],
)
def test_who_is_left_out_is_not_called_for(
    enrolled: SandboxProcess, learner: Learner, change: Callable[[Learner], None], why: str
) -> None:
    change(learner)
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17)
    enrolled.clear_calls()

    whole = command("onefile_sync").data
    named = command("onefile_sync", "--learner", "AB12C").data

    assert whole["learners"] == {"planned": 0, "changed": 0, "unchanged": 0, "failed": 0, "skipped": 1}
    assert named["learners"]["skipped"] == 1 and named["changes"] == []
    assert {call["path"] for call in enrolled.calls()} <= {"/Customer", "/Authentication"}
    assert line(learner).elements_done == 0


def test_lately_ended_progress_comes_and_nothing_later_goes_up(enrolled: SandboxProcess, learner: Learner) -> None:
    ended(3)(learner)
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0))
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=42)
    assert command("onefile_sync").status == 0
    assert line(learner).elements_done == 42
    assert enrolled.state()["visits"] == []


def test_a_learner_who_is_not_linked_is_named(enrolled: SandboxProcess) -> None:
    factories.LearnerFactory(ident="CD34E")
    synced = command("onefile_sync", "--learner", "CD34E", "AB12C")
    assert (synced.status, synced.data["learners"]["skipped"], synced.data["learners"]["planned"]) == (0, 1, 1)
    assert command("onefile_sync", "--learner", "ZZZZZ").status == 2


def test_relinked_with_a_new_portfolio(enrolled: SandboxProcess, learner: Learner) -> None:
    """Reviews of the old portfolio are neither blanked, nor matched to strangers, nor sent again."""
    review_there(enrolled, StartedOn="2026-11-01T10:00:00.000Z", ScheduledFor="2026-11-01T10:00:00.000Z")
    command("onefile_sync")
    old = learner.reviews.get()
    old_id = onefile_id(enrolled)
    (new,) = enrolled.seed(users=[{"ID": 800200, "Role": 1, "OrganisationID": 101, **PERSON}])["users"]
    assert command("onefile_unlink", "learner", "AB12C").status == 0
    assert command("onefile_link", "learner", "AB12C", str(new)).status == 0
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0))

    assert command("onefile_sync").status == 0

    old.refresh_from_db()
    assert (old.attended, old.actual_date) == ("Yes", date(2026, 11, 1))
    assert [review["LearnerID"] for review in enrolled.state()["reviews"]] == [old_id, new]
    assert Review.objects.filter(learner=learner).count() == 2
    assert sorted(Link.objects.filter(learner=learner).values_list("state", flat=True)) == ["removed", "verified"]
