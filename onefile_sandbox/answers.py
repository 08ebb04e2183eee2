"""The shapes of an answer that several resources share."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import models as orm
from django.http import HttpResponse, JsonResponse

from onefile_sandbox import switches, wire
from onefile_sandbox.members import Member

PAGE = "<!DOCTYPE html><html><head><title>OneFile</title></head><body><h1>{}</h1></body></html>"


def record(found: orm.Model, members: Iterable[Member]) -> HttpResponse:
    return JsonResponse(wire.send_record(found, members, whole=True))


def number(value: int) -> HttpResponse:
    """A bare number as the whole body."""
    text = json.dumps(str(value) if switches.get("numbers") == "text" else value)
    return HttpResponse(text, content_type="application/json")


def done(switch: str | None = None) -> HttpResponse:
    return HttpResponse(status=int(switches.get(switch)) if switch else 204)


def error(status: int, code: int, message: str) -> HttpResponse:
    return JsonResponse({"code": code, "message": message}, status=status)


def not_signed_in() -> HttpResponse:
    form = switches.get("body_401")
    if form == "html":
        return html(401, "Unauthorized")
    return wordless(401) if form == "empty" else error(401, -401, "not signed in")


def not_found(code: int, message: str) -> HttpResponse:
    form = switches.get("body_404")
    if form == "html":
        return html(404, "Not found")
    return wordless(404) if form == "empty" else error(404, code, message)


def too_many(headers: dict[str, str]) -> HttpResponse:
    form = switches.get("body_429")
    if form == "plain":
        return plain("Too Many Requests", 429, headers)
    answer = html(429, "Too Many Requests") if form == "html" else error(429, -429, "too many requests")
    for name, value in headers.items():
        answer[name] = value
    return answer


def wordless(status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    del answer["Content-Type"]
    return answer


def html(status: int, title: str) -> HttpResponse:
    return HttpResponse(PAGE.format(title), status=status, content_type="text/html; charset=utf-8")


def plain(text: str, status: int = 200, headers: dict[str, Any] | None = None) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
