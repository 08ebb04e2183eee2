"""Breaks and ends by data: what a learner's programme status says, and what may be done when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from learners import rules
from learners.models import Break, Learner
from learners.presenters.programme import programme_words
from tests.unit.rules.building import cases


def each(name: str) -> Any:
    return pytest.mark.parametrize("case", cases(name), ids=lambda case: case["name"])


def learner_of(case: dict[str, Any]) -> Learner:
    return Learner(**{name: date.fromisoformat(value) for name, value in case.get("learner", {}).items()})


def breaks_of(case: dict[str, Any]) -> list[Break]:
    return [
        Break(from_date=date.fromisoformat(first), to_date=last and date.fromisoformat(last))
        for first, last in case.get("breaks", [])
    ]


@each("programme_status")
def test_status_in_words(case: dict[str, Any]) -> None:
    words = programme_words(learner_of(case), breaks_of(case), date.fromisoformat(case["today"]))
    assert words == case["words"]


def faults(case: dict[str, Any], on: date) -> Iterable[rules.Fault]:
    learner, pauses = learner_of(case), breaks_of(case)
    match case["do"]:
        case "end":
            return rules.programme_end_faults(learner, pauses, on)
        case "return":
            return rules.return_faults(next(iter(pauses), None), on)
    return rules.after_end_faults(on, learner.actual_end)


@each("programme_changes")
def test_what_may_be_done(case: dict[str, Any]) -> None:
    on = date.fromisoformat(case["on"])
    assert [message for _, message in faults(case, on)] == ([case["refused"]] if "refused" in case else [])
    if "closes" in case:
        assert [str(pause.from_date) for pause in rules.breaks_cut_short(breaks_of(case), on)] == case["closes"]
