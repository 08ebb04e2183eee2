"""Tokens, sessions and people's values: in no log line, no message of the queue, no page that tells of a fault."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.test import Client
from redis import Redis

from learners.models import Learner
from onefile_integration.api.records import User
from onefile_integration.exchange import nightly
from onefile_integration.exchange.connection import connect
from onefile_integration.exchange.reading.shelf import Shelf
from onefile_integration.exchange.work import ring
from onefile_integration.models import Link, Settings
from onefile_integration.words import Lane
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.processes import ROOT, Environment
from tests.sandbox_process import SandboxProcess

SECRETS = {
    "surname": "Okafor-Lane",
    "forename": "Amara",
    "email": "amara.lane",
    "ULN": "4123456781",
    "birth date": "2007-07-14",
    "NI number": "QQ123456C",
    "address": "Winterbourne",
    "officer": "Tallis",
    "employer": "Joinery",
}


def session_keys(onefile: SandboxProcess) -> list[str]:
    """Out of the sandbox's own database: no answer of its names them."""
    (kept,) = onefile.data.glob("*.sqlite3")
    with closing(sqlite3.connect(kept)) as database:
        return [key for (key,) in database.execute("SELECT key FROM sandbox_session")]


def found(text: str, onefile: SandboxProcess) -> list[str]:
    """Which of them stand in the text."""
    sessions = {f"session {key}": key for key in session_keys(onefile)}
    assert sessions
    secrets = {**SECRETS, **sessions, "token": onefile.token}
    return [name for name, value in secrets.items() if value.lower() in text.lower()]


@pytest.fixture
def person(learner: Learner) -> Learner:
    Learner.objects.filter(pk=learner.pk).update(nino=SECRETS["NI number"], address1="4 Winterbourne Lane")
    learner.refresh_from_db()
    assert learner.date_of_birth == date.fromisoformat(SECRETS["birth date"])
    return learner


def test_the_log(connected: SandboxProcess, person: Learner, process_environment: Environment) -> None:
    """All that is written at the finest level, of an enrolment with every kind of trouble, and of a night."""
    connected.end_sessions()
    connected.fault("html", "^User/Search$", "POST", times=1)
    connected.fault("status", "^Placement$", "POST", times=1, status=400, body={"message": "Amara Okafor-Lane: no"})
    environment = process_environment(LOG_LEVEL="DEBUG", ONEFILE_SETTLE_SECONDS=1)
    written = ""
    for words in (["onefile_enrol", "AB12C"], ["onefile_enrol", "AB12C"], ["onefile_sync"]):
        command = [sys.executable, "manage.py", *words, "--json"]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
        written += ran.stderr
    log = [line for line in written.splitlines() if line.startswith("{")]  # the rest is said to whoever has asked
    assert len([line for line in log if "onefile_call" in line]) > 20
    assert found("".join(log), connected) == []


def test_the_queue(connected: SandboxProcess, person: Learner, redis: Redis) -> None:
    ring(nightly.start_whole_run(Settings.objects.current(), by=BY))
    kept = [str((key, redis.type(key), redis.dump(key))) for key in redis.scan_iter()]
    assert any("night" in each for each in kept)
    messages = "".join(str(redis.lrange("night", 0, -1)))
    assert "work_night" in messages
    assert found("".join(kept) + messages, connected) == []


def test_a_page_that_failed(connected: SandboxProcess, person: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the request, of settings or of the record is shown."""

    def fail(*args: object, **kwargs: object) -> None:
        raise ValueError(f"{person} {connected.token} {django_settings.SECRET_KEY}")

    monkeypatch.setattr("picsweb.health.report", fail)
    answer = Client(raise_request_exception=False).get("/health")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "is safe" in text and found(text, connected) == [] and django_settings.SECRET_KEY not in text


def test_rows_of_the_lists_lie_sealed(connected: SandboxProcess, person: Learner, redis: Redis) -> None:
    """All that Redis holds while OneFile's own rows lie between the workers of a night, and its session."""
    command("onefile_enrol", person.ident)
    link = Link.objects.get(learner=person)
    assert link.onefile_id
    shelf = Shelf(1)
    with closing(connect(Settings.objects.current(), Lane.NIGHT)) as client:
        user = client.user(link.onefile_id)
    shelf.put("users", [user])
    assert user.last_name == SECRETS["surname"] and shelf.rows("users", User, [user.id]) == {user.id: user}
    keys = [key.decode() for key in redis.scan_iter()]
    assert any(key.startswith("onefile:rows:") for key in keys) and any(key.endswith(":session") for key in keys)
    assert found("".join(f"{key} {everything(redis, key)}" for key in keys), connected) == []


def everything(redis: Redis, key: str) -> str:
    read = {
        "string": redis.get,
        "hash": redis.hgetall,
        "list": lambda name: redis.lrange(name, 0, -1),
        "set": redis.smembers,
        "zset": lambda name: redis.zrange(name, 0, -1, withscores=True),
    }
    return str(read[redis.type(key).decode()](key))
