"""Many records written at once, with the history row that each would have got by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from learners.actor import Actor
from learners.bulk.plans import as_held
from learners.models import DeliveryPlanLine, Learner, LearnerOfficer, Placement, Review

AT_ONCE = 500
ADDED, CHANGED, DELETED = "+", "~", "-"
RECORDS: dict[str, Any] = {
    str(model._meta.model_name): model for model in (Learner, Placement, DeliveryPlanLine, Review, LearnerOfficer)
}
TAGGED: Any = Learner.tags.through


def held_now(record: str, field: str, pks: Iterable[int]) -> dict[int, Any]:
    """What the field of those records that are still there holds, under their locks."""
    model = RECORDS[record]
    name = model._meta.get_field(field).attname
    return {
        pk: as_held(value)
        for some in _portions(sorted(pks))
        for pk, value in model._base_manager.select_for_update().filter(pk__in=some).values_list("pk", name)
    }


def still_there(record: str, field: str, values: Iterable[Any]) -> set[Any]:
    """Those of ``values`` that the field could hold again; one that names no record always can."""
    wanted, target = set(values), RECORDS[record]._meta.get_field(field).related_model
    if target is None:
        return wanted
    there = target._default_manager.filter(pk__in=wanted - {None}).values_list("pk", flat=True)
    return {*there, *(wanted & {None})}


def set_field(record: str, field: str, values: Mapping[int, Any], *, by: Actor) -> None:
    """``values`` by pk. Equal values are one statement."""
    model = RECORDS[record]
    name = model._meta.get_field(field).attname
    alike: dict[Any, list[int]] = defaultdict(list)
    for pk, value in values.items():
        alike[value].append(pk)
    for value, pks in alike.items():
        for some in _portions(sorted(pks)):
            model._base_manager.filter(pk__in=some).update(**{name: value})
            _keep_history(list(model._base_manager.filter(pk__in=some)), CHANGED, by)


def place(placements: Sequence[Placement], *, by: Actor) -> None:
    """Insert them; each has its pk then."""
    for some in _portions(placements):
        Placement.objects.bulk_create(some)
        _keep_history(some, ADDED, by)


def delete_placements(pks: Iterable[int], *, by: Actor) -> None:
    """Nothing hangs on a placement; deleted the usual way each would get a second history row that names nobody."""
    for some in _portions(sorted(pks)):
        there: Any = Placement.objects.filter(pk__in=some)
        _keep_history(list(there), DELETED, by)
        there._raw_delete(there.db)


def add_tag(tag_id: int, learner_ids: Iterable[int], *, by: Actor) -> None:
    for some in _portions(sorted(learner_ids)):
        TAGGED.objects.bulk_create(TAGGED(learner_id=pk, tag_id=tag_id) for pk in some)
        _keep_history(list(Learner.objects.filter(pk__in=some)), CHANGED, by)


def remove_tag(tag_id: int, learner_ids: Iterable[int], *, by: Actor) -> None:
    for some in _portions(sorted(learner_ids)):
        TAGGED.objects.filter(learner_id__in=some, tag_id=tag_id).delete()
        _keep_history(list(Learner.objects.filter(pk__in=some)), CHANGED, by)


def tagged_with(tag_id: int, learner_ids: Iterable[int]) -> set[int]:
    having = TAGGED.objects.filter(tag_id=tag_id, learner_id__in=list(learner_ids))
    return set(having.values_list("learner_id", flat=True))


def _portions(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def _keep_history(records: Sequence[Any], what: str, by: Actor) -> None:
    """As simple_history writes it, which does so one record at a time where a record has tags or is deleted."""
    if not records:
        return
    history, now = records[0].history.model, timezone.now()
    signed = {"history_date": now, "history_type": what, "history_user": by.user, "history_change_reason": by.label}
    rows = [history(**signed, **_values(record, history.tracked_fields)) for record in records]
    history.objects.bulk_create(rows)
    if isinstance(records[0], Learner):
        _keep_tags(rows, history)


def _values(record: models.Model, fields: Iterable[Any]) -> dict[str, Any]:
    return {field.attname: getattr(record, field.attname) for field in fields}


def _keep_tags(rows: Sequence[Any], history: Any) -> None:
    """Each history row of a learner says the tags of its moment."""
    kept = history.tags.model
    by_learner = {row.id: row for row in rows}
    held = TAGGED.objects.filter(learner_id__in=by_learner)
    kept.objects.bulk_create(
        kept(history=by_learner[tagged.learner_id], **_values(tagged, TAGGED._meta.concrete_fields)) for tagged in held
    )
