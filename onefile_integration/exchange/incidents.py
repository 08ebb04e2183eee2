"""Incidents: what is wrong now, noticed by the tick, told by mail, and closed when it is over."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from onefile_integration.exchange import alerts, configuration, nightly, signs
from onefile_integration.exchange.failing import not_mended
from onefile_integration.models import Incident, Run, Settings
from onefile_integration.rules import incidents
from onefile_integration.rules.incidents import Facts, Kind, Night, Outcome, Trouble
from onefile_integration.rules.nights import last_due
from onefile_integration.rules.times import first_moment_at
from onefile_integration.words import FailureKind, PlanState, RunKind, RunState

OWN_FAULT = (FailureKind.NOT_FOUND, FailureKind.ARCHIVED)  # of the record: it is gone there


def watch(now: datetime) -> None:
    """From the tick: open and close, each with its mails in the same transaction."""
    settings = Settings.objects.current()
    standing = list(Incident.objects.open())
    here = {each.kind: each for each in standing if each.environment == settings.environment}
    turn = incidents.turn(facts(settings, now), now, here)
    left = [each for each in standing if each.environment != settings.environment]
    for incident in [*left, *(here[kind] for kind in turn.over)]:
        _close(incident)
    for trouble in turn.opened:
        _open(trouble, settings, here.get(trouble.kind))


@transaction.atomic
def _close(incident: Incident) -> None:
    if Incident.objects.open().filter(pk=incident.pk).update(closed_at=timezone.now()):
        alerts.announce_end(incident)


def _open(trouble: Trouble, settings: Settings, before: Incident | None) -> None:
    """``before`` is not over: this one takes its place, and tells it too once nothing of the kind is left."""
    try:
        with transaction.atomic():
            if before and not Incident.objects.open().filter(pk=before.pk).update(closed_at=timezone.now()):
                return
            incident = Incident.objects.create(
                kind=trouble.kind.value,
                environment=settings.environment,
                run_id=trouble.run,
                text=trouble.text[:500],
                opened_at=timezone.now(),
            )
            alerts.announce(incident, settings)
    except IntegrityError:  # another tick has opened it in this very moment
        return


# ---- facts


def facts(settings: Settings, now: datetime) -> Facts:
    if not settings.enabled:
        return Facts(is_on=False)
    new = _held_and_not_told(settings.environment)
    held = new or nightly.held_run(settings.environment)
    return Facts(
        is_on=True,
        fault=configuration.fault(settings),
        held=held.pk if held else None,
        held_is_new=new is not None,
        unreachable=_out_of_reach_since(settings.environment),
        night=_last_night(settings, now),
        outcome=_last_outcome(settings.environment),
    )


def troubles(settings: Settings, now: datetime) -> tuple[Trouble, ...]:
    """What is wrong at this moment, whether or not a tick has noticed."""
    return incidents.troubles(facts(settings, now), now)


def _held_and_not_told(environment: str) -> Run | None:
    """A run that was let go on and is held once more is told once more."""
    told = Incident.objects.filter(kind=Kind.HELD, run=OuterRef("pk"))
    told = told.filter(opened_at__gte=Coalesce(OuterRef("answered_at"), OuterRef("started_at")))
    held = Run.objects.unfinished().filter(~Exists(told), environment=environment, state=RunState.HELD)
    return held.order_by("pk").first()


def _out_of_reach_since(environment: str) -> datetime | None:
    """While nobody calls, nobody notices that it is back: no longer than the run waits."""
    since = signs.seen().get(signs.out_of_reach(environment))
    waits = Run.objects.unfinished().filter(environment=environment, paused_at__isnull=True, cancelled_at__isnull=True)
    begun = waits.exclude(kind=RunKind.UNDO).order_by("started_at").values_list("started_at", flat=True).first()
    return max(since, begun) if since and begun else None


def _last_night(settings: Settings, now: datetime) -> Night | None:
    since = nightly.scheduled_since(settings)
    date = last_due(now, settings.nightly_at, since, settings.paused_until) if since else None
    if date is None:
        return None
    due, run = first_moment_at(date, settings.nightly_at), Run.objects.filter(scheduled_for=date).first()
    if run is None:
        # Made up for by a later run, whoever asked for it.
        later = nightly.last_finished(settings.environment)
        ended = later.finished_at if later and later.started_at >= due else None
        return Night(due, ended=ended)
    ended = run.finished_at or (run.cancelled_at if run.environment == settings.environment else due)
    return Night(due, run.pk, run.started_at, ended)


def _last_outcome(environment: str) -> Outcome | None:
    run = nightly.last_finished(environment)
    if run is None:
        return None
    # First the cheap count: every tick asks.
    failed = run.plans.filter(state=PlanState.FAILED).exclude(failure_kind__in=OWN_FAULT)
    records = run.plans.exclude(state=PlanState.SKIPPED).count()
    failing = failed.count()
    if failing and failing * incidents.FAILED_SHARE >= records:
        failing = not_mended(failed, environment).count()
    return Outcome(run.pk, records, failing)


def last_scheduled(environment: str) -> Run | None:
    nights = Run.objects.filter(environment=environment, scheduled_for__isnull=False)
    return nights.order_by("-scheduled_for").first()
