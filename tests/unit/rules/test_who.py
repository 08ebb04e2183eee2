"""Who is exchanged, what stands in the way of creating, and who may be the same person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from onefile_integration.rules.duplicates import reasons
from onefile_integration.rules.eligibility import problems, why_not_exchanged
from onefile_integration.rules.sides import Person, Standard
from tests.unit.rules import building as build
from tests.unit.rules.test_cases import each


@each("eligibility")
def test_eligibility(case: dict[str, Any]) -> None:
    end = case["here"].get("actual_end")
    here = build.here(**case["here"] | {"actual_end": end and date.fromisoformat(end)})
    today = date.fromisoformat(case.get("today", "2026-11-23"))

    problem = why_not_exchanged(here, build.choices(today=today, **case.get("settings", {})))

    assert (problem.code if problem else None) == case["why"]
    assert problem is None or problem.message.endswith((".", "Transfer"))


@each("problems")
def test_problems_of_enrolment(case: dict[str, Any]) -> None:
    changes = {
        "onefile_id": None,
        "person": replace(build.PERSON, **build.valued(case.get("person"))),
        "main_officer": replace(build.OFFICER, **case.get("officer", {})),
        "employer": replace(build.EMPLOYER, **case.get("employer", {})),
        "lines": (build.line(aim_id=None, standard_id=None),),
    }
    here = build.here(**changes | case.get("here", {}))
    there = build.there(onefile_id=None, classrooms=((3001, "Unassigned"), (3002, "Cohort 9")))
    standards = tuple(
        Standard(number, centre, "196AS", "x") for number, centre in case.get("standards", [(4001, build.CENTRE)])
    )
    settings = {"default_classroom": "Unassigned", "standards": standards} | case.get("settings", {})

    assert [problem.code for problem in problems(here, there, build.choices(**settings))] == case["codes"]


@each("duplicates")
def test_duplicates(case: dict[str, Any]) -> None:
    ours = replace(build.PERSON, **{"uln": "4123456781"} | build.valued(case.get("here")))
    assert list(reasons(ours, Person(**build.valued(case["there"])))) == case["reasons"]
