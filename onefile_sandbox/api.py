"""One call to the API: counted, let in, played a fault if one is due, done, and written to the log."""

import json
import logging
import time
from email.utils import formatdate
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from onefile_sandbox import actions, answers, calls, faults, routes, sessions, stale, switches
from onefile_sandbox.errors import ApiError, NotSignedInError
from onefile_sandbox.limits import limiter
from onefile_sandbox.models import FaultRule
from onefile_sandbox.request import Asked, read_body
from onefile_sandbox.writing import in_turn


@csrf_exempt
def entry(request: HttpRequest, path: str) -> HttpResponse:
    began, method = time.perf_counter(), request.method or ""
    request.body  # noqa: B018 - read now: a fault may close the connection first
    refusal = _over_limit(request, path)
    rule = None if refusal else faults.due(method, path)
    response = refusal or _answer(rule, request, path)
    lost = isinstance(response, actions.CutResponse)
    calls.log(method, path, 0 if lost else response.status_code, began, rule.action if rule else "")
    if lost:  # after the log, so that who sees the loss finds it there
        actions.cut(request)
    return response


def _answer(rule: FaultRule | None, request: HttpRequest, path: str) -> HttpResponse:
    def as_if_well() -> HttpResponse:
        return perform(request, path)

    return faults.play(rule, request, as_if_well) if rule else as_if_well()


def _over_limit(request: HttpRequest, path: str) -> HttpResponse | None:
    if is_authentication(request, path) and switches.get("authentication_counts") == "no":
        return None
    wait = limiter.admit(_customer_token(request))
    if wait is None:
        return None
    form = switches.get("retry_after")
    seconds = max(1, ceil(wait))
    forms = {"seconds": str(seconds), "http_date": formatdate(time.time() + seconds, usegmt=True)}
    headers = {"Retry-After": forms[form]} if form in forms else {}
    return answers.too_many(headers)


def _customer_token(request: HttpRequest) -> str:
    """All sessions of a customer share one window."""
    sent = request.headers.get("X-CustomerToken", "").strip()
    if sent:
        return sent
    try:
        return sessions.find(request.headers.get("X-TokenID", "")).customer.token
    except NotSignedInError:
        return "nobody"


def is_authentication(request: HttpRequest, path: str) -> bool:
    return request.method == "POST" and path.strip("/").lower() == "authentication"


def perform(request: HttpRequest, path: str) -> HttpResponse:
    """Does the call as if nothing were wrong. Safe to call later from another thread."""
    try:
        if is_authentication(request, path):
            return _authenticate(request)
        return _handle(request, path)
    except NotSignedInError:
        return answers.not_signed_in()
    except ApiError as wrong:
        if wrong.status == 404:
            return answers.not_found(wrong.code, wrong.message)
        return answers.error(wrong.status, wrong.code, wrong.message)
    except Exception:  # like any server: a page, and the log has the call
        logging.getLogger("django.request").exception("a fault of the sandbox itself")
        return answers.html(500, "Server error")


def _authenticate(request: HttpRequest) -> HttpResponse:
    key = sessions.open_session(request.headers.get("X-CustomerToken", "").strip()).key
    if switches.get("session_reply") == "json":
        return HttpResponse(json.dumps(key), content_type="application/json")
    return answers.plain(key)


def _handle(request: HttpRequest, path: str) -> HttpResponse:
    customer, method = sessions.find(request.headers.get("X-TokenID", "")).customer, request.method or ""
    handler, args = _route(method, path)
    asked = Asked(customer, args, {} if method == "GET" else read_body(request))
    if method == "GET":
        return stale.shown(path.strip("/")) or handler(asked)
    if not routes.is_write(method, path):
        return handler(asked)
    with in_turn():
        if routes.match("GET", path) and len(args) == 1:
            stale.remember(path.strip("/"), lambda: _route("GET", path)[0](asked))
        return handler(asked)


def _route(method: str, path: str) -> tuple[routes.Handler, tuple[str, ...]]:
    found = routes.match(method, path)
    if found is None:
        raise ApiError(404, -1, "no such resource")
    return found
