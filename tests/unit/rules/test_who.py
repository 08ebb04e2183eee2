"""Who is exchanged, what stands in the way of creating, and who may be the same person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from onefile_integration.rules.duplicates import Aside, Decided, Duplicate, Row, Tie, likest, reasons
from onefile_integration.rules.eligibility import problems, why_not_exchanged
from onefile_integration.rules.sides import Person, Standard
from tests.unit.rules import building as build
from tests.unit.rules.test_cases import each

NOW = datetime(2026, 11, 23, tzinfo=UTC)


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


OURS = replace(build.PERSON, uln="4123456781")


def tie(case: dict[str, Any]) -> Tie | None:
    return Tie("CD34E", "Amara Okafor-Lane", **case["tie"]) if "tie" in case else None


@each("duplicates")
def test_duplicates(case: dict[str, Any]) -> None:
    ours = replace(OURS, **build.valued(case.get("here")))
    assert list(reasons(ours, Person(**build.valued(case["there"])), tie(case))) == case["reasons"]


@each("duplicate_answers")
def test_answers_to_a_duplicate(case: dict[str, Any]) -> None:
    found = Duplicate(700123, build.CENTRE, Person(), tuple(case["reasons"]), tie(case))

    assert [str(aside) for aside in found.asides] == case["asides"]
    assert found.may_move == case.get("may_move", False)
    if answer := case.get("answered"):
        before = Decided(Aside(answer["with"]), frozenset(answer["reasons"]), "jo", NOW)
        assert before.covers(found) == answer["holds"]


def test_the_rows_most_like_ours_come_first_whatever_their_number() -> None:
    """Of a server that answers with everybody."""
    strangers = [Row(number, "Zofia", "Brandt", f"ST{number}") for number in range(1, 2000)]
    own = Row(2000, "A.", "Lane", "ab12c")
    namesake = Row(2001, "AMARA", "okafor-lane", "XX99X")
    sister, nameless = Row(2002, "Isla", "Okafor-Lane", None), Row(2003)

    found = likest([*strangers, nameless, sister, namesake, own], OURS, 10)

    assert [row.onefile_id for row in found] == [2000, 2001, 2002, *range(1, 8)]
    blank = replace(OURS, first_name=None, surname=None, mis_value=None)
    assert likest([*strangers, nameless], blank, 1) == (strangers[0],), "a blank is like no blank"
