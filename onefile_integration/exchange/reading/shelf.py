"""Where a run's rows lie between its workers: in Redis, encrypted, until they are too old to rest a plan on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from cryptography.fernet import InvalidToken
from django.conf import settings as django_settings
from pydantic import ValidationError
from redis.exceptions import RedisError

from onefile_integration.api.records import LearningAim, Review, ReviewRow, User
from onefile_integration.exchange.connection import cipher, store

R = TypeVar("R", User, LearningAim, Review, ReviewRow)

WHOLE_HOLDS = 3600  # seconds: what is planned from whole rows is planned in minutes
LIST_HOLDS = 6 * 3600  # only which reviews there are: each that matters is read itself
AGAIN = "again"


class ShelfLost(Exception):
    """What was to be kept could not be."""


class Shelf:
    """One run's. What is not found on it is read of OneFile: losing it harms nobody."""

    def __init__(self, run_pk: int) -> None:
        self._store, self._cipher = store(), cipher()
        self._prefix = f"onefile:rows:{django_settings.INSTALLATION}:{run_pk}"

    def put(self, part: str, rows: Iterable[R], seconds: int = WHOLE_HOLDS) -> None:
        """Raises ShelfLost."""
        self._put(part, {str(row.id): row.model_dump_json(exclude_unset=True) for row in rows}, seconds)

    def rows(self, part: str, kind: type[R], numbers: Iterable[int]) -> dict[int, R]:
        """Those that lie there, by their id."""
        try:
            found = {int(key): kind.model_validate_json(text) for key, text in self._get(part, numbers).items()}
        except ValidationError:  # of an older version of this program
            return {}
        return found

    def put_ids(self, part: str, ids: Mapping[int, Iterable[int]], seconds: int = LIST_HOLDS) -> None:
        """Raises ShelfLost."""
        self._put(part, {str(key): json.dumps(sorted(each)) for key, each in ids.items()}, seconds)

    def ids(self, part: str, number: int) -> list[int]:
        held = self._get(part, [number])
        return [int(each) for each in json.loads(held[str(number)])] if held else []

    def drop(self, *parts: str) -> None:
        with suppress(RedisError):  # then it goes by itself
            self._store.unlink(*(self._key(part) for part in parts))

    def _put(self, part: str, texts: Mapping[str, str], seconds: int) -> None:
        if not texts:
            return
        sealed: Any = {key: self._cipher.encrypt(text.encode()) for key, text in texts.items()}
        try:
            with self._store.pipeline(transaction=False) as pipe:
                pipe.hset(self._key(part), mapping=sealed)
                pipe.expire(self._key(part), seconds, nx=True)
                pipe.execute()
        except RedisError:
            raise ShelfLost from None

    def _get(self, part: str, numbers: Iterable[int]) -> dict[str, str]:
        wanted = [str(number) for number in numbers]
        if not wanted:
            return {}
        try:
            found: Any = self._store.hmget(self._key(part), wanted)
            held = {key: each for key, each in zip(wanted, found, strict=True) if each is not None}
            return {key: self._cipher.decrypt(each).decode() for key, each in held.items()}
        except (RedisError, InvalidToken):
            return {}

    def _key(self, part: str) -> str:
        return f"{self._prefix}:{part}"
