"""Signing in: a first password, where a request came from, and when a session ends."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy

from picsweb.accounts.forms import NewPasswordForm

SEEN, BEGUN = "seen", "begun"  # in the session
PROLONG_AFTER, LONGEST = 300, 12 * 3600  # seconds
# Ids of what asks every few seconds without anybody there; htmx names the one that asks.
POLLING = {"run-part", "progress", "live", "reconciliation-part", "import-part"}


class SetPassword(PasswordResetConfirmView):
    """By the link that an administrator hands over."""

    form_class = NewPasswordForm
    template_name = "registration/set_password.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, "Your password is set. Sign in with it.")
        return answer


def client_address(request: HttpRequest) -> str:
    """Where wrong passwords come from. Behind our proxy the last address named: those before it a client can invent."""
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.SECURE_BEHIND_TLS:
        return direct
    named = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(named))
    except ValueError:
        return direct


def note_address(request: HttpRequest, **_: object) -> None:
    """In each line that is logged of this request."""
    structlog.contextvars.bind_contextvars(ip=client_address(request))


def note_beginning(sender: Any, request: HttpRequest, **more: Any) -> None:
    """At each sign-in: one that finds a session goes on with what is in it."""
    request.session[BEGUN] = int(time.time())


class SessionLimits:
    """A session ends SESSION_COOKIE_AGE after its last use, and LONGEST after its sign-in whatever it was used for.
    It is prolonged every few minutes, not with each request, and never by a page that asks by itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now, is_poll = int(time.time()), request.headers.get("HX-Trigger") in POLLING
        if request.user.is_authenticated and now - request.session.get(BEGUN, 0) >= LONGEST:
            logout(request)
        if not request.user.is_authenticated:
            return _load_anew() if is_poll else self.get_response(request)
        if not is_poll and now - request.session.get(SEEN, 0) > PROLONG_AFTER:
            request.session[SEEN] = now
        return self.get_response(request)


def _load_anew() -> HttpResponse:
    """The whole page, which leads to signing in: else that would be drawn into a part of it."""
    return HttpResponse(headers={"HX-Refresh": "true"})
