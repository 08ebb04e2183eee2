"""How long a run still takes: what is left of it, at the pace of its last minutes, and not faster than is allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

RECENT = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Minute:
    """``turns``: how often a record was planned, or its plan carried out."""

    start: datetime
    turns: int
    calls: int


@dataclass(frozen=True)
class SoFar:
    """``unmade`` are to be planned, ``ready`` are planned and to be carried out, ``made`` are planned, ended or not."""

    unmade: int
    ready: int
    made: int
    minutes: Sequence[Minute]
    calls_per_minute: float

    @property
    def turns_left(self) -> float:
        """Of those who are not planned yet as many will have something to do as of those who are."""
        to_be_ready = self.unmade * self.ready / self.made if self.made else 0
        return self.unmade + self.ready + to_be_ready


def minutes_left(so_far: SoFar, now: datetime) -> int | None:
    """Rounded up; None while it is not known yet."""
    turns = sum(minute.turns for minute in so_far.minutes)
    left = so_far.turns_left
    pace = _pace(so_far.minutes, now)
    if not left:
        return 0
    if not turns or not pace:
        return None
    calls_each = sum(minute.calls for minute in so_far.minutes) / turns
    return math.ceil(max(left / pace, left * calls_each / so_far.calls_per_minute))


def _pace(minutes: Sequence[Minute], now: datetime) -> float:
    """Turns a minute, of the minutes lately in which there were any; the one that still lasts counts by its part."""
    lately = [each for each in minutes if each.turns and now - each.start < RECENT + MINUTE]
    length = sum((min(now - each.start, MINUTE) for each in lately), timedelta()) / MINUTE
    return sum(each.turns for each in lately) / max(length, 0.25)
