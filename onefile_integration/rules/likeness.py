"""How much a record of OneFile's looks like one of ours: to show the likely ones first, never to link by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from learners.values import folded
from onefile_integration.rules.matching import same_text

# Words that two names of one company may or may not have.
FILLERS = frozenset({"the", "and", "ltd", "limited", "plc", "llp", "co", "company", "uk", "group"})


class Reason(StrEnum):
    """The strongest first."""

    MIS_VALUE = "Equal MIS Value"
    EMAIL = "Equal email"
    NAME = "Equal name"
    LIKE = "Similar name"


@dataclass(frozen=True)
class Described:
    """Blank where it is not known. ``surname`` of a person only: part of the name."""

    name: str
    mis_value: str | None = None
    email: str | None = None
    surname: str = ""


def reasons(ours: Described, theirs: Described) -> tuple[Reason, ...]:
    said = []
    if same_text(ours.mis_value, theirs.mis_value):
        said.append(Reason.MIS_VALUE)
    if same_text(ours.email, theirs.email):
        said.append(Reason.EMAIL)
    if same_text(folded(ours.name), folded(theirs.name)):
        said.append(Reason.NAME)
    elif _is_like(ours, theirs):
        said.append(Reason.LIKE)
    return tuple(said)


def strength(said: tuple[Reason, ...]) -> int:
    """The lower the likelier."""
    order = list(Reason)
    return order.index(said[0]) if said else len(order)


def _is_like(ours: Described, theirs: Described) -> bool:
    """The same surname, or all the words of one name in the other: with or without a middle name, with or without
    *Limited*."""
    if same_text(folded(ours.surname), folded(theirs.surname)):
        return True
    mine, other = _words(ours.name), _words(theirs.name)
    return bool(mine and other) and (mine <= other or other <= mine)


def _words(name: str) -> frozenset[str]:
    letters = "".join(char if char.isalnum() else " " for char in folded(name))
    return frozenset(letters.split()) - FILLERS
