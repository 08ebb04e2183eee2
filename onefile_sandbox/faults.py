"""Faults to play on calls: what may go wrong between a client and a server, on demand or by dice."""

import json
import random
import re
import socket
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from onefile_sandbox import answers, sessions
from onefile_sandbox.models import FaultRule

Perform = Callable[[], HttpResponse]
Action = Callable[[dict[str, Any], HttpRequest, Perform], HttpResponse]

STOPPING = threading.Event()
_choosing = threading.Lock()
_dice: dict[int, random.Random] = {}
_live: bool | None = None  # whether any rule is; None: not known


class BadFaultError(ValueError):
    pass


def add(rule: dict[str, Any]) -> FaultRule:
    """A new rule at the end of the queue; options of the action may stand beside the others."""
    known = {"method", "path", "action", "nth", "times", "probability", "seed"}
    fields = {name: value for name, value in rule.items() if name in known}
    options = {name: value for name, value in rule.items() if name not in known | {"options"}}
    fields["options"] = options | rule.get("options", {})
    if fields.get("action") not in ACTIONS:
        raise BadFaultError(f"action is one of {', '.join(ACTIONS)}")
    try:
        re.compile(fields.setdefault("path", "."))
    except (re.error, TypeError) as wrong:
        raise BadFaultError("path is not a regular expression") from wrong
    return FaultRule.objects.create(**fields)


def due(method: str, path: str) -> FaultRule | None:
    """The rule to play on this call. A call counts for each rule until one fires."""
    global _live
    if _live is None:
        _live = FaultRule.objects.filter(used_up=False).exists()
    if not _live:
        return None
    with _choosing:
        for rule in FaultRule.objects.filter(used_up=False).order_by("id"):
            if _fits(rule, method, path) and _fires(rule):
                return rule
    return None


def _fits(rule: FaultRule, method: str, path: str) -> bool:
    verb = rule.method in ("*", "") or rule.method.upper() == method
    return verb and re.search(rule.path, path.strip("/"), re.IGNORECASE) is not None


def _fires(rule: FaultRule) -> bool:
    rule.matched += 1
    fires = rule.matched >= rule.nth and _thrown(rule)
    rule.fired += fires
    rule.used_up = bool(rule.times) and rule.fired >= rule.times
    rule.save()
    return fires


def _thrown(rule: FaultRule) -> bool:
    if rule.probability >= 1:
        return True
    dice = _dice.setdefault(rule.pk, random.Random(rule.seed))  # noqa: S311 - a bench wants it repeatable
    return dice.random() < rule.probability


@receiver((post_save, post_delete), sender=FaultRule)
def _forget(**signal: Any) -> None:
    """Once now and once when the change can be seen by other connections."""
    global _live
    _live = None
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(_forget)


def clear() -> None:
    FaultRule.objects.all().delete()
    _dice.clear()


def play(rule: FaultRule, request: HttpRequest, perform: Perform) -> HttpResponse:
    return ACTIONS[rule.action](rule.options, request, perform)


# ---- the connection


def _cut(request: HttpRequest) -> HttpResponse:
    """Closes the connection without an answer; the one returned goes nowhere."""
    handler = request.META.get("sandbox.handler")
    if handler is not None:
        handler.close_connection = True
        handler.cut = True
        handler.connection.shutdown(socket.SHUT_RDWR)
    response = HttpResponse()
    response.cut = True  # type: ignore[attr-defined]
    return response


def _close_after(request: HttpRequest) -> None:
    handler = request.META.get("sandbox.handler")
    if handler is not None:
        handler.close_connection = True


# ---- late writes


class Late:
    """Writes that land after their connection was closed. A stopped server lands none."""

    def __init__(self) -> None:
        self._waiting: list[tuple[threading.Timer, Perform]] = []
        self._lock = threading.Lock()

    def put(self, perform: Perform, seconds: float) -> None:
        timer = threading.Timer(seconds, lambda: self._land(entry))
        timer.daemon = True
        entry = (timer, perform)
        with self._lock:
            self._waiting.append(entry)
        timer.start()

    def _land(self, entry: tuple[threading.Timer, Perform]) -> None:
        with self._lock:
            if entry not in self._waiting:
                return
        try:
            entry[1]()
        finally:
            with self._lock:
                self._waiting.remove(entry)
            if threading.current_thread() is entry[0]:
                connection.close()

    def land_now(self) -> int:
        """For a test that does not want to wait."""
        with self._lock:
            entries = list(self._waiting)
        for entry in entries:
            entry[0].cancel()
            self._land(entry)
        return len(entries)

    def drop(self) -> None:
        with self._lock:
            for timer, _ in self._waiting:
                timer.cancel()
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)


late = Late()


# ---- the actions


def _status(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    """Any status with any body: text as it is, anything else as JSON."""
    _write_if_asked(options, perform)
    body = options.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
    response = HttpResponse(
        text, status=int(options.get("status", 500)), content_type=options.get("content_type", kind)
    )
    if "retry_after" in options:
        response.headers["Retry-After"] = str(options["retry_after"])
    return response


def _write_if_asked(options: dict[str, Any], perform: Perform) -> None:
    if options.get("write"):
        perform()


def _delay(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    seconds = float(options.get("seconds", 1))
    if options.get("write_first", True):
        response = perform()
        STOPPING.wait(seconds)
        return response
    STOPPING.wait(seconds)
    return perform()


def _lost_before(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    return _cut(request)


def _lost_after(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    perform()
    return _cut(request)


def _late(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    late.put(perform, float(options.get("seconds", 60)))
    return _cut(request)


def _truncated(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    """Half of the body under the full length; an answer without a body promises one."""
    response = perform()
    whole = response.content
    response.content = whole[: len(whole) // 2]
    response.headers["Content-Length"] = str(max(len(whole), 1))
    if response.status_code == 204:
        response.status_code = 200
    _close_after(request)
    return response


def _html(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    _write_if_asked(options, perform)
    return answers.html(int(options.get("status", 200)), "OneFile is being updated")


def _empty(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    _write_if_asked(options, perform)
    return HttpResponse(b"", status=200, content_type="application/json")


def _session_ended(options: dict[str, Any], request: HttpRequest, perform: Perform) -> HttpResponse:
    sessions.end(request.headers.get("X-TokenID", ""))
    return answers.not_signed_in()


ACTIONS: dict[str, Action] = {
    "status": _status,
    "delay": _delay,
    "lost_before": _lost_before,
    "lost_after": _lost_after,
    "late": _late,
    "truncated": _truncated,
    "html": _html,
    "empty": _empty,
    "session_ended": _session_ended,
}
