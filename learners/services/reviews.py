from __future__ import annotations

from typing import Any

from learners.actor import Actor
from learners.models import Learner, Review
from learners.services import saving
from learners.services.saving import Changes


def create(learner: Learner, *, by: Actor, **values: Any) -> Review:
    """A new review; type Normal and attendance Unknown unless said otherwise."""
    return saving.create(Review(), {"learner": learner, **values}, by=by)


def update(review: Review, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(review, changes, by=by)


def delete(review: Review, *, by: Actor) -> None:
    saving.delete(review, by=by)
