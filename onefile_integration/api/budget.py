"""How many calls may be made: never more than `limit` in any window, by all processes, at any latency.

A call holds a slot from before it is sent until one window after its reply. OneFile counted it somewhere in
between, so at most `limit` slots held means at most `limit` counted, in a fixed window and in a sliding one.
Without a reply the slot is held for `lease` and one window more. Time is that of the Redis server alone, in
microseconds.

Two lanes are two caps on the same slots: people may hold all of them, the night leaves people their share.
"""

import hashlib
import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from onefile_integration.api.errors import NotSent, Why

log = logging.getLogger("onefile.api")

MARGIN = 0.05
NAP = 0.5
SEND_WITHIN = 15.0
LONGEST_PAUSE = 600.0
DAYS_KEPT = 8 * 86_400

# A server that has just started (its run id is new) may have lost calls made before, with all of its memory
# or with the last second of it. So the first caller asks the durable record, and START makes everybody wait
# as long as that record asks for.
COMMON = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '?'
local function whole(n) return string.format('%.0f', n) end
"""

# KEYS: slots, state, day. ARGV: slot, lane, cap, window + margin, lease. Returns {verdict, wait, now}.
ACQUIRE = (
    COMMON
    + """
if redis.call('HGET', KEYS[2], 'run') ~= run then return {'unknown', 0, now} end
local till = tonumber(redis.call('HGET', KEYS[2], 'until')) or 0
if till > now then return {'paused', till - now, now} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. whole(now - ARGV[4]))
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[3])
if over >= 0 then
  local next = redis.call('ZRANGE', KEYS[1], over, over, 'WITHSCORES')
  local free = math.min(tonumber(next[2] or now), now) + ARGV[4]
  return {'full', free - now, now}
end
redis.call('ZADD', KEYS[1], whole(now + ARGV[5]), ARGV[1])
redis.call('HINCRBY', KEYS[3], ARGV[2], 1)
redis.call('EXPIRE', KEYS[3], ARGV[6])
return {'yours', 0, now}
"""
)

# KEYS: slots. ARGV: slot. The slot leaves one window after now.
DONE = COMMON + "return redis.call('ZADD', KEYS[1], 'XX', whole(now), ARGV[1])"

# KEYS: slots, day. ARGV: slot, lane.
ABANDON = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('HINCRBY', KEYS[2], ARGV[2], -1) end
"""

# KEYS: state. ARGV: microseconds from now during which nobody calls. A shorter pause never ends a longer one.
PAUSE = (
    COMMON
    + """
local till = math.max(tonumber(redis.call('HGET', KEYS[1], 'until')) or 0, now + ARGV[1])
redis.call('HSET', KEYS[1], 'until', whole(till))
"""
)

# KEYS: state. ARGV: time of the last call, how long everybody waits after it. The first of this run decides.
START = (
    COMMON
    + """
if redis.call('HGET', KEYS[1], 'run') == run then return end
local wait = math.min(math.max(ARGV[1] + ARGV[2] - now, 0), tonumber(ARGV[2]))
local till = math.max(tonumber(redis.call('HGET', KEYS[1], 'until')) or 0, now + wait)
redis.call('HSET', KEYS[1], 'run', run, 'until', whole(till))
"""
)

# KEYS: slots, state, day. ARGV: window + margin.
USAGE = (
    COMMON
    + """
local till = tonumber(redis.call('HGET', KEYS[2], 'until')) or 0
return {redis.call('ZRANGEBYSCORE', KEYS[1], whole(now - ARGV[1]), '+inf'),
        math.max(till - now, 0), redis.call('HGETALL', KEYS[3])}
"""
)


class Lane(StrEnum):
    PEOPLE = "people"
    NIGHT = "night"


@dataclass(frozen=True)
class Usage:
    """Slots held now, calls granted on the day asked for, and the seconds for which nobody may call."""

    limit: int
    held: dict[Lane, int]
    today: dict[Lane, int]
    paused: float

    @property
    def held_now(self) -> int:
        return sum(self.held.values())

    @property
    def calls_today(self) -> int:
        return sum(self.today.values())


@dataclass(frozen=True)
class Limits:
    """Seconds, but for the first two. `timeout` is the longest a call can last without any reply."""

    limit: int = 300
    people_share: int = 10
    window: float = 60.0
    timeout: float = 35.0
    send_within: float = SEND_WITHIN

    @property
    def lease(self) -> float:
        return self.send_within + self.timeout

    def cap(self, lane: Lane) -> int:
        share = -(-self.limit * self.people_share // 100)
        return self.limit if lane is Lane.PEOPLE else max(self.limit - share, 1)


@dataclass
class Slot:
    """Leave to make one call. It must be sent before `send_by` on this process's monotonic clock."""

    budget: "Budget"
    id: str
    lane: Lane
    day: str
    send_by: float
    sent: bool = field(default=False, init=False)
    ended: bool = field(default=False, init=False)

    def check(self) -> None:
        """To be called just before sending. Raises NotSent, and gives the slot back, where it is too late."""
        if time.monotonic() > self.send_by:
            self.abandon()
            raise NotSent(Why.TOO_LATE)
        self.sent = True

    def done(self) -> None:
        """A reply came, of whatever kind."""
        if not self.ended:
            self.ended = True
            self.budget.end(DONE, self)

    def abandon(self) -> None:
        """Surely not sent."""
        if not self.ended:
            self.ended = True
            self.budget.end(ABANDON, self)


class Budget:
    """The calls of one environment and one customer token, counted in Redis for all processes.

    `last_call_at` reads, and `note_call` writes, one durable time: it decides where Redis has lost its
    memory. The time is Redis's own, written before the call, at most once a second by each process. `today`
    names the day on which calls are counted.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        environment: str,
        token_hash: str,
        limits: Limits,
        last_call_at: Callable[[], datetime | None],
        note_call: Callable[[datetime], None],
        today: Callable[[], str] = lambda: datetime.now(UTC).date().isoformat(),
    ) -> None:
        self.limits = limits
        self._redis = redis
        self._last_call_at = last_call_at
        self._note_call = note_call
        self._today = today
        self._noted = float("-inf")
        self._prefix = f"onefile:{{{environment}:{token_hash}}}"
        self._slots = f"{self._prefix}:slots"
        self._state = f"{self._prefix}:state"

    def acquire(self, lane: Lane, max_wait: float) -> Slot:
        """Waits at most `max_wait` seconds, else raises NotSent: at once, where it is seen to be longer."""
        give_up = time.monotonic() + max_wait
        while True:
            slot = self._new_slot(lane)
            verdict, wait, at = self._ask(slot)
            if verdict == "yours":
                self._note(slot, at)
                return slot
            if time.monotonic() + wait > give_up:
                raise NotSent(Why.PAUSED if verdict == "paused" else Why.NO_SLOT, wait=wait)
            time.sleep(_nap(verdict, wait))

    def pause(self, seconds: float) -> None:
        """Nobody calls for so long, in any process."""
        self._run(PAUSE, [self._state], [_micro(seconds)])

    def usage(self, day: str) -> Usage:
        held, paused, counted = self._run(
            USAGE, [self._slots, self._state, self._day(day)], [_micro(self.limits.window + MARGIN)]
        )
        lanes = [_text(member).split(":")[0] for member in held]
        today = {_text(lane): int(n) for lane, n in zip(counted[::2], counted[1::2], strict=True)}
        return Usage(
            limit=self.limits.limit,
            held={lane: lanes.count(lane) for lane in Lane},
            today={lane: today.get(lane, 0) for lane in Lane},
            paused=paused / 1e6,
        )

    def end(self, script: str, slot: Slot) -> None:
        """A slot that cannot be ended now ends by itself, later: losing it harms nobody."""
        try:
            self._run(script, [self._slots, self._day(slot.day)], [slot.id, slot.lane])
        except NotSent:
            log.warning("onefile_slot_left", extra={"lane": slot.lane.value})

    def _new_slot(self, lane: Lane) -> Slot:
        send_by = time.monotonic() + self.limits.send_within
        return Slot(self, f"{lane}:{uuid.uuid4().hex}", lane, self._today(), send_by)

    def _ask(self, slot: Slot) -> tuple[str, float, float]:
        answer = self._try(slot)
        if answer[0] == "unknown":
            self._start()
            answer = self._try(slot)
        if answer[0] == "unknown":
            raise NotSent(Why.NO_BUDGET_STORE)
        return answer

    def _try(self, slot: Slot) -> tuple[str, float, float]:
        limits = self.limits
        verdict, wait, now = self._run(
            ACQUIRE,
            [self._slots, self._state, self._day(slot.day)],
            [
                slot.id,
                slot.lane,
                limits.cap(slot.lane),
                _micro(limits.window + MARGIN),
                _micro(limits.lease),
                DAYS_KEPT,
            ],
        )
        return _text(verdict), int(wait) / 1e6, int(now) / 1e6

    def _start(self) -> None:
        last = self._last_call_at()
        hold = self.limits.window + self.limits.lease + 1
        self._run(START, [self._state], [_micro(last.timestamp()) if last else 0, _micro(hold)])

    def _note(self, slot: Slot, at: float) -> None:
        if time.monotonic() - self._noted < 1:
            return
        try:
            self._note_call(datetime.fromtimestamp(at, UTC))
        except BaseException:
            slot.abandon()
            raise
        self._noted = time.monotonic()

    def _day(self, day: str) -> str:
        return f"{self._prefix}:day:{day}"

    def _run(self, script: str, keys: list[str], args: list[Any]) -> Any:
        """By EVAL: Redis keeps the script by its text, and a store that was restarted needs no second try."""
        try:
            return self._redis.eval(script, len(keys), *keys, *args)
        except RedisError:
            pass
        raise NotSent(Why.NO_BUDGET_STORE)


def _nap(verdict: str, wait: float) -> float:
    """A pause is slept through, and not all come back in the same instant. Else short: a slot may be given back."""
    if verdict == "paused":
        return wait + min(wait / 20, 1.0) * secrets.randbelow(1000) / 1000
    return min(wait, NAP) + 0.001


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def seconds_to_wait(header: str | None, *, default: float, now: datetime | None = None) -> float:
    """Retry-After as seconds or as an HTTP date. What makes no sense is logged and becomes `default`."""
    if header is None:
        return default
    asked = _asked(header.strip(), now or datetime.now(UTC))
    if asked is None or asked <= 0:
        log.warning("onefile_retry_after_ignored", extra={"used": default})
        return default
    if asked > LONGEST_PAUSE:
        log.warning("onefile_retry_after_capped", extra={"asked": asked, "used": LONGEST_PAUSE})
    return min(asked, LONGEST_PAUSE)


def _asked(header: str, now: datetime) -> float | None:
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", header):
        return float(header)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _text(value: "bytes | str") -> str:
    return value.decode() if isinstance(value, bytes) else value
