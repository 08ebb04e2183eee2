"""How long a run still takes: tried with what runs have kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from onefile_integration.rules.remaining import Minute, SoFar, minutes_left

NOW = datetime(2026, 11, 20, 3, 0, 30, tzinfo=UTC)


def kept(*minutes: tuple[int, int, int]) -> list[Minute]:
    """(how long ago, turns, calls)."""
    at = NOW.replace(second=0)
    return [Minute(at - timedelta(minutes=ago), turns, calls) for ago, turns, calls in minutes]


STEADY = kept((3, 20, 80), (2, 20, 80), (1, 20, 80), (0, 10, 40))


@pytest.mark.parametrize(
    ("unmade", "ready", "made", "minutes", "expected"),
    [
        (100, 0, 70, STEADY, 5),  # at twenty a minute
        (100, 35, 70, STEADY, 10),  # half of those to come will have something to do, as of those who were planned
        (0, 40, 70, STEADY, 2),
        (0, 0, 70, STEADY, 0),
        (100, 0, 70, [], None),
        (100, 0, 0, kept((0, 0, 12)), None),  # the first one is still being read
        (100, 0, 70, kept((40, 70, 280)), None),  # nothing lately: how fast it will be nobody knows
        (100, 0, 70, kept((9, 700, 2800), (1, 10, 40)), 10),  # what was long ago does not count for the pace
        (600, 0, 60, kept((0, 60, 240)), 9),  # a burst: not faster than four calls each allow
        (3, 0, 5000, kept((1, 5000, 3)), 1),
    ],
)
def test_minutes_left(unmade: int, ready: int, made: int, minutes: list[Minute], expected: int | None) -> None:
    assert minutes_left(SoFar(unmade, ready, made, minutes, calls_per_minute=270), NOW) == expected
