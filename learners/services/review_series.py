"""Several reviews of a learner made, or taken back, in one go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count

from learners.actor import Actor
from learners.models import Learner, Review
from learners.services import reviews


@transaction.atomic
def create(learner: Learner, days: Iterable[date], *, by: Actor, **values: Any) -> list[Review]:
    """All of them or, where one is refused, none."""
    return [reviews.create(learner, by=by, scheduled_date=day, **values) for day in days]


@transaction.atomic
def take_back(made: Iterable[Review], *, by: Actor) -> int:
    """Delete those that nobody has touched since they were made; say how many."""
    chosen = Review.objects.select_for_update().filter(pk__in=[review.pk for review in made])
    alike = untouched(chosen)
    for review in alike:
        reviews.delete(review, by=by)
    return len(alike)


def untouched(made: Iterable[Review]) -> list[Review]:
    """Those with the one row of history that making them wrote."""
    made = list(made)
    rows = Review.history.filter(id__in=[review.pk for review in made]).order_by()
    touched = rows.values("id").annotate(count=Count("id")).filter(count__gt=1).values_list("id", flat=True)
    return [review for review in made if review.pk not in set(touched)]
