"""A learner goes on a break, comes back, ends; an end set by mistake is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from learners import rules
from learners.actor import Actor
from learners.models import Break, DeliveryPlanLine, Learner, Placement
from learners.services import breaks, delivery, learners, placements


def start_break(learner: Learner, *, from_date: date, by: Actor) -> Break:
    return breaks.create(learner, from_date=from_date, by=by)


@transaction.atomic
def return_from_break(learner: Learner, *, last_day: date, by: Actor) -> None:
    """The open break gets its last day."""
    pause = learner.breaks.filter(to_date__isnull=True).order_by("-from_date").first()
    rules.refuse(rules.return_faults(pause, last_day))
    if pause is not None:
        breaks.update(pause, to_date=last_day, by=by)


@transaction.atomic
def end(
    learner: Learner,
    *,
    actual_end: date,
    by: Actor,
    lines: Mapping[DeliveryPlanLine, date] | None = None,
    placed: Mapping[Placement, date] | None = None,
) -> None:
    """End the programme, with it what is given with its own last day, and a break that goes on beyond the end."""
    stored = Learner.objects.select_for_update().get(pk=learner.pk)
    pauses = list(stored.breaks.all())
    rules.refuse(rules.programme_end_faults(stored, pauses, actual_end))
    for pause in rules.breaks_cut_short(pauses, actual_end):
        breaks.update(pause, to_date=actual_end, by=by)
    for line, last in (lines or {}).items():
        delivery.update_line(line, actual_end=last, by=by)
    for placement, last in (placed or {}).items():
        placements.update(placement, end=last, by=by)
    learners.update(learner, actual_end=actual_end, by=by)


def undo_end(learner: Learner, *, by: Actor) -> None:
    """The learner is in learning again. What was ended with the programme stays ended."""
    learners.update(learner, actual_end=None, by=by)
