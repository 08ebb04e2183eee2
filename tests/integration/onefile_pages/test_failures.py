"""What failed, in plain words, with a way on; tried again by a new run that does nothing twice."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.models import Learner
from onefile_integration.exchange import failing
from onefile_integration.models import ExchangePlan, Run, Settings
from onefile_integration.presenters.failing import WAYS
from onefile_integration.presenters.incidents import TO_DO
from onefile_integration.words import FailureKind, Lane
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import aim, another, enrol, line, onefile_id, writes
from tests.integration.onefile_pages.test_create import ADDRESS, press
from tests.integration.onefile_pages.test_refused import read
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

pytestmark = pytest.mark.once
Work = Callable[[], None]
LIST = "/onefile/failures/"


@pytest.fixture
def night(enrolled: Learner, connected: SandboxProcess) -> Run:
    """Of three learners one agrees, and of two OneFile's answers cannot be used."""
    for ident in ("AB12D", "AB12E"):
        another(enrolled, ident)
    enrol(("AB12D", "AB12E"))
    for ident in ("AB12D", "AB12E"):
        number = aim(connected, 4001, onefile_id(connected, ident))
        connected.edit("aims", number, ElementsCompleted=9)
        connected.fault("status", f"^LearningAim/{number}$", "GET", status=200, body={"ID": "x"}, times=0)
    synced = command("onefile_sync")
    assert [each["kind"] for each in synced.data["failures"]] == ["bad_answer", "bad_answer"]
    connected.clear_faults()
    connected.clear_calls()
    return Run.objects.get(pk=synced.data["run"])


def test_all_that_failed_is_tried_again_and_nothing_twice(
    administrator: Client, night: Run, connected: SandboxProcess, work: Work
) -> None:
    page, address = f"/onefile/runs/{night.pk}/", f"/onefile/runs/{night.pk}/retry/"
    text = read(administrator, page)
    assert "Try all failed again" in text and "Try all failed again" in TO_DO["night_failed"]
    assert text.count("those: OneFile's answer could not be used") == 2
    assert "2 records are exchanged anew" in read(administrator, address)
    assert "0 records" in read(administrator, f"{address}?failure=unreachable")
    before = Run.objects.count()

    answer = administrator.post(address)
    again = Run.objects.latest("pk")
    assert answer.url == f"/onefile/runs/{again.pk}/"
    assert (again.lane, again.kind) == (Lane.NIGHT, "refresh")
    assert f"Tries again run {night.pk}" in read(administrator, answer.url)
    assert f"Tried again in run {again.pk}" in read(administrator, page)
    assert "There is nothing to try again" in administrator.post(address, follow=True).text
    assert Run.objects.count() == before + 1

    work()
    assert {line(each).elements_done for each in Learner.objects.exclude(ident="AB12C")} == {9}
    assert writes(connected) == [] and "Nothing fails now" in read(administrator, LIST)
    assert "Try all failed again" not in read(administrator, page)


def test_one_is_tried_again_in_the_lane_of_people(holder: Client, night: Run, work: Work) -> None:
    listed = read(holder, LIST)
    assert "AB12D" in listed and "AB12E" in listed and "AB12C" not in listed and "tell OneFile's support" in listed
    assert "AB12E" not in read(holder, f"{LIST}?q=AB12D") and "AB12D" not in read(holder, f"{LIST}?failure=bug")
    progress = f"/onefile/runs/{night.pk}/learners/AB12D/"
    assert f'action="{progress}retry/"' in holder.get(progress).text

    first = holder.post(f"{progress}retry/").url
    again = Run.objects.latest("pk")
    assert again.lane == Lane.PEOPLE and first == f"/onefile/runs/{again.pk}/learners/AB12D/"
    assert "There is nothing to try again" in holder.post(f"{progress}retry/", follow=True).text
    assert f"Tried again: run {again.pk}" in read(holder, progress)
    assert "AB12D" not in read(holder, LIST), "it is being tried again"
    work()
    assert "Both sides agree" in read(holder, first) and f"Tries again: run {night.pk}" in read(holder, first)


def test_two_presses_at_once_are_one_run(transactional_db: None) -> None:
    fail(2)
    plans, told = list(ExchangePlan.objects.all()), []

    def once() -> None:
        try:
            failing.retry(plans, settings=Settings.objects.current(), by=BY)
        except failing.NothingToRetry as why:
            told.append(str(why))
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 3 and ExchangePlan.objects.filter(retries__isnull=False).count() == 2


def test_the_list_as_csv(administrator: Client) -> None:
    make.settings(enabled=True)
    fail(2)
    plan = ExchangePlan.objects.earliest("pk")
    ExchangePlan.objects.filter(pk=plan.pk).update(failure_message="=cmd|' /C calc'!A0")
    answer: Any = administrator.get(f"/onefile/failures.csv?q={plan.subject.ident}")
    (row,) = csv.DictReader(b"".join(answer.streaming_content).decode().splitlines())
    assert (row["IDENT"], row["FAILURE"], row["RUN"]) == (plan.subject.ident, "refused", str(plan.run_id))
    assert row["MESSAGE"].startswith("'=cmd") and row["WAY_ON"].startswith("OneFile does not take what was sent")


def test_archived_is_restored_where_somebody_says_so(
    holder: Client, enrolled: Learner, connected: SandboxProcess, work: Work
) -> None:
    connected.edit("users", onefile_id(connected), Archived=True)
    run = command("onefile_sync").data["run"]
    progress = f"/onefile/runs/{run}/learners/AB12C/"
    page = read(holder, progress)
    assert "Restore in OneFile and try again" in page and "Remove OneFile Link" in page
    assert "Edit OneFile ID" not in page, "for administrators"

    again = holder.post(f"{progress}retry/", {"restore": "1"}).url
    work()
    assert "Both sides agree" in read(holder, again) or "All is done" in read(holder, again)
    assert not next(each for each in connected.state()["users"] if each["MISID"] == "AB12C")["Archived"]


def test_what_is_refused_for_the_same_values_is_said_to_be(
    holder: Client, learner: Learner, connected: SandboxProcess, work: Work
) -> None:
    said = "OneFile has refused the same before: Assign 196AS"
    connected.fault(
        "status", r"^Standard/\d+/Assign/", "POST", status=400, body={"code": -5, "message": "Not here."}, times=0
    )
    progress = press(holder, holder.get(ADDRESS).text).url
    work()
    assert "Put it right under Qualifications" in read(holder, progress) and said not in read(holder, progress)
    again = holder.post("/learners/AB12C/onefile/go-on/").url
    work()
    for page in (again, "/learners/AB12C/delivery-plan/"):
        assert said in read(holder, page) and "Try again" in read(holder, page)
    assert "Tries again: run" in read(holder, again)


def test_half_done_creations_go_on_together_with_the_rest(
    holder: Client, night: Run, connected: SandboxProcess, learner: Learner, work: Work
) -> None:
    another(learner, "AB12F")
    connected.fault(
        "status", r"^Standard/\d+/Assign/", "POST", status=400, body={"code": -5, "message": "Not here."}, times=1
    )
    assert command("onefile_enrol", "AB12F").status == 1
    connected.clear_faults()
    assert "3 records are exchanged anew" in read(holder, f"{LIST}retry/")
    assert "3 records are being tried again" in holder.post(f"{LIST}retry/", follow=True).text
    work()
    assert "Nothing fails now" in read(holder, LIST)
    assert len([each for each in connected.state()["users"] if each["MISID"] == "AB12F"]) == 1


def test_each_kind_has_its_way_on() -> None:
    assert set(WAYS) == set(FailureKind)


def fail(count: int) -> None:
    for number in range(count):
        plan = make.a_plan(learner=make.a_link().learner, state="failed", failure_kind="refused", failure_message="no")
        make.a_step(plan=plan, state="refused", begun_at="2026-11-01T00:00Z", message=f"no {number}")


def test_the_list_asks_as_often_for_much_as_for_little(administrator: Client) -> None:
    make.settings(enabled=True)
    counts = []
    for number in (2, 18):
        fail(number)
        administrator.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(LIST).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
