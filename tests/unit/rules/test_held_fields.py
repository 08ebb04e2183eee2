"""Held fields by data: neither sent nor brought, said by name, and nothing is done that only they needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onefile_integration.rules import guard, partner_details
from onefile_integration.rules.fields import LABELS, PUSHED
from onefile_integration.rules.held_fields import MAY_BE_HELD, TOGETHER, UPDATES, Held, leave_out
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Candidate, Here, InCentre, Officer, PartnerSides, Person, There
from onefile_integration.rules.steps import Change, Kind, Plan, PlannedStep
from tests.unit.rules import building as build

SINCE = date(2026, 11, 23)
OF = {"line:1": "196AS", "review:1": "the review of 3 Dec 2026"}
AWAY = Officer(3, "OF003", "Noor", "Haddad", None, True)
MAIN_OFFICERS = {
    "not in OneFile": AWAY,
    "two of them": replace(AWAY, found=(Candidate(500103), Candidate(500104))),
}
LINKS: dict[str, dict[str, Any]] = {"set by hand": {"is_verified": False}, "none": {"onefile_id": None}}


def held(*fields: str) -> tuple[Held, ...]:
    pairs = [each.split(" ") for each in fields]
    return tuple(Held(record, field, SINCE, OF.get(record, "")) for record, field in pairs)


def pictures(case: dict[str, Any]) -> tuple[Here, There]:
    ours, theirs = (replace(build.PERSON, **build.valued(case.get(side))) for side in ("here", "there"))
    reviews = [build.own_review(**case["review"], onefile_id=88001, exchanged=True)] if "review" in case else []
    reviews += [build.own_review(**case["up"])] if "up" in case else []
    values: dict[str, Any] = LINKS.get(case.get("link", ""), {})
    if "main_officer" in case:
        values = {"main_officer": MAIN_OFFICERS[case["main_officer"]], "agreed": {"main_officer": "officer:1"}}
    here = build.here(
        person=ours,
        held=held(*case["held"]),
        lines=(build.line(**case["line"]),) if "line" in case else (),
        reviews=tuple(reviews),
        **values,
    )
    there = build.there(
        person=theirs,
        main_officer=500101,
        aims=(build.remote_aim(**case["aim"]),) if "aim" in case else (),
        reviews=(build.remote_review(**case["their_review"]),) if "their_review" in case else (),
    )
    return here, there


@pytest.mark.parametrize("case", build.cases("held_fields"), ids=lambda case: case["name"])
def test_held_fields(case: dict[str, Any]) -> None:
    here, there = pictures(case)
    choices = build.choices(**case.get("settings", {}))

    plan = make_plan(here, there, choices)

    told = [each if "set" in wanted else {"kind": each["kind"]}
            for each, wanted in zip(build.told(plan.steps), case["steps"], strict=True)]  # fmt: skip
    assert told == case["steps"]
    assert (list(plan.notes), plan.doubts) == (case.get("notes", []), ())
    if "notes" in case:
        free = make_plan(replace(here, held=()), there, choices)
        assert free != plan and not set(case["notes"]) & set(free.notes), "freed, it is exchanged again"


@pytest.mark.parametrize(
    ("mode", "there", "field", "kept"),
    [
        ("pull", {"101": {"surname": "Lane", "mobile": "07"}}, "surname", ["mobile"]),
        ("push", {"101": {"surname": "Lane"}, "102": {"surname": "Lane"}}, "surname", []),
        ("push", {"101": {"email": "old@provider.example"}}, "email", []),
        ("pull", {"101": {"mobile": "1"}, "102": {"mobile": "2"}}, "mobile", []),
    ],
)
def test_of_officers_and_organisations(mode: str, there: dict[str, Any], field: str, kept: list[str]) -> None:
    """In every centre, and no question about what is held."""
    ours = Person("Bryn", "Tallis", "bryn@provider.example")
    centres = tuple(InCentre(int(number), "", replace(ours, **each)) for number, each in there.items())
    sides = PartnerSides("officer", 1, "OF001", ours, centres, mode, held=held(f"officer:1 {field}"))

    plan = partner_details.plan(sides)

    assert [change.field for step in plan.steps for change in step.changes] == kept
    assert plan.doubts == () and plan.notes == (f"Held since 23 Nov 2026: {LABELS['officer', field]}",)
    free = partner_details.plan(replace(sides, held=()))
    assert free.notes == () and (free.steps, free.doubts) != (plan.steps, plan.doubts)


def test_a_held_field_never_makes_the_guard_count() -> None:
    here, there = build.here(held=held("learner:1 surname")), build.there(person=replace(build.PERSON, surname="Lane"))

    def counted(here: Here) -> list[Any]:
        steps = make_plan(here, there, build.choices(learner_mode="pull")).steps
        told = [(step, [each.as_json() for each in step.changes]) for step in steps]
        return [found for step, made in told for found in guard.of_step("learner:1", step.kind, step.record, made, str)]

    assert counted(here) == [] and len(counted(replace(here, held=()))) == 1


@pytest.mark.parametrize("kind", Kind)
def test_updates_leave_held_fields_out_and_nothing_else_does(kind: Kind) -> None:
    step = PlannedStep(kind, "learner:1", "", (Change("email", "a", "b"), Change("mobile", "1", "2")))
    (left,) = leave_out(Plan((step,)), held("learner:1 email")).steps
    assert len(left.changes) == (1 if kind in UPDATES else 2)
    assert (kind in UPDATES) is kind.name.startswith("UPDATE_")


def test_what_can_be_held_is_what_an_update_can_change() -> None:
    assert set(PUSHED["learner"]) | {"main_officer", "employer"} == set(MAY_BE_HELD["learner"])
    assert set(PUSHED["organisation"]) == set(MAY_BE_HELD["organisation"])
    assert not {"start", "planned_end"} & set(MAY_BE_HELD["line"]) and len(MAY_BE_HELD["line"]) == 6
    assert all((record, name) in LABELS for record, names in MAY_BE_HELD.items() for name in names)
    assert all(any(names & set(fields) for fields in MAY_BE_HELD.values()) for names in TOGETHER)
