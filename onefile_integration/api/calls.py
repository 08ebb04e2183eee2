"""A call as a whole: session, slot, verdict on the answer, retries of reads, one log line for each."""

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import stamina

from onefile_integration.api import errors, values
from onefile_integration.api.budget import Budget, Lane, Slot, seconds_to_wait
from onefile_integration.api.errors import (
    BadAnswer,
    NotFound,
    NotSent,
    OneFileError,
    Refused,
    SignInFailed,
    TokenMalformed,
    TokenMissing,
    Unknown,
    Unreachable,
    Verdict,
    Why,
    verdict,
)
from onefile_integration.api.session import SessionStore
from onefile_integration.api.transport import Answer, Timeouts, Transport, checked_address

log = logging.getLogger("onefile.api")

ATTEMPTS = 4
PATIENCE = {Lane.PEOPLE: 90.0, Lane.NIGHT: 900.0}
LONGEST_MESSAGE = 500
NO_ENTRY = {400, 401, 403}
FRESH_SESSIONS = 2  # for one call
NO_ANSWER = {Verdict.EXPIRED, Verdict.BUSY, Verdict.FAULT}

Json = Any
Segment = str | int
T = TypeVar("T")


class Calls:
    """For one thread. `patience` is how many seconds a read may wait for slots, in all its attempts together.

    `calls` counts what was sent, by kind ("GET LearningAim"), `minutes` by the minute (since 1970) of its end.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        budget: Budget,
        sessions: SessionStore,
        lane: Lane,
        user_agent: str = "picsweb-onefile/1",
        timeouts: Timeouts | None = None,
        patience: float | None = None,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self.minutes: Counter[int] = Counter()
        self.lane = lane
        self._base = checked_address(base_url)
        self._token = checked_token(token)
        self._budget = budget
        self._sessions = sessions
        self._patience = PATIENCE[lane] if patience is None else patience
        self._transport = Transport(budget, lane, user_agent=user_agent, timeouts=timeouts or Timeouts())
        self._reserved: Slot | None = None

    @contextmanager
    def reserve(self) -> Iterator[Slot]:
        """Takes a session and a slot for the next write, so that its intent can be committed in between.

        The write inside must be sent within the slot's `send_by`, else it raises NotSent. Unused, the slot is
        given back. Raises NotSent and SignInFailed.
        """
        send_by = time.monotonic() + self._patience
        self._session(send_by)
        slot = self._reserved = self._budget.acquire(self.lane, send_by - time.monotonic())
        try:
            yield slot
        finally:
            self._reserved = None
            if not slot.sent:
                slot.abandon()

    def close(self) -> None:
        self._transport.close()

    def _read(self, method: str, *path: Segment, body: Json = None) -> Json:
        """Retried. None stands for 204: nothing found."""
        send_by = time.monotonic() + self._patience
        return self._in_the_end(lambda attempt: self._made(_Call(method, path, body, attempt), send_by))

    def _answer(self, method: str, *path: Segment, body: Json = None) -> Answer:
        """As `_read`, but as it came: only a 401, a 429 and a 5xx are no answers."""
        send_by = time.monotonic() + self._patience

        def attempt(number: int) -> Answer:
            call = _Call(method, path, body, number)
            with naming(call.label):
                answer = self._answered(call, send_by)
                if verdict(answer.status) in NO_ANSWER:
                    self._judged(answer, writing=False)
                return answer

        return self._in_the_end(attempt)

    def _in_the_end(self, act: Callable[[int], T]) -> T:
        """What a read raises, after all its attempts."""
        error: OneFileError
        try:
            return _retried(act)
        except Unknown as lost:
            unreachable = lost.why in errors.UNREACHABLE
            error = (Unreachable if unreachable else BadAnswer)(lost.why, call=lost.call, status=lost.status)
        except NotSent as held:
            if held.why not in errors.UNREACHABLE:
                raise
            error = Unreachable(held.why, call=held.call)
        raise error

    def _write(self, *path: Segment, body: Json = None) -> Json:
        """Sent once; again only after a 401, which tells that nothing was done. None stands for 204."""
        slot, self._reserved = self._reserved, None
        send_by = slot.send_by if slot else time.monotonic() + self._budget.limits.send_within
        return self._made(_Call("POST", path, body, 1, writing=True), send_by, slot)

    def _made(self, call: "_Call", send_by: float, slot: Slot | None = None) -> Json:
        with naming(call.label):
            return self._judged(self._answered(call, send_by, slot), writing=call.writing)

    def _answered(self, call: "_Call", send_by: float, slot: Slot | None = None) -> Answer:
        """A fresh session may have ended again before it was used: somebody else has signed in meanwhile."""
        session = self._session(send_by)
        answer = self._sent(call, {"X-TokenID": session}, send_by, slot)
        for _ in range(FRESH_SESSIONS):
            if verdict(answer.status) is not Verdict.EXPIRED:
                break
            session = self._session(send_by, failed=session)
            answer = self._sent(call, {"X-TokenID": session}, send_by)
        return answer

    def _sent(self, call: "_Call", headers: dict[str, str], send_by: float, slot: Slot | None = None) -> Answer:
        began = time.monotonic()
        status, why = None, None
        try:
            answer = self._transport.call(
                call.method,
                f"{self._base}/{call.path}",
                headers=headers,
                json=call.body,
                send_by=send_by,
                slot=slot,
                fresh=call.writing,
            )
            status = answer.status
        except OneFileError as error:
            why = error.why
            raise
        finally:
            if status or why in errors.SENT:
                self.calls[call.kind] += 1
                self.minutes[int(time.time() // 60)] += 1
            log.info("onefile_call", extra=call.told(began, status, why))
        return answer

    def _session(self, send_by: float, failed: str | None = None) -> str:
        """Raises NotSent where there is none to be had, SignInFailed where there will be none."""
        if failed is None and (session := self._sessions.current()):
            return session
        try:
            return self._sessions.renewed(
                lambda: self._signed_in(send_by), failed=failed, max_wait=send_by - time.monotonic()
            )
        except (Unknown, Refused):
            pass
        except NotSent as held:
            if held.why not in errors.UNREACHABLE:
                raise
        raise NotSent(Why.NO_SESSION)

    def _signed_in(self, send_by: float) -> str:
        """A refusal is believed when it comes twice: by it everything stops until a person sets a new token."""
        for last in stamina.retry_context(on=SignInFailed, attempts=2, timeout=None, wait_initial=1.0):
            with last:
                return _retried(lambda attempt: session_text(self._entered(attempt, send_by)))
        raise AssertionError("the last attempt returns or raises")

    def _entered(self, attempt: int, send_by: float) -> Answer:
        """In the lane of people, whoever asks: everybody waits for it."""
        call = _Call("POST", ("Authentication",), None, attempt)
        slot = self._budget.acquire(Lane.PEOPLE, send_by - time.monotonic())
        answer = self._sent(call, {"X-CustomerToken": self._token}, send_by, slot)
        if answer.status in NO_ENTRY:
            raise SignInFailed(Why.SIGN_IN, call=call.label, status=answer.status)
        if verdict(answer.status) is not Verdict.DONE:
            self._judged(answer, writing=False)
        return answer

    def _judged(self, answer: Answer, *, writing: bool) -> Json:
        status, found = answer.status, verdict(answer.status)
        if found is Verdict.DONE:
            return answered_json(answer, null=writing)
        if found is Verdict.EMPTY:
            return None
        if found is Verdict.EXPIRED:
            raise SignInFailed(Why.SIGN_IN, status=status)
        if found is Verdict.BUSY:
            raise NotSent(Why.BUSY, status=status, wait=self._paused(answer))
        if found is Verdict.ABSENT and answer.is_web_page and not writing:
            raise Unknown(Why.WEB_PAGE, status=status)
        if found in (Verdict.ABSENT, Verdict.REFUSED):
            raise _refusal(answer, found)
        raise Unknown(Why.SERVER_ERROR if found is Verdict.FAULT else Why.UNEXPECTED, status=status)

    def _paused(self, answer: Answer) -> float:
        """Nobody calls for so long, in any lane or process."""
        seconds = seconds_to_wait(answer.retry_after, default=self._budget.limits.window)
        log.warning("onefile_busy", extra={"retry_after": answer.retry_after, "pause": round(seconds, 1)})
        self._budget.pause(seconds)
        return seconds


@dataclass(frozen=True)
class _Call:
    """`segments` are words and ids; an id is a number, so that `kind` can leave it out."""

    method: str
    segments: tuple[Segment, ...]
    body: Json
    attempt: int
    writing: bool = False

    @property
    def path(self) -> str:
        return "/".join(str(segment) for segment in self.segments)

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def kind(self) -> str:
        return f"{self.method} {'/'.join(word for word in self.segments if isinstance(word, str))}"

    def told(self, began: float, status: int | None, why: Why | None) -> dict[str, object]:
        taken = round((time.monotonic() - began) * 1000)
        return {
            "method": self.method,
            "path": self.path,
            "status": status,
            "duration_ms": taken,
            "attempt": self.attempt,
            "why": why and why.value,
        }


@contextmanager
def naming(call: str) -> Iterator[None]:
    """An error that does not say yet which call it belongs to says it."""
    try:
        yield
    except OneFileError as error:
        error.call = error.call or call
        raise


def checked_token(token: str) -> str:
    """A token is pasted: what surrounds it is dropped, what cannot stand in a header is refused."""
    trimmed = token.strip()
    if not trimmed:
        raise TokenMissing("no customer token")
    if not re.fullmatch(r"[\x21-\x7e]+", trimmed):
        raise TokenMalformed("a space, a line end or an unusual character inside the customer token")
    return trimmed


def session_text(answer: Answer) -> str:
    """Plain text [C], or the same as a JSON string."""
    if answer.is_web_page:
        raise Unknown(Why.WEB_PAGE, status=answer.status)
    found = answer.body.decode("ascii", "replace").strip().removeprefix('"').removesuffix('"')
    if not re.fullmatch(r"[\w.~+/=:;|\-]{1,4096}", found, re.ASCII):
        raise Unknown(Why.UNREADABLE if found else Why.EMPTY, status=answer.status)
    return found


def _retried(act: Callable[[int], T]) -> T:
    """Waits between attempts, but not after a 429: there the budget makes everybody wait."""

    for attempt in stamina.retry_context(on=_again, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=8):
        with attempt:
            return act(attempt.num)
    raise AssertionError("the last attempt returns or raises")


def _again(error: Exception) -> bool | float:
    if isinstance(error, NotSent) and error.why is Why.BUSY:
        return 0.0
    return isinstance(error, (Unknown, NotSent)) and error.why in errors.UNREACHABLE - {Why.NO_SESSION}


def answered_json(answer: Answer, *, null: bool = True) -> Json:
    """A null is no 204: to a read it says nothing."""
    if not answer.body.strip():
        raise Unknown(Why.EMPTY, status=answer.status)
    if answer.is_web_page:
        raise Unknown(Why.WEB_PAGE, status=answer.status)
    why = Why.UNREADABLE
    try:
        found = json.loads(answer.text, parse_constant=_no_number)
        if found is not None or null:
            return found
        why = Why.EMPTY
    except (ValueError, RecursionError):
        pass
    raise Unknown(why, status=answer.status)


def _no_number(word: str) -> None:
    raise ValueError


def _refusal(answer: Answer, found: Verdict) -> Refused:
    told: Json = {}
    with suppress(Unknown):
        told = answered_json(answer)
    told = {str(name).lower(): value for name, value in told.items()} if isinstance(told, dict) else {}
    code, message = (
        values.lenient(values.whole)(told.get("code")),
        values.lenient(values.text)(told.get("message")),
    )
    kind, why = (NotFound, Why.NOT_FOUND) if found is Verdict.ABSENT else (Refused, Why.REFUSED)
    return kind(why, status=answer.status, code=code, message=(message or "")[:LONGEST_MESSAGE])
