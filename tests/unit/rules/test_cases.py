"""Rules by data: staff can read the cases, each a line of what is here, what is there, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onefile_integration.rules.elements import elements
from onefile_integration.rules.fields import PULLED, PUSHED
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Aim, Candidate, Officer, Person, Standard
from onefile_integration.rules.steps import plain
from tests.unit.rules import building as build


def each(name: str) -> Any:
    return pytest.mark.parametrize("case", build.cases(name), ids=lambda case: case["name"])


@each("elements")
def test_elements(case: dict[str, Any]) -> None:
    found = elements(Aim(**case["there"]))
    assert (list(found) if found else None) == case["gives"]


@each("details")
def test_details(case: dict[str, Any]) -> None:
    ours, theirs = (replace(build.PERSON, **build.valued(case.get(side))) for side in ("here", "there"))
    here, there = build.here(person=ours), build.there(person=theirs)
    asked = make_plan(here, there, build.choices(learner_mode=case["mode"])).doubts
    answers = {f"{doubt.kind} {doubt.about}": case["answer"] for doubt in asked if "answer" in case}

    plan = make_plan(here, there, build.choices(learner_mode=case["mode"], answers=answers))

    assert build.told(plan.steps) == case["steps"]
    assert [doubt.kind for doubt in plan.doubts] == case.get("doubts", [])


SITUATIONS = {  # here, there; then what each mode does with it
    "blank on both sides": (False, None, "left", "left"),
    "set here only": (True, None, "sent", "left"),
    "set there only": (False, "ours", "left", "brought"),
    "the same on both": (True, "ours", "left", "left"),
    "different": (True, "theirs", "sent", "brought"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
@each("learner_details")
def test_every_field_of_a_learner(case: dict[str, Any], situation: str) -> None:
    name = case["name"]
    blank, mine, other = getattr(Person(), name), *(build.valued({name: case[who]})[name] for who in ("ours", "theirs"))
    held = {"ours": mine, "theirs": other, None: blank}
    is_here, there, push, pull = SITUATIONS[situation]
    if push == "sent" and there:
        push = case["pushed"]
    outcomes = {"none": "left", "push": push, "pull": pull if case["pulled"] == "brought" else "left"}
    ours = replace(Person(), **{name: mine if is_here else blank})
    theirs = replace(Person(), **{name: held[there]})

    for mode, outcome in outcomes.items():
        plan = make_plan(build.here(person=ours), build.there(person=theirs), build.choices(learner_mode=mode))
        told = {"update_learner": "sent", "update_details": "brought"}
        found = [told[step.kind] for step in plan.steps] or ["asked" for _ in plan.doubts] or ["left"]
        assert found == [outcome], mode
        if plan.steps:
            new = ours if outcome == "sent" else theirs
            assert build.told(plan.steps)[0]["set"] == {name: plain(getattr(new, name))}


def test_every_field_of_a_learner_has_its_case() -> None:
    assert [case["name"] for case in build.cases("learner_details") if case["pulled"] == "brought"] == [
        *PULLED["learner"]
    ]
    assert {case["name"] for case in build.cases("learner_details")} == set(PUSHED["learner"])


def test_an_answer_about_an_email_holds_for_this_pair_only() -> None:
    def asked(ours: str, answers: dict[str, str]) -> Any:
        here = build.here(person=replace(build.PERSON, email=ours))
        choices = build.choices(learner_mode="push", answers=answers)
        return make_plan(here, build.there(person=build.PERSON), choices).doubts

    (first,) = asked("one@example.org", {})
    answers = {f"replace_email {first.about}": "replace"}
    assert asked("one@example.org", answers) == () and len(asked("two@example.org", answers)) == 1
    assert "@" not in first.about


def test_an_unverified_link_is_verified_before_its_details_are_sent() -> None:
    here = build.here(is_verified=False, person=replace(build.PERSON, mobile="07700 900123"))
    plan = make_plan(here, build.there(person=build.PERSON), build.choices(learner_mode="push"))
    verify, update = plan.steps[0], plan.steps[1]
    assert (verify.kind, update.kind, update.needs) == ("verify_link", "update_learner", (verify.key,))


@each("lines")
def test_lines(case: dict[str, Any]) -> None:
    here = build.here(lines=(build.line(**case["here"], **case.get("line", {})),))
    aims = (build.remote_aim(**case["there"]),) if case["there"] is not None else ()

    plan = make_plan(here, build.there(aims=aims), build.choices())

    assert build.told(plan.steps) == case["steps"]
    assert plan.doubts == ()
    if not case.get("line", {}).get("has_units"):
        assert list(plan.notes) == case.get("notes", [])
        assert list(plan.unreadable) == case.get("unreadable", [])


@each("newly_available")
def test_newly_available(case: dict[str, Any]) -> None:
    """A line that OneFile did not have when the learner was created."""
    assessor = replace(build.OTHER, **case["assessor"]) if "assessor" in case else None
    line = build.line(aim_id=None, standard_id=None, start="2026-09-07", assessor=assessor)
    other = build.line(pk=2, vq_reference="OTHER", aim_id=case.get("taken"))
    lines = (line, other) if "taken" in case else (line,)
    here = build.here(lines=lines, earlier_aims=frozenset(case.get("earlier", [])))
    standards = tuple(Standard(n, centre, *(code or ["196AS"]), "x") for n, centre, *code in case["standards"])
    aims = tuple(
        build.remote_aim(onefile_id=number, standard_id=standard, total_elements=42, elements_done=0)
        for number, standard in case.get("aims", [])
    )
    chosen = {"196AS": case["chosen"]} if "chosen" in case else {}

    plan = make_plan(here, build.there(aims=aims), build.choices(standards=standards, pathways=chosen))

    steps = [step for step in plan.steps if step.record != other.key]
    assert [str(step.kind) for step in steps] == case["steps"]
    assert [doubt.kind for doubt in plan.doubts] == case.get("doubts", [])
    assert [word for doubt in plan.doubts for word, _ in doubt.answers] == case.get("answers", [])
    assert list(plan.notes) == case.get("notes", [])
    set_to = {change.field: change.new for step in steps for change in step.changes}
    assert set_to.get("standard_id") == case.get("standard", set_to.get("standard_id"))
    assert "linked" not in case or set_to["onefile_id"] == case["linked"]


PARTNERS = {"ours": build.OTHER, "another": build.OFFICER, "third": replace(build.OFFICER, pk=3, onefile_id=500103)}
EMPLOYERS = {
    "ours": replace(build.EMPLOYER, pk=2, onefile_id=900020),
    "another": build.EMPLOYER,
    "third": replace(build.EMPLOYER, pk=3, onefile_id=900030),
}


@pytest.mark.parametrize("which", ["main_officer", "employer"])
@each("officer_and_employer")
def test_officer_and_employer(case: dict[str, Any], which: str) -> None:
    book: Any = PARTNERS if which == "main_officer" else EMPLOYERS
    found = {"found": (Candidate(5),), "several": (Candidate(5), Candidate(6))}.get(case["ours"], ())
    unlinked = {} if case["ours"] == "linked" else {"onefile_id": None, "found": found}
    ours = replace(book["ours"], **unlinked) if case["ours"] else None
    agreed = {which: book[case["agreed"]].key} if case["agreed"] else {}
    here = build.here(**{"main_officer": None, "employer": None, which: ours}, agreed=agreed)
    theirs = book[case["theirs"]].onefile_id if case["theirs"] else None
    switch = {f"push_{which}": case.get("on", True)}

    plan = make_plan(here, build.there(**{which: theirs}), build.choices(**switch))

    words = [str(step.kind).split("_")[0] for step in plan.steps]
    assert words == case["steps"]
    assert [doubt.kind for doubt in plan.doubts] == case.get("doubts", [])
    assert bool(plan.notes) == case.get("said", False)
    if words and words[-1] in ("note", "update"):
        assert [(each.field, each.new) for each in plan.steps[-1].changes] == [(which, ours and ours.key)]
        others = [step.key for step in plan.steps[:-1]] or [f"answer {doubt.about}" for doubt in plan.doubts]
        assert list(plan.steps[-1].needs) == others


def test_an_officer_who_has_left_is_not_pushed() -> None:
    """Unless OneFile has the account: then it may be named."""
    gone = replace(build.OTHER, is_live=False)
    for officer, kinds in ((gone, ["update_main_officer"]), (replace(gone, onefile_id=None), [])):
        here = build.here(main_officer=officer, agreed={"main_officer": build.OFFICER.key})
        plan = make_plan(here, build.there(main_officer=500101), build.choices(push_main_officer=True))
        assert [str(step.kind) for step in plan.steps] == kinds and bool(plan.notes) == (not kinds)


@each("reviews_up")
def test_reviews_up(case: dict[str, Any]) -> None:
    review = build.own_review(**{"scheduled_date": "2026-12-03", "start_time": "10:00"} | case["review"])
    if case.get("officer", {}):
        review = replace(review, officer=replace(build.OFFICER, **case["officer"]))
    reviews = (review,)
    if "known" in case:
        reviews += (build.own_review(pk=2, type="Exit", onefile_id=case["known"], exchanged=True),)
    end = case.get("here", {}).get("actual_end")
    here = build.here(
        reviews=reviews,
        actual_end=end and date.fromisoformat(end),
        main_officer=_main_officer(case),
        removed_reviews=frozenset(case.get("removed", ())),
    )
    settings = {"upload_reviews": True, "upload_reviews_from": "2026-11-23"} | case.get("settings", {})
    settings |= {"open_questions": frozenset(settings.get("open_questions", ()))}
    strangers = (build.remote_review(**case["there"]),) if "there" in case else ()

    plan = make_plan(here, build.there(reviews=strangers), build.choices(**settings))

    assert [str(step.kind) for step in plan.steps] == case["kinds"]
    assert [doubt.kind for doubt in plan.doubts] == case.get("doubts", [])
    assert list(plan.notes) == case.get("notes", [])
    if case["kinds"] == ["create_visit", "create_review"]:
        visit, made = plan.steps
        assert visit.key in made.needs
        shown = {change.field: change.new for change in visit.changes}
        assert shown.get("officer") == case.get("officer_named", "Bryn Tallis")


def _main_officer(case: dict[str, Any]) -> Officer | None:
    """The same as the review's, unless the case is about who leads it."""
    if "officer" not in case:
        return build.OFFICER
    main = case.get("main", {})
    return None if main is None else replace(build.OTHER, **main)


@each("reviews_down")
def test_reviews_down(case: dict[str, Any]) -> None:
    usual = {"scheduled_date": "2026-12-03", "start_time": "10:00", "officer": "officer:1"}
    ours = case["here"]
    more = {"onefile_id": 88001, "exchanged": True, "type": case.get("type", "Normal")}
    known = (build.own_review(**usual | ours, **more),) if ours is not None else ()
    here = build.here(reviews=known, removed_reviews=frozenset(case.get("removed", ())))
    said = case["there"]
    theirs = () if said is None else (build.remote_review(complete=case.get("complete", True), **usual | said),)
    settings = {"download_reviews": True} | case.get("settings", {})

    plan = make_plan(here, build.there(reviews=theirs), build.choices(**settings))

    assert build.told(plan.steps) == case["steps"]
    assert (plan.doubts, plan.notes) == ((), ())
