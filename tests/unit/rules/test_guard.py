"""What holds a run, and what never does."""

from __future__ import annotations

from typing import Any

import pytest

from onefile_integration.rules.guard import Suspicion, holding, of_missing, of_step
from tests.unit.rules.test_cases import each


def changes(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"field": name, "old": old, "new": new} for name, old, new in rows]


@each("guard")
def test_what_is_suspicious(case: dict[str, Any]) -> None:
    found = of_step("learner:1", case["kind"], case.get("record", "learner:1"), changes(case["changes"]), str)
    assert [suspicion.kind for suspicion in found] == case["counts"]


def lost(number: int, mark: str = "") -> Suspicion:
    return Suspicion("value_lost", f"learner:{number}", mark or f"mark {number}")


@pytest.mark.parametrize(
    ("number", "planned", "share", "least", "held"),
    [
        (3, 10, 10, 3, {}),
        (4, 10, 10, 3, {"value_lost": 4}),
        (4, 40, 10, 3, {}),
        (5, 40, 10, 3, {"value_lost": 5}),
        (10, 100, 10, 3, {}),
        (11, 100, 10, 3, {"value_lost": 11}),
        (1, 5, 0, 0, {"value_lost": 1}),
        (0, 0, 10, 3, {}),
    ],
)
def test_the_larger_of_the_two_limits(number: int, planned: int, share: int, least: int, held: dict[str, int]) -> None:
    found = [lost(each) for each in range(number)]
    assert holding(found, (), {"learner": planned}, share, least) == held


def test_records_are_counted_and_each_kind_by_itself() -> None:
    found = [lost(1, str(number)) for number in range(9)]
    found += [Suspicion("identity_overwritten", f"learner:{number}", str(number)) for number in range(3)]
    assert holding(found, (), {"learner": 20}, 10, 3) == {}
    assert holding([*found, *map(lost, range(2, 6))], (), {"learner": 20}, 10, 3) == {"value_lost": 5}


def test_officers_and_learners_are_counted_apart() -> None:
    found = [*map(lost, range(3)), *(Suspicion("value_lost", f"officer:{n}", f"o{n}") for n in range(4))]
    assert holding(found, (), {"learner": 20, "officer": 20}, 10, 3) == {"value_lost": 4}


def test_what_was_looked_at_counts_no_more_but_another_change_does() -> None:
    found = [lost(number) for number in range(8)]
    looked_at = {each.mark for each in found}
    assert holding(found, looked_at, {"learner": 20}, 10, 3) == {}
    again = [lost(number, f"another {number}") for number in range(5)]
    assert holding([*found, *again], looked_at, {"learner": 20}, 10, 3) == {"value_lost": 5}


def test_whom_onefile_does_not_know() -> None:
    found = [of_missing(f"learner:{number}", str) for number in range(12)]
    assert holding(found, (), {"learner": 12}, 10, 3) == {"not_in_onefile": 12}
