"""Valkey or the database goes away in the middle of an enrolment and comes back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from learners.models import Learner
from onefile_integration.exchange import connection as onefile_connection
from onefile_integration.exchange import work
from onefile_integration.models import ExchangePlan, LastCall
from scripts import valkey
from tests.faults import test_writes as writes
from tests.faults.ending import assert_one_of_everything, enrol, go_on
from tests.faults.test_killed import ROOT, Environment, until
from tests.sandbox_process import SandboxProcess

WRITES = {name: writes.WRITES[name] for name in ("create_learner", "assign_standard", "create_visit")}


def when_it_fires(onefile: SandboxProcess, act: Callable[[], object]) -> threading.Thread:
    """Does `act` in a thread, as soon as the fault plays."""

    def watch() -> None:
        until(lambda: onefile.faults()[0]["fired"])
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.fixture
def own_valkey(ready: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[valkey.Valkey]:
    """One that this test may stop. How long a Valkey that was restarted holds everybody back is the budget's test."""
    LastCall.objects.all().delete()
    running = valkey.start(tmp_path)
    monkeypatch.setattr(django_settings, "REDIS_URL", running.url())
    monkeypatch.setattr(django_settings, "ONEFILE_TIMEOUT_SECONDS", 1.5)
    monkeypatch.setattr(onefile_connection, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(work, "TRY_AGAIN_SECONDS", 0.2)
    onefile_connection.store.cache_clear()
    yield running
    running.stop()
    onefile_connection.store.cache_clear()


@pytest.mark.parametrize("write", WRITES)
def test_valkey_goes_and_comes_back(
    ready: SandboxProcess, learner: Learner, own_valkey: valkey.Valkey, tmp_path: Path, write: str
) -> None:
    path, nth = WRITES[write]
    ready.fault("delay", path, "POST", nth=nth, times=1, seconds=0.6)
    stopping = when_it_fires(ready, own_valkey.stop)
    assert enrol()["outcome"] == "failed"
    stopping.join()
    LastCall.objects.all().delete()  # as if it were long ago

    with valkey.running(tmp_path, own_valkey.port):
        go_on(ready)
    assert_one_of_everything(ready, learner)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="needs PostgreSQL: no connection of SQLite can be ended")
@pytest.mark.parametrize("write", WRITES)
def test_the_database_ends_the_connection(
    ready: SandboxProcess, learner: Learner, process_environment: Environment, write: str
) -> None:
    path, nth = WRITES[write]
    ready.fault("delay", path, "POST", nth=nth, times=1, seconds=0.6)
    environment = process_environment(ONEFILE_LEASE_SECONDS=1, ONEFILE_WINDOW_SECONDS=1, ONEFILE_TIMEOUT_SECONDS=5)
    command = [sys.executable, "manage.py", "onefile_enrol", "AB12C", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: ready.faults()[0]["fired"])
        end_other_connections()
        assert process.wait(30) != 0
    finally:
        process.kill()
        process.wait()

    ExchangePlan.objects.update(due_at=None)  # the minute after which it is tried again has passed
    go_on(ready, pause=0.7)
    assert_one_of_everything(ready, learner)


def end_other_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
