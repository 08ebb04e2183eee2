"""Who holds a OneFile Integration licence: given and taken here, never more than the installation has."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction

from onefile_integration.models import Licence, Settings


class NoLicence(ValueError):
    """It is not given, in words for people."""


def maximum() -> int | None:
    """None: as many as there are people."""
    return settings.ONEFILE_LICENCES or None


@transaction.atomic
def give(user: User, *, by: User) -> Licence:
    """Raises NoLicence where none is left. Who has one keeps it."""
    list(Settings.objects.select_for_update().filter(pk=1))  # one at a time: the last licence is given once
    held = Licence.objects.filter(user=user).first()
    if held:
        return held
    if not user.is_active:
        raise NoLicence("This account is not active.")
    most = maximum()
    if most is not None and Licence.objects.count() >= most:
        raise NoLicence(f"All {most} licences are in use: take one from somebody first.")
    _note(user, by, "OneFile licence given.")
    return Licence.objects.create(user=user)


@transaction.atomic
def take(user: User, *, by: User) -> None:
    taken, _ = Licence.objects.filter(user=user).delete()
    if taken:
        _note(user, by, "OneFile licence taken away.")


def _note(user: User, by: User, message: str) -> None:
    LogEntry.objects.log_actions(by.pk, [user], CHANGE, message, single_object=True)
