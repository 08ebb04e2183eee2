"""Erases a learner for good: the record, all that hangs on it, its history, and words about it elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, router, transaction

from learners.actor import Actor
from learners.history import histories_of, tags_history
from learners.models import Learner
from learners.registry import registry
from learners.services import file_imports, tombstones
from learners.services.naming import naming_of
from learners.services.scrubbing import scrub

UPLOAD_AGAIN = "A learner was erased, and this file may have named them. Nothing was changed; upload it again."
Rows = dict[type[models.Model], set[int]]


@dataclass(frozen=True)
class Extent:
    """What an erasure would take away: (what, how many), what stays outside, and why it cannot be now."""

    counts: list[tuple[str, int]]
    remains: list[str]
    refusals: list[str]


@transaction.atomic
def extent(learner: Learner) -> Extent:
    elsewhere = [ask(learner) for ask in registry.learner_erase]
    found = Counter({str(model._meta.verbose_name_plural): len(keys) for model, keys in _rows(learner).items()})
    found["uploaded files that nobody has agreed to yet"] = file_imports.open_imports().count()
    found["entries of history"] = sum(rows.count() for _, rows in histories_of(learner.pk))
    return Extent(
        counts=sorted((what, count) for what, count in found.items() if count),
        remains=[line for part in elsewhere for line in part.remains],
        refusals=[part.refusal for part in elsewhere if part.refusal],
    )


@transaction.atomic
def erase(learners: Sequence[Learner], *, by: Actor) -> list[str]:
    """All of them or none. What remains outside, in words: nothing of that is kept here.

    Raises ValidationError while one of them cannot be erased.
    """
    locked = list(Learner.objects.select_for_update().filter(pk__in=[learner.pk for learner in learners]))
    elsewhere = [ask(learner) for learner in locked for ask in registry.learner_erase]
    refusals = [part.refusal for part in elsewhere if part.refusal]
    if not refusals and not file_imports.make_way(ending=UPLOAD_AGAIN):
        refusals = ["A file is being imported. Wait until that has ended; nothing was erased."]
    if refusals:
        raise ValidationError(refusals)
    naming = naming_of(locked, elsewhere)
    for learner in locked:
        _erase(learner, by)
    scrub(naming)
    return [line for part in elsewhere for line in part.remains]


def _erase(learner: Learner, by: Actor) -> None:
    tombstones.put_up(learner, by=by)
    key, rows = learner.pk, _rows(learner)
    for model, history in histories_of(key):
        rows.setdefault(model, set()).update(history.values_list("id", flat=True))
    _delete_log_entries(rows)
    learner.delete()
    _delete_histories(key)  # afterwards: the deletion itself leaves a row of history for each record


def _rows(learner: Learner) -> Rows:
    """The record and all that goes with it, other apps' rows too."""
    collector = NestedObjects(using=router.db_for_write(Learner), origin=learner)
    collector.collect([learner])
    return {model: {record.pk for record in records} for model, records in collector.data.items()}


def _delete_histories(key: int) -> None:
    tags_history().filter(learner_id=key).delete()
    for _, history in reversed(histories_of(key)):  # units first: they are found by the history of their lines
        history.delete()


def _delete_log_entries(rows: Rows) -> None:
    """What Django's admin has noted: names stand in it."""
    for model, keys in rows.items():
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.filter(content_type=kind, object_id__in=_texts(keys)).delete()


def _texts(keys: Iterable[int]) -> list[str]:
    return [str(key) for key in keys]
