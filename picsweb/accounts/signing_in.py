"""Signing in: a first password, where a request came from, and when a session ends."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy

from picsweb.accounts.forms import NewPasswordForm

SEEN = "seen"
PROLONG_AFTER = 300  # seconds


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


class IdleLimit:
    """A session ends SESSION_COOKIE_AGE after its last use. Prolonged every few minutes, not with each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and time.time() - request.session.get(SEEN, 0) > PROLONG_AFTER:
            request.session[SEEN] = int(time.time())
        return self.get_response(request)
