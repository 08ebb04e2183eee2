"""OneFile's session (24 hours from its making, not sliding [D]), shared by all processes, renewed by one."""

import logging
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError

from onefile_integration.api.errors import NotSent, Why

log = logging.getLogger("onefile.api")

LIFETIME = 23 * 3600 - 600
LOCK_SECONDS = 60
NAP = 0.1

UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"


class Cipher(Protocol):
    """Fernet and MultiFernet are such."""

    def encrypt(self, data: bytes, /) -> bytes: ...

    def decrypt(self, token: bytes, /) -> bytes: ...


class SessionStore:
    def __init__(self, redis: Redis, cipher: Cipher, *, environment: str, token_hash: str) -> None:
        self._redis = redis
        self._cipher = cipher
        self._key = f"onefile:{{{environment}:{token_hash}}}:session"
        self._lock = f"{self._key}:lock"

    def current(self) -> str | None:
        """None too where the cipher's key has changed: then a new session is made."""
        sealed = self._do(lambda: self._redis.get(self._key))
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(sealed if isinstance(sealed, bytes) else sealed.encode()).decode()
        except Exception:
            log.warning("onefile_session_unreadable")
            return None

    def renewed(self, sign_in: Callable[[], str], *, failed: str | None, max_wait: float) -> str:
        """A session other than `failed`, from another process if one has just made it, else from `sign_in`.

        Raises what `sign_in` raises, and NotSent where another process is at it for longer than `max_wait`.
        """
        give_up = time.monotonic() + max_wait
        mine = uuid.uuid4().hex
        while not self._do(lambda: self._redis.set(self._lock, mine, nx=True, ex=LOCK_SECONDS)):
            if time.monotonic() > give_up:
                raise NotSent(Why.NO_SESSION)
            time.sleep(NAP)
            if session := self._other_than(failed):
                return session
        try:
            return self._other_than(failed) or self._keep(sign_in())
        finally:
            with suppress(NotSent):
                self._do(lambda: self._redis.eval(UNLOCK, 1, self._lock, mine))

    def forget(self) -> None:
        self._do(lambda: self._redis.delete(self._key))

    def _other_than(self, failed: str | None) -> str | None:
        session = self.current()
        return session if session != failed else None

    def _keep(self, session: str) -> str:
        sealed = self._cipher.encrypt(session.encode())
        self._do(lambda: self._redis.set(self._key, sealed, ex=LIFETIME))
        return session

    def _do(self, action: Callable[[], Any]) -> Any:
        try:
            return action()
        except RedisError:
            pass
        raise NotSent(Why.NO_BUDGET_STORE)
