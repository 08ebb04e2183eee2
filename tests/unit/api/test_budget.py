import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from onefile_integration.api.budget import Budget, Lane, Limits, Slot, seconds_to_wait, token_hash
from onefile_integration.api.errors import NotSent, Why
from tests.bench.budget import free_port, redis_at
from tests.unit.api.conftest import Notes

Make = Callable[..., Budget]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def take(budget: Budget, lane: Lane, count: int) -> list[Slot]:
    return [budget.acquire(lane, 0) for _ in range(count)]


def refused(budget: Budget, lane: Lane) -> NotSent:
    with pytest.raises(NotSent) as caught:
        budget.acquire(lane, 0)
    return caught.value


@pytest.mark.parametrize(
    ("limits", "people", "night"),
    [
        (Limits(), 300, 270),
        (Limits(limit=300, people_share=0), 300, 300),
        (Limits(limit=300, people_share=33), 300, 201),
        (Limits(limit=5, people_share=10), 5, 4),
        (Limits(limit=1, people_share=10), 1, 1),
        (Limits(limit=10, people_share=100), 10, 1),
    ],
)
def test_caps(limits: Limits, people: int, night: int) -> None:
    assert (limits.cap(Lane.PEOPLE), limits.cap(Lane.NIGHT)) == (people, night)


def test_the_night_leaves_people_their_share(make_budget: Make) -> None:
    budget = make_budget(limit=10, people_share=20)
    take(budget, Lane.NIGHT, 8)
    assert refused(budget, Lane.NIGHT).why is Why.NO_SLOT
    take(budget, Lane.PEOPLE, 2)
    assert refused(budget, Lane.PEOPLE).why is Why.NO_SLOT


def test_people_may_take_everything(make_budget: Make) -> None:
    budget = make_budget(limit=10, people_share=20)
    take(budget, Lane.PEOPLE, 10)
    assert refused(budget, Lane.NIGHT).why is Why.NO_SLOT


def test_a_slot_leaves_one_window_after_its_reply(make_budget: Make) -> None:
    budget = make_budget(limit=1, window=0.4)
    slot = budget.acquire(Lane.PEOPLE, 0)
    time.sleep(0.3)
    replied = time.monotonic()
    slot.done()
    budget.acquire(Lane.PEOPLE, 5)
    assert 0.4 <= time.monotonic() - replied < 1.0


def test_without_a_reply_it_leaves_after_lease_and_window(make_budget: Make) -> None:
    budget = make_budget(limit=1, window=0.3, timeout=0.2, send_within=0.1)
    began = time.monotonic()
    budget.acquire(Lane.PEOPLE, 0)
    budget.acquire(Lane.PEOPLE, 5)
    assert 0.6 <= time.monotonic() - began < 1.3


def test_a_slot_given_back_is_free_at_once(make_budget: Make) -> None:
    budget = make_budget(limit=1)
    slot = budget.acquire(Lane.PEOPLE, 0)
    slot.abandon()
    second = budget.acquire(Lane.PEOPLE, 0)
    slot.abandon()
    slot.done()
    assert budget.usage("2026-11-23").held_now == 1
    assert second.id != slot.id


def test_too_late_to_send(make_budget: Make) -> None:
    budget = make_budget(send_within=0.05)
    slot = budget.acquire(Lane.PEOPLE, 0)
    slot.check()
    time.sleep(0.06)
    with pytest.raises(NotSent) as caught:
        slot.check()
    assert caught.value.why is Why.TOO_LATE
    assert budget.usage("2026-11-23").held_now == 0


def test_who_cannot_get_one_in_time_is_told_at_once(make_budget: Make) -> None:
    budget = make_budget(limit=1, window=30)
    budget.acquire(Lane.PEOPLE, 0).done()
    began = time.monotonic()
    with pytest.raises(NotSent) as caught:
        budget.acquire(Lane.PEOPLE, 10)
    assert time.monotonic() - began < 1
    assert caught.value.wait == pytest.approx(30, abs=1)


def test_usage(make_budget: Make) -> None:
    budget = make_budget(limit=10)
    take(budget, Lane.NIGHT, 3)
    slots = take(budget, Lane.PEOPLE, 2)
    slots[0].done()
    slots[1].abandon()
    usage = budget.usage("2026-11-23")
    assert (usage.limit, usage.held_now, usage.calls_today, usage.paused) == (10, 4, 4, 0)
    assert usage.held == {Lane.PEOPLE: 1, Lane.NIGHT: 3}
    assert usage.today == {Lane.PEOPLE: 1, Lane.NIGHT: 3}
    assert budget.usage("2026-11-24").calls_today == 0


def test_a_pause_is_for_everybody_and_a_shorter_one_does_not_end_it(make_budget: Make) -> None:
    budget, other = make_budget(), make_budget()
    budget.acquire(Lane.PEOPLE, 0)
    budget.pause(30)
    budget.pause(1)
    told = refused(other, Lane.NIGHT)
    assert (told.why, round(told.wait or 0)) == (Why.PAUSED, 30)
    assert other.usage("2026-11-23").paused == pytest.approx(30, abs=1)


def test_a_pause_ends(make_budget: Make) -> None:
    budget = make_budget()
    budget.pause(0.3)
    began = time.monotonic()
    budget.acquire(Lane.PEOPLE, 5)
    assert 0.3 <= time.monotonic() - began < 1


def test_calls_are_noted_before_they_are_made_and_once_a_second(make_budget: Make, notes: Notes) -> None:
    budget = make_budget()
    take(budget, Lane.PEOPLE, 5)
    assert len(notes) == 1
    assert abs(notes[0] - datetime.now(UTC)) < timedelta(seconds=2)
    time.sleep(1.01)
    take(budget, Lane.PEOPLE, 5)
    assert len(notes) == 2


def test_a_call_that_cannot_be_noted_is_not_made(redis: Redis) -> None:
    def fails(at: datetime) -> None:
        raise OSError("no database")

    budget = Budget(redis, environment="x", token_hash="y", limits=Limits(), last_call_at=lambda: None, note_call=fails)
    with pytest.raises(OSError, match="no database"):
        budget.acquire(Lane.PEOPLE, 0)
    assert budget.usage("2026-11-23").held_now == 0


@pytest.mark.parametrize(("ago", "waits"), [(0, 112), (50, 62), (111, 1), (113, 0), (10**6, 0), (-50, 112)])
def test_without_memory_the_last_call_decides(make_budget: Make, notes: Notes, ago: int, waits: int) -> None:
    """60 s of window, 15 + 36 s of lease, 1 s because it is noted once a second."""
    notes.last = datetime.now(UTC) - timedelta(seconds=ago)
    budget = make_budget(timeout=36)
    if waits:
        told = refused(budget, Lane.PEOPLE)
        assert (told.why, told.wait) == (Why.PAUSED, pytest.approx(waits, abs=1.5))
    else:
        budget.acquire(Lane.PEOPLE, 0)


def test_memory_is_asked_for_once(make_budget: Make, notes: Notes) -> None:
    make_budget().acquire(Lane.PEOPLE, 0)
    notes.last = datetime.now(UTC)
    budget = make_budget()
    budget.acquire(Lane.PEOPLE, 0)
    assert budget.usage("2026-11-23").paused == 0


def test_a_restarted_store_is_not_trusted_though_it_remembers(redis: Redis, make_budget: Make, notes: Notes) -> None:
    make_budget().acquire(Lane.PEOPLE, 0)
    redis.hset("onefile:{practice:abc}:state", "run", "0" * 40)
    notes.last = datetime.now(UTC)
    assert refused(make_budget(), Lane.PEOPLE).why is Why.PAUSED


def test_a_pause_outlives_lost_memory_of_the_rest(redis: Redis, make_budget: Make) -> None:
    budget = make_budget()
    budget.pause(30)
    redis.hdel("onefile:{practice:abc}:state", "run")
    assert refused(budget, Lane.PEOPLE).why is Why.PAUSED


def test_without_redis_no_call(caplog: pytest.LogCaptureFixture) -> None:
    budget = Budget(
        redis_at(free_port()),
        environment="x",
        token_hash="y",
        limits=Limits(),
        last_call_at=lambda: None,
        note_call=lambda at: None,
    )
    told = refused(budget, Lane.PEOPLE)
    assert (told.why, told.__context__) == (Why.NO_BUDGET_STORE, None)
    with pytest.raises(NotSent):
        budget.usage("2026-11-23")
    Slot(budget, "people:1", Lane.PEOPLE, "2026-11-23", 0).done()
    assert "onefile_slot_left" in caplog.text


def test_redis_may_decode_its_answers(redis: Redis) -> None:
    used = redis.connection_pool.connection_kwargs
    client = Redis(host=used["host"], port=used["port"], db=used["db"], decode_responses=True)
    budget = Budget(
        client,
        environment="x",
        token_hash="y",
        limits=Limits(),
        last_call_at=lambda: None,
        note_call=lambda at: None,
        today=lambda: "d",
    )
    budget.acquire(Lane.NIGHT, 0)
    assert budget.usage("d").held == budget.usage("d").today == {Lane.PEOPLE: 0, Lane.NIGHT: 1}
    client.close()


@pytest.mark.parametrize(
    ("header", "seconds", "said"),
    [
        (None, 60, ""),
        ("30", 30, ""),
        (" 1.5 ", 1.5, ""),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30, ""),
        ("Mon, 23 Nov 2026 11:59:00 GMT", 60, "ignored"),
        ("Mon, 23 Nov 2026 12:00:30 -0000", 30, ""),
        ("abc", 60, "ignored"),
        ("", 60, "ignored"),
        ("0", 60, "ignored"),
        ("-5", 60, "ignored"),
        ("1e9", 60, "ignored"),
        ("9" * 40, 60, "ignored"),
        ("٣٠", 60, "ignored"),
        ("86400", 600, "capped"),
        ("Mon, 23 Nov 2099 12:00:30 GMT", 600, "capped"),
        ("Mon, 99 Nov 2026 12:00:30 GMT", 60, "ignored"),
    ],
)
def test_retry_after(header: str | None, seconds: float, said: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert seconds_to_wait(header, default=60, now=NOW) == seconds
    assert said in caplog.text if said else not caplog.records


def test_the_hash_does_not_tell_the_token() -> None:
    assert "tok" not in token_hash("tok-0001")
    assert token_hash("tok-0001") != token_hash("tok-0002")
