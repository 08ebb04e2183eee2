"""What must hold of every plan: an agreed pair has none, and doing a plan leaves nothing to do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from onefile_integration.rules.addresses import address_of
from onefile_integration.rules.fields import FILLED_BOTH_WAYS
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import (
    Aim,
    Choices,
    Here,
    Line,
    OwnReview,
    Person,
    RemoteAim,
    RemoteReview,
    Review,
    Standard,
    There,
)
from onefile_integration.rules.steps import Kind, Plan, PlannedStep
from tests.unit.rules import building as build

STANDARDS = tuple(Standard(4000 + n, build.CENTRE, f"Q{n}", f"Qualification [Q{n}]") for n in range(4))
days = st.dates(date(2026, 9, 1), date(2027, 12, 31))
times = st.times(time(8), time(18)).map(lambda each: each.replace(second=0, microsecond=0))
numbers = st.one_of(st.none(), st.sampled_from(["R-1", "R-2"]))
blank_days = st.one_of(st.none(), days)
counts = st.one_of(st.none(), st.integers(0, 50))


def aims(percent: st.SearchStrategy[float | None]) -> st.SearchStrategy[Aim]:
    return st.builds(
        Aim,
        start=days,
        planned_end=blank_days,
        total_elements=counts,
        elements_done=counts,
        percent=percent,
        registration_number=numbers,
        registration_date=blank_days,
        certificate_applied=blank_days,
        certificate_received=blank_days,
    )


percents = st.one_of(st.none(), st.floats(-5, 130))
signatures = dict.fromkeys(("trainee_signed", "officer_signed", "employer_signed"), blank_days)
officers = st.sampled_from([None, "officer:1", "officer:2"])
own_reviews = st.builds(
    Review,
    scheduled_date=blank_days,
    start_time=st.one_of(st.none(), times),
    attended=st.sampled_from(["Yes", "No", "Unknown"]),
    actual_date=blank_days,
    officer=officers,
    **signatures,
)
their_reviews = st.builds(
    lambda started, **values: Review(attended="Yes" if started else "Unknown", actual_date=started, **values),
    started=blank_days,
    scheduled_date=days,
    start_time=times,
    officer=officers,
    **signatures,
)


KEPT = [None, "Amara", "amara", "Zoe\u0308", "Zoë", "O'Dell", "علیرضا", "👩🏫"]
words, their_words = st.sampled_from(KEPT), st.sampled_from([*KEPT, "علی\u200cرضا"])
streets = st.lists(
    st.sampled_from(["17 Mill Lane", "Flat 2, 17 Mill Lane", "Northmoor", "NM1 4AB", "nm2 5cd"]), max_size=6
)


def persons(texts: st.SearchStrategy[str | None]) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        first_name=texts,
        surname=texts,
        email=st.sampled_from([None, "a@example.org", "b@example.org"]),
        telephone=texts,
        date_of_birth=blank_days,
        nino=st.sampled_from([None, "CE123456A", "ce 12 34 56 a", "CE123456B"]),
        start=blank_days,
        lldd=st.sampled_from([None, "1", "2"]),
        lldd_primary=st.sampled_from([None, "93"]),
        address=streets.map(address_of),
    )


THIRD = replace(build.OFFICER, pk=3, onefile_id=None)
partners = {
    "main_officer": st.sampled_from([None, build.OFFICER, build.OTHER, THIRD]),
    "employer": st.sampled_from([None, build.EMPLOYER, replace(build.EMPLOYER, pk=2, onefile_id=None)]),
}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Here, There, Choices]:
    """A linked learner with lines and reviews, some known to both sides, some to one."""
    lines, remote = [], []
    for n in range(draw(st.integers(0, 4))):
        held, known = draw(st.booleans()), draw(st.booleans())
        values = draw(aims(st.none()))
        number = 610000 + n
        lines.append(
            Line(
                n,
                f"Q{n}",
                f"Qualification {n}",
                values,
                has_units=draw(st.booleans()),
                aim_id=number if held and known else None,
                standard_id=4000 + n if held and known else None,
            )
        )
        if held:
            remote.append(RemoteAim(number, 4000 + n, draw(aims(percents))))
    reviews, theirs = [], []
    for n in range(draw(st.integers(0, 4))):
        where = draw(st.sampled_from(["both", "here", "there"]))
        if where != "there":
            reviews.append(
                OwnReview(n, "Normal", draw(own_reviews), build.OFFICER, 88000 + n if where == "both" else None)
            )
            reviews[-1] = replace(reviews[-1], exchanged=where == "both")
        if where != "here":
            theirs.append(RemoteReview(88000 + n, draw(their_reviews), draw(st.booleans())))
    agreed = {
        name: draw(st.sampled_from(["officer:1", "officer:2", "organisation:1"]))
        for name in partners
        if draw(st.booleans())
    }
    own = {name: draw(which) for name, which in partners.items()}
    here = build.here(person=draw(persons(words)), lines=tuple(lines), reviews=tuple(reviews), agreed=agreed, **own)
    numbers = {name: draw(st.sampled_from([None, 500101, 500102, 900010])) for name in partners}
    there = build.there(person=draw(persons(their_words)), aims=tuple(remote), reviews=tuple(theirs), **numbers)
    choices = build.choices(
        learner_mode=draw(st.sampled_from(["none", "push", "pull"])),
        push_main_officer=draw(st.booleans()),
        push_employer=draw(st.booleans()),
        standards=STANDARDS,
        upload_reviews=draw(st.booleans()),
        upload_reviews_from=date(2026, 11, 1),
        download_reviews=draw(st.booleans()),
    )
    return here, there, choices


# ---- a tiny applier: what the steps mean, without a database or OneFile


def back(name: str, value: Any) -> Any:
    """A plain value as the side holds it."""
    if value is None or not isinstance(value, str):
        return value
    if name == "start_time":
        return time.fromisoformat(value)
    return date.fromisoformat(value) if name in build.DATES else value


def of_side(name: str, value: Any) -> Any:
    if name in ("address", "lldd_others"):
        return tuple(value or ())
    return back(name, value)


def new(step: PlannedStep) -> dict[str, Any]:
    return {change.field: of_side(change.field, change.new) for change in step.changes}


class World:
    def __init__(self, here: Here, there: There) -> None:
        self.here, self.there, self.number = here, there, 99000

    def line(self, step: PlannedStep, **changes: Any) -> None:
        made = tuple(replace(each, **changes) if each.key == step.record else each for each in self.here.lines)
        self.here = replace(self.here, lines=made)

    def review(self, step: PlannedStep, **changes: Any) -> None:
        made = tuple(replace(each, **changes) if each.key == step.record else each for each in self.here.reviews)
        self.here = replace(self.here, reviews=made)

    def _line_of(self, step: PlannedStep) -> Line:
        return next(each for each in self.here.lines if each.key == step.record)

    def _review_of(self, step: PlannedStep) -> OwnReview:
        return next(each for each in self.here.reviews if each.key == step.record)

    def do(self, plan: Plan, at_most: int | None = None) -> None:
        """In order; what waits for an answer, or for something that does, is left. Then the upload may be whole."""
        done: set[str] = set()
        for step in plan.steps[:at_most]:
            if set(step.needs) <= done:
                getattr(self, step.kind.value)(step)
                done.add(step.key)
        if len(done) == len(plan.steps):
            self.here = replace(self.here, lines=tuple(replace(each, upload_due=False) for each in self.here.lines))

    def update_learner(self, step: PlannedStep) -> None:
        assert self.there.person is not None
        self.there = replace(self.there, person=replace(self.there.person, **new(step)))

    def update_details(self, step: PlannedStep) -> None:
        """As our services keep it: without joiners."""
        values = {k: v.replace("\u200c", "") if isinstance(v, str) else v for k, v in new(step).items()}
        self.here = replace(self.here, person=replace(self.here.person, **values))

    def note_main_officer(self, step: PlannedStep) -> None:
        self.here = replace(self.here, agreed={**self.here.agreed, **new(step)})

    note_employer = note_main_officer

    def update_main_officer(self, step: PlannedStep) -> None:
        assert self.here.main_officer is not None
        self.there = replace(self.there, main_officer=self.here.main_officer.onefile_id)
        self.note_main_officer(step)

    def update_employer(self, step: PlannedStep) -> None:
        assert self.here.employer is not None
        self.there = replace(self.there, employer=self.here.employer.onefile_id)
        self.note_main_officer(step)

    def create_assessor(self, step: PlannedStep) -> None:
        assert self.here.main_officer is not None
        self.here = replace(self.here, main_officer=replace(self.here.main_officer, onefile_id=500103))

    def create_employer(self, step: PlannedStep) -> None:
        assert self.here.employer is not None
        self.here = replace(self.here, employer=replace(self.here.employer, onefile_id=900020))

    def link_aim(self, step: PlannedStep) -> None:
        self.line(step, aim_id=new(step)["onefile_id"], standard_id=new(step)["standard_id"])

    def assign_standard(self, step: PlannedStep) -> None:
        self.number += 1
        standard = new(step)["standard_id"]
        self.there = replace(self.there, aims=(*self.there.aims, RemoteAim(self.number, standard, Aim())))
        self.line(step, aim_id=self.number, standard_id=standard, upload_due=True)

    def update_aim(self, step: PlannedStep) -> None:
        number = self._line_of(step).aim_id
        made = tuple(
            replace(each, values=replace(each.values, **new(step))) if each.onefile_id == number else each
            for each in self.there.aims
        )
        self.there = replace(self.there, aims=made)

    def update_line(self, step: PlannedStep) -> None:
        self.line(step, values=replace(self._line_of(step).values, **new(step)))

    def update_review(self, step: PlannedStep) -> None:
        self.review(step, values=replace(self._review_of(step).values, **new(step)))

    def add_review(self, step: PlannedStep) -> None:
        given = new(step)
        number = given.pop("onefile_id")
        made = OwnReview(number, "Normal", Review(**given), None, number, exchanged=True)
        self.here = replace(self.here, reviews=(*self.here.reviews, made))

    def create_visit(self, step: PlannedStep) -> None:
        self.review(step, visit_id=1)

    def create_review(self, step: PlannedStep) -> None:
        self.number += 1
        ours = self._review_of(step)
        values = replace(ours.values, attended="Unknown", actual_date=None)
        self.there = replace(self.there, reviews=(*self.there.reviews, RemoteReview(self.number, values, True)))
        self.review(step, onefile_id=self.number, exchanged=True)


# ---- the properties


@given(pairs())
def test_doing_a_plan_leaves_nothing_to_do(pair: tuple[Here, There, Choices]) -> None:
    here, there, choices = pair
    world = World(here, there)
    first = make_plan(here, there, choices)
    world.do(first)
    again = make_plan(world.here, world.there, choices)
    assert again.steps == ()
    assert [doubt.about for doubt in again.doubts] == [doubt.about for doubt in first.doubts]


@settings(max_examples=60)
@given(pairs(), st.integers(0, 20))
def test_going_on_after_any_part_of_a_plan_ends_in_the_same_state(pair: tuple[Here, There, Choices], part: int) -> None:
    here, there, choices = pair
    plan = make_plan(here, there, choices)
    straight, stopped = World(here, there), World(here, there)
    straight.do(plan)
    stopped.do(plan, at_most=part)
    stopped.do(make_plan(stopped.here, stopped.there, choices))
    assert (stopped.here, stopped.there) == (straight.here, straight.there)


@settings(max_examples=60)
@given(pairs())
def test_an_agreed_pair_has_no_plan(pair: tuple[Here, There, Choices]) -> None:
    """OneFile's side as a copy of ours."""
    here, there, choices = pair
    lines = tuple(
        replace(
            line,
            values=replace(line.values, total_elements=42, elements_done=17),
            aim_id=610000 + line.pk,
            standard_id=4000 + line.pk,
        )
        for line in here.lines
    )
    aims = tuple(RemoteAim(610000 + line.pk, 4000 + line.pk, line.values) for line in lines)
    reviews = tuple(
        replace(each, values=replace(each.values, attended="Unknown", actual_date=None), onefile_id=88000 + each.pk)
        for each in here.reviews
    )
    own = tuple(replace(each, exchanged=True) for each in reviews)
    agreed = {
        name: each.key for name, each in (("main_officer", here.main_officer), ("employer", here.employer)) if each
    }
    same = replace(here, lines=lines, reviews=own, agreed=agreed)
    theirs = tuple(RemoteReview(88000 + each.pk, each.values, True) for each in reviews)
    assert make_plan(same, replace(there, person=here.person, aims=aims, reviews=theirs), choices).steps == ()


@settings(max_examples=40)
@given(pairs())
def test_the_same_pictures_give_the_same_plan(pair: tuple[Here, There, Choices]) -> None:
    here, there, choices = pair
    one, other = make_plan(here, there, choices), make_plan(here, there, choices)
    assert one == other and one.digest == other.digest


@given(pairs(), st.integers())
def test_the_order_of_what_onefile_sends_does_not_matter(pair: tuple[Here, There, Choices], seed: int) -> None:
    here, there, choices = pair
    aims, reviews = list(there.aims), list(there.reviews)
    random.Random(seed).shuffle(aims)
    random.Random(seed).shuffle(reviews)
    shuffled = make_plan(here, replace(there, aims=tuple(aims), reviews=tuple(reviews)), choices)
    plan = make_plan(here, there, choices)
    assert {step.key: step for step in shuffled.steps} == {step.key: step for step in plan.steps}


@given(pairs())
def test_steps_stand_in_the_order_of_their_kinds_and_after_what_they_need(pair: tuple[Here, There, Choices]) -> None:
    plan = make_plan(*pair)
    order = {kind: number for number, kind in enumerate(Kind)}
    assert [order[step.kind] for step in plan.steps] == sorted(order[step.kind] for step in plan.steps)
    done: set[str] = set()
    for step in plan.steps:
        assert {need for need in step.needs if not need.startswith("answer")} <= done
        done.add(step.key)
    assert len(done) == len(plan.steps), "a key names one step"


@settings(max_examples=40)
@given(pairs())
def test_nothing_filled_is_blanked_but_by_a_whole_review(pair: tuple[Here, There, Choices]) -> None:
    whole = {f"review:{n}" for n in range(9)}
    for step in make_plan(*pair).steps:
        for change in step.changes:
            if change.old is not None and change.new is None:
                assert (step.kind, change.field) in {(Kind.UPDATE_REVIEW, "actual_date")} and step.record in whole
            if step.kind is Kind.UPDATE_AIM and change.field in FILLED_BOTH_WAYS:
                assert change.old is None, "where both are set OneFile's counts"


@settings(max_examples=40)
@given(pairs())
def test_a_link_that_is_not_verified_exchanges_nothing_by_itself(pair: tuple[Here, There, Choices]) -> None:
    here, there, choices = pair
    here = replace(here, is_verified=False, person=build.PERSON)
    stranger = replace(there, person=Person("Zofia", "Brandt", date_of_birth=date(2006, 5, 1)))
    plan = make_plan(here, stranger, choices)
    assert plan.steps == () and [doubt.kind for doubt in plan.doubts] == ["other_person"]
    same = make_plan(here, replace(there, person=build.PERSON), choices)
    assert same.steps[0].kind is Kind.VERIFY_LINK
