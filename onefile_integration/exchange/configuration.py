"""Settings and tokens: how they change, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from learners.actor import Actor
from onefile_integration.exchange.connection import NotReady, encrypted, is_copy, is_on, token_of
from onefile_integration.models import AgreedValue, Settings, Token
from onefile_integration.rules.officer_and_employer import EMPLOYER, MAIN_OFFICER
from onefile_integration.rules.settings import BY_KEY, on_off, parse_all
from onefile_integration.rules.shown import PREFIX as SHOWN

PUSH_SWITCHES = {"push_main_officer": MAIN_OFFICER, "push_employer": EMPLOYER}


def as_words(settings: Settings) -> dict[str, Any]:
    """All settings as commands print them; the token only as set or not."""
    values = {key: row.write(getattr(settings, key)) for key, row in BY_KEY.items()}
    values["enabled"] = on_off(is_on(settings))
    values["customer_token"] = "set" if Token.objects.filter(environment=settings.environment).exists() else None
    return values


@transaction.atomic
def change(texts: Mapping[str, str], *, token: str | None = None, by: Actor) -> Settings:
    """Set all of ``texts`` or none. A token goes to the environment set in the same call, else the current one.

    Raises BadSetting, and api's TokenMissing or TokenMalformed.
    """
    values = parse_all(dict(texts))
    Settings.objects.get_or_create(pk=1)
    settings = Settings.objects.select_for_update().get(pk=1)
    uploading = values.get("upload_reviews", settings.upload_reviews)
    first_day = values.get("upload_reviews_from", settings.upload_reviews_from)
    if uploading and first_day is None:
        values["upload_reviews_from"] = timezone.localdate()
    if values.get("enabled"):
        values["installation"] = django_settings.INSTALLATION
    _save(settings, values, by)
    if token is not None:
        set_token(token, environment=settings.environment, by=by)
    return settings


def _save(settings: Settings, values: dict[str, Any], by: Actor) -> None:
    changed = [name for name, value in values.items() if getattr(settings, name) != value]
    for name in changed:
        setattr(settings, name, values[name])
    _forget_agreed([name for name in PUSH_SWITCHES if name in changed and values[name]])
    if set(changed) & {"learner_mode", "officer_mode", "organisation_mode"}:
        AgreedValue.objects.filter(name__startswith=SHOWN).delete()
    if changed:
        settings._change_reason = by.label  # type: ignore[attr-defined]
        settings._history_user = by.user  # type: ignore[attr-defined]
        settings.save()


def _forget_agreed(switched_on: list[str]) -> None:
    """What was agreed before it was off may be long gone: the first exchange only remembers."""
    AgreedValue.objects.filter(name__in=[PUSH_SWITCHES[name] for name in switched_on]).delete()


SET_FOR = ", token of "  # in the history of the settings, between who set one and its environment


@transaction.atomic
def set_token(token: str, *, environment: str, by: Actor) -> None:
    """The one before is overwritten: the history of the settings keeps that it was, never what it was."""
    Settings.history.bulk_history_create(
        [Settings.objects.current()],
        update=True,
        default_user=by.user,
        default_change_reason=f"{by.label[:80]}{SET_FOR}{environment}",
    )
    Token.objects.update_or_create(
        environment=environment,
        defaults={
            "ciphertext": encrypted(token),
            "set_at": timezone.now(),
            "set_by": by.label,
            "fault": "",
        },
    )


def fault(settings: Settings) -> str:
    """Why OneFile cannot be exchanged with although the integration is on, or blank."""
    if not settings.enabled:
        return ""
    if is_copy(settings):
        return (
            f"This database belongs to the installation {settings.installation or '(unnamed)'}, and this one is "
            f"{django_settings.INSTALLATION or '(unnamed)'}: a copy does not call OneFile. "
            "Switch the integration on here to make it this installation's own."
        )
    try:
        token_of(settings.environment)
    except NotReady as why:
        return str(why)
    return Token.objects.get(environment=settings.environment).fault


def note_fault(settings: Settings, text: str) -> None:
    """The token is known to be wrong: nothing calls until it is set anew or a test goes well. Blank: all is well."""
    Token.objects.filter(environment=settings.environment).exclude(fault=text).update(fault=text)


def require_ready() -> Settings:
    """The settings, where the exchange may begin. Raises NotReady saying what is wrong."""
    settings = Settings.objects.current()
    if not settings.enabled:
        raise NotReady("The OneFile integration is switched off.")
    if why := fault(settings):
        raise NotReady(why)
    return settings


def is_paused(settings: Settings) -> bool:
    return settings.paused_until is not None and timezone.localdate() < settings.paused_until
