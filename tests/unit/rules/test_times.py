"""London here, UTC on the wire; nights, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onefile_integration.rules.nights import due_night, next_due
from onefile_integration.rules.times import (
    SkippedTime,
    first_moment_at,
    london_date,
    months_before,
    to_london,
    to_utc,
)

FORWARD, BACK = date(2027, 3, 28), date(2027, 10, 31)
HALF_PAST_ONE, HALF_PAST_TWO = time(1, 30), time(2, 30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(now: datetime, at: time, done: set[date]) -> date | None:
    """For an installation that has been on for years."""
    return due_night(now, at, done, utc("2020-01-01T00:00"))


@pytest.mark.parametrize(
    ("day", "clock", "moment"),
    [
        (date(2026, 12, 3), time(9, 0), "2026-12-03T09:00"),
        (date(2027, 7, 1), time(9, 0), "2027-07-01T08:00"),
        (FORWARD, time(0, 59), "2027-03-28T00:59"),
        (FORWARD, time(2, 0), "2027-03-28T01:00"),
        (BACK, time(0, 59), "2027-10-30T23:59"),
        (BACK, time(1, 30), "2027-10-31T00:30"),  # it comes twice: the first
        (BACK, time(2, 0), "2027-10-31T02:00"),
    ],
)
def test_a_london_time_in_utc(day: date, clock: time, moment: str) -> None:
    assert to_utc(day, clock) == utc(moment)


@pytest.mark.parametrize("clock", [time(1, 0), time(1, 30), time(1, 59)])
def test_a_time_that_is_skipped(clock: time) -> None:
    with pytest.raises(SkippedTime, match="28 Mar 2027"):
        to_utc(FORWARD, clock)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_there_and_back(local: datetime) -> None:
    local = local.replace(second=0, microsecond=0)
    try:
        moment = to_utc(local.date(), local.time())
    except SkippedTime:
        return
    assert to_london(moment).replace(tzinfo=None) == local


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-07-13T23:00", date(2026, 7, 14)),  # London midnight in summer, as another system stored it
        ("2026-07-14T00:00", date(2026, 7, 14)),
        ("2026-12-14T00:00", date(2026, 12, 14)),
        ("2026-12-13T23:00", date(2026, 12, 13)),
    ],
)
def test_the_date_in_london(moment: str, day: date) -> None:
    assert london_date(utc(moment)) == day
    assert london_date(None) is None


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2027, 3, 31), 1, date(2027, 2, 28)),
        (date(2028, 3, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 15), 1, date(2026, 12, 15)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2027, 2, 28), 0, date(2027, 2, 28)),
        (date(2027, 5, 31), 120, date(2017, 5, 31)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_months_before_never_fails_and_never_grows(day: date, months: int) -> None:
    assert months_before(day, months) <= day
    assert months_before(day, months) <= months_before(day + timedelta(days=1), months)


# ---- nights


def ran(first: date, days: int, at: time, tick: timedelta, awake: tuple[datetime, datetime] | None = None) -> list:
    """When the night ran, if somebody looks every ``tick``; asleep outside ``awake``."""
    now, done, when = datetime.combine(first, time(0), UTC) - timedelta(hours=2), {}, []
    while now < datetime.combine(first, time(0), UTC) + timedelta(days=days):
        if (awake is None or awake[0] <= now < awake[1]) and (night := due(now, at, set(done))):
            done[night] = now
            when.append((night, now))
        now += tick
    return when


@pytest.mark.parametrize("change", [FORWARD, BACK])
@pytest.mark.parametrize("at", [time(0, 30), HALF_PAST_ONE, HALF_PAST_TWO, time(23, 45)])
def test_once_for_each_date_through_the_clock_change(change: date, at: time) -> None:
    first = change - timedelta(days=1)
    nights = ran(first, 3, at, timedelta(minutes=15))
    dates = [night for night, _ in nights if night >= first]
    assert dates == sorted(set(dates)) and {first, change} <= set(dates)
    for night, moment in nights[1:]:
        assert first_moment_at(night, at) <= moment < first_moment_at(night, at) + timedelta(minutes=15)


def test_in_the_gap_it_runs_at_its_end() -> None:
    assert first_moment_at(FORWARD, HALF_PAST_ONE) == utc("2027-03-28T01:00")
    assert due(utc("2027-03-28T00:59"), HALF_PAST_ONE, {date(2027, 3, 27)}) is None
    assert due(utc("2027-03-28T01:00"), HALF_PAST_ONE, {date(2027, 3, 27)}) == FORWARD


def test_an_hour_that_comes_twice_runs_once() -> None:
    yesterday = {BACK - timedelta(days=1)}
    assert due(utc("2027-10-31T00:30"), HALF_PAST_ONE, yesterday) == BACK
    assert due(utc("2027-10-31T01:30"), HALF_PAST_ONE, yesterday | {BACK}) is None


@pytest.mark.parametrize(("late", "made_up"), [(11.9, True), (12, False), (12.1, False)])
def test_a_missed_night_is_made_up_within_twelve_hours(late: float, made_up: bool) -> None:
    night = date(2026, 11, 23)
    now = first_moment_at(night, HALF_PAST_TWO) + timedelta(hours=late)
    assert (due(now, HALF_PAST_TWO, set()) == night) is made_up


def test_one_missed_before_midnight_is_made_up_after_it() -> None:
    now = utc("2026-11-24T03:00")
    assert due(now, time(23, 0), set()) == date(2026, 11, 23)
    assert due(now, time(23, 0), {date(2026, 11, 23)}) is None


def test_the_next_night() -> None:
    day, at = date(2026, 11, 23), HALF_PAST_TWO
    assert next_due(utc("2026-11-23T01:00"), at, set(), day) == utc("2026-11-23T02:30")
    assert next_due(utc("2026-11-23T03:00"), at, {day}, day) == utc("2026-11-24T02:30")
    assert next_due(utc("2026-11-23T01:00"), at, set(), date(2026, 12, 1)) == utc("2026-12-01T02:30")
    assert next_due(utc("2027-03-27T12:00"), HALF_PAST_ONE, set(), FORWARD) == utc("2027-03-28T01:00")


def test_a_night_before_the_switching_on_was_not_missed() -> None:
    now, at = utc("2026-11-23T10:00"), time(2, 30)
    assert due_night(now, at, set(), utc("2026-11-23T09:00")) is None
    assert due_night(now, at, set(), utc("2026-11-23T02:30")) == date(2026, 11, 23)
