"""Lines of a delivery plan and their units."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from learners.actor import Actor
from learners.models import DeliveryPlanLine, Learner, Qualification, Unit
from learners.services import saving
from learners.services.saving import Changes


def create_line(learner: Learner, *, qualification: Qualification, by: Actor, **values: Any) -> DeliveryPlanLine:
    return saving.create(DeliveryPlanLine(), {"learner": learner, "qualification": qualification, **values}, by=by)


def update_line(line: DeliveryPlanLine, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(line, changes, by=by)


@transaction.atomic
def delete_line(line: DeliveryPlanLine, *, by: Actor) -> None:
    for unit in line.units.all():
        delete_unit(unit, by=by)
    saving.delete(line, by=by)


def create_unit(line: DeliveryPlanLine, *, reference: str, by: Actor, **values: Any) -> Unit:
    return saving.create(Unit(), {"line": line, "reference": reference, **values}, by=by)


def update_unit(unit: Unit, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(unit, changes, by=by)


@transaction.atomic
def set_unit(line: DeliveryPlanLine, *, reference: str, by: Actor, **values: Any) -> tuple[Unit, Changes]:
    """The line's unit of that reference, made if it is not there; the changes are empty where it was made."""
    unit = line.units.filter(reference=reference).first()
    if unit is None:
        return create_unit(line, reference=reference, by=by, **values), {}
    return unit, update_unit(unit, by=by, **values)


def delete_unit(unit: Unit, *, by: Actor) -> None:
    saving.delete(unit, by=by)
