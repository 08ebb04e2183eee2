"""What OneFile shows otherwise than it was sent: the very pair, and nothing else, is no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.shown import pair, slot
from onefile_integration.rules.steps import Plan
from tests.unit.rules import building as build


@pytest.mark.parametrize(
    ("ours", "theirs", "steps"),
    [
        ("Okafor-Lane", "Okafor", []),
        ("Okafor-Lane", "Okaf", ["update_learner"]),
        ("Okafor-Lane", None, ["update_learner"]),
        ("Okafor-Lames", "Okafor", ["update_learner"]),
    ],
)
def test_of_a_learner(ours: str, theirs: str | None, steps: list[str]) -> None:
    agreed = {slot("learner:1", "surname"): pair("Okafor-Lane", "Okafor")}
    here = build.here(person=replace(build.PERSON, surname=ours), agreed=agreed)
    there = build.there(person=replace(build.PERSON, surname=theirs))
    assert [str(each.kind) for each in make_plan(here, there, build.choices(learner_mode="push")).steps] == steps


@pytest.mark.parametrize(
    ("ours", "theirs", "steps"),
    [
        ("R-1234567890", "R-1234", []),
        ("R-1234567890", "R-9", ["update_line"]),
        ("R-9", None, ["update_aim"]),
        (None, "R-1234", ["update_line"]),
    ],
)
def test_of_a_line(ours: str | None, theirs: str | None, steps: list[str]) -> None:
    def planned(line: int, agreed: dict[str, str]) -> Plan:
        mine = build.line(pk=line, has_units=True, registration_number=ours)
        there = build.there(aims=(build.remote_aim(registration_number=theirs),))
        return make_plan(build.here(lines=(mine,), agreed=agreed), there, build.choices())

    agreed = {slot("line:1", "registration_number"): pair("R-1234567890", "R-1234")}
    assert [str(each.kind) for each in planned(1, agreed).steps] == steps
    assert planned(2, agreed).steps, "another line is another matter"


@pytest.mark.parametrize("value", [None, "x", date(2026, 11, 29), ("17 Mill Lane", "NM1 4AB")])
def test_it_fits_where_it_is_kept(value: Any) -> None:
    assert len(slot(f"organisation:{10**12}", "certificate_received")) <= 20 and len(pair(value, value)) <= 40
    assert pair(value, None) != pair(None, value) or value is None
