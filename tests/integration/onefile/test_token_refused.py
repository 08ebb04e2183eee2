"""The session ends, then the token is refused, in the middle of a run by four worker processes."""

from __future__ import annotations

import time

import pytest
from django.core import mail
from django.utils import timezone

from onefile_integration import tasks
from onefile_integration.exchange import alerts, batches, configuration, incidents, listed
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Run, Settings, Step
from onefile_integration.words import StepState
from tests.faults.test_killed import until
from tests.integration.onefile import crowd
from tests.integration.onefile.conftest import command
from tests.integration.onefile.processes import Environment
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.once]
LEARNERS = 6
AUTHENTICATION = "/Authentication"


def begun(onefile: SandboxProcess, count: int) -> tuple[Run, list[crowd.Learner]]:
    """All are listed and looked at; their creation begins, with a session that ends soon."""
    settings, learners = Settings.objects.current(), crowd.provider(count)
    shown = crowd.worked(listed.start([each.pk for each in learners], Given(), settings=settings, by=crowd.BY))
    onefile.clear_calls()
    onefile.fault("session_ended", "^Placement$", "POST", nth=1, times=1)
    onefile.fault("session_ended", r"^Standard/\d+/Assign", "POST", nth=3, times=1)
    onefile.fault("status", "^Authentication$", "POST", nth=2, times=0, status=401)
    wanted = {row.pk: row.digest[: batches.DIGEST_SHOWN] for row in shown.plans.all()}
    run = batches.begin(shown, wanted, settings=settings, by=crowd.BY)
    assert run is not None
    return run, learners


def signed_in(onefile: SandboxProcess) -> list[int]:
    return [call["status"] for call in onefile.calls() if call["path"].endswith(AUTHENTICATION)]


def calls_in_the_end(onefile: SandboxProcess) -> int:
    """Each process has been refused, also one that was between two learners; a second passes without a call."""
    seen = -1
    for _ in range(60):
        until(lambda: not ExchangePlan.objects.filter(claim__isnull=False).exists(), seconds=60)
        if (calls := len(onefile.calls())) == seen:
            return calls
        seen = calls
        time.sleep(1)
    raise AssertionError("it never becomes quiet")


def test_all_stops_at_once_and_the_same_run_goes_on(
    connected: SandboxProcess, process_environment: Environment
) -> None:
    assert command("onefile_settings", "calls_per_minute=100000", "alerts_to=kim@provider.example").status == 0
    with crowd.night_workers(process_environment(ONEFILE_CALLS_PER_MINUTE=100_000)):
        run, learners = begun(connected, LEARNERS)
        ring(run)
        until(lambda: bool(configuration.fault(Settings.objects.current())), seconds=60)
        quiet = calls_in_the_end(connected)

        assert signed_in(connected)[0] == 200 and set(signed_in(connected)[1:]) == {401}
        assert len(signed_in(connected)) <= 1 + 2 * crowd.WORKERS, "renewed once; then each process is refused twice"
        ring(run)  # a bell that comes late calls nobody
        time.sleep(1.5)
        assert len(connected.calls()) == quiet
        assert not Step.objects.filter(state__in=[StepState.BEGUN, StepState.REFUSED]).exists()
        incidents.watch(timezone.now())
        alerts.send_due()
        assert "must set it anew" in mail.outbox[0].body and run.is_open

        connected.clear_faults()
        configuration.set_token(connected.token, environment="practice", by=crowd.BY)
        ExchangePlan.objects.open().update(due_at=None)  # the minute has passed
        crowd.worked(run)

    crowd.assert_one_of_everything(connected, run, learners)
    incidents.watch(timezone.now())
    alerts.send_due()
    assert [each.subject.count("over") for each in mail.outbox] == [0, 1]


def test_a_late_bell_calls_nobody_while_a_fault_stands(connected: SandboxProcess) -> None:
    settings = Settings.objects.current()
    learners = crowd.provider(1)
    shown = listed.start([each.pk for each in learners], Given(), settings=settings, by=crowd.BY)
    configuration.note_fault(settings, "The token is refused.")
    connected.clear_calls()
    tasks.work_night(shown.pk)
    assert connected.calls() == []
