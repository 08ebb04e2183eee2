"""A run is paused, resumed or cancelled by a person. What has begun with a learner goes on to its end all the same."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from learners.actor import Actor
from onefile_integration.models import Run
from onefile_integration.models.journal import RunQuerySet
from onefile_integration.words import OPEN_RUNS, PlanState, RowOutcome, RunKind, RunState


def may_be_stopped(run: Run) -> bool:
    """A list changes nothing, a single learner is done before anybody could press, a command by who gave it."""
    is_long = run.is_of_many or run.kind in (RunKind.WHOLE, RunKind.UNDO)
    return run.is_open and run.cancelled_at is None and is_long and (not run.dry or run.in_background)


def pause(run: Run, *, by: Actor) -> bool:
    """Workers look before each learner. False where it was too late, or paused already."""
    going_on = _stoppable(run).filter(paused_at__isnull=True)
    return bool(going_on.update(paused_at=timezone.now(), paused_by=by.label))


def resume(run: Run, *, by: Actor) -> bool:
    """False where it was not paused any more."""
    return bool(_stoppable(run).filter(paused_at__isnull=False).update(paused_at=None, paused_by=""))


def cancel(run: Run, *, by: Actor) -> bool:
    """For good: who has not begun is left out."""
    cancelled = _stoppable(run).update(cancelled_at=timezone.now(), cancelled_by=by.label, paused_at=None, paused_by="")
    if cancelled:
        run.refresh_from_db()
        leave_the_rest(run)
    return bool(cancelled)


def leave_the_rest(run: Run) -> None:
    """Of a cancelled run: those that nobody has in hand and of whom nothing was done. It is held no more."""
    if run.cancelled_at is None:
        return
    Run.objects.filter(pk=run.pk, state=RunState.HELD).update(state=RunState.APPROVED)
    free = Q(claim__isnull=True) | Q(lease_until__lt=Now())
    run.plans.open().not_begun().filter(free).update(
        state=PlanState.SKIPPED,
        outcome=RowOutcome.CANCELLED,
        failure_message=f"Cancelled by {run.cancelled_by} before it was begun.",
        ended_at=timezone.now(),
        claim=None,
        lease_until=None,
    )


def _stoppable(run: Run) -> RunQuerySet:
    going_on = Run.objects.filter(state__in=OPEN_RUNS, cancelled_at__isnull=True)
    return going_on.filter(Q(dry=False) | Q(in_background=True), pk=run.pk)
