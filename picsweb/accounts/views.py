"""Configuration > Users."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from learners.views.editing import confirm_page, form_page
from learners.views.listing import list_page
from picsweb.accounts import services
from picsweb.accounts.forms import UserForm
from picsweb.accounts.presenters import user_facts
from picsweb.accounts.tables import UserFilter, UserTable, users
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

OPEN_AND_SEND = ["GET", "HEAD", "POST"]


@requires(Permission.MANAGE_USERS)
@require_safe
def user_list(request: HttpRequest) -> HttpResponse:
    new = Link("New user", reverse("accounts:user-new"), window=True)
    return list_page(
        request,
        users(timezone.now()),
        kind="users",
        table_class=UserTable,
        filter_class=UserFilter,
        empty=Empty("No users yet", "Make an account for each person who works here.", new),
        context={"title": "Users", "kicker": "Configuration", "actions": [new]},
    )


@requires(Permission.MANAGE_USERS)
@require_http_methods(OPEN_AND_SEND)
def user_new(request: HttpRequest) -> HttpResponse:
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _link_page(request, services.create(by=_by(request), **_values(form.cleaned_data)))
        except ValidationError as error:
            form.add_error(None, error)
    context = {"title": "New user", "form": form, "cancel": _list(), "breadcrumbs": _crumbs()}
    return render(request, "components/form_page.html", context)


@requires(Permission.MANAGE_USERS)
@require_http_methods(OPEN_AND_SEND)
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(users(timezone.now()), pk=pk)

    def save(values: dict[str, Any]) -> str:
        services.update(user, by=_by(request), **_values(values))
        return _list()

    return form_page(
        request,
        UserForm(request.POST or None, instance=User.objects.get(pk=pk)),
        save=save,
        title=f"Edit user {user.get_username()}",
        cancel=_list(),
        message="The account is saved.",
        facts=user_facts(user, services.notes_of(user)),
        breadcrumbs=_crumbs(),
    )


@requires(Permission.MANAGE_USERS)
@require_http_methods(OPEN_AND_SEND)
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    user, errors = get_object_or_404(User, pk=pk), []
    if request.method == "POST":
        try:
            return _link_page(request, services.take_password(user, by=_by(request)))
        except ValidationError as error:
            errors = error.messages
    context = {
        "title": f"Reset the password of {user.get_username()}?",
        "question": [
            "The old password stops working at once, and the person is signed out everywhere.",
            "You are then shown a link, once, by which the person sets a new password.",
        ],
        "confirm": "Yes, reset the password",
        "cancel": _list(),
        "errors": errors,
        "breadcrumbs": _crumbs(),
    }
    return render(request, "components/confirm.html", context)


@requires(Permission.MANAGE_USERS)
@require_http_methods(OPEN_AND_SEND)
def user_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    return confirm_page(
        request,
        do=lambda: services.unlock(user, by=_by(request)),
        title=f"Unlock {user.get_username()}?",
        question=["Wrong passwords given so far are forgotten, and the person can sign in again at once."],
        confirm="Yes, unlock",
        harmless=True,
        back=_list(),
        message="The account is unlocked.",
        breadcrumbs=_crumbs(),
    )


def _link_page(request: HttpRequest, user: User) -> HttpResponse:
    """Shown once: it is the answer itself, and nothing keeps it."""
    context = {
        "title": "Link to set a password",
        "kicker": user.get_username(),
        "link": request.build_absolute_uri(services.set_password_path(user)),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        "back": _list(),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "accounts/link.html", context)


def _values(cleaned: dict[str, Any]) -> dict[str, Any]:
    """As the service names them: ``groups`` is a method of our forms."""
    return {"groups" if name == "member_of" else name: value for name, value in cleaned.items()}


def _by(request: HttpRequest) -> User:
    assert request.user.is_authenticated
    return request.user


def _list() -> str:
    return reverse("accounts:user-list")


def _crumbs() -> list[Link]:
    return [Link("Users", _list())]
