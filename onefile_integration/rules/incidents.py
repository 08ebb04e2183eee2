"""What is wrong and needs a person: facts in, incidents out. One that stands already is not opened twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

UNREACHABLE_AFTER = timedelta(hours=1)  # OneFile has windows of half an hour for its maintenance
LATE_AFTER = timedelta(hours=6)
FAILED_SHARE = 2  # a night has failed where one in so many has


class Kind(StrEnum):
    FAULT = "fault"
    HELD = "held"
    UNREACHABLE = "unreachable"
    DID_NOT_RUN = "did_not_run"
    NIGHT_FAILED = "night_failed"


@dataclass(frozen=True)
class Night:
    """The last night that was due. ``started`` and ``ended`` are None where it was not, or is not over."""

    due: datetime
    run: int | None = None
    started: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """How the last whole run ended; ``failing``: of its records, those that fail still, and not by their own fault."""

    run: int
    records: int
    failing: int


@dataclass(frozen=True)
class Facts:
    """``fault`` says why nothing can be exchanged. ``unreachable``: since when, while a run waits for OneFile.
    ``held_is_new``: no incident tells of that run yet.
    """

    is_on: bool
    fault: str = ""
    held: int | None = None
    held_is_new: bool = False
    unreachable: datetime | None = None
    night: Night | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Trouble:
    kind: Kind
    text: str
    run: int | None = None


@dataclass(frozen=True)
class Turn:
    """What a look at the facts changes."""

    opened: tuple[Trouble, ...]
    over: tuple[Kind, ...]


# What explains another trouble, which then is not told by itself.
EXPLAINS: dict[Kind, tuple[Kind, ...]] = {
    Kind.FAULT: (Kind.UNREACHABLE, Kind.DID_NOT_RUN, Kind.NIGHT_FAILED),
    Kind.HELD: (Kind.DID_NOT_RUN,),
    Kind.UNREACHABLE: (Kind.DID_NOT_RUN,),
}


def turn(facts: Facts, now: datetime, standing: Collection[str]) -> Turn:
    """``standing``: kinds of the incidents that are open. One stays open while another explains it; of another run that
    is held meanwhile a new one takes its place.
    """
    found = troubles(facts, now)
    kinds = {each.kind for each in found}
    explained = {each for kind in kinds for each in EXPLAINS.get(kind, ())}
    known = {kind for kind in standing if kind != Kind.HELD or not facts.held_is_new}
    opened = tuple(each for each in found if each.kind not in known and each.kind not in explained)
    return Turn(opened, tuple(Kind(kind) for kind in standing if kind not in kinds))


def troubles(facts: Facts, now: datetime) -> tuple[Trouble, ...]:
    """All that is wrong, the most pressing first."""
    if not facts.is_on:
        return ()
    fault = Trouble(Kind.FAULT, facts.fault) if facts.fault else None
    found = [fault, _held(facts), _unreachable(facts, now), _late(facts.night, now), _failed(facts.outcome)]
    return tuple(each for each in found if each)


def _held(facts: Facts) -> Trouble | None:
    if facts.held is None:
        return None
    return Trouble(
        Kind.HELD, f"Run {facts.held} would change suspiciously much, so it waits for an answer.", facts.held
    )


def _unreachable(facts: Facts, now: datetime) -> Trouble | None:
    if facts.unreachable is None or now - facts.unreachable < UNREACHABLE_AFTER:
        return None
    return Trouble(Kind.UNREACHABLE, "OneFile has given no answer for more than an hour, and a run waits for it.")


def _late(night: Night | None, now: datetime) -> Trouble | None:
    if night is None or night.ended:
        return None
    if now - (night.started or night.due) < LATE_AFTER:
        return None
    hours = LATE_AFTER // timedelta(hours=1)
    if night.started is None:
        return Trouble(Kind.DID_NOT_RUN, f"The nightly run has not begun, {hours} hours after its time.")
    text = f"The nightly run, run {night.run}, is not over, {hours} hours after it was begun."
    return Trouble(Kind.DID_NOT_RUN, text, night.run)


def _failed(last: Outcome | None) -> Trouble | None:
    if last is None or not last.failing or last.failing * FAILED_SHARE < last.records:
        return None
    text = f"In run {last.run}, {last.failing} of {last.records} records could not be exchanged."
    return Trouble(Kind.NIGHT_FAILED, text, last.run)
