from __future__ import annotations

from typing import Any

from learners.actor import Actor
from learners.models import Learner, Organisation, Placement
from learners.services import saving
from learners.services.saving import Changes


def create(learner: Learner, *, organisation: Organisation, by: Actor, **values: Any) -> Placement:
    """A new placement; of type P unless said otherwise."""
    return saving.create(Placement(), {"learner": learner, "organisation": organisation, **values}, by=by)


def update(placement: Placement, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(placement, changes, by=by)


def delete(placement: Placement, *, by: Actor) -> None:
    saving.delete(placement, by=by)
