"""When something is told by mail, and what the mail says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from onefile_integration.rules import alerts, incidents
from onefile_integration.rules.incidents import Facts, Kind, Night, Outcome
from onefile_integration.rules.nights import last_due
from onefile_integration.words import IncidentKind

CASES: dict[str, Any] = json.loads((Path(__file__).parents[2] / "cases" / "incidents.json").read_text())
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def moment(hours: float | None) -> datetime | None:
    return None if hours is None else NOW + timedelta(hours=hours)


def night(due: float, started: float | None = None, ended: float | None = None) -> Night:
    return Night(NOW + timedelta(hours=due), 7 if started else None, moment(started), moment(ended))


def facts(given: dict[str, Any]) -> Facts:
    read = {"night": lambda value: night(*value), "outcome": lambda value: Outcome(*value), "unreachable": moment}
    return Facts(**{"is_on": True} | {name: read.get(name, lambda value: value)(given[name]) for name in given})


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_opened_and_what_is_over(case: dict[str, Any]) -> None:
    turn = incidents.turn(facts(case["facts"]), NOW, case.get("standing", []))
    assert ([each.kind for each in turn.opened], list(turn.over)) == (case["opened"], case["over"])


def test_the_words_are_those_of_the_rows() -> None:
    assert [each.value for each in Kind] == IncidentKind.values


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_says_what_happened_what_was_lost_what_to_do_and_where(kind: Kind) -> None:
    mail = alerts.begun(kind, "It happened.", "environment Live", "29 Nov 2026, 12:00", "https://mis.example/onefile/")
    assert mail.subject.startswith("OneFile: ") and "\n" not in mail.subject
    for part in ("It happened.", "Nothing was ", "What to do: ", "https://mis.example/onefile/", "environment Live"):
        assert part in mail.text
    over = alerts.over(kind, "It happened.", "environment Live", "12:00", "13:00", "https://mis.example/onefile/")
    assert over.subject != mail.subject and "From 12:00 to 13:00" in over.text


def test_a_mail_that_failed_is_tried_less_and_less_often_and_then_given_up() -> None:
    waits = [alerts.wait_before_next(tries) for tries in range(1, alerts.MOST_TRIES + 1)]
    assert [wait and wait.total_seconds() / 60 for wait in waits[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert waits[-1] is None and sum(wait.total_seconds() for wait in waits if wait) > 24 * 3600


@pytest.mark.parametrize(
    ("now", "since", "first", "due"),
    [
        ("2026-11-29 02:29", "2026-11-01 00:00", None, "2026-11-28"),
        ("2026-11-29 02:30", "2026-11-01 00:00", None, "2026-11-29"),
        ("2026-11-29 02:30", "2026-11-29 02:31", None, None),
        ("2026-11-29 02:30", "2026-11-01 00:00", "2026-11-30", None),
        ("2027-03-28 01:30", "2026-11-01 00:00", None, "2027-03-28"),
    ],
)
def test_the_last_night_that_was_due(now: str, since: str, first: str | None, due: str | None) -> None:
    """In UTC; on 28 March the clocks go forward, so 02:30 comes at half past one."""
    day = datetime.fromisoformat(first).date() if first else None
    at, from_then = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, since))
    found = last_due(at, time(2, 30), from_then, day)
    assert (found.isoformat() if found else None) == due
