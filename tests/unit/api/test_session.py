import threading
import time
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from redis import Redis

from onefile_integration.api.errors import NotSent, SignInFailed, Why
from onefile_integration.api.session import LIFETIME, SessionStore
from tests.bench.budget import free_port, redis_at


class SignIn:
    def __init__(self, takes: float = 0.0) -> None:
        self.times = 0
        self._takes = takes

    def __call__(self) -> str:
        self.times += 1
        time.sleep(self._takes)
        return f"ses-{self.times}"


def test_one_session_for_all(sessions: SessionStore) -> None:
    sign_in = SignIn()
    assert sessions.current() is None
    assert sessions.renewed(sign_in, failed=None, max_wait=1) == "ses-1"
    assert sessions.current() == "ses-1"
    assert sessions.renewed(sign_in, failed=None, max_wait=1) == "ses-1"


def test_it_is_sealed_and_ends_before_23_hours(redis: Redis, sessions: SessionStore) -> None:
    sessions.renewed(SignIn(), failed=None, max_wait=1)
    keys = list(redis.scan_iter("onefile:*"))
    assert len(keys) == 1
    assert 0 < redis.ttl(keys[0]) <= LIFETIME < 23 * 3600
    assert b"ses-1" not in (redis.get(keys[0]) or b"")


def test_a_failed_session_is_replaced_once(sessions: SessionStore) -> None:
    sign_in = SignIn()
    sessions.renewed(sign_in, failed=None, max_wait=1)
    assert sessions.renewed(sign_in, failed="ses-1", max_wait=1) == "ses-2"
    assert sessions.renewed(sign_in, failed="ses-1", max_wait=1) == "ses-2"
    assert sign_in.times == 2


def test_many_at_once_sign_in_once(sessions: SessionStore) -> None:
    sign_in = SignIn(takes=0.3)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(sessions.renewed(sign_in, failed=None, max_wait=5)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["ses-1"] * 8
    assert sign_in.times == 1


def test_who_waits_too_long_is_told(redis: Redis, sessions: SessionStore) -> None:
    redis.set("onefile:{practice:abc}:session:lock", "another")
    with pytest.raises(NotSent) as caught:
        sessions.renewed(SignIn(), failed=None, max_wait=0.2)
    assert caught.value.why is Why.NO_SESSION
    assert redis.get("onefile:{practice:abc}:session:lock") == b"another"


def test_the_lock_of_one_that_died_ends(redis: Redis, sessions: SessionStore) -> None:
    redis.set("onefile:{practice:abc}:session:lock", "dead", px=200)
    assert sessions.renewed(SignIn(), failed=None, max_wait=5) == "ses-1"


def test_a_failed_sign_in_leaves_no_lock(redis: Redis, sessions: SessionStore) -> None:
    def fails() -> str:
        raise SignInFailed(Why.SIGN_IN)

    with pytest.raises(SignInFailed):
        sessions.renewed(fails, failed=None, max_wait=1)
    assert redis.keys("*") == []


def test_another_key_means_another_session(redis: Redis, sessions: SessionStore) -> None:
    sessions.renewed(SignIn(), failed=None, max_wait=1)
    rotated = SessionStore(redis, Fernet(Fernet.generate_key()), environment="practice", token_hash="abc")
    assert rotated.current() is None
    assert rotated.renewed(lambda: "ses-new", failed=None, max_wait=1) == "ses-new"


@pytest.mark.parametrize("other", [{"environment": "live"}, {"token_hash": "def"}])
def test_environments_and_tokens_are_apart(redis: Redis, other: dict[str, str]) -> None:
    cipher, one = Fernet(Fernet.generate_key()), {"environment": "practice", "token_hash": "abc"}
    SessionStore(redis, cipher, **one).renewed(SignIn(), failed=None, max_wait=1)
    assert SessionStore(redis, cipher, **(one | other)).current() is None


@pytest.mark.parametrize(
    "act",
    [
        lambda sessions: sessions.current(),
        lambda sessions: sessions.renewed(SignIn(), failed=None, max_wait=1),
        lambda sessions: sessions.forget(),
    ],
)
def test_without_redis_there_is_no_session(act: Callable[[SessionStore], object]) -> None:
    gone = SessionStore(redis_at(free_port()), Fernet(Fernet.generate_key()), environment="x", token_hash="y")
    with pytest.raises(NotSent) as caught:
        act(gone)
    assert caught.value.why is Why.NO_BUDGET_STORE
