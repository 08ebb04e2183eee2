"""Whole runs: who is in, when the night is due, what a tick does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from learners.actor import Actor
from learners.models import Break, Learner
from learners.words import OfficerStatus, OrganisationStatus, SystemStatus
from onefile_integration.exchange import configuration, keeping, reconciliation
from onefile_integration.exchange.enrolment import new_run
from onefile_integration.exchange.reading.partner_details import linked
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Link, Run, Settings
from onefile_integration.rules.nights import due_night, next_due
from onefile_integration.rules.times import months_before
from onefile_integration.words import OPEN_RUNS, Lane, LinkState, Mode, RunKind, RunState

AT_ONCE = 500
CLOCK = Actor(label="the nightly schedule")


class Busy(Exception):
    """Another whole run is going on."""


def linked_learners(environment: str) -> QuerySet[Learner]:
    links = Link.objects.within(environment).filter(learner__isnull=False).exclude(state=LinkState.CREATING)
    return Learner.objects.filter(pk__in=links.values("learner"))


def eligible_learners(settings: Settings, today: date) -> QuerySet[Learner]:
    """As the rule ``why_not_exchanged`` has it, which judges each again before it is read."""
    oldest = months_before(today, settings.months_after_end)
    ended = Q(actual_end__isnull=False, actual_end__lte=today)
    on_break = Break.objects.covering(today).values("learner")
    return (
        linked_learners(settings.environment)
        .filter(system_status=SystemStatus.LIVE, held_from_sync=False)
        .exclude(ended & Q(actual_end__lt=oldest))
        .exclude(~ended & Q(pk__in=on_break))
    )


def eligible_partners(settings: Settings) -> list[dict[str, int]]:
    """Officers and organisations whose details are exchanged, as fields of a plan; the rule ``why_left_out`` judges
    each again before it is read.
    """
    links = linked(settings.environment)
    found: list[dict[str, int]] = []
    if settings.officer_mode != Mode.NONE:
        officers = links.filter(officer__status=OfficerStatus.LIVE).order_by("officer").distinct()
        found += [{"officer_id": pk} for pk in officers.values_list("officer_id", flat=True) if pk]
    if settings.organisation_mode != Mode.NONE:
        organisations = links.filter(organisation__status=OrganisationStatus.LIVE).order_by("organisation").distinct()
        found += [{"organisation_id": pk} for pk in organisations.values_list("organisation_id", flat=True) if pk]
    return found


def start_whole_run(settings: Settings, *, by: Actor, dry: bool = False, scheduled_for: date | None = None) -> Run:
    """Raises Busy where another whole run is open."""
    try:
        with transaction.atomic():
            run = new_run(RunKind.WHOLE, settings, by, lane=Lane.NIGHT, dry=dry, scheduled_for=scheduled_for)
            learners = list(_keys(eligible_learners(settings, timezone.localdate())))
            run.skipped = linked_learners(settings.environment).count() - len(learners)
            run.save(update_fields=["skipped"])
            _plans(run, learners, settings)
    except IntegrityError:
        raise Busy("Another synchronisation is going on.") from None
    return run


@transaction.atomic
def start_dry_run(settings: Settings, *, by: Actor) -> Run:
    """For workers. Whom the rules leave out has a plan too, which says why; one that is going on is found."""
    list(Settings.objects.select_for_update().filter(pk=settings.pk))  # of two presses at once the second waits
    going_on = Run.objects.whole().filter(environment=settings.environment, in_background=True, state__in=OPEN_RUNS)
    if run := going_on.filter(cancelled_at__isnull=True).first():
        return run
    run = new_run(RunKind.WHOLE, settings, by, lane=Lane.NIGHT, dry=True, in_background=True)
    _plans(run, _keys(linked_learners(settings.environment)), settings)
    return run


def _keys(learners: QuerySet[Learner]) -> Iterable[int]:
    return learners.values_list("pk", flat=True).order_by("pk")


def _plans(run: Run, learners: Iterable[int], settings: Settings) -> None:
    subjects = [{"learner_id": pk} for pk in learners] + eligible_partners(settings)
    plans = (ExchangePlan(run=run, kind=RunKind.WHOLE, dry=run.dry, **subject) for subject in subjects)
    while some := list(islice(plans, AT_ONCE)):
        ExchangePlan.objects.bulk_create(some)


def unfinished_whole_run(environment: str) -> Run | None:
    return Run.objects.unfinished().whole().filter(environment=environment).first()


def held_run(environment: str) -> Run | None:
    """The one that waits for *go on* or *discard*: the whole run before one of chosen learners."""
    held = Run.objects.unfinished().filter(environment=environment, state=RunState.HELD)
    return held.order_by("-kind", "-pk").first()


def tick(now: datetime) -> None:
    """Every 15 seconds: start the night if it is due, and ring for every run that has something to do."""
    settings = Settings.objects.current()
    keeping.prune(now)
    for run in waiting_undos():
        ring(run)
    if not settings.enabled:
        return
    if not configuration.fault(settings):
        for run in waiting_runs(settings.environment):
            ring(run)
    reconciliation.tick(settings.environment)
    start_due_night(settings, now)


def waiting_runs(environment: str) -> QuerySet[Run]:
    return _waiting(Run.objects.for_workers().filter(environment=environment).exclude(kind=RunKind.UNDO))


def waiting_undos() -> QuerySet[Run]:
    """They call nobody, so they go on whatever is set."""
    return _waiting(Run.objects.for_workers().filter(kind=RunKind.UNDO))


def _waiting(here: QuerySet[Run]) -> QuerySet[Run]:
    """Those with a plan that is due, and those that only have to be ended: their last worker may have died."""
    is_due = Q(pk__in=ExchangePlan.objects.due().values("run"))
    unfinished = here.filter(state__in=[RunState.PLANNING, RunState.APPROVED])
    going_on = Exists(ExchangePlan.objects.open().filter(run=OuterRef("pk")))
    to_end = Q(pk__in=unfinished.filter(~going_on | Q(cancelled_at__isnull=False)).values("pk"))
    return here.filter(is_due | to_end)


def start_due_night(settings: Settings, now: datetime) -> Run | None:
    """One run for each London date; a missed one is made up within twelve hours."""
    if configuration.is_paused(settings):
        return None
    since = timezone.localdate(now) - timedelta(days=2)
    done = set(Run.objects.filter(scheduled_for__gte=since).values_list("scheduled_for", flat=True))
    night = due_night(now, settings.nightly_at, {each for each in done if each}, on_since(settings) or now)
    if night is None or unfinished_whole_run(settings.environment):
        return None
    if why := configuration.fault(settings):
        return _note_failed_night(settings, night, why)
    try:
        run = start_whole_run(settings, by=CLOCK, scheduled_for=night)
    except Busy:
        return None
    ring(run)
    return run


def _note_failed_night(settings: Settings, night: date, why: str) -> Run | None:
    """A night that could not begin is a failure that can be seen, not a silence."""
    try:
        with transaction.atomic():
            return new_run(
                RunKind.WHOLE,
                settings,
                CLOCK,
                lane=Lane.NIGHT,
                scheduled_for=night,
                state=RunState.STOPPED,
                stop_reason=why[:500],
                finished_at=timezone.now(),
            )
    except IntegrityError:
        return None


def last_finished(environment: str) -> Run | None:
    whole = Run.objects.whole().filter(
        environment=environment, dry=False, state=RunState.FINISHED, cancelled_at__isnull=True
    )
    return whole.order_by("-finished_at").first()


def on_since(settings: Settings) -> datetime | None:
    """Since when the integration has been on without a break; None while it is off."""
    since = None
    for row in settings.history.order_by("-history_date").values_list("enabled", "history_date"):
        if not row[0]:
            break
        since = row[1]
    return since if settings.enabled else None


def scheduled_since(settings: Settings) -> datetime | None:
    """Since when it has been on with this time of the night: no other night was missed."""
    since = None
    for enabled, at, when in settings.history.order_by("-history_date", "-history_id").values_list(
        "enabled", "nightly_at", "history_date"
    ):
        if not enabled or at != settings.nightly_at:
            break
        since = when
    return since if settings.enabled else None


def next_night(settings: Settings, now: datetime) -> datetime | None:
    """When the next scheduled run is due, in UTC; None while the integration is off."""
    if not settings.enabled:
        return None
    done = set(Run.objects.filter(scheduled_for__isnull=False).values_list("scheduled_for", flat=True)[:5])
    at: time = settings.nightly_at
    first = settings.paused_until or timezone.localdate(now)
    return next_due(now, at, {each for each in done if each}, first)
