"""How far a job is, for those who look on. Kept in Redis: a transaction hides what it does until it has ended.

Never the truth: where Redis is away, nobody sees how far it is, and nothing else happens.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from redis import Redis, RedisError

EVERY = 0.5  # seconds
KEPT = 3600
PATIENCE = 1.0


class Telling:
    def __init__(self, job: int) -> None:
        self.job = job
        self._told_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._told_at < EVERY and done != total:
            return
        self._told_at = time.monotonic()
        with suppress(RedisError), _redis() as redis:
            redis.set(_key(self.job), f"{done} {total}", ex=KEPT)


def told(job: int) -> tuple[int, int] | None:
    """(done, of so many); None where nobody has said yet."""
    with suppress(RedisError), _redis() as redis:
        if said := redis.get(_key(job)):
            done, total = map(int, said.split())
            return done, total
    return None


def forget(job: int) -> None:
    with suppress(RedisError), _redis() as redis:
        redis.delete(_key(job))


@contextmanager
def _redis() -> Iterator[Redis]:
    client = Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        yield client
    finally:
        client.close()


def _key(job: int) -> str:
    return f"learners:file-import:{job}"
