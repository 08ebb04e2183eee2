"""The way to OneFile: which address, whose token, which budget. Nothing else makes a client."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings as django_settings
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from onefile_integration.api.budget import Budget, Limits, token_hash
from onefile_integration.api.budget import Lane as BudgetLane
from onefile_integration.api.calls import checked_token
from onefile_integration.api.client import OneFile
from onefile_integration.api.session import SessionStore
from onefile_integration.api.transport import Timeouts
from onefile_integration.models import LastCall, Settings, Token
from onefile_integration.words import Lane

CONNECT_SECONDS = 5.0


def is_copy(settings: Settings) -> bool:
    """Switched on by another installation than this one: a restored copy, say."""
    return settings.enabled and settings.installation != django_settings.INSTALLATION


def is_on(settings: Settings) -> bool:
    """Whether it is on here."""
    return settings.enabled and not is_copy(settings)


class NotReady(Exception):
    """The integration cannot call OneFile, and why, in words for people."""


def cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in django_settings.FIELD_ENCRYPTION_KEYS])


def encrypted(token: str) -> bytes:
    """Raises api's TokenMissing or TokenMalformed for what cannot be a token."""
    return cipher().encrypt(checked_token(token).encode())


def token_of(environment: str) -> str:
    """The Customer Token in clear. Raises NotReady."""
    row = Token.objects.filter(environment=environment).first()
    if row is None:
        raise NotReady(f"No Customer Token is set for the environment {environment}.")
    try:
        return cipher().decrypt(bytes(row.ciphertext)).decode()
    except InvalidToken:
        raise NotReady(
            "The Customer Token cannot be decrypted: FIELD_ENCRYPTION_KEYS has changed. Set it anew."
        ) from None


@cache
def store() -> Redis:
    """One connection pool a process."""
    once_more = Retry(NoBackoff(), 1)
    return Redis.from_url(django_settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5, retry=once_more)


def limits(settings: Settings) -> Limits:
    """The lower of the two limits holds; both count per window."""
    return Limits(
        limit=min(settings.calls_per_minute, django_settings.ONEFILE_CALLS_PER_MINUTE),
        people_share=settings.people_share,
        window=django_settings.ONEFILE_WINDOW_SECONDS,
        timeout=CONNECT_SECONDS + django_settings.ONEFILE_TIMEOUT_SECONDS,
    )


def budget(settings: Settings) -> Budget:
    """Shared by every process that has this environment and token."""
    environment = settings.environment
    whose = token_hash(token_of(environment))

    def last_call_at() -> datetime | None:
        mine = LastCall.objects.filter(environment=environment, token_hash=whose)
        return mine.values_list("at", flat=True).first()

    def note_call(at: datetime) -> None:
        LastCall.objects.update_or_create(environment=environment, defaults={"at": at, "token_hash": whose})

    return Budget(
        store(),
        environment=environment,
        token_hash=whose,
        limits=limits(settings),
        last_call_at=last_call_at,
        note_call=note_call,
        today=lambda: timezone.localdate().isoformat(),
    )


def connect(settings: Settings, lane: Lane, patience: float | None = None) -> OneFile:
    """A client for one thread; ``patience``: how many seconds a read may wait, for the budget and for one reply.

    Raises NotReady.
    """
    if is_copy(settings):
        raise NotReady("A copy of another installation does not call OneFile; switch the integration on here first.")
    longest: float = django_settings.ONEFILE_TIMEOUT_SECONDS
    token = token_of(settings.environment)
    return OneFile(
        django_settings.ONEFILE_URLS[settings.environment],
        token,
        budget=budget(settings),
        sessions=SessionStore(store(), cipher(), environment=settings.environment, token_hash=token_hash(token)),
        lane=BudgetLane(lane),
        timeouts=Timeouts(connect=CONNECT_SECONDS, read=min(longest, patience or longest)),
        patience=patience,
    )


class NoCalls(OneFile):
    """For a run that writes only here: it needs no token, and can call nobody."""

    def __init__(self) -> None:
        self.calls = Counter()
        self.minutes = Counter()

    def close(self) -> None:
        """Nothing was opened."""
