"""A run is paused, resumed, cancelled, killed, and shares its workers: nobody is done twice or left between."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from learners.models import Learner
from learners.models.clock import from_now
from onefile_integration import tasks
from onefile_integration.exchange import (
    batches,
    configuration,
    enrolment,
    foreground,
    keeping,
    listed,
    nightly,
    stopping,
)
from onefile_integration.exchange import work as working
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.failures import StopRun
from onefile_integration.exchange.work import work
from onefile_integration.models import ExchangePlan, Run, Settings, Step
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.processes import ROOT, Environment
from tests.integration.onefile.story import another, enrol
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building


def many(learner: Learner, count: int) -> Run:
    """A run that creates so many, shown and begun."""
    for number in range(1, count):
        another(learner, f"ST{number:03}")
    keys = list(Learner.objects.order_by("pk").values_list("pk", flat=True))
    return begun(keys)


def begun(keys: list[int]) -> Run:
    settings = Settings.objects.current()
    shown = listed.start(keys, Given(centre=101), settings=settings, by=BY)
    work(shown)
    run = batches.begin(shown, {row.pk: row.digest[:16] for row in shown.plans.all()}, settings=settings, by=BY)
    assert run
    return run


def states(run: Run) -> Counter[str]:
    return Counter(run.plans.values_list("state", flat=True))


def learners_there(onefile: SandboxProcess) -> Counter[str]:
    return Counter(user["MISID"] for user in onefile.state()["users"] if user["Role"] == 1)


@pytest.fixture
def after_the_first(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """``after_the_first(act)``: somebody acts while the run is at work, when one learner is done."""

    def arrange(act: Callable[[], Any]) -> None:
        done: list[int] = []
        original = working.do

        def do(each: Any, reading: Any) -> None:
            original(each, reading)
            done.append(1)
            if len(done) == 1:
                act()

        monkeypatch.setattr(working, "do", do)

    return arrange


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    bells: list[int] = []
    monkeypatch.setattr(nightly, "ring", lambda run: bells.append(run.pk))
    monkeypatch.setattr(nightly, "start_due_night", lambda *_: None)
    return bells


def test_paused_between_learners_and_resumed(
    learner: Learner, connected: SandboxProcess, after_the_first: Any, rung: list[int]
) -> None:
    run = many(learner, 3)
    after_the_first(lambda: stopping.pause(run, by=BY))
    work(run)
    assert states(run) == {"done": 1, "ready": 2} and len(learners_there(connected)) == 1
    assert not stopping.pause(run, by=BY), "it is paused already"

    work(run)
    nightly.tick(timezone.now())
    assert rung == [] and len(learners_there(connected)) == 1

    assert stopping.resume(run, by=BY)
    nightly.tick(timezone.now())
    assert rung == [run.pk]
    work(run)
    run.refresh_from_db()
    assert (run.state, states(run)) == ("finished", {"done": 3})
    assert set(learners_there(connected).values()) == {1}


@pytest.mark.parametrize("stop", [stopping.pause, stopping.cancel])
def test_what_is_in_doubt_is_settled_all_the_same(
    learner: Learner, connected: SandboxProcess, quick_settling: None, rung: list[int], stop: Any
) -> None:
    run = many(learner, 2)
    connected.fault("lost_after", "^User$", "POST", nth=3, times=1)
    assert work(run) is None and Step.objects.filter(state="in_doubt").exists()
    stop(run, by=BY)
    time.sleep(1.1)
    nightly.tick(timezone.now())
    assert rung == [run.pk]
    work(run)
    assert not Step.objects.unsettled().exists()
    assert set(learners_there(connected).values()) == {1}


def test_cancelled_the_rest_is_left_out(learner: Learner, connected: SandboxProcess, after_the_first: Any) -> None:
    run = many(learner, 3)
    after_the_first(lambda: stopping.cancel(Run.objects.get(pk=run.pk), by=BY))
    work(run)
    run.refresh_from_db()
    assert (run.state, states(run), run.cancelled_by) == ("finished", {"done": 1, "skipped": 2}, "test")
    assert {plan.outcome for plan in run.plans.filter(state="skipped")} == {"cancelled"}
    assert len(learners_there(connected)) == 1
    assert not stopping.cancel(run, by=BY) and not stopping.pause(run, by=BY), "it is too late"


def test_cancelled_while_somebody_has_one_in_hand(learner: Learner, connected: SandboxProcess, rung: list[int]) -> None:
    """Put back without anything begun, it is left out, too; the tick sees to it."""
    run = many(learner, 2)
    first = run.plans.earliest("pk")
    assert first.try_claim(timedelta(minutes=5))
    stopping.cancel(run, by=BY)
    assert states(run) == {"ready": 1, "skipped": 1}
    first.release(wait=timedelta(seconds=60))
    nightly.tick(timezone.now())
    assert rung == [run.pk]
    work(run)
    run.refresh_from_db()
    assert (run.state, states(run)) == ("finished", {"skipped": 2}) and not learners_there(connected)


def test_a_whole_run_too(learner: Learner, connected: SandboxProcess) -> None:
    enrol()
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    stopping.pause(run, by=BY)
    answer = command("onefile_sync")
    assert (answer.status, answer.data["run"], answer.data["outcome"]) == (1, run.pk, "stopped")
    run.refresh_from_db()
    assert run.plans.get().state == "unmade"
    assert stopping.cancel(run, by=BY)
    work(run)
    assert nightly.last_finished("practice") is None
    assert command("onefile_sync").data["run"] != run.pk


def test_a_list_cannot_be_paused(learner: Learner) -> None:
    shown = listed.start([learner.pk], Given(centre=101), settings=Settings.objects.current(), by=BY)
    assert not stopping.pause(shown, by=BY) and not stopping.may_be_stopped(shown)


def test_several_workers_share_a_run(learner: Learner, connected: SandboxProcess) -> None:
    run = many(learner, 8)
    assert working._bells(run) == 4
    at_once(run, 4)
    assert states(run) == {"done": 8}
    assert set(learners_there(connected).values()) == {1}


def at_once(run: Run, count: int) -> None:
    """So many workers; waiting ones come back, as the tick would have them."""

    def one() -> None:
        try:
            foreground._one(Run.objects.get(pk=run.pk))
        finally:
            connection.close()

    deadline = time.monotonic() + 60
    ExchangePlan.objects.filter(run=run, due_at__isnull=False).update(due_at=None)
    while Run.objects.get(pk=run.pk).is_open:
        assert time.monotonic() < deadline
        threads = [threading.Thread(target=one) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ExchangePlan.objects.filter(run=run, due_at__isnull=False).update(due_at=None)


def test_one_person_twice_at_the_same_time(learner: Learner, connected: SandboxProcess) -> None:
    """Two workers, each with one record of the same person: OneFile would show the second too late."""
    same = {"forenames": "Ines", "surname": "Dace", "uln": "4987600012", "date_of_birth": "2006-01-02"}
    enrol()  # officer and employer are there: neither waits for them
    keys = [another(learner, ident, **same).pk for ident in ("TW001", "TW002")]
    run = begun(keys)
    connected.fault("delay", "^User$", "POST", times=9, seconds=0.7)
    at_once(run, 2)
    assert len(learners_there(connected)) == 2
    assert {plan.outcome for plan in run.plans.all()} == {"", "duplicate"}


def test_a_night_and_a_batch_take_turns(
    learner: Learner, connected: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker, two runs: each goes on, whoever came first."""
    for ident in ("NI001", "NI002", "NI003"):
        another(learner, ident)
    enrol(("NI001", "NI002", "NI003"))
    night = nightly.start_whole_run(Settings.objects.current(), by=BY)
    batch = begun([learner.pk, *(another(learner, ident).pk for ident in ("BA001", "BA002"))])
    order: list[int] = []
    bells: list[int] = []
    original = working.Worker.attempt

    def attempt(worker: Any, plan: ExchangePlan, act: Any) -> None:
        order.append(plan.run_id)
        original(worker, plan, act)

    monkeypatch.setattr(working.Worker, "attempt", attempt)
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(tasks, "ring", lambda run, bells=1, to=bells: to.append(run.pk))
    bells += [night.pk, batch.pk]
    while bells:
        tasks.work_night(bells.pop(0))
    assert order[:4] == [night.pk, batch.pk] * 2
    assert not ExchangePlan.objects.open().exists()


def test_a_killed_worker_is_followed_by_another(
    learner: Learner, connected: SandboxProcess, process_environment: Environment, quick_settling: None
) -> None:
    run = many(learner, 3)
    connected.fault("delay", "^User$", "POST", nth=3, times=1, seconds=15, write_first=True)
    environment = process_environment(ONEFILE_LEASE_SECONDS=1, ONEFILE_TIMEOUT_SECONDS=20)
    script = f"from onefile_integration.tasks import work_night; work_night({run.pk})"
    process = subprocess.Popen([sys.executable, "manage.py", "shell", "-c", script], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 40
        while not connected.faults()[0]["fired"]:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.05)
        time.sleep(0.3)
    finally:
        process.kill()
        process.wait()
    time.sleep(1.2)
    at_once(run, 1)
    assert states(run) == {"done": 3}
    assert set(learners_there(connected).values()) == {1} and len(learners_there(connected)) == 3


def test_onefile_out_of_reach_holds_the_batch_and_loses_nobody(learner: Learner, connected: SandboxProcess) -> None:
    """After a few in a row it stops; what goes on later is compared all the same."""
    run = many(learner, 4)
    connected.fault("status", times=0, status=503)
    with pytest.raises(StopRun):
        work(run)
    run.refresh_from_db()
    assert "could not be reached" in run.stop_reason and not run.plans.filter(state="failed").exists()
    connected.clear_faults()
    Learner.objects.filter(ident="ST001").update(mobile="07700900123")
    at_once(run, 1)
    assert {plan.learner.ident: plan.outcome for plan in run.plans.exclude(state="done")} == {"ST001": "changed"}
    assert len(learners_there(connected)) == 3


def test_old_lists_go_and_what_came_of_them_stays(learner: Learner, connected: SandboxProcess) -> None:
    run = many(learner, 2)
    work(run)
    keeping.prune(timezone.now())
    assert Run.objects.filter(kind="preview").exists()
    Run.objects.filter(kind="preview").update(started_at=from_now(-timedelta(days=15)))
    keeping.prune(timezone.now())
    assert not Run.objects.filter(kind="preview").exists()
    assert states(run) == {"done": 2} and run.plans.get(learner=learner).steps.exists()


def test_a_list_is_read_by_workers_and_a_dry_run_is_not(
    learner: Learner, connected: SandboxProcess, rung: list[int]
) -> None:
    settings = Settings.objects.current()
    shown = listed.start([learner.pk], Given(centre=101), settings=settings, by=BY)
    dry = enrolment.refresh([learner], settings=settings, by=BY, dry=True)
    nightly.tick(timezone.now())
    assert rung == [shown.pk]
    tasks.work_night(shown.pk)
    tasks.work_night(dry.pk)
    assert (shown.plans.get().outcome, dry.plans.get().state) == ("ready", "unmade")


def test_switched_off_in_the_middle_nothing_more_is_exchanged(
    learner: Learner, connected: SandboxProcess, after_the_first: Any
) -> None:
    """Not by the worker that is at it, nor by a bell that comes late; switched on again it goes on."""
    run = many(learner, 3)
    after_the_first(lambda: configuration.change({"enabled": "off"}, by=BY))
    tasks.work_night(run.pk)
    tasks.work_night(run.pk)
    assert states(run) == {"done": 1, "ready": 2} and len(learners_there(connected)) == 1

    configuration.change({"enabled": "on"}, by=BY)
    ExchangePlan.objects.update(due_at=None)  # the minute has passed
    tasks.work_night(run.pk)
    assert states(run) == {"done": 3}


@pytest.mark.parametrize("end", ["discarded", "cancelled"])
def test_an_answer_to_what_a_run_asked_that_is_over_for_good(learner: Learner, end: str) -> None:
    """It counts from the next exchange on; the plan does not stand open for ever in a run that nobody goes on with."""
    over = {"cancelled_at": timezone.now(), "cancelled_by": "test"} if end == "cancelled" else {}
    state = "discarded" if end == "discarded" else "finished"
    run = building.a_run(kind="whole", lane="night", state=state, **over)
    plan = building.a_plan(run=run, kind="whole", learner=learner, state="asking")
    question = building.a_question(kind="same_review", plan=plan, learner=learner, answers=[["another", "No"]])
    answered = command("onefile_answer", str(question.pk), "another")
    assert answered.status == 0 and "goes on now" not in answered.data["message"]
    assert not ExchangePlan.objects.open().exists()
