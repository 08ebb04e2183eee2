"""Which of OneFile's records look like one of ours."""

from __future__ import annotations

from typing import Any

from onefile_integration.rules.likeness import Described, Reason, reasons, strength
from tests.unit.rules.test_cases import each


@each("likeness")
def test_likeness(case: dict[str, Any]) -> None:
    assert list(reasons(Described(*case["ours"]), Described(*case["theirs"]))) == case["reasons"]


def test_the_likelier_stands_first() -> None:
    order = [(Reason.MIS_VALUE,), (Reason.EMAIL, Reason.NAME), (Reason.NAME,), (Reason.LIKE,), ()]
    mixed = [order[number] for number in (3, 0, 4, 2, 1)]
    assert sorted(mixed, key=strength) == order
