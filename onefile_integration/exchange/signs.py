"""Signs of life, kept in the database: what is dead cannot say so, but its last sign grows old."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone

from onefile_integration.models import Sign

TICK = "tick"
EVERY_SECONDS = 30.0
SILENT_AFTER = timedelta(minutes=10)
_given: dict[str, float] = {}


def give(name: str) -> None:
    Sign.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def give_now_and_then(name: str) -> None:
    """From work that goes on and on: a process writes it twice a minute at most."""
    now = time.monotonic()
    if now - _given.get(name, -EVERY_SECONDS) >= EVERY_SECONDS:
        _given[name] = now
        give(name)


def seen() -> Mapping[str, datetime]:
    return dict(Sign.objects.values_list("name", "at"))


def is_silent(sign: datetime | None, on_since: datetime | None, now: datetime) -> bool:
    """One that was never seen is missed where the integration is on; one that was seen, always."""
    latest = sign or on_since
    return latest is not None and now - latest > SILENT_AFTER


# ---- OneFile


def out_of_reach(environment: str) -> str:
    """The name of the sign that says since when."""
    return f"out of reach: {environment}"


def lost(environment: str) -> None:
    """The first time counts."""
    Sign.objects.get_or_create(name=out_of_reach(environment), defaults={"at": timezone.now()})


def found_again(environment: str) -> None:
    Sign.objects.filter(name=out_of_reach(environment)).delete()
