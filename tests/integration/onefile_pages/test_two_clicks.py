"""Create clicked for one learner by two people in two web processes, and twice by one: always one enrolment.

PostgreSQL holds both clicks until each has seen that nothing is there yet; SQLite lets one write at a time anyway.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import pytest
import requests
from django.db import connection, transaction
from django.test import Client

from learners.models import Learner
from onefile_integration.models import ExchangePlan, Link, Run
from picsweb.permissions import STAFF
from scripts import ports
from tests.integration.onefile.story import another
from tests.integration.onefile_pages.conftest import member
from tests.integration.onefile_pages.test_create import hidden
from tests.sandbox_process import ROOT, SandboxProcess

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.once]
APPLICATION = "tests.integration.onefile_pages.web:application"
Environment = Callable[..., dict[str, str]]


@pytest.fixture
def sites(connected: SandboxProcess, process_environment: Environment, groups: None) -> Iterator[list[str]]:
    """Two web processes on one database."""
    with ExitStack() as stack:
        found = [stack.enter_context(_served(process_environment())) for _ in range(2)]
        for address in found:
            until(partial(_answers, address))
        yield found


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    address = f"{ports.HOST}:{ports.any_free()}"
    words = ["gunicorn", APPLICATION, "--bind", address, "--threads", "4", "--no-control-socket"]
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/sign-in/", timeout=30).ok
    except requests.ConnectionError:
        return False


def until(happens: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


class Person:
    """Somebody who looks at the window in a browser, and then presses Create."""

    def __init__(self, site: str, ident: str, like: Person | None = None) -> None:
        self.address = f"{site}/learners/{ident}/onefile/create/"
        self.browser = requests.Session()
        self.form: dict[str, str] = {}
        if like:
            self.browser.cookies.update(like.browser.cookies)
            self.form = like.form
            return
        self.browser.cookies.set("sessionid", _session(member(STAFF, licence=True)), domain=ports.HOST)
        page = self.browser.get(self.address, timeout=60)
        assert 'name="create"' in page.text, page.text
        self.form = hidden(page.text) | {"create": "1"}

    def press(self) -> str:
        """Where it leads."""
        answer = self.browser.post(self.address, data=self.form, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def sees(self, page: str) -> str:
        return self.browser.get("/".join(self.address.split("/")[:3]) + page, timeout=60).text


def _session(client: Client) -> str:
    return client.cookies["sessionid"].value


def pressed_at_once(people: Sequence[Person]) -> list[str]:
    """All have read OneFile and found nothing that stands against it before any of them has begun."""
    with ThreadPoolExecutor(len(people)) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {ExchangePlan._meta.db_table} IN SHARE MODE")
            clicks = [pool.submit(person.press) for person in people]
            until(lambda: _waiting_to_begin() == len(people) or any(click.done() for click in clicks))
        return [click.result() for click in clicks]


def _waiting_to_begin() -> int:
    with connection.cursor() as cursor:
        table = ExchangePlan._meta.db_table
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def test_one_enrolment_however_it_is_clicked(
    sites: list[str], learner: Learner, connected: SandboxProcess, work: Callable[[], None]
) -> None:
    another(learner, "AB12D")
    for ident, one_session in (("AB12C", False), ("AB12D", True)):
        first = Person(sites[0], ident)
        people = [first, Person(sites[1], ident, like=first if one_session else None)]
        led_to = pressed_at_once(people)
        run = Run.objects.get(plans__learner__ident=ident)
        assert led_to == [f"/onefile/runs/{run.pk}/learners/{ident}/"] * 2
        assert all("waits for a worker" in person.sees(led_to[0]) for person in people)
        work()
        assert all("All is done." in person.sees(led_to[0]) for person in people)
        assert people[1].press() == led_to[0], "a late click finds it too"

    state = connected.state()
    idents = Counter(each["MISID"] for kind in ("users", "placements") for each in state[kind])
    assert idents == dict.fromkeys(("AB12C", "AB12D", "OF001", "OF002", "EM001"), 1)
    assert (len(state["aims"]), len(state["assignments"])) == (3, 1)
    assert (Run.objects.count(), ExchangePlan.objects.count(), Link.objects.count()) == (2, 2, 5)
