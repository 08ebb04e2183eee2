"""OneFile refuses one write in the middle, or its reply is lost: what a person reads, and the same end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db.models import F
from django.test import Client

from learners.models import Learner
from onefile_integration import tasks
from onefile_integration.exchange import nightly
from onefile_integration.models import ExchangePlan, Link, Run, Step
from tests import factories
from tests.faults.ending import assert_known_here
from tests.faults.test_writes import WRITES
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import soon
from tests.integration.onefile_pages.test_create import ADDRESS, press
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
PLAN = "/learners/AB12C/delivery-plan/"
WORDS = "the moon is in the wrong quarter"
STEPS = {
    "create_assessor": "Create assessor Bryn Tallis in OneFile",
    "create_employer": "Create employer Pitt & Sons' Joinery in OneFile",
    "create_learner": "Create Amara Okafor-Lane in OneFile",
    "assign_standard": "Assign 196AS ",
    "assign_second_standard": "Assign 603/2954/9 ",
    "update_aim": "Set the details of 196AS in OneFile",
    "assign_officer": "Assign Meera Chandran for 603/2954/9",
    "create_visit": "Book the visit of ",
    "create_review": "Create the review of ",
}
BEFORE_THE_LEARNER = ("create_assessor", "create_employer", "create_learner")
State = dict[str, list[dict[str, Any]]]
_faultless: list[State] = []


@pytest.fixture
def ready(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    """AB12C with a registration, a second assessor and a review to come: every kind of write is needed once."""
    assert command("onefile_settings", "upload_reviews=on", "download_reviews=on").status == 0
    learner.delivery_plan.filter(qualification__vq_reference="196AS").update(registration_number="R-1")
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(10, 0))
    return connected


# ---- two states are the same


def without_ids(state: State) -> State:
    """Every record by what it says; another record is named by its own words, what OneFile gives by itself is left."""
    named = {each["ID"]: each["MISID"] or each["Name"] for each in state["users"] + state["placements"]}
    named |= {each["ID"]: f"visit from {each['DateFrom']}" for each in state["visits"]}

    def told(name: str, value: Any) -> Any:
        return named.get(value, value) if name.endswith("ID") else value

    given = ("ID", "CreatedOn", "LastModified")
    rows = {
        kind: [{k: told(k, v) for k, v in each.items() if k not in given} for each in records]
        for kind, records in state.items()
    }
    return {kind: sorted(records, key=str) for kind, records in rows.items()}


@pytest.fixture
def faultless(ready: SandboxProcess, learner: Learner) -> State:
    """The end of an enrolment in which nothing goes wrong, and no trace of it. Once for all tests here."""
    if not _faultless:
        assert command("onefile_enrol", "AB12C").status == 0
        assert_known_here(ready.state(), learner)
        _faultless.append(without_ids(ready.state()))
        leave_no_trace(ready, learner)
        assert command("onefile_enrol", "AB12C", "--dry-run").data["results"][0]["outcome"] == "ready"
    return _faultless[0]


def leave_no_trace(onefile: SandboxProcess, learner: Learner) -> None:
    Run.objects.all().delete()
    Link.objects.all().delete()
    learner.delivery_plan.update(total_elements=None, elements_done=None)
    learner.reviews.update(officer=None)
    for kind in ("reviews", "visits", "assignments", "aims", "users", "placements"):
        for each in onefile.state()[kind]:
            onefile.remove(kind, each["ID"])


def assert_ends_as_faultless(onefile: SandboxProcess, learner: Learner, faultless: State) -> None:
    assert without_ids(onefile.state()) == faultless
    assert_known_here(onefile.state(), learner)


def read(client: Client, address: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", client.get(address).text)).split())


# ---- refused


@pytest.mark.parametrize("write", WRITES)
def test_refused_it_says_what_and_why_and_goes_on_when_asked(
    faultless: State, ready: SandboxProcess, learner: Learner, holder: Client, work: Callable[[], None], write: str
) -> None:
    path, nth = WRITES[write]
    ready.fault("status", path, "POST", nth=nth, times=1, status=400, body={"code": -90, "message": WORDS})
    progress = press(holder, holder.get(ADDRESS).text).url
    work()

    for page in (read(holder, progress), read(holder, PLAN)):
        assert STEPS[write] in page and WORDS in page and "OneFile refused" in page
    assert [rule["fired"] for rule in ready.faults()] == [1]
    again = tried_again(holder, progress, learner_is_there=write not in BEFORE_THE_LEARNER)
    assert again not in (progress, PLAN)
    work()

    assert "All is done." in read(holder, again)
    assert WORDS not in read(holder, PLAN) and "Try again" not in read(holder, again) + read(holder, PLAN)
    assert_ends_as_faultless(ready, learner, faultless)


def tried_again(client: Client, progress: str, *, learner_is_there: bool) -> str:
    """As the pages offer it: what is left of a learner who is in OneFile, else the window once more. Its progress."""
    assert "Try again" in read(client, progress)
    if learner_is_there:
        assert "Try again" in read(client, PLAN)
        return str(client.post("/learners/AB12C/onefile/go-on/").url)
    for page in (progress, PLAN):
        assert f'href="{ADDRESS}"' in client.get(page).text
    return str(press(client, client.get(ADDRESS).text).url)


# ---- a lost reply


@pytest.mark.parametrize(
    ("write", "action"),
    [
        ("create_assessor", "lost_before"),
        ("create_learner", "lost_after"),
        ("assign_standard", "lost_before"),
        ("create_review", "lost_after"),
    ],
)
def test_a_lost_reply_is_looked_for_and_it_goes_on_by_itself(
    faultless: State, ready: SandboxProcess, learner: Learner, holder: Client, write: str, action: str
) -> None:
    """Nobody presses anything: the clock rings, a worker goes on once the reply can be settled, and not before."""
    path, nth = WRITES[write]
    ready.fault(action, path, "POST", nth=nth, times=1)
    progress = press(holder, holder.get(ADDRESS).text).url
    run = Run.objects.get()
    tasks.work_people(run.pk)

    time_passes(django_settings.ONEFILE_SETTLE_SECONDS - 30)
    tasks.work_people(run.pk)
    assert not nightly.waiting_runs("practice").exists()
    for page in (read(holder, progress), read(holder, PLAN)):
        assert "Checking with OneFile" in page and f"OneFile's reply to “{STEPS[write]}" in page, page
        assert "nothing is created twice" in page
    assert "hx-get" in holder.get(progress).text, "the page keeps looking"
    assert holder.post("/learners/AB12C/onefile/go-on/").url == progress

    time_passes(31)
    assert list(nightly.waiting_runs("practice")) == [run], "the clock rings for it"
    tasks.work_people(run.pk)
    assert "All is done." in read(holder, progress) and "Checking with OneFile" not in read(holder, progress)
    assert_ends_as_faultless(ready, learner, faultless)


def time_passes(seconds: float) -> None:
    """For what waits for a reply."""
    passed = timedelta(seconds=seconds)
    ExchangePlan.objects.update(due_at=F("due_at") - passed)
    Step.objects.update(begun_at=F("begun_at") - passed)
