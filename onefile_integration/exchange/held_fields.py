"""Held fields as rows: read for planning, held by hand or by an undo, freed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from learners.actor import Actor
from learners.models import DeliveryPlanLine, Learner, Officer, Organisation, Review
from onefile_integration.models import HeldField
from onefile_integration.models.journal import Subject
from onefile_integration.rules.held_fields import MAY_BE_HELD, Held

MODELS: dict[str, type[Model]] = {
    "learner": Learner,
    "line": DeliveryPlanLine,
    "review": Review,
    "officer": Officer,
    "organisation": Organisation,
}


class CannotHold(Exception):
    """Why, in words for people."""


def held_of(subject: Subject) -> tuple[Held, ...]:
    """For planning. A learner comes with lines and reviews read already."""
    rows = HeldField.objects.held().of(subject).order_by("record", "field")
    names: Mapping[str, str] = parts_of(subject) if isinstance(subject, Learner) else {}
    return tuple(
        Held(row.record, row.field, timezone.localdate(row.held_at), names.get(row.record, ""))
        for row in rows
        if row.field in MAY_BE_HELD[row.record.split(":")[0]]
    )


def parts_of(learner: Learner) -> dict[str, str]:
    """What people call the lines and reviews of a learner, by key."""
    lines = {f"line:{line.pk}": line.qualification.vq_reference for line in learner.delivery_plan.all()}
    return lines | {f"review:{each.pk}": review_words(each) for each in learner.reviews.all()}


def review_words(review: Review) -> str:
    return f"the review of {review.scheduled_date:%-d %b %Y}" if review.scheduled_date else "a review without date"


def parts(subject: Subject) -> dict[str, str]:
    """The records of which a field can be held, by key, as a person chooses among them."""
    own = {f"{subject._meta.model_name}:{subject.pk}": "Details"}
    if not isinstance(subject, Learner):
        return own
    lines = subject.delivery_plan.select_related("qualification")
    own |= {f"line:{line.pk}": f"{line.qualification.vq_reference}, begun {_day(line.start)}" for line in lines}
    return own | {f"review:{each.pk}": str(each) for each in subject.reviews.all()}


def names_of(rows: Iterable[HeldField]) -> dict[str, str]:
    """Of lines and reviews that rows name, by key: two queries."""
    keys = [row.record.partition(":") for row in rows]
    wanted = {kind: [int(key) for name, _, key in keys if name == kind] for kind in ("line", "review")}
    lines = DeliveryPlanLine.objects.filter(pk__in=wanted["line"]).select_related("qualification")
    named = {f"line:{line.pk}": f"{line.qualification.vq_reference}, begun {_day(line.start)}" for line in lines}
    return named | {f"review:{each.pk}": str(each) for each in Review.objects.filter(pk__in=wanted["review"])}


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def subject_of(record: str) -> Subject | None:
    """Whose record it is: the key of an officer, organisation, learner, or of a learner's line or review."""
    kind, _, key = record.partition(":")
    found: Any = MODELS[kind]._default_manager.filter(pk=key).first()
    subject: Subject | None = found.learner if isinstance(found, DeliveryPlanLine | Review) else found
    return subject


def hold(subject: Subject, record: str, field: str, *, why: str, by: Actor) -> HeldField:
    """Held from now on. Raises CannotHold for a field that no exchange changes, or that is held already."""
    if field not in MAY_BE_HELD.get(record.split(":")[0], ()) or subject_of(record) != subject:
        raise CannotHold("This field is not exchanged, so it cannot be held.")
    of = {f"{subject._meta.model_name}": subject}
    signed = {"why": why[:300], "held_at": timezone.now(), "held_by": by.label[:150]}
    try:
        with transaction.atomic():
            return HeldField.objects.create(**of, record=record, field=field, **signed)
    except IntegrityError:
        raise CannotHold("The field is held already.") from None


def free(pks: Collection[int], *, by: Actor) -> int:
    """Exchanged again from the next exchange on; the row stays as history. Gives how many were still held."""
    rows = HeldField.objects.held().filter(pk__in=pks)
    return rows.update(freed_at=timezone.now(), freed_by=by.label[:150])
