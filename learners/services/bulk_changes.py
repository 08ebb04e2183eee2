"""A change of many learners, carried out as its preview said, and undone as far as nothing was changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from learners.actor import REASON_LENGTH, Actor
from learners.bulk.plans import Plan, Step
from learners.models import BulkChange, BulkChangeRow, Learner, LearnerOfficer, Placement
from learners.services import bulk_writing
from learners.words import BulkChangeKind, BulkChangeStep


class NotAsShown(Exception):
    """Since the preview somebody has changed what it showed. Nothing was written."""


@dataclass(frozen=True)
class Order:
    """What is to be done with whom; ``plan`` says what that means for them now."""

    kind: BulkChangeKind
    words: str
    learners: Sequence[int]
    plan: Callable[[QuerySet[Learner]], Plan]


@transaction.atomic
def carry_out(order: Order, *, digest: str, by: Actor) -> BulkChange:
    """Do what the preview with that digest showed, all of it or nothing."""
    plan = order.plan(_locked(order.learners))
    if plan.digest != digest:
        raise NotAsShown
    change = BulkChange.objects.create(
        kind=order.kind,
        words=order.words,
        made_by=by.label,
        chosen=len(plan.outcomes),
        changed=len(plan.changed),
        already=len(plan.already),
        refused=len(plan.refused),
    )
    _write(change, list(plan.steps()), _signed(str(change), by))
    return change


@transaction.atomic
def undo(change: BulkChange, *, by: Actor) -> None:
    """Put back what is still as the change left it; each row says whether it was, and if not, why."""
    stored = BulkChange.objects.select_for_update().get(pk=change.pk)
    if stored.undone_at:
        raise ValidationError(f"{stored.undone_by} has undone this change already.")
    rows = list(stored.rows.all())
    _locked([row.learner_id for row in rows])
    left = why_left(rows)
    _put_back([row for row in rows if row.pk not in left], _signed(f"undo of {stored}", by))
    _note(stored, left)
    stored.undone_by, stored.undone_at = by.label, timezone.now()
    stored.save(update_fields=["undone_by", "undone_at"])


def _signed(what: str, by: Actor) -> Actor:
    return Actor(f"{what} by {by.label}"[:REASON_LENGTH], by.user)


def _locked(learner_ids: Sequence[int]) -> QuerySet[Learner]:
    """Nobody changes them, or adds a part to them, until the transaction ends."""
    learners = Learner.objects.filter(pk__in=learner_ids)
    list(learners.select_for_update().order_by("pk").values_list("pk", flat=True))
    return learners


def _write(change: BulkChange, steps: Sequence[tuple[Learner, Step]], by: Actor) -> None:
    written = [_row(change, learner, step) for learner, step in steps]
    for (record, field), rows in _by_field(written).items():
        held = bulk_writing.held_now(record, field, [row.record_id for row in rows])
        if any(held.get(row.record_id) != row.old for row in rows):
            raise NotAsShown
        bulk_writing.set_field(record, field, {row.record_id: row.new for row in rows}, by=by)
    for tag_id, rows in _by_tag(written, BulkChangeStep.TAGGED).items():
        bulk_writing.add_tag(tag_id, [row.learner_id for row in rows], by=by)
    for tag_id, rows in _by_tag(written, BulkChangeStep.UNTAGGED).items():
        bulk_writing.remove_tag(tag_id, [row.learner_id for row in rows], by=by)
    _make([row for row in written if row.step == BulkChangeStep.MADE], by)
    BulkChangeRow.objects.bulk_create(written, batch_size=bulk_writing.AT_ONCE)


def _row(change: BulkChange, learner: Learner, step: Step) -> BulkChangeRow:
    pk: Any = step.pk  # that of a record yet to be made is filled in when it is
    return BulkChangeRow(
        change=change,
        learner=learner,
        step=step.step,
        record=step.record,
        record_id=pk,
        field=step.field,
        old=step.old,
        new=step.new,
        label=step.label,
        old_words=step.old_words,
        new_words=step.new_words,
    )


def _make(rows: Sequence[BulkChangeRow], by: Actor) -> None:
    placements = [Placement(learner_id=row.learner_id, **_placement_values(row.new)) for row in rows]
    bulk_writing.place(placements, by=by)
    for row, placement in zip(rows, placements, strict=True):
        row.record_id = placement.pk


def _placement_values(held: Any) -> dict[str, Any]:
    start = date.fromisoformat(held["start"])
    return {"organisation_id": held["organisation"], "type": held["type"], "start": start}


Rows = list[BulkChangeRow]


def _by_field(rows: Iterable[BulkChangeRow]) -> dict[tuple[str, str], Rows]:
    found: dict[tuple[str, str], Rows] = defaultdict(list)
    for row in rows:
        if row.step == BulkChangeStep.SET:
            found[row.record, row.field].append(row)
    return found


def _by_tag(rows: Iterable[BulkChangeRow], step: BulkChangeStep) -> dict[int, Rows]:
    found: dict[int, Rows] = defaultdict(list)
    for row in rows:
        if row.step == step:
            tag_id: Any = row.new if step == BulkChangeStep.TAGGED else row.old
            found[tag_id].append(row)
    return found


# ---- undo


@transaction.atomic
def left_by_undo(change: BulkChange) -> dict[int, str]:
    """What ``undo`` would leave now: by pk of the row, the reason."""
    return why_left(list(change.rows.all()))


CHANGED_SINCE, GONE = "It was changed since.", "The record is gone."
OLD_GONE = "What it was before is gone."


def why_left(rows: Sequence[BulkChangeRow]) -> dict[int, str]:
    """By pk, the rows that an undo would leave, each with the reason. Rows are locked within a transaction."""
    left = {row.pk: why for rows_alike in _by_field(rows).values() for row, why in _left_fields(rows_alike)}
    for tag_id, alike in _by_tag(rows, BulkChangeStep.TAGGED).items():
        having = bulk_writing.tagged_with(tag_id, [row.learner_id for row in alike])
        left |= {row.pk: "The tag was taken away since." for row in alike if row.learner_id not in having}
    for tag_id, alike in _by_tag(rows, BulkChangeStep.UNTAGGED).items():
        having = bulk_writing.tagged_with(tag_id, [row.learner_id for row in alike])
        left |= {row.pk: "The tag was added again since." for row in alike if row.learner_id in having}
        left |= {row.pk: OLD_GONE for row in alike if not bulk_writing.still_there("learner", "tags", [tag_id])}
    return left | dict(_left_placements([row for row in rows if row.step == BulkChangeStep.MADE]))


def _left_fields(rows: Rows) -> Iterable[tuple[BulkChangeRow, str]]:
    held = bulk_writing.held_now(rows[0].record, rows[0].field, [row.record_id for row in rows])
    in_the_way = _in_the_way(rows)
    for row in rows:
        if row.record_id not in held:
            yield row, GONE
        elif held[row.record_id] != row.new:
            yield row, CHANGED_SINCE
        elif row.pk in in_the_way:
            yield row, in_the_way[row.pk]


def _in_the_way(rows: Rows) -> dict[int, str]:
    """By pk, what has no way back: the old value is gone, or a role would be held twice of one learner."""
    there = bulk_writing.still_there(rows[0].record, rows[0].field, {row.old for row in rows})
    return {row.pk: OLD_GONE for row in rows if row.old not in there} | _roles_held_again(rows)


def _roles_held_again(rows: Rows) -> dict[int, str]:
    if rows[0].record != "learnerofficer":
        return {}
    roles = LearnerOfficer.objects.filter(learner__in=[row.learner_id for row in rows])
    held = set(roles.values_list("learner_id", "officer_id", "role"))
    again = [row for row in rows if (row.learner_id, row.old, row.label) in held]
    return {row.pk: f"{row.old_words} has got that role again since." for row in again}


def _left_placements(rows: Rows) -> Iterable[tuple[int, str]]:
    held = Placement.objects.select_for_update().in_bulk([row.record_id for row in rows])
    for row in rows:
        placement = held.get(row.record_id)
        if placement is None:
            yield row.pk, GONE
        elif placement.end or any(getattr(placement, n) != v for n, v in _placement_values(row.new).items()):
            yield row.pk, CHANGED_SINCE


def _put_back(rows: Rows, by: Actor) -> None:
    made = [row.record_id for row in rows if row.step == BulkChangeStep.MADE]
    bulk_writing.delete_placements(made, by=by)
    for (record, field), alike in _by_field(rows).items():
        bulk_writing.set_field(record, field, {row.record_id: row.old for row in alike}, by=by)
    for tag_id, alike in _by_tag(rows, BulkChangeStep.TAGGED).items():
        bulk_writing.remove_tag(tag_id, [row.learner_id for row in alike], by=by)
    for tag_id, alike in _by_tag(rows, BulkChangeStep.UNTAGGED).items():
        bulk_writing.add_tag(tag_id, [row.learner_id for row in alike], by=by)


def _note(change: BulkChange, left: dict[int, str]) -> None:
    change.rows.exclude(pk__in=left).update(undone=True)
    alike: dict[str, list[int]] = defaultdict(list)
    for pk, why in left.items():
        alike[why].append(pk)
    for why, pks in alike.items():
        change.rows.filter(pk__in=pks).update(left_because=why)
