"""What hangs on a learner and has forms of its own: how each kind is entered, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from learners.actor import Actor
from learners.forms import records as forms
from learners.models import (
    Break,
    DeliveryPlanLine,
    Learner,
    LearnerOfficer,
    Placement,
    Review,
    Unit,
)
from learners.presenters.records import break_words, line_words, placement_words, review_words
from learners.registry import registry
from learners.services import breaks, delivery, learner_officers, placements, reviews

KEPT = "History keeps what it held."


@dataclass(frozen=True)
class Part:
    """``update`` is None where a record is only added and removed."""

    noun: str
    tab: str
    model: type[Model]
    form: type[forms.RecordForm]
    create: Callable[..., Any]
    update: Callable[..., Any] | None
    delete: Callable[..., None]
    owner: str = "learner"
    delete_notes: tuple[str, ...] = (KEPT,)
    words: Callable[[Any], str] = str

    def records(self, learner: Learner) -> QuerySet[Any]:
        return self.model._default_manager.filter(**{self.owner: learner})


def _create_unit(learner: Learner, *, line: DeliveryPlanLine, by: Actor, **values: Any) -> Unit:
    return delivery.create_unit(line, by=by, **values)


PARTS = {
    "lines": Part(
        words=line_words,
        noun="qualification",
        tab="qualifications",
        model=DeliveryPlanLine,
        form=forms.LineForm,
        create=delivery.create_line,
        update=delivery.update_line,
        delete=delivery.delete_line,
        delete_notes=("Its units are deleted with it.", KEPT),
    ),
    "units": Part(
        noun="unit",
        tab="units",
        model=Unit,
        form=forms.UnitForm,
        create=_create_unit,
        update=delivery.update_unit,
        delete=delivery.delete_unit,
        owner="line__learner",
    ),
    "reviews": Part(
        words=review_words,
        noun="review",
        tab="reviews",
        model=Review,
        form=forms.ReviewForm,
        create=reviews.create,
        update=reviews.update,
        delete=reviews.delete,
        delete_notes=("A copy in another system stays there.", KEPT),
    ),
    "placements": Part(
        words=placement_words,
        noun="placement",
        tab="placements",
        model=Placement,
        form=forms.PlacementForm,
        create=placements.create,
        update=placements.update,
        delete=placements.delete,
    ),
    "officers": Part(
        noun="officer in a role",
        tab="officers",
        model=LearnerOfficer,
        form=forms.LearnerOfficerForm,
        create=learner_officers.add,
        update=None,
        delete=learner_officers.remove,
    ),
    "breaks": Part(
        words=break_words,
        noun="break in learning",
        tab="progress",
        model=Break,
        form=forms.BreakForm,
        create=breaks.create,
        update=breaks.update,
        delete=breaks.delete,
    ),
}


def locked_fields(record: Any) -> dict[str, str]:
    """Fields of a saved review that another system keeps, each with the reason."""
    if not isinstance(record, Review) or record.pk is None:
        return {}
    return locked_reviews([record]).get(record.pk, {})


def locked_reviews(reviews: Sequence[Review]) -> dict[int, dict[str, str]]:
    """Those of them that another system keeps fields of, by pk."""
    found: dict[int, dict[str, str]] = {}
    for hook in registry.review_locked_fields:
        for pk, fields in hook(reviews).items():
            found.setdefault(pk, {}).update(fields)
    return found
