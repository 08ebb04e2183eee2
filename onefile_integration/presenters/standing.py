"""How one learner's exchange stands: a badge and a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings as django_settings

from onefile_integration.models import ExchangePlan, Run, Step
from onefile_integration.presenters.words import clock, looked_at_badge, plan_badge
from onefile_integration.words import (
    FailureKind,
    PlanState,
    RunKind,
    RunState,
    StepState,
)
from picsweb.display import Badge

DONE: dict[str, str] = {
    RunKind.ENROL: "All is done.",
    RunKind.UNDO: "What could be put back is put back. OneFile was not asked, and nothing there was changed.",
}


@dataclass(frozen=True)
class Standing:
    """A plan's state: its badge, and a sentence."""

    badge: Badge
    words: str


def standing(plan: ExchangePlan, run: Run, steps: Iterable[Step], now: datetime) -> Standing:
    if plan.state in (PlanState.UNMADE, PlanState.READY):
        return _going_on(plan, run, list(steps), now)
    if plan.dry and plan.state == PlanState.DONE:
        return Standing(looked_at_badge(plan.state, dry=True), _would_be(list(steps)))
    return Standing(plan_badge(plan.state), _ended(plan))


def _ended(plan: ExchangePlan) -> str:
    match plan.state:
        case PlanState.ASKING:
            return "A question waits for an answer; what does not depend on it is done."
        case PlanState.FAILED:
            return failure(plan) or "It failed."
        case PlanState.SKIPPED:
            return plan.failure_message or "It was left out."
    return DONE.get(plan.kind, "Both sides agree.")


def _would_be(steps: list[Step]) -> str:
    if not steps:
        return "Both sides agree: nothing would be changed."
    return f"Nothing was changed. {len(steps)} {'step' if len(steps) == 1 else 'steps'} would be done."


def failure(plan: ExchangePlan) -> str:
    """What went wrong, and in whose words it is told; of a plan that asks a question, too. Blank where nothing did."""
    kind = str(FailureKind(plan.failure_kind).label) if plan.failure_kind else ""
    told = plan.failure_message
    if not kind or told.startswith(kind):
        return told
    return f"{kind}: {told}" if told else f"{kind}."


def _going_on(plan: ExchangePlan, run: Run, steps: list[Step], now: datetime) -> Standing:
    in_hand = plan.claim is not None and plan.lease_until is not None and plan.lease_until > now
    lost = [step for step in steps if step.state == StepState.IN_DOUBT or (step.state == "begun" and not in_hand)]
    if lost:
        return Standing(Badge(str(StepState.IN_DOUBT.label), "warning"), _checking(lost))
    if in_hand:
        return Standing(Badge("Working", "info"), _working(plan, steps))
    if run.state == RunState.HELD:
        return Standing(
            Badge("Held", "warning"), "The run is held: a Database Administrator decides whether it goes on."
        )
    if run.stop_reason and run.is_open:
        return Standing(Badge("Waits", "warning"), f"{run.stop_reason} It goes on by itself.")
    if plan.due_at and plan.due_at > now:
        return Standing(
            Badge("Waits", "warning"), f"{plan.failure_message} It goes on at {clock(plan.due_at)}.".strip()
        )
    return Standing(Badge("Waiting", "neutral"), "It waits for a worker. You may close this; it goes on by itself.")


def _working(plan: ExchangePlan, steps: list[Step]) -> str:
    if plan.state == PlanState.UNMADE:
        return "Both sides are being read."
    current = next((step.title for step in steps if step.state == StepState.BEGUN), "")
    current = current or next((step.title for step in steps if step.state == StepState.WAITING), "")
    return f"At work: {current}." if current else "At work: OneFile is read back."


def settles_at(steps: Iterable[Step]) -> datetime | None:
    begun = [step.begun_at for step in steps if step.begun_at]
    return max(begun) + timedelta(seconds=django_settings.ONEFILE_SETTLE_SECONDS) if begun else None


def _checking(lost: list[Step]) -> str:
    moment = settles_at(lost)
    until = f" From {clock(moment)} on it can be settled" if moment else " It is settled"
    return f"OneFile's reply to “{lost[0].title}” was lost.{until} by looking there; nothing is created twice."
