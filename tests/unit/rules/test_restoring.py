"""An archived account that is to be restored: alone, before anything else, and never another person's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from onefile_integration.rules.plan import make_plan
from tests.unit.rules import building as build

OTHER = replace(build.PERSON, date_of_birth=date(2001, 1, 1))


@pytest.mark.parametrize(("is_verified", "person"), [(False, build.PERSON), (True, OTHER)])
def test_it_is_restored_before_anything_else_is_planned(is_verified: bool, person: object) -> None:
    here = build.here(is_verified=is_verified, lines=(build.line(registration_number="R1"),))

    plan = make_plan(here, build.there(person=person, is_archived=True), build.choices(restore="asked"))

    assert [step.kind for step in plan.steps] == ["restore_learner"] and plan.doubts == ()


def test_nobodys_account_is_opened_for_another_person() -> None:
    there = build.there(person=OTHER, is_archived=True)

    plan = make_plan(build.here(is_verified=False), there, build.choices(restore="asked"))

    assert plan.steps == () and [doubt.kind for doubt in plan.doubts] == ["other_person"]
