"""When a night's run is due: once for each London date, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, time, timedelta

from onefile_integration.rules.times import first_moment_at, to_london

MADE_UP_WITHIN = timedelta(hours=12)


def due_night(now: datetime, at: time, done: Set[date], on_since: datetime) -> date | None:
    """The London date whose run should begin now; one missed is made up within twelve hours.

    A night that was due before the integration was switched on was not missed.
    """
    today = to_london(now).date()
    for night in (today, today - timedelta(days=1)):
        begins = first_moment_at(night, at)
        if night not in done and on_since <= begins <= now < begins + MADE_UP_WITHIN:
            return night
    return None


def next_due(now: datetime, at: time, done: Set[date], first: date) -> datetime:
    """The next moment, in UTC, at which a run is due; not before the date ``first``."""
    day = max(to_london(now).date(), first)
    while day in done or first_moment_at(day, at) <= now:
        day += timedelta(days=1)
    return first_moment_at(day, at)


def last_due(now: datetime, at: time, since: datetime, first: date | None) -> date | None:
    """The last London date whose run was to begin by now; none before ``since``, or before the date ``first``."""
    night = to_london(now).date()
    if first_moment_at(night, at) > now:
        night -= timedelta(days=1)
    is_counted = first_moment_at(night, at) >= since and (first is None or night >= first)
    return night if is_counted else None
