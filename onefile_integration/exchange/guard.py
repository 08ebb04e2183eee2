"""The only way to *approved*: all plans of a run are counted; too much of a kind waits for a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import salted_hmac

from learners.actor import Actor
from onefile_integration.models import ExchangePlan, Run, Settings, Step
from onefile_integration.models.journal import SUBJECTS
from onefile_integration.rules import guard
from onefile_integration.rules.guard import Suspicion
from onefile_integration.words import FailureKind, HeldAnswer, PlanState, RunKind, RunState, StepState

MISSING = (FailureKind.NOT_FOUND, FailureKind.ARCHIVED)


class NotHeld(Exception):
    """The run is not held, or not any more."""


def is_guarded(run: Run) -> bool:
    """One learner is looked at by whoever asks; a list of enrolments was looked at row by row."""
    return run.kind == RunKind.WHOLE or (run.kind == RunKind.REFRESH and run.plans.count() > 1)


def suspicions(run: Run) -> Iterator[Suspicion]:
    """Of the plans as they are now. Streams: a run has many steps."""
    steps = Step.objects.filter(plan__run=run, state=StepState.WAITING).select_related("plan").order_by()
    for step in steps.iterator(chunk_size=2000):
        yield from of_step(step)
    for plan in run.plans.filter(state=PlanState.FAILED, failure_kind__in=MISSING).iterator(chunk_size=2000):
        yield guard.of_missing(plan.subject_key, mark)


def of_step(step: Step) -> list[Suspicion]:
    return guard.of_step(step.plan.subject_key, step.kind, step.record, step.changes, mark)


def mark(text: str) -> str:
    """Not to be traced back to a person's values."""
    return salted_hmac("onefile guard", text, algorithm="sha256").hexdigest()[:20]


def approve(run: Run) -> None:
    """Approved, or held with the counts; a dry run only learns what would hold it."""
    if not is_guarded(run):
        Run.objects.filter(pk=run.pk, state=RunState.PLANNING, dry=False).update(state=RunState.APPROVED)
        run.refresh_from_db()
        return
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        if locked.state == RunState.PLANNING:
            _count(locked)
    run.refresh_from_db()


def _count(run: Run) -> None:
    settings, found = Settings.objects.current(), [] if run.cancelled_at else list(suspicions(run))
    planned = {kind: number for kind, number in _planned(run).items() if number}
    held = guard.holding(found, set(run.looked_at), planned, settings.guard_share, settings.guard_least)
    run.held = held
    run.counted = sorted({each.mark for each in found})
    if held and not run.dry:
        run.state = RunState.HELD
    elif not run.dry:
        run.state = RunState.APPROVED
    run.save(update_fields=["held", "counted", "state"])


def _planned(run: Run) -> dict[str, int]:
    """Whom the rules have left out is none of them: a dry run that a page began has plans of those, too."""
    those = run.plans.exclude(state=PlanState.SKIPPED)
    return those.aggregate(**{kind: Count(kind) for kind in SUBJECTS})


def refuse_what_was_not_counted(plan: ExchangePlan) -> str:
    """A plan made anew after the approval may have become another: it waits for the next run then. Why, or blank."""
    run = plan.run
    if run.dry or run.state == RunState.PLANNING or not is_guarded(run):
        return ""
    waiting = plan.steps.waiting().select_related("plan")
    marks = {each.mark for step in waiting for each in of_step(step)}
    if not marks or marks <= set(run.counted):
        return ""
    return "Since the run was approved, this would lose or overwrite more than was counted. The next run looks again."


# ---- answers


@transaction.atomic
def go_on(run: Run, *, by: Actor) -> None:
    """All is planned again, and held again only for what was not looked at. Raises NotHeld."""
    held = _locked(run)
    held.looked_at = sorted({*held.looked_at, *held.counted})
    held.state, held.held = RunState.PLANNING, {}
    _answered(held, HeldAnswer.GO_ON, by)
    again = held.plans.filter(state=PlanState.READY) | held.plans.filter(
        state=PlanState.FAILED, failure_kind__in=MISSING
    )
    again.update(state=PlanState.UNMADE, due_at=None, failure_kind="", failure_message="", ended_at=None)
    run.refresh_from_db()


def not_read_again(run: Run) -> str:
    """Who agreed when a held run was planned is done with: hours may lie between that and the answer. Blank: nobody."""
    ended = run.plans.filter(state=PlanState.DONE).exclude(steps__state=StepState.DONE)
    count = (ended.filter(ended_at__lt=run.answered_at) if run.answered_at else ended).count()
    if not count:
        return ""
    whom = (
        "1 who agreed with OneFile when the run was planned is"
        if count == 1
        else (f"{count:,} who agreed with OneFile when the run was planned are")
    )
    return f"{whom} not read again: what has changed there since comes with the next run."


@transaction.atomic
def discard(run: Run, *, by: Actor) -> None:
    """Nothing of it is done; the next run counts anew. Raises NotHeld."""
    held = _locked(run)
    why = f"The run was held, and discarded by {by.label}."
    held.plans.open().update(state=PlanState.SKIPPED, ended_at=timezone.now(), failure_message=why[:1000])
    held.state, held.finished_at = RunState.DISCARDED, timezone.now()
    _answered(held, HeldAnswer.DISCARD, by)
    run.refresh_from_db()


def _locked(run: Run) -> Run:
    held = Run.objects.select_for_update().get(pk=run.pk)
    if held.state != RunState.HELD:
        raise NotHeld(f"Run {run.pk} is not held.")
    return held


def _answered(run: Run, answer: HeldAnswer, by: Actor) -> None:
    run.answer, run.answered_at, run.answered_by = answer, timezone.now(), by.label
    run.save()
