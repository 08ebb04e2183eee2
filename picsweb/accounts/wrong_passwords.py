"""How often a wrong password may be given: by name and place, by name alone, and within a session."""

from __future__ import annotations

import ipaddress
from typing import Any

from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordChangeView
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from picsweb.accounts.signing_in import client_address
from picsweb.forms import SetPasswordForm

OF_A_PLACE = 5
OF_A_NAME = 25  # in each cool-off of a quarter of an hour: a hundred an hour
WRONG = "wrong_passwords"


def place(request: HttpRequest) -> str:
    """The address; of IPv6 the network, for each customer of a provider has more addresses than can be counted."""
    named = client_address(request)
    try:
        address = ipaddress.ip_address(named)
    except ValueError:
        return named
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def most(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """So many wrong ones close the sign-in. None are taken where others have tried this name from everywhere, but for
    places from which its owner has signed in before: nobody is kept out of their own office.
    """
    name = get_client_username(request, credentials)
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    tried = AccessAttempt.objects.filter(username=name, attempt_time__gte=since)
    if (tried.aggregate(all=Sum("failures_since_start"))["all"] or 0) < OF_A_NAME:
        return OF_A_PLACE
    return OF_A_PLACE if AccessLog.objects.filter(username=name, ip_address=place(request)).exists() else 0


def told(username: str, address: str, user_agent: str, path: str, request: HttpRequest) -> str:
    """Who is meant in a line of the log: by key, never by what was typed."""
    key = User.objects.filter(username=username).values_list("pk", flat=True).first()
    return f"{f'user {key}' if key else 'an unknown name'} from {address}"


class ChangePassword(PasswordChangeView):
    """Whoever has found a session open has a few guesses at its password."""

    form_class = SetPasswordForm

    def form_invalid(self, form: Any) -> HttpResponse:
        if not form.has_error("old_password", "password_incorrect"):
            return super().form_invalid(form)
        session = self.request.session
        session[WRONG] = session.get(WRONG, 0) + 1
        if session[WRONG] < OF_A_PLACE:
            return super().form_invalid(form)
        logout(self.request)
        messages.error(self.request, "The old password was wrong too often. Sign in again.")
        return redirect("login")

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session.pop(WRONG, None)
        return super().form_valid(form)
