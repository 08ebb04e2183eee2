"""A step as a value: what is to be done, to which record of ours, from what to what, and what it needs first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    LINK_OFFICER = "link_officer"
    CREATE_ASSESSOR = "create_assessor"
    LINK_EMPLOYER = "link_employer"
    CREATE_EMPLOYER = "create_employer"
    CREATE_LEARNER = "create_learner"
    RESTORE_LEARNER = "restore_learner"
    VERIFY_LINK = "verify_link"
    LINK_AIM = "link_aim"
    UPDATE_LEARNER = "update_learner"
    UPDATE_MAIN_OFFICER = "update_main_officer"
    UPDATE_EMPLOYER = "update_employer"
    UPDATE_ASSESSOR = "update_assessor"
    UPDATE_PLACEMENT = "update_placement"
    NOTE_MAIN_OFFICER = "note_main_officer"
    NOTE_EMPLOYER = "note_employer"
    ASSIGN_STANDARD = "assign_standard"
    UPDATE_AIM = "update_aim"
    ASSIGN_OFFICER = "assign_officer"
    CREATE_VISIT = "create_visit"
    CREATE_REVIEW = "create_review"
    UPDATE_DETAILS = "update_details"
    UPDATE_OFFICER = "update_officer"
    UPDATE_ORGANISATION = "update_organisation"
    UPDATE_LINE = "update_line"
    UPDATE_REVIEW = "update_review"
    ADD_REVIEW = "add_review"
    REMOVE_REVIEW = "remove_review"


HERE, ONEFILE = "mis", "onefile"
WRITES_HERE = frozenset(
    {
        Kind.LINK_OFFICER,
        Kind.LINK_EMPLOYER,
        Kind.VERIFY_LINK,
        Kind.LINK_AIM,
        Kind.NOTE_MAIN_OFFICER,
        Kind.NOTE_EMPLOYER,
        Kind.UPDATE_DETAILS,
        Kind.UPDATE_OFFICER,
        Kind.UPDATE_ORGANISATION,
        Kind.UPDATE_LINE,
        Kind.UPDATE_REVIEW,
        Kind.ADD_REVIEW,
        Kind.REMOVE_REVIEW,
    }
)


@dataclass(frozen=True)
class Change:
    """One field, from what to what. Both are plain values that JSON can hold.

    ``columns``: of an undo, the very texts that stood here, which the plain value tells in one form only.
    """

    field: str
    old: Any
    new: Any
    columns: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        exact = {"columns": dict(self.columns)} if self.columns else {}
        return {"field": self.field, "old": self.old, "new": self.new} | exact


@dataclass(frozen=True)
class PlannedStep:
    kind: Kind
    record: str
    title: str
    changes: tuple[Change, ...] = ()
    needs: tuple[str, ...] = ()
    undoes: int | None = None  # of an undo: the step that it takes back

    @property
    def key(self) -> str:
        return f"{self.kind} {self.record}"

    @property
    def side(self) -> str:
        return HERE if self.kind in WRITES_HERE else ONEFILE

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "changes": [change.as_json() for change in self.changes]}


@dataclass(frozen=True)
class Doubt:
    """What a person must decide before a part of the plan can go on. ``answers``: (word, what it means)."""

    kind: str
    about: str
    text: str
    answers: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, Any, Any], ...] = ()  # (what, here, in OneFile)


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they are done; an agreed pair has none.

    ``notes`` say why something is not done; ``missing`` are known records that OneFile no longer has, ``archived``
    those that it has put away, ``unreadable`` answers of OneFile's that could not be used.
    """

    steps: tuple[PlannedStep, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for the same steps and values: what a person looked at is what is done."""
        text = json.dumps([step.as_json() for step in self.steps], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Draft:
    """A plan while its rules are writing it."""

    steps: list[PlannedStep] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    unreadable: list[str] = field(default_factory=list)

    def finished(self) -> Plan:
        order = {kind: number for number, kind in enumerate(Kind)}
        steps = _behind_the_link(sorted(self.steps, key=lambda step: order[step.kind]))
        said = tuple(self.notes), self.missing, tuple(self.unreadable), self.archived
        return Plan(tuple(steps), tuple(self.doubts), *said)


def _behind_the_link(steps: list[PlannedStep]) -> list[PlannedStep]:
    """Nothing is exchanged by a link that could not be verified: that comes first."""
    gate = next((step for step in steps if step.kind is Kind.VERIFY_LINK), None)
    if gate is None:
        return steps
    return [gate, *(replace(step, needs=(gate.key, *step.needs)) for step in steps if step is not gate)]


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates and times in ISO form, tuples as lists."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return list(value) if isinstance(value, tuple) else value


def changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """What differs between two dicts of the same names."""
    return tuple(Change(name, plain(old.get(name)), plain(new[name])) for name in new if old.get(name) != new[name])
