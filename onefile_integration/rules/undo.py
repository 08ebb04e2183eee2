"""What a run changed here and how it is put back: each field by itself, a review that was added as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from onefile_integration.rules.details import is_same
from onefile_integration.rules.matching import as_kept
from onefile_integration.rules.steps import Change, Kind, PlannedStep

# What takes it back. Other kinds say why nothing here does.
REVERSES = {
    Kind.UPDATE_DETAILS: Kind.UPDATE_DETAILS,
    Kind.UPDATE_OFFICER: Kind.UPDATE_OFFICER,
    Kind.UPDATE_ORGANISATION: Kind.UPDATE_ORGANISATION,
    Kind.UPDATE_LINE: Kind.UPDATE_LINE,
    Kind.UPDATE_REVIEW: Kind.UPDATE_REVIEW,
    Kind.ADD_REVIEW: Kind.REMOVE_REVIEW,
    Kind.REMOVE_REVIEW: Kind.ADD_REVIEW,
}
WHOLE = "review"  # stands for a field where the record itself was added or removed
WHOLE_KINDS = (Kind.ADD_REVIEW, Kind.REMOVE_REVIEW)


class Left(StrEnum):
    """Why something is not put back."""

    GONE = "The record is gone."
    UNDONE = "It was undone already."
    AS_BEFORE = "It is what it was before."
    CHANGED = "It was changed since."


@dataclass(frozen=True)
class Done:
    """A step that was carried out here."""

    pk: int
    kind: Kind
    record: str
    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Part:
    """What can be put back by itself. ``now`` is the value at this moment, ``left`` why it stays, or None."""

    step: Done
    field: str
    old: Any
    new: Any
    now: Any = None
    left: Left | None = None

    @property
    def key(self) -> tuple[int, str]:
        return self.step.pk, self.field

    @property
    def place(self) -> tuple[str, str]:
        return self.step.record, self.field


Values = Mapping[tuple[str, str], Any]  # (record, field) -> as it is here now; a record that is gone has none


def parts(step: Done) -> Iterator[Part]:
    if step.kind in WHOLE_KINDS:
        old, new = ({each.field: getattr(each, side) for each in step.changes} for side in ("old", "new"))
        yield Part(step, WHOLE, _record(old), _record(new))
    else:
        for each in step.changes:
            yield Part(step, each.field, each.old, each.new)


def judged(steps: Iterable[Done], now: Values, undone: Collection[tuple[int, str]]) -> list[Part]:
    """Each part with what it is now and whether it can be put back, the last one done first.

    Of a value that was changed twice the later change stands in the way of the earlier, until it is put back itself.
    """
    values, found = dict(now), []
    for step in sorted(steps, key=lambda each: each.pk, reverse=True):
        for part in parts(step):
            left = _left(part, values, undone)
            found.append(replace(part, now=values.get(part.place), left=left))
            if left is None:
                values[part.place] = part.old
    return found


def _left(part: Part, values: Values, undone: Collection[tuple[int, str]]) -> Left | None:
    if part.place not in values:
        return Left.GONE
    now = values[part.place]
    if same(part.field, now, part.new):
        return None
    if not same(part.field, now, part.old):
        return Left.CHANGED
    return Left.UNDONE if part.key in undone else Left.AS_BEFORE


def same(field: str, one: Any, other: Any) -> bool:
    """Plain values; a blank text and none are the same, and texts that differ in what is not kept here."""
    if field == "address":
        return is_same(field, tuple(one or ()), tuple(other or ()))
    if isinstance(one, str) and isinstance(other, str):
        return as_kept(one) == as_kept(other)
    return bool((None if one == "" else one) == (None if other == "" else other))


def reverse(step: Done, found: Iterable[Part], columns: Mapping[str, Mapping[str, Any]]) -> PlannedStep:
    """Puts these parts of the step back. ``columns``: of a field, the very texts that stood here before."""
    if step.kind in WHOLE_KINDS:
        changes = tuple(Change(each.field, each.new, each.old) for each in step.changes)
    else:
        changes = tuple(Change(part.field, part.now, part.old, columns.get(part.field)) for part in found)
    return PlannedStep(REVERSES[step.kind], step.record, f"Undo: {step.title}"[:300], changes, undoes=step.pk)


def _record(values: dict[str, Any]) -> dict[str, Any] | None:
    """A record that has not been there, or is there no more, has nothing in it."""
    filled = {name: value for name, value in values.items() if value is not None}
    return filled or None
