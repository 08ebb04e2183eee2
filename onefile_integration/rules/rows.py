"""How far a list is believed: rows that were compared may add to what is here. All else is read itself first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from onefile_integration.rules.steps import HERE, Change, Kind, Plan

MOST_LACKING = 0.1  # of the records we know: a list that lacks more is another list than we think


def may_rest_on_rows(plan: Plan) -> bool:
    """Nothing is sent, asked, taken back or complained about, and nobody is taken for somebody, because of what stands,
    or is missing, in a row.
    """
    if plan.doubts or plan.unreadable or any(step.kind is Kind.VERIFY_LINK for step in plan.steps):
        return False
    return all(step.side == HERE and all(map(adds, step.changes)) for step in plan.steps)


def adds(change: Change) -> bool:
    """A blank is filled, a number grows, a review was held."""
    if change.new in (None, "", []):
        return change.old in (None, "", [])
    if change.old in (None, "", []):
        return True
    if change.field == "attended":
        return bool(change.old == "Unknown")
    numbers = (int, float)
    return isinstance(change.old, numbers) and isinstance(change.new, numbers) and change.new > change.old


def differing(row: Mapping[str, Any], read: Mapping[str, Any]) -> list[str]:
    """Members of a record, read by itself, that its row in a list has otherwise, or lacks."""
    return [name for name, value in read.items() if row.get(name) != value]


def lacks_too_many(known: int, lacking: int) -> bool:
    return lacking > max(1, known * MOST_LACKING)


def changed_between(sizes: Iterable[int]) -> bool:
    """A page in the middle that is shorter than the first: the list is not what its pages say."""
    *whole, _last = sizes
    return any(size < whole[0] for size in whole)
