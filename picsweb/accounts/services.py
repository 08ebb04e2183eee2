"""Accounts are written here: nobody shuts the last door behind himself, and each change is noted with its author."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axes.utils import reset
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from picsweb.permissions import DATABASE_ADMINISTRATOR, Permission

BACKEND = f"{ModelBackend.__module__}.{ModelBackend.__qualname__}"

GROUPS = "groups"
LABELS = {
    "first_name": "first name",
    "last_name": "last name",
    "is_staff": "may open the Django admin",
    "is_active": "active",
    GROUPS: "groups",
}


def administrators() -> QuerySet[User]:
    """Who may manage accounts and can sign in."""
    return User.objects.with_perm(Permission.MANAGE_USERS, is_active=True, backend=BACKEND)


@transaction.atomic
def create(*, username: str, groups: Iterable[Group], by: User, **values: Any) -> User:
    """Without a password: the person sets one by the link of ``set_password_path``."""
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": "There is an account of this name already."})
    user = User(username=username, **values)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    user.groups.set(groups)
    given = values | {GROUPS: _groups(user)}
    said = "; ".join(f"{LABELS[name]} {_words(value)}" for name, value in given.items())
    _note(user, by, ADDITION, f"Created: {said}.")
    return user


@transaction.atomic
def update(user: User, *, groups: Iterable[Group], by: User, **values: Any) -> None:
    """Raises ValidationError, and changes nothing, where afterwards nobody could manage accounts."""
    account = _locked(user, by)
    if account == by and not values.get("is_active", True):
        raise ValidationError({"is_active": "You cannot deactivate your own account. Ask another administrator."})
    before = {name: getattr(account, name) for name in values} | {GROUPS: _groups(account)}
    for name, value in values.items():
        setattr(account, name, value)
    account.full_clean(exclude=["password"])
    account.save(update_fields=list(values))
    account.groups.set(groups)
    after = values | {GROUPS: _groups(account)}
    if not administrators().exists():
        raise ValidationError("Nobody would be left who may manage accounts. Make somebody an administrator first.")
    changed = [
        f"{LABELS[name]} from {_words(before[name])} to {_words(after[name])}"
        for name in after
        if before[name] != after[name]
    ]
    if changed:
        _note(account, by, CHANGE, f"Changed {'; '.join(changed)}.")


@transaction.atomic
def take_password(user: User, *, by: User) -> User:
    """The old password and all sessions end; a new password is set by the link."""
    account = _locked(user, by)
    if account == by:
        raise ValidationError("Your own password is changed under Change password.")
    account.set_unusable_password()
    account.save(update_fields=["password"])
    _note(account, by, CHANGE, "Password taken away, link given.")
    return account


@transaction.atomic
def unlock(user: User, *, by: User) -> None:
    """Wrong passwords are forgotten, whichever address they came from."""
    reset(username=user.get_username())
    _note(user, by, CHANGE, "Unlocked.")


def set_password_path(user: User) -> str:
    """Good for one use, until the password changes or PASSWORD_RESET_TIMEOUT is over."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set_password", args=[uid, default_token_generator.make_token(user)])


def _locked(user: User, by: User) -> User:
    """One at a time: two administrators who take each other's rights at once would leave none."""
    list(Group.objects.select_for_update().filter(name=DATABASE_ADMINISTRATOR))
    account = User.objects.select_for_update().get(pk=user.pk)
    if account.is_superuser and not by.is_superuser:
        raise ValidationError("This is a superuser's account: only a superuser may change it.")
    return account


def _groups(user: User) -> str:
    return ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "none"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "blank"


def _note(user: User, by: User, what: int, message: str) -> None:
    LogEntry.objects.log_actions(by.pk, [user], what, message, single_object=True)


def notes_of(user: User) -> QuerySet[LogEntry]:
    """The last changes of the account, the newest first."""
    kind = ContentType.objects.get_for_model(User)
    notes = LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).select_related("user")
    return notes.order_by("-action_time", "-pk")[:5]
