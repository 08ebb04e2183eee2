"""What a night changed here is put back, held, and does not come again until it is freed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner, Officer
from learners.services import delivery, learners, officers, reviews
from onefile_integration.exchange import held_fields, undo
from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.exchange.steps.base import Work
from onefile_integration.exchange.undo import CannotUndo
from onefile_integration.models import HeldField, Link, Question, Run, Step
from onefile_integration.words import StepState
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import aim, line, london, onefile_id, review_there, soon, writes
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

BY = Actor(label="ann")


def state(learner: Learner) -> dict[str, Any]:
    """All that the exchange can change of them here, in the very letters; keys and times aside."""
    rows = {
        "learner": Learner.objects.filter(pk=learner.pk),
        "officers": Officer.objects.order_by("pk"),
        "lines": learner.delivery_plan.order_by("pk"),
        "reviews": learner.reviews.order_by("scheduled_date"),
    }
    return {
        name: [{k: v for k, v in row.items() if k != "created_at"} for row in each.values()]
        for name, each in rows.items()
    }


def without_keys(state: dict[str, Any]) -> dict[str, Any]:
    return {name: [{k: v for k, v in row.items() if k != "id"} for row in rows] for name, rows in state.items()}


def put_back(run: Run, fields: tuple[str, ...] = ()) -> Run:
    made = undo.begin(run, undo.chosen_of(undo.steps_of(run), fields), by=BY)
    assert to_the_end(made) == ""
    made.refresh_from_db()
    assert made.state == "finished" and made.calls == 0
    return made


def last_run() -> Run:
    return Run.objects.latest("pk")


def change_all_there(onefile: SandboxProcess) -> None:
    number = onefile_id(onefile)
    person = {"LastName": "Lane", "DOB": "2007-07-15T00:00:00.000Z", "MobileNumber": "07700 900999"}
    onefile.edit("users", number, **person, Email="lane@example.org")
    onefile.edit("users", number, HomeAddress="Flat 2\n17 Mill Lane\nNorthmoor\nNM1 4AB")
    assessor = Link.objects.get(officer__ident="OF001")
    onefile.edit("users", assessor.onefile_id or 0, Telephone="0161 496 0001")
    onefile.edit("aims", aim(onefile), RegistrationNumber="R-77", ElementsCompleted=20)
    onefile.edit("reviews", onefile.state()["reviews"][0]["ID"], ScheduledFor=london(soon(17), "11:30"))


@pytest.fixture
def changed(enrolled: SandboxProcess, learner: Learner) -> dict[str, Any]:
    """A review is known to both sides; then OneFile's values are others, a new review among them. A night brings all
    that; what stood here before.
    """
    first = {
        "address1": "1 High  St",
        "address3": "Bury",
        "postcode": "",
        "mobile": "",
        "email": "Amara.Lane@Example.org",
    }
    learners.update(learner, by=BY, **first)
    review_there(enrolled)
    assert command("onefile_settings", "learner_mode=pull", "officer_mode=pull").status == 0
    assert command("onefile_sync").status == 0
    delivery.update_line(line(learner), by=BY, total_elements=10, registration_number=" R  1")
    before = state(learner)
    change_all_there(enrolled)
    review_there(enrolled, ScheduledFor=london(soon(40), "09:00"))
    assert command("onefile_sync").status == 0
    return before


def test_undone_it_is_as_before_and_stays_so(
    changed: dict[str, Any], enrolled: SandboxProcess, learner: Learner
) -> None:
    run, after = last_run(), state(learner)
    assert without_keys(after) != without_keys(changed) and len(after["reviews"]) == 2

    first = put_back(run)

    assert state(learner) == changed
    assert learner.history.first().history_change_reason == f"run {first.pk}: undo of run {run.pk} by ann"
    held = HeldField.objects.held()
    assert {each.field for each in held} >= {"surname", "email", "mobile", "address", "elements_done", "scheduled_date"}
    assert {each.held_in_id for each in held} == {first.pk} and {each.held_by for each in held} == {"ann"}
    assert {each.subject.ident for each in held} == {"AB12C", "OF001"}

    enrolled.clear_calls()
    night = command("onefile_sync")
    assert (night.data["changes"], night.data["questions"], night.data["failures"]) == ([], [], [])
    assert state(learner) == changed and writes(enrolled) == []
    notes = [note["text"] for plan in last_run().plans.all() for note in plan.notes]
    assert any(note.startswith("Held since") and note.endswith(": Surname") for note in notes)
    assert any(note.endswith(": Elements Done of 196AS") for note in notes)

    assert held_fields.free([each.pk for each in held], by=BY) == len(held) > 8
    command("onefile_sync")
    again = state(learner)
    assert {**again, "reviews": again["reviews"][:1]} == {**after, "reviews": after["reviews"][:1]}
    assert len(again["reviews"]) == 1, "a review that was taken back stays away"


def test_an_undo_is_undone(changed: dict[str, Any], enrolled: SandboxProcess, learner: Learner) -> None:
    run, after = last_run(), state(learner)
    by_hand = held_fields.hold(learner, f"learner:{learner.pk}", "surname", why="spelt so", by=BY)
    first = put_back(run)

    second = put_back(first)

    assert without_keys(state(learner)) == without_keys(after)
    assert list(HeldField.objects.held()) == [by_hand], "what the undo held is free, what a person held is not"
    freed = HeldField.objects.get(field="mobile")
    assert (freed.freed_by, freed.held_in_id) == (f"run {second.pk}: undo of run {first.pk} by ann", first.pk)
    assert command("onefile_sync").data["changes"] == []
    third = put_back(second)
    assert state(learner)["learner"] == changed["learner"] and len(state(learner)["reviews"]) == 1
    assert HeldField.objects.held().filter(held_in=third, field="mobile").exists()


def test_what_was_changed_since_is_left_and_said(changed: dict[str, Any], learner: Learner) -> None:
    run = last_run()
    review = learner.reviews.latest("scheduled_date")
    learners.update(learner, by=Actor(label="zoe"), surname="Brandt", mobile="")
    officers.update(Officer.objects.get(ident="OF001"), by=BY, telephone="1")
    delivery.update_line(line(learner), by=BY, registration_number="R 1")
    reviews.update(review, by=Actor(label="zoe"), notes="He came")
    judged = {each.label: each for each in undo.judge(list(undo.steps_of(run)), run.environment)}
    assert judged["Surname"].why.startswith("It was changed since by zoe, ")
    assert judged["The review"].why.startswith("It was changed since by zoe, ")
    assert judged["Registration Number"].why == "It is what it was before." == judged["Mobile Number"].why
    assert judged["Telephone"].why.startswith("It was changed since by ann") and judged["Email"].may_be_undone

    made = put_back(run)

    learner.refresh_from_db()
    assert (learner.surname, learner.email) == ("Brandt", "Amara.Lane@Example.org")
    assert learner.reviews.count() == 2 and Officer.objects.get(ident="OF001").telephone == "1"
    notes = [note["text"] for plan in made.plans.all() for note in plan.notes]
    assert any(note.startswith("Surname: It was changed since by zoe") for note in notes)
    assert not HeldField.objects.filter(field__in=["surname", "registration_number"]).exists()
    again = {each.label: each.why for each in undo.judge(list(undo.steps_of(run)), run.environment)}
    assert again["Email"].startswith(f"It was undone by ann in run {made.pk}, ")
    with pytest.raises(CannotUndo):
        undo.begin(run, [({"learner_id": learner.pk}, [])], by=BY)


def test_some_fields_only_and_while_onefile_is_away(
    changed: dict[str, Any], enrolled: SandboxProcess, learner: Learner
) -> None:
    """Of two figures that belong together only one is chosen, and alone it cannot be."""
    run = last_run()
    assert command("onefile_settings", "enabled=off", "environment=beta").status == 0

    made = put_back(run, ("surname", "total_elements"))

    learner.refresh_from_db()
    assert learner.surname == "Okafor-Lane" and learner.mobile == "07700 900999"
    refused = Step.objects.get(plan__run=made, kind="update_line")
    assert refused.state == StepState.SKIPPED and "More elements are done than there are." in refused.message
    assert line(learner).total_elements == 42
    assert [each.field for each in HeldField.objects.held()] == ["surname"]


def test_a_question_about_values_stands_beside_an_undo(db: None) -> None:
    """Nothing was compared, so nobody knows that it need not be answered."""
    learner = make.a_link().learner
    plan = make.a_plan(learner=learner, run=make.a_run(state="finished"), state="done")
    changed = {"record": f"learner:{learner.pk}", "changes": [{"field": "surname", "old": "A", "new": learner.surname}]}
    now = timezone.now()
    make.a_step(plan=plan, kind="update_details", side="mis", state="done", begun_at=now, ended_at=now, **changed)
    make.a_question(kind="replace_email", learner=learner, about=f"learner:{learner.pk} abc")

    made = undo.begin(plan.run, undo.chosen_of(undo.steps_of(plan.run)), by=BY)
    undo.make(Work(NoCalls(), make.settings(), made.plans.get()))

    assert made.plans.get().steps.exists() and Question.objects.open().count() == 1
