"""The records of one person: shown with what they are, tied, untied, told apart, and a new one begun."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from learners.history import changes_of
from learners.models import DifferentPeople, Learner
from tests import factories

pytestmark = pytest.mark.usefixtures("mis_alone")
SUMMARY, PLAN, NEW = "/learners/AB12C/", "/learners/AB12C/delivery-plan/", "/learners/AB12C/new-episode/"
ULN = "4123456781"


@pytest.fixture
def other(learner: Learner) -> Learner:
    """Perhaps the same person: the ULN says so."""
    Learner.objects.filter(pk=learner.pk).update(uln=ULN)
    return factories.LearnerFactory(ident="CD34E", forenames="Amara", surname="Lane", uln=ULN, nino="CE123456A")


def episode(learner: Learner) -> Learner:
    made = factories.LearnerFactory(
        ident="OLD01", person=learner.person, start=date(2024, 9, 2), actual_end=date(2026, 7, 31)
    )
    english = factories.QualificationFactory(vq_reference="60149939", title="English")
    standard = factories.QualificationFactory(vq_reference="157AS", title="Bench Joiner")
    factories.DeliveryPlanLineFactory(learner=made, qualification=english, planned_end=date(2027, 1, 1))
    factories.DeliveryPlanLineFactory(learner=made, qualification=standard, planned_end=date(2026, 7, 31))
    return made


@pytest.mark.parametrize("address", [SUMMARY, PLAN])
def test_other_episodes_say_what_they_are(address: str, viewer: Client, learner: Learner) -> None:
    episode(learner)
    text = viewer.get(address).text
    assert 'href="/learners/OLD01/delivery-plan/"' in text
    assert all(words in text for words in ("2 Sep 2024", "Ended", "157AS Bench Joiner"))
    assert "60149939" not in text


def test_a_record_with_the_same_uln_is_proposed_side_by_side(staff: Client, learner: Learner, other: Learner) -> None:
    text = staff.get(SUMMARY).text
    assert "Perhaps the same person: CD34E Amara Lane has the same ULN" in text
    assert "/learners/AB12C/tie/?ident=CD34E" in text
    assert "CE123456A" not in text, "masked for those who may not see it"


def test_who_may_only_look_gets_no_buttons(viewer: Client, learner: Learner, other: Learner) -> None:
    text = viewer.get(SUMMARY).text
    assert "Perhaps the same person" in text
    assert "Not the same person" not in text


@pytest.mark.parametrize("uln", ["", "9999999999"])
def test_a_uln_that_is_not_known_proposes_nobody(uln: str, staff: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(uln=uln)
    factories.LearnerFactory(uln=uln)
    assert "Perhaps the same person" not in staff.get(SUMMARY).text


def test_told_apart_they_are_not_proposed_again_on_either_page(staff: Client, learner: Learner, other: Learner) -> None:
    second = factories.LearnerFactory(person=other.person, uln=ULN)
    staff.post("/learners/AB12C/not/CD34E/")
    for ident in ("AB12C", "CD34E", second.ident):
        assert "Perhaps the same person" not in staff.get(f"/learners/{ident}/").text
    said = DifferentPeople.objects.first()
    assert said and said.said_by == staff.get(SUMMARY).context["user"].username


def test_tying_brings_all_episodes_of_both_together(staff: Client, learner: Learner, other: Learner) -> None:
    own = factories.LearnerFactory(person=learner.person)
    staff.post("/learners/AB12C/not/CD34E/")
    assert staff.post("/learners/AB12C/tie/", {"ident": "cd34e"}).status_code == 302
    assert Learner.objects.filter(person=other.person).count() == 3
    assert own in other.other_episodes()
    assert not DifferentPeople.objects.exists()
    text = staff.post("/learners/AB12C/tie/", {"ident": "CD34E"}).text
    assert "CD34E is an episode of this person already." in text


def test_two_who_differ_in_name_and_birth_are_tied_only_by_one_who_is_sure(staff: Client, learner: Learner) -> None:
    other = factories.LearnerFactory(ident="CD34E", surname="Oakes", date_of_birth=date(1999, 1, 1))
    assert 'type="checkbox"' not in staff.get("/learners/AB12C/tie/").text
    answer = staff.post("/learners/AB12C/tie/", {"ident": "CD34E"})
    assert "another name and another date of birth" in answer.text
    assert 'type="checkbox" name="sure"' in answer.text
    assert not other.other_episodes().exists()
    assert staff.post("/learners/AB12C/tie/", {"ident": "CD34E", "sure": "on"}).status_code == 302
    assert other.other_episodes().get() == learner


def test_untied_with_a_reason_that_history_tells(staff: Client, learner: Learner) -> None:
    old = episode(learner)
    assert "Untie this record" in staff.get(SUMMARY).text
    answer = staff.post("/learners/AB12C/untie/", {"reason": "her sister"}, follow=True)
    assert "The record is untied." in answer.text
    assert not old.other_episodes().exists()
    change = changes_of(learner)[0]
    assert (change.label, change.old, change.new) == ("Other episodes", ["OLD01"], [])
    assert change.who.endswith(": untied, her sister")
    assert "not tied to any other" in staff.post("/learners/AB12C/untie/", {"reason": "again"}).text


@pytest.fixture
def filled(learner: Learner) -> dict[str, Any]:
    """What is typed for the next episode; the learner has a placement, and a line that was restarted."""
    factories.PlacementFactory(learner=learner, start=date(2026, 9, 1))
    factories.PlacementFactory(learner=learner, start=date(2025, 9, 1), end=date(2026, 8, 31))
    gone = factories.OfficerFactory(status="Archived")
    first = factories.DeliveryPlanLineFactory(learner=learner)
    line = factories.DeliveryPlanLineFactory(
        learner=learner, qualification=first.qualification, start=date(2026, 10, 1), assessor=gone
    )
    return {"start": "2027-09-01", "planned_end": "2028-08-31", "lines": [line.pk], "placement": "on"}


def test_a_new_episode_is_shown_before_it_is_saved(staff: Client, learner: Learner, filled: dict[str, Any]) -> None:
    text = staff.post(NEW, filled).text
    assert "Create the episode" in text
    assert "1 Sep 2027" in text
    assert learner.nino not in text
    assert Learner.objects.count() == 1
    assert "Preview" in staff.post(NEW, filled | {"change": "1"}).text


def test_a_new_episode_takes_over_the_person_and_what_was_chosen(
    staff: Client, learner: Learner, filled: dict[str, Any]
) -> None:
    answer = staff.post(NEW, filled | {"create": "1"}, follow=True)
    made = learner.other_episodes().get()
    assert f"The new episode is {made.ident}. It is tied to AB12C." in answer.text
    assert (made.surname, made.nino, made.ethnicity, made.lldd_primary) == ("Lane", "AB123456C", 31, 12)
    assert (made.start, made.planned_end, made.actual_end) == (date(2027, 9, 1), date(2028, 8, 31), None)
    line, placed = made.delivery_plan.get(), made.placements.get()
    assert (line.start, line.planned_end, line.assessor) == (made.start, made.planned_end, None)
    assert (placed.start, placed.end) == (made.start, None)
    assert made.history.get().history_change_reason.endswith(": new episode from AB12C")


def test_a_new_episode_without_a_start_is_refused_and_only_what_is_ticked_is_taken(
    staff: Client, learner: Learner, filled: dict[str, Any]
) -> None:
    assert "start" in staff.post(NEW, {"create": "1"}).context["form"].errors
    wrong = {"start": "2027-09-01", "planned_end": "2027-08-31", "create": "1"}
    assert "lies before the start" in staff.post(NEW, wrong).text
    assert Learner.objects.count() == 1
    staff.post(NEW, {"start": "2027-09-01", "create": "1"})
    made = learner.other_episodes().get()
    assert not made.delivery_plan.exists()
    assert not made.placements.exists()
