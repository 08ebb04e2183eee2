from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import responses
import stamina
from cryptography.fernet import Fernet
from redis import Redis

from onefile_integration.api.budget import Budget, Lane, Limits
from onefile_integration.api.client import OneFile
from onefile_integration.api.session import SessionStore

BASE = "https://onefile.example/api/v2.1"
TOKEN = "tok-secret-0001"
SESSION = "ses-secret-0001"


@pytest.fixture(autouse=True)
def hurried() -> Iterator[None]:
    """Retries happen as often as ever, but do not wait."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


class Notes(list[datetime]):
    last: datetime | None = None


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def make_budget(redis: Redis, notes: Notes) -> Callable[..., Budget]:
    def make(**limits: float) -> Budget:
        return Budget(
            redis,
            environment="practice",
            token_hash="abc",
            limits=Limits(**limits),  # type: ignore[arg-type]
            last_call_at=lambda: notes.last,
            note_call=notes.append,
            today=lambda: "2026-11-23",
        )

    return make


@pytest.fixture
def budget(make_budget: Callable[..., Budget]) -> Budget:
    return make_budget()


@pytest.fixture
def sessions(redis: Redis) -> SessionStore:
    return SessionStore(redis, Fernet(Fernet.generate_key()), environment="practice", token_hash="abc")


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        yield mocked


@pytest.fixture
def signing_in(http: responses.RequestsMock) -> responses.BaseResponse:
    return http.post(f"{BASE}/Authentication", body=SESSION)


@pytest.fixture
def onefile(budget: Budget, sessions: SessionStore, signing_in: responses.BaseResponse) -> OneFile:
    return OneFile(BASE, TOKEN, budget=budget, sessions=sessions, lane=Lane.PEOPLE, patience=2)
