"""London here, UTC on the wire."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class SkippedTime(ValueError):
    """A time of day that the clock change leaves out on that date."""


def to_london(moment: datetime) -> datetime:
    return moment.astimezone(LONDON)


def london_date(moment: datetime | None) -> date | None:
    """The date in London. A date that another system stored as London midnight comes back right in summer too."""
    return to_london(moment).date() if moment else None


def to_utc(day: date, clock: time) -> datetime:
    """A London time in UTC; of one that comes twice the first. Raises SkippedTime for one that does not come."""
    local = datetime.combine(day, clock, LONDON)  # fold=0: the first
    if to_london(local.astimezone(UTC)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTime(f"{clock:%H:%M} does not exist on {day:%-d %b %Y}: the clocks go forward.")
    return local.astimezone(UTC)


def first_moment_at(day: date, clock: time) -> datetime:
    """When a London clock first shows ``clock`` or later on ``day``, in UTC: after a gap, its end."""
    for minutes in range(181):
        moment = datetime.combine(day, clock, LONDON) + timedelta(minutes=minutes)
        try:
            return to_utc(moment.date(), moment.time())
        except SkippedTime:
            continue
    raise AssertionError("no clock change is longer than three hours")


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, clamped to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_quiet(local: time) -> bool:
    """Hours in which hardly anybody is at work, in London."""
    return local < time(7) or local >= time(19)
