"""Rules by data: staff can read the cases, each a line of what is here, what is there, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onefile_integration.rules.elements import elements
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Aim
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


@each("reviews_up")
def test_reviews_up(case: dict[str, Any]) -> None:
    review = {"scheduled_date": "2026-12-03", "start_time": "10:00"} | case["review"]
    end = case.get("here", {}).get("actual_end")
    here = build.here(reviews=(build.own_review(**review),), actual_end=end and date.fromisoformat(end))
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
        assert shown["officer"] == case.get("officer", "Bryn Tallis")


@each("reviews_down")
def test_reviews_down(case: dict[str, Any]) -> None:
    usual = {"scheduled_date": "2026-12-03", "start_time": "10:00", "officer": "officer:1"}
    ours = case["here"]
    known = (build.own_review(**usual | ours, onefile_id=88001, exchanged=True),) if ours is not None else ()
    here = build.here(reviews=known, removed_reviews=frozenset(case.get("removed", ())))
    theirs = build.remote_review(complete=case.get("complete", True), **usual | case["there"])
    settings = {"download_reviews": True} | case.get("settings", {})

    plan = make_plan(here, build.there(reviews=(theirs,)), build.choices(**settings))

    assert build.told(plan.steps) == case["steps"]
    assert (plan.doubts, plan.notes) == ((), ())
