"""What stands here now of what a run changed, who has changed it since, and the very texts that stood before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from onefile_integration.exchange.held_fields import MODELS
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.reading.partner_details import officer_here, organisation_here
from onefile_integration.exchange.steps.aims import line_value
from onefile_integration.exchange.steps.reviews import as_added, current
from onefile_integration.models import RemoteReview, Run, Step
from onefile_integration.rules.steps import Change, Kind, plain
from onefile_integration.rules.undo import WHOLE, Done, Left, Part, same
from onefile_integration.words import StepState

SIDES: dict[str, Callable[[Any], Any]] = {
    "learner": person_here,
    "officer": officer_here,
    "organisation": organisation_here,
}
# Our columns of a field, where they are not the field itself.
COLUMNS = {
    ("learner", "first_name"): ("forenames",),
    ("officer", "first_name"): ("forenames",),
    ("learner", "address"): ("address1", "address2", "address3", "address4", "postcode"),
    ("organisation", "address"): ("address1", "address2", "address3", "address4", "address5", "postcode"),
}
Reads = Callable[[Any], Any]  # of a record, or of a row of its history


def kind_of(record: str) -> tuple[str, int]:
    kind, _, key = record.partition(":")
    return kind, int(key)


def reader(kind: str, field: str) -> Reads:
    """The value of a field as steps hold it."""
    if kind in SIDES:
        return lambda record: plain(getattr(SIDES[kind](record), field))
    if kind == "line":
        return lambda record: line_value(record, field)
    return lambda record: current(record, field)


def now(steps: Iterable[Done], environment: str) -> dict[tuple[str, str], Any]:
    """One query for each kind of record."""
    wanted: dict[str, set[int]] = defaultdict(set)
    fields: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        kind, key = kind_of(step.record)
        wanted[kind].add(key)
        fields[step.record] |= {each.field for each in step.changes}
    found: dict[tuple[str, str], Any] = {}
    for kind, record in _records(wanted, environment):
        if isinstance(record, RemoteReview):
            found[f"{kind}:{record.onefile_id}", WHOLE] = as_added(record)
        else:
            place = f"{kind}:{record.pk}"
            found |= {(place, name): reader(kind, name)(record) for name in fields[place]}
    return found


def _records(wanted: dict[str, set[int]], environment: str) -> Iterator[tuple[str, Any]]:
    for kind, keys in wanted.items():
        if kind in MODELS:
            yield from ((kind, record) for record in MODELS[kind]._default_manager.filter(pk__in=keys))
        else:
            known = RemoteReview.objects.filter(link__environment=environment, onefile_id__in=keys)
            yield from ((kind, record) for record in known.select_related("review").order_by("link"))


@dataclass(frozen=True)
class Undoing:
    """Who put a part back, and when."""

    run: int
    by: str
    at: Any


def undone(pks: Collection[int]) -> dict[tuple[int, str], Undoing]:
    """Of these steps what an undo has put back, the latest last; whatever has become of it since."""
    found: dict[tuple[int, str], Undoing] = {}
    steps = Step.objects.filter(undoes__in=pks, state=StepState.DONE).select_related("plan__run").order_by("pk")
    for step in steps:
        what = Undoing(step.plan.run_id, step.plan.run.asked_by, step.ended_at)
        fields = [WHOLE] if step.kind in (Kind.ADD_REVIEW, Kind.REMOVE_REVIEW) else [c["field"] for c in step.changes]
        found |= {(step.undoes_id or 0, field): what for field in fields}
    return found


def changed_by(parts: Iterable[Part], environment: str) -> dict[tuple[str, str], Any]:
    """The row of history by which a changed value came to be what it is, by record and field. Two queries for each
    kind of record at most.
    """
    places = {part.place for part in parts if part.left is Left.CHANGED}
    kept = dict(_reviews_added(places, environment))
    wanted: dict[str, dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for record, field in places:
        kind, key = kind_of(record)
        kind, key = ("review", kept.get(key, 0)) if kind == "onefile_review" else (kind, key)
        wanted[kind][key].append((record, field))
    return {place: row for kind, keys in wanted.items() for place, row in _last_changes(kind, keys)}


def _reviews_added(places: Iterable[tuple[str, str]], environment: str) -> Iterator[tuple[int, int]]:
    numbers = [kind_of(record)[1] for record, field in places if field == WHOLE]
    known = RemoteReview.objects.filter(link__environment=environment, onefile_id__in=numbers, review__isnull=False)
    for kept in known if numbers else ():
        yield kept.onefile_id or 0, kept.review_id or 0


def _last_changes(kind: str, keys: dict[int, list[tuple[str, str]]]) -> Iterator[tuple[tuple[str, str], Any]]:
    model: Any = MODELS[kind]
    seen: dict[tuple[str, str], Any] = {}
    rows = model.history.filter(id__in=keys).select_related("history_user").order_by("history_date", "history_id")
    for row in rows:
        for place in keys[row.id]:
            value = row.history_id if place[1] == WHOLE else reader(kind, place[1])(row)
            if place in seen and not same(place[1], seen[place], value):
                yield place, row
            seen[place] = value


def texts_before(steps: Iterable[Done], run: Run) -> dict[tuple[int, str], dict[str, Any]]:
    """By step and field the columns as they stood before the run changed them: exact, where a step knows one form of
    them. From the rows of history before the run's own; one query for each kind of record.
    """
    mine = [step for step in steps if kind_of(step.record)[0] in (*SIDES, "line")]
    rows = _history(step.record for step in mine)
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for step in mine:
        pairs = [pair for pair in pairwise(rows[step.record]) if pair[1].history_change_reason == run.signature]
        for change in step.changes:
            for before, after in pairs:
                if _is_this(change, step.record, before, after):
                    found[step.pk, change.field] = _texts(change, step.record, before)
    return found


def _history(records: Iterable[str]) -> dict[str, list[Any]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, key in map(kind_of, records):
        wanted[kind].add(key)
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, keys in wanted.items():
        model: Any = MODELS[kind]
        for row in model.history.filter(id__in=keys).order_by("history_date", "history_id"):
            found[f"{kind}:{row.id}"].append(row)
    return found


def _is_this(change: Change, record: str, before: Any, after: Any) -> bool:
    read = reader(kind_of(record)[0], change.field)
    return same(change.field, read(before), change.old) and same(change.field, read(after), change.new)


def _texts(change: Change, record: str, before: Any) -> dict[str, Any]:
    names = COLUMNS.get((kind_of(record)[0], change.field), (change.field,))
    texts = {name: getattr(before, name) for name in names}
    return {name: text for name, text in texts.items() if isinstance(text, str)}
