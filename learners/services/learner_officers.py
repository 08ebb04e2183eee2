"""Officers beside the main one, each in a role."""

from __future__ import annotations

from django.db import transaction

from learners.actor import Actor
from learners.models import Learner, LearnerOfficer, Officer
from learners.services import saving


@transaction.atomic
def add(learner: Learner, *, officer: Officer, role: str, by: Actor) -> tuple[LearnerOfficer, bool]:
    """The officer in that role, and whether that is new."""
    there = LearnerOfficer.objects.filter(learner=learner, officer=officer, role=role).first()
    if there:
        return there, False
    values = {"learner": learner, "officer": officer, "role": role}
    return saving.create(LearnerOfficer(), values, by=by), True


def remove(learner_officer: LearnerOfficer, *, by: Actor) -> None:
    saving.delete(learner_officer, by=by)
