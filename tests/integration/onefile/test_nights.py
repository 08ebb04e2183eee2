"""What a tick starts and rings for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import nightly
from onefile_integration.models import ExchangePlan, Run, Settings
from onefile_integration.words import PlanState, RunState
from tests.integration.onefile.conftest import BY, command
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The runs whose bell was rung."""
    bells: list[int] = []
    monkeypatch.setattr(nightly, "ring", lambda run: bells.append(run.pk))
    return bells


def at(hour: int, minute: int, days: int = 1) -> datetime:
    """A London time on a day to come: the integration is on since today."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))


def test_a_night_is_started_once(learner: Learner, rung: list[int]) -> None:
    for moment in (at(2, 29), at(2, 30), at(2, 31), at(9, 0)):
        nightly.tick(moment)

    (run,) = Run.objects.all()
    assert run.scheduled_for == at(2, 30).date()
    assert run.pk in rung


def test_without_a_token_the_night_is_a_failure_that_is_seen(connected: SandboxProcess, rung: list[int]) -> None:
    Settings.objects.update(environment="beta")

    nightly.tick(at(2, 30))

    (run,) = Run.objects.all()
    assert run.state == RunState.STOPPED and "Customer Token" in run.stop_reason


@pytest.mark.parametrize("paused_until", [date(2999, 1, 1)])
def test_paused_nothing_is_started(connected: SandboxProcess, rung: list[int], paused_until: date) -> None:
    Settings.objects.update(paused_until=paused_until)

    nightly.tick(at(2, 30))

    assert not Run.objects.exists()


def test_a_run_whose_last_worker_died_is_ended(learner: Learner, connected: SandboxProcess, rung: list[int]) -> None:
    command("onefile_enrol", "AB12C")
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    ExchangePlan.objects.filter(run=run).update(state=PlanState.DONE)
    rung.clear()

    nightly.tick(timezone.now())

    assert rung == [run.pk]
    assert command("onefile_sync").data["run"] == run.pk
    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_the_next_run_is_known(connected: SandboxProcess) -> None:
    soon = at(2, 30, days=0)
    expected = soon if timezone.now() < soon else at(2, 30)

    said = datetime.fromisoformat(command("onefile_status").data["next_run"])

    assert said == expected
