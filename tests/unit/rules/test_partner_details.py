"""Details of officers and organisations by data: every field, blank or set on either side, in every mode."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onefile_integration.rules import partner_details
from onefile_integration.rules.fields import PUSHED
from onefile_integration.rules.sides import Firm, InCentre, PartnerSides, Person
from onefile_integration.rules.steps import Plan
from tests.unit.rules import building as build

EMPTY: dict[str, Person | Firm] = {"officer": Person(), "organisation": Firm()}
REMOTE = {"officer": "update_assessor", "organisation": "update_placement"}
LOCAL = {"officer": "update_officer", "organisation": "update_organisation"}


def details(record: str, values: dict[str, Any]) -> Person | Firm:
    return replace(EMPTY[record], **build.valued(values))


def sides(record: str, here: dict[str, Any], there: dict[str, dict[str, Any]], **more: Any) -> PartnerSides:
    centres = [InCentre(int(number), f"College {number}", details(record, each)) for number, each in there.items()]
    return PartnerSides(record, 1, "XX001", details(record, here), tuple(centres), **more)


def planned(case: dict[str, Any], mode: str, answers: dict[str, str] | None = None) -> Plan:
    here, there = {case["field"]: case["here"]}, {case["field"]: case["there"]}
    values = [
        {name: value or (() if name == "address" else None) for name, value in each.items()} for each in (here, there)
    ]
    return partner_details.plan(sides(case["record"], values[0], {"101": values[1]}, mode=mode, answers=answers or {}))


def outcome(plan: Plan, case: dict[str, Any]) -> str:
    if plan.doubts:
        assert plan.steps == () and [each.kind for each in plan.doubts] == ["replace_email"]
        return "asked"
    if not plan.steps:
        return "left"
    record, field = case["record"], case["field"]
    (step,) = plan.steps
    if step.kind == REMOTE[record]:
        assert (step.record, step.side) == (f"{record}:1:101", "onefile")
        assert [(each.field, each.old, each.new) for each in step.changes] == [(field, *_old_and_new(case, "there"))]
        return "sent"
    assert (step.kind, step.record, step.side) == (LOCAL[record], f"{record}:1", "mis")
    assert [(each.field, each.old, each.new) for each in step.changes] == [(field, *_old_and_new(case, "here"))]
    return "brought"


def _old_and_new(case: dict[str, Any], target: str) -> tuple[Any, Any]:
    blank = [] if case["field"] == "address" else None
    source = "here" if target == "there" else "there"
    return case[target] or blank, case[source]


@pytest.mark.parametrize("mode", ["none", "push", "pull"])
@pytest.mark.parametrize("case", build.cases("partner_details"), ids=lambda case: case["name"])
def test_every_field_in_every_mode(case: dict[str, Any], mode: str) -> None:
    assert outcome(planned(case, mode), case) == case.get(mode, "left")


def test_every_field_has_its_cases() -> None:
    tried = {(case["record"], case["field"]) for case in build.cases("partner_details")}
    assert tried == {(record, name) for record in EMPTY for name in PUSHED[record]}


@pytest.mark.parametrize("case", build.cases("centres_differ"), ids=lambda case: case["name"])
def test_centres_that_differ(case: dict[str, Any]) -> None:
    asked = partner_details.plan(sides("officer", case["here"], case["there"], mode="pull")).doubts
    answers = {f"{doubt.kind} {doubt.about}": case["answer"] for doubt in asked if "answer" in case}

    plan = partner_details.plan(sides("officer", case["here"], case["there"], mode="pull", answers=answers))

    assert {each.field: each.new for step in plan.steps for each in step.changes} == case["set"]
    assert [word for doubt in plan.doubts for word, _ in doubt.answers] == case.get("asked", [])
    assert all("2" not in doubt.text.replace("XX001", "") for doubt in plan.doubts), "no value stands in the words"


def test_an_answer_about_centres_holds_for_these_values_only() -> None:
    def asked(second: str, answers: dict[str, str]) -> Any:
        there = {"101": {"telephone": "2"}, "102": {"telephone": second}}
        return partner_details.plan(sides("officer", {}, there, mode="pull", answers=answers)).doubts

    (first,) = asked("3", {})
    answers = {f"centres_differ {first.about}": "keep"}
    assert asked("3", answers) == () and len(asked("4", answers)) == 1


def test_one_pair_of_emails_is_one_question_whatever_the_number_of_centres() -> None:
    there = {number: {"email": "old@provider.example"} for number in ("101", "102")}
    asked = partner_details.plan(sides("officer", {"email": "new@provider.example"}, there, mode="push"))
    assert [doubt.kind for doubt in asked.doubts] == ["replace_email"] and asked.steps == ()
    answers = {f"replace_email {asked.doubts[0].about}": "replace"}
    done = partner_details.plan(
        sides("officer", {"email": "new@provider.example"}, there, mode="push", answers=answers)
    )
    assert [step.record for step in done.steps] == ["officer:1:101", "officer:1:102"]


def test_the_steps_of_two_centres_do_not_stand_for_each_other() -> None:
    plan = partner_details.plan(sides("officer", {"mobile": "07"}, {"101": {}, "102": {}}, mode="push"))
    assert len({step.key for step in plan.steps}) == 2


def test_a_mis_value_in_other_letters_is_the_same() -> None:
    assert (
        partner_details.plan(
            sides("organisation", {"mis_value": "EM001"}, {"101": {"mis_value": "em001 "}}, mode="push")
        )
        == Plan()
    )


def test_what_could_not_be_read_is_said() -> None:
    plan = partner_details.plan(
        sides("officer", {}, {}, mode="push", missing=("a",), archived=("b",), unreadable=("c",))
    )
    assert (plan.missing, plan.archived, plan.unreadable) == (("a",), ("b",), ("c",))
