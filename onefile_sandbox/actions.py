"""What a fault does to a call. `perform` does the call as if nothing were wrong."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from onefile_sandbox import answers, late, sessions
from onefile_sandbox.late import Perform

Options = dict[str, Any]
STOPPING = threading.Event()


class CutResponse(HttpResponse):
    """Goes nowhere: the connection is closed in its place."""


def _cut() -> HttpResponse:
    return CutResponse()


def cut(request: HttpRequest) -> None:
    handler = request.META.get("sandbox.handler")
    if handler is not None:
        handler.close_connection = True
        handler.cut = True
        handler.connection.shutdown(socket.SHUT_RDWR)


def _close_after(request: HttpRequest) -> None:
    handler = request.META.get("sandbox.handler")
    if handler is not None:
        handler.close_connection = True


def _status(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
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


def _write_if_asked(options: Options, perform: Perform) -> None:
    if options.get("write"):
        perform()


def _delay(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    seconds = float(options.get("seconds", 1))
    if options.get("write_first", True):
        response = perform()
        STOPPING.wait(seconds)
        return response
    STOPPING.wait(seconds)
    return perform()


def _lost_before(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    return CutResponse()


def _lost_after(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    perform()
    return CutResponse()


def _late(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    late.writes.put(perform, float(options.get("seconds", 60)))
    return CutResponse()


def _truncated(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    """Half of the body under the full length; an answer without a body promises one."""
    response = perform()
    whole = response.content
    response.content = whole[: len(whole) // 2]
    response.headers["Content-Length"] = str(max(len(whole), 1))
    if response.status_code == 204:
        response.status_code = 200
    _close_after(request)
    return response


def _html(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    _write_if_asked(options, perform)
    return answers.html(int(options.get("status", 200)), "OneFile is being updated")


def _empty(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    _write_if_asked(options, perform)
    return HttpResponse(b"", status=200, content_type="application/json")


def _session_ended(options: Options, request: HttpRequest, perform: Perform) -> HttpResponse:
    sessions.end(request.headers.get("X-TokenID", ""))
    return answers.not_signed_in()


@dataclass(frozen=True)
class Action:
    play: Callable[[Options, HttpRequest, Perform], HttpResponse]
    options: tuple[str, ...] = ()


ACTIONS: dict[str, Action] = {
    "status": Action(_status, ("status", "body", "content_type", "retry_after", "write")),
    "delay": Action(_delay, ("seconds", "write_first")),
    "lost_before": Action(_lost_before),
    "lost_after": Action(_lost_after),
    "late": Action(_late, ("seconds",)),
    "truncated": Action(_truncated),
    "html": Action(_html, ("status", "write")),
    "empty": Action(_empty, ("write",)),
    "session_ended": Action(_session_ended),
}
_NUMBERS = {"status": (100, 599), "seconds": (0, 86_400)}


def check(name: str, options: Options) -> None:
    """Raises ValueError with words for a person."""
    if name not in ACTIONS:
        raise ValueError(f"action is one of {', '.join(ACTIONS)}")
    for option, value in options.items():
        if option not in ACTIONS[name].options:
            raise ValueError(f"{name} has no option {option!r}")
        if option.startswith("write") and not isinstance(value, bool):
            raise ValueError(f"{option} is true or false")
        if option in _NUMBERS:
            _check_number(option, value)


def _check_number(option: str, value: Any) -> None:
    least, most = _NUMBERS[option]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not least <= value <= most:
        raise ValueError(f"{option} is a number from {least} to {most}")
