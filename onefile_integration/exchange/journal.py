"""Plans become rows: the preview of what will be done, later the log of what was."""

from __future__ import annotations

from django.db import transaction

from onefile_integration.exchange import questions
from onefile_integration.models import ExchangePlan, RemoteReview, Step
from onefile_integration.rules.steps import Kind, Plan
from onefile_integration.words import FailureKind, RowOutcome, RunKind, StepState


@transaction.atomic
def write(plan: ExchangePlan, made: Plan) -> int:
    """What waited is replaced; what has begun or ended stays as it is. Gives the last position of the old steps."""
    held = list(plan.steps.values_list("position", "state"))
    if any(state == StepState.WAITING for _, state in held):
        plan.steps.waiting().delete()
    last = max((position for position, state in held if state != StepState.WAITING), default=0)
    Step.objects.bulk_create(
        Step(
            plan=plan,
            position=position,
            kind=step.kind,
            side=step.side,
            record=step.record,
            title=step.title,
            needs=list(step.needs),
            changes=[change.as_json() for change in step.changes],
            undoes_id=step.undoes,
        )
        for position, step in enumerate(made.steps, start=last + 1)
    )
    _leave_their_turn(made)
    notes = [{"kind": "note", "text": text} for text in made.notes]
    notes += [{"kind": FailureKind.NOT_FOUND.value, "text": text} for text in made.missing]
    notes += [{"kind": FailureKind.ARCHIVED.value, "text": text} for text in made.archived]
    notes += [{"kind": FailureKind.BAD_ANSWER.value, "text": text} for text in made.unreadable]
    if not plan.run.dry and plan.kind != RunKind.UNDO:  # which compares nothing with OneFile
        questions.withdraw(plan, made.doubts)
    for doubt in made.doubts:
        if plan.run.dry:
            notes.append({"kind": "note", "text": f"A question would be asked: {doubt.text}"})
        else:
            questions.ask(plan, doubt)
    fresh = [note for note in notes if note not in plan.notes]
    asks = plan.run.dry and bool(made.doubts)
    if fresh or asks or plan.is_stale:
        plan.notes, plan.is_stale = [*plan.notes, *fresh], False
        plan.noted_kind = next((note["kind"] for note in plan.notes if note["kind"] != "note"), "")
        plan.outcome = RowOutcome.QUESTION if asks else plan.outcome
        plan.save(update_fields=["notes", "noted_kind", "is_stale", "outcome"])
    return int(last)


def _leave_their_turn(made: Plan) -> None:
    """Signed reviews are read by turns: one that has changed is read again, until the change is kept here. The run may
    be cancelled or discarded first.
    """
    changed = [int(step.record.split(":")[1]) for step in made.steps if step.kind is Kind.UPDATE_REVIEW]
    if changed:
        RemoteReview.objects.filter(review__in=changed).update(read_at=None)
