"""Is an account that OneFile already holds this learner's? A blank never equals a blank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onefile_integration.rules.matching import same_person, same_text
from onefile_integration.rules.sides import Person

EPISODE = "linked with another episode of this person"
EARLIER = "linked with this learner earlier"
ULN = "ULN"

ANOTHER = "another one"


class Aside(StrEnum):
    """Why an account that was found does not stand in the way of a new one."""

    ANOTHER_PERSON = "another_person"
    NEW_EPISODE = "new_episode"


@dataclass(frozen=True)
class Tie:
    """The learner here with whom an account is linked, or was (``is_live`` is False then)."""

    ident: str
    name: str
    is_live: bool = True
    is_own: bool = False  # this very learner, earlier
    is_same_person: bool = False  # another episode
    has_same_uln: bool = False


@dataclass(frozen=True)
class Row:
    """What a search says of an account."""

    onefile_id: int
    first_name: str | None = None
    surname: str | None = None
    mis_value: str | None = None


@dataclass(frozen=True)
class Duplicate:
    """An account that may be this learner's. ``reasons`` are what is equal, or how it is tied to the learner.

    ``is_listed`` is False where it answers by its id, but no search brings it: it is probably archived.
    """

    onefile_id: int
    centre: int | None
    person: Person
    reasons: tuple[str, ...]
    tie: Tie | None = None
    is_listed: bool = True

    @property
    def holder(self) -> str:
        """The Ident of the learner here who is linked with it now."""
        return self.tie.ident if self.tie and self.tie.is_live else ""

    @property
    def is_other_episode(self) -> bool:
        return self.tie is not None and self.tie.is_same_person

    @property
    def may_move(self) -> bool:
        return self.is_other_episode and self.holder != ""

    @property
    def asides(self) -> tuple[Aside, ...]:
        """The answers that let a new account be made. A link of earlier may have been a mistake."""
        if self.may_move:
            return (Aside.NEW_EPISODE,)
        if self.tie and (self.tie.is_own or self.tie.is_same_person):
            return (Aside.NEW_EPISODE, Aside.ANOTHER_PERSON)
        return (Aside.ANOTHER_PERSON,)


@dataclass(frozen=True)
class Decided:
    """What staff answered about an account, and the reasons that they saw."""

    aside: Aside
    reasons: frozenset[str]
    by: str
    at: datetime

    def covers(self, duplicate: Duplicate) -> bool:
        """A reason that has come since asks again: a shared email is not yet a shared ULN."""
        return self.aside in duplicate.asides and set(duplicate.reasons) <= self.reasons


def reasons(ours: Person, theirs: Person, tie: Tie | None = None) -> tuple[str, ...]:
    """What is equal, and how it is tied to our learner; empty where nothing speaks for it."""
    found = []
    if same_text(ours.mis_value, theirs.mis_value):
        found.append("MIS Value")
    if same_text(ours.uln, theirs.uln) or (tie and tie.has_same_uln):
        found.append(ULN)
    if same_text(ours.email, theirs.email):
        found.append("email")
    if same_text(ours.first_name, theirs.first_name) and same_person(
        ours.surname, ours.date_of_birth, theirs.surname, theirs.date_of_birth
    ):
        found.append("name and date of birth")
    if tie and tie.is_own:
        found.append(EARLIER)
    if tie and tie.is_same_person:
        found.append(EPISODE)
    return tuple(found)


def reasons_in_words(found: Iterable[str]) -> str:
    """Without naming anybody."""
    tied = [reason for reason in found if reason in (EARLIER, EPISODE)]
    equal = [reason for reason in found if reason not in tied]
    return ", ".join([f"the same {' and '.join(equal)}"] * bool(equal) + tied)


def likest(rows: Iterable[Row], ours: Person, most: int) -> tuple[Row, ...]:
    """Those most like our learner first: a server that keeps to no filter answers with everybody."""
    return tuple(sorted(rows, key=lambda row: _unlike(row, ours))[:most])


def _unlike(row: Row, ours: Person) -> tuple[bool, bool, bool]:
    surname, first_name = same_text(row.surname, ours.surname), same_text(row.first_name, ours.first_name)
    return not same_text(row.mis_value, ours.mis_value), not (surname and first_name), not (surname or first_name)


def without_value(ours: object, theirs: object) -> object:
    """Of somebody who may be a stranger no value is kept or told: only whether it was ours."""
    is_same = str(ours).casefold() == str(theirs).casefold()
    return ours if is_same else theirs and ANOTHER
