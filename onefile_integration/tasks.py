"""Bells. What is to be done stands in the database; a task that is lost or doubled does no harm."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from onefile_integration.exchange import alerts, configuration, incidents, nightly, reconciliation, signs
from onefile_integration.exchange.connection import NotReady
from onefile_integration.exchange.failures import StopRun
from onefile_integration.exchange.work import TURN_SECONDS, ring, work
from onefile_integration.models import Run, Settings
from onefile_integration.words import Lane, RunKind


@shared_task
def tick() -> None:
    now = timezone.now()
    nightly.tick(now)
    incidents.watch(now)
    alerts.ring()
    signs.give(signs.TICK)


@shared_task
def send_alerts() -> None:
    alerts.send_due()


@shared_task
def sign_of_night() -> None:
    """Sent to the night's own workers: who is idle shows that it lives."""
    signs.give(Lane.NIGHT)


@shared_task
def work_people(run_id: int) -> None:
    _work(run_id)


@shared_task
def work_night(run_id: int) -> None:
    _work(run_id)


def _work(run_id: int) -> None:
    """While a fault stands nobody calls: a bell that comes late changes nothing."""
    run = Run.objects.for_workers().filter(pk=run_id).first()
    if run is None or (run.kind != RunKind.UNDO and configuration.fault(Settings.objects.current())):
        return
    with suppress(StopRun, NotReady):  # noted on the run, and the tick rings again
        work(run, TURN_SECONDS)
        if run.plans.due().exists():  # it gave way to another
            ring(run, bells=1)


@shared_task
def reconcile(report_id: int) -> None:
    reconciliation.work(report_id)
