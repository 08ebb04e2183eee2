"""Asking OneFile while a person waits for the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import OneFileError, SettingsError, SignInFailed, Unreachable, Why
from onefile_integration.exchange import configuration
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.exchange.failures import ExchangeFailure, Later, explained
from onefile_integration.models import Settings
from onefile_integration.words import Lane

SECONDS, PATIENT = 8.0, 60.0


class CannotAsk(Exception):
    """OneFile gave no answer that can be used, and why, in words for people."""


class Closed(CannotAsk):
    """It is our own settings that stand in the way: nothing was asked."""


class StillReading(CannotAsk):
    """OneFile answers, only too slowly for this request: the same window may ask again with more patience."""


class _TimeIsOver(Unreachable):
    """Between two calls: what was asked so far was answered."""

    def __init__(self) -> None:
        super().__init__(Why.TIMEOUT)


class _Hurried:
    """Begins no further call once the time of the whole page is over."""

    def __init__(self, client: OneFile, seconds: float) -> None:
        self._client = client
        self._until = time.monotonic() + seconds

    def __getattr__(self, name: str) -> Any:
        if time.monotonic() > self._until:
            raise _TimeIsOver
        return getattr(self._client, name)


@contextmanager
def asking(settings: Settings, seconds: float = SECONDS, *, try_token: bool = False) -> Iterator[OneFile]:
    """A client for one request. Raises CannotAsk for whatever goes wrong inside; ``try_token`` asks all the same
    where the token is known to be wrong."""
    try:
        if not try_token:
            configuration.require_ready()
        client = connect(settings, Lane.PEOPLE, patience=seconds)
    except (NotReady, SettingsError) as why:
        raise Closed(str(why)) from None
    try:
        yield cast(OneFile, _Hurried(client, seconds))
    except SignInFailed as error:
        told = str(explained(error))
        configuration.note_fault(settings, told)
        raise Closed(told) from None
    except _TimeIsOver:
        raise StillReading(
            f"OneFile answers, but slowly: {round(seconds)} seconds were too few to read all that is needed."
        ) from None
    except OneFileError as error:
        raise CannotAsk(_words(error)) from None
    except ExchangeFailure as failure:
        raise CannotAsk(str(failure)) from None
    finally:
        client.close()


def _words(error: OneFileError) -> str:
    found = explained(error)
    if isinstance(found, Later):
        return f"{found} It is free again in about {round(found.seconds) or 1} seconds."
    return str(found)
