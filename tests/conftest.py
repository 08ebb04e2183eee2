"""What every test has: quick passwords, plain static files, a clean Valkey, the same chance each time."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator, Iterator
from typing import Any

import factory.random
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker
from redis import Redis

from tests import cleaning, servers, skips
from tests import kept as keeping
from tests.sandbox_process import SandboxProcess
from tests.templates import MissingVariable

SEED = 20261123


def pytest_configure(config: pytest.Config) -> None:
    """Before anything has read these settings."""
    TransactionTestCase._fixture_teardown = lambda self: cleaning.delete_rows()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True  # no collected files are needed, and their absence is no warning
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = MissingVariable(settings.BASE_DIR)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return skips.judge((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return skips.judge((yield))


@pytest.fixture(autouse=True)
def rng() -> random.Random:
    """Seeded anew for each test, with the factories and the module `random`."""
    random.seed(SEED)
    factory.random.reseed_random(SEED)
    return random.Random(SEED)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This worker's own copy of the database that tests/servers.py has migrated; it goes with the server."""
    servers.wait_for_tables()
    with django_db_blocker.unblock():
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        connection.creation.clone_test_db(suffix=worker, verbosity=0)
        name = connection.creation.get_test_db_clone_settings(worker)["NAME"]
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        yield
        connection.close()


@pytest.fixture(scope="session")
def _redis() -> Iterator[Redis]:
    with Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def redis(_redis: Redis) -> Redis:
    """This worker's own database of the Valkey server, empty at the start of each test."""
    _redis.flushdb()
    return _redis


@pytest.fixture(scope="session")
def _onefile() -> Iterator[SandboxProcess]:
    with SandboxProcess() as sandbox:
        yield sandbox


@pytest.fixture
def onefile(_onefile: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    """A OneFile of this test's own: empty, without faults, and all three environments lead to it."""
    _onefile.reset()
    monkeypatch.setattr(settings, "ONEFILE_URLS", dict.fromkeys(settings.ONEFILE_URLS, _onefile.base_url))
    for name in settings.ONEFILE_URLS:
        monkeypatch.setenv(f"ONEFILE_{name.upper()}_URL", _onefile.base_url)  # for processes that the test starts
    return _onefile


@pytest.fixture
def kept(onefile: SandboxProcess, redis: Redis, transactional_db: None) -> Callable[[str, Callable[[], object]], bool]:
    """``kept(name, make)``: records that were made by the first test that wanted them are put back for the others."""
    return lambda name, make: keeping.kept(name, make, redis, onefile)


@pytest.fixture
def process_environment(transactional_db: None) -> Callable[..., dict[str, str]]:
    """For commands, workers and servers that a test starts: the same database, Valkey and OneFile as the test's."""

    def make(**changes: Any) -> dict[str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))}
        return environment | {"DATABASE_URL": _database_url()} | {name: str(value) for name, value in changes.items()}

    return make


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    start, _, host = os.environ["DATABASE_URL"].partition("?")
    return f"{start.rpartition('/')[0]}/{name}?{host}"
