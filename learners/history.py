"""Who changed what on a learner and all that hangs on it, newest first, from the history tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import ForeignKey, Model

from learners.models import (
    Break,
    DeliveryPlanLine,
    Learner,
    LearnerOfficer,
    Officer,
    Organisation,
    Placement,
    Qualification,
    Review,
    Tag,
    Unit,
)
from learners.registry import registry

ADDED, DELETED = "+", "-"
# Not shown: keys of the machinery, and what says the same as the record it hangs on.
SILENT = frozenset({"id", "created_at", "learner", "line"})
TAGS = "historicallearner_tags_set"
NAMED = (Officer, Organisation, Qualification, Tag)


@dataclass(frozen=True)
class Change:
    """``field`` is blank where the whole record was added or deleted; values are as the record holds them."""

    when: datetime
    who: str
    record: str
    kind: str
    field: str = ""
    label: str = ""
    old: Any = None
    new: Any = None


def changes_of(learner: Learner) -> list[Change]:
    """In a fixed number of queries, however long the history."""
    rows = _rows(learner)
    names = _Names(rows)
    found = [
        change
        for model, history in rows
        for _, versions in groupby(history, key=lambda row: row.id)
        for change in _of_record(model, list(versions), names)
    ]
    return _in_order(found, learner)


def changes_of_record(record: Model) -> list[Change]:
    """Of one officer, organisation, qualification or tag."""
    model: Any = type(record)
    versions = list(_read(model.history.filter(id=record.pk)))
    return _in_order(_of_record(model, versions, _Names([(model, versions)])) if versions else [], record)


def _in_order(found: Iterable[Change], record: Model) -> list[Change]:
    """With what other apps add, newest first."""
    added = [change for changes in registry.changes for change in changes(record)]
    return sorted([*found, *added], key=lambda change: change.when, reverse=True)


History = list[tuple[type[Model], list[Any]]]


def _rows(learner: Learner) -> History:
    return [
        (model, list(_read(rows.prefetch_related(TAGS) if model is Learner else rows)))
        for model, rows in histories_of(learner.pk)
    ]


def _read(rows: Any) -> Any:
    return rows.select_related("history_user").order_by("id", "history_date", "history_id")


def histories_of(key: int) -> list[tuple[type[Model], Any]]:
    """The history of the learner with that primary key and of all that ever hung on the record, by model."""
    lines = DeliveryPlanLine.history.filter(learner_id=key)
    parts: tuple[Any, ...] = (Review, Placement, LearnerOfficer, Break)
    return [
        (Learner, Learner.history.filter(id=key)),
        (DeliveryPlanLine, lines),
        (Unit, Unit.history.filter(line_id__in=lines.order_by().values("id"))),
        *((model, model.history.filter(learner_id=key)) for model in parts),
    ]


def tags_history() -> Any:
    """Which tags stood in each version of a learner."""
    return Learner.history.model._meta.get_field("historicallearner_tags").related_model._default_manager


class _Names:
    """Names of the officers, organisations, qualifications and tags that the rows point to."""

    def __init__(self, rows: History) -> None:
        wanted: dict[type[Model], set[int]] = defaultdict(set)
        for model, history in rows:
            for field in _fields(model):
                if isinstance(field, ForeignKey):
                    wanted[field.related_model] |= {getattr(row, field.attname) for row in history}
        wanted[Tag] |= {
            tag_id for model, history in rows if model is Learner for row in history for tag_id in _tags(row)
        }
        self._episodes = _episodes(rows)
        self._names = {
            model: {record.pk: str(record) for record in model._default_manager.filter(pk__in=wanted[model])}
            for model in NAMED
        }

    def episodes_of(self, person: UUID, *, but: str) -> list[str]:
        """The Idents that are or were ever of that person."""
        return sorted(self._episodes[person] - {but})

    def of(self, model: Any, pk: int | None) -> str | None:
        return None if pk is None else self._names[model].get(pk, "a record that is gone")


def _episodes(rows: History) -> dict[UUID, set[str]]:
    people = {row.person for model, history in rows if model is Learner for row in history}
    found: dict[UUID, set[str]] = defaultdict(set)
    kept = Learner.history.filter(person__in=people)
    for person, ident in kept.order_by().values_list("person", "ident").distinct():
        found[person].add(ident)
    return found


def _fields(model: type[Model]) -> Iterator[Any]:
    tracked = model.history.model.tracked_fields  # type: ignore[attr-defined]
    return (field for field in tracked if field.name not in SILENT)


def _of_record(model: type[Model], versions: list[Any], names: _Names) -> Iterator[Change]:
    record = _label(model, versions[-1], names)
    before: dict[str, Any] = {}
    for row in versions:
        after = _values(model, row, names)
        signed = {"when": row.history_date, "who": _who(row), "record": record}
        if row.history_type in (ADDED, DELETED):
            yield Change(kind="added" if row.history_type == ADDED else "deleted", **signed)
        else:
            for name, (label, new) in after.items():
                old = before[name][1] if name in before else None
                if old != new:
                    yield Change(kind="changed", field=name, label=label, old=old, new=new, **signed)
        before = after


def _values(model: type[Model], row: Any, names: _Names) -> dict[str, tuple[str, Any]]:
    """Field name to its label and its value in words."""
    values = {field.name: (_words(field.verbose_name), _value(field, row, names)) for field in _fields(model)}
    if model is Learner:
        values["person"] = ("Other episodes", names.episodes_of(row.person, but=row.ident))
        values["tags"] = ("Tags", sorted(names.of(Tag, pk) or "" for pk in _tags(row)))
    return values


def _value(field: Any, row: Any, names: _Names) -> Any:
    if isinstance(field, ForeignKey):
        return names.of(field.related_model, getattr(row, field.attname))
    value = getattr(row, field.attname)
    return dict(field.flatchoices).get(value, value) if field.choices else value


def _tags(row: Any) -> Iterable[int]:
    return [tag.tag_id for tag in getattr(row, TAGS).all()]


def _who(row: Any) -> str:
    return row.history_change_reason or (row.history_user.get_username() if row.history_user else "")


def _words(verbose_name: str) -> str:
    return verbose_name[:1].upper() + verbose_name[1:]


def _label(model: type[Model], row: Any, names: _Names) -> str:
    match model:
        case _ if model is DeliveryPlanLine:
            return f"Qualification {names.of(Qualification, row.qualification_id)}"
        case _ if model is Placement:
            return f"Placement with {names.of(Organisation, row.organisation_id)}"
        case _ if model is LearnerOfficer:
            return f"{row.role}: {names.of(Officer, row.officer_id)}"
        case _ if model is Review:
            return f"{row.type} review"
        case _ if model is Unit:
            return f"Unit {row.reference}"
        case _ if model is Break:
            return "Break in learning"
    return _words(str(model._meta.verbose_name))
