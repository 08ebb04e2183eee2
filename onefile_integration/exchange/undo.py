"""What a run changed here is put back: an undo is a run itself, of steps turned round, and no call is made for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format

from learners.actor import Actor
from onefile_integration.exchange import journal, undo_values
from onefile_integration.exchange.steps import LOCAL, REMOTE
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, HeldField, Run, Step
from onefile_integration.models.journal import SUBJECTS, StepQuerySet
from onefile_integration.rules import undo
from onefile_integration.rules.fields import LABELS
from onefile_integration.rules.held_fields import MAY_BE_HELD
from onefile_integration.rules.steps import Change, Kind, Plan, PlannedStep
from onefile_integration.rules.undo import WHOLE, Done, Left, Part
from onefile_integration.words import OPEN_PLANS, Lane, PlanState, RunKind, StepState

AT_ONCE = 500
Key = tuple[int, str]  # a step, and its field


class CannotUndo(Exception):
    """Why, in words for people."""


class InHand(CannotUndo):
    """``run``, another undo, has one of the records in hand."""

    def __init__(self, run: Run) -> None:
        self.run = run
        super().__init__(f"Run {run.pk} is putting it back just now.")


@dataclass(frozen=True)
class Judged:
    """A part with its reason in full, and what to call it."""

    part: Part
    why: str = ""

    @property
    def may_be_undone(self) -> bool:
        return self.part.left is None

    @property
    def label(self) -> str:
        return field_words(self.part.step.record, self.part.field)


def field_words(record: str, field: str) -> str:
    return "The review" if field == WHOLE else LABELS.get((record.split(":")[0], field), field)


# ---- what could be put back


def why_not(run: Run, plan: ExchangePlan | None = None) -> str:
    """Blank for a run, or one record's part in it, that is over."""
    if run.dry or run.kind == RunKind.PREVIEW:
        return "Nothing was changed: it was only shown."
    is_going_on = plan.state in OPEN_PLANS if plan else run.plans.open().exists() or run.is_open
    return "It is still going on. Wait until it has ended, or cancel the rest of it." if is_going_on else ""


def steps_of(run: Run, plan: ExchangePlan | None = None) -> StepQuerySet:
    """What the run has changed here and could be put back."""
    steps = Step.objects.filter(plan__run=run, state=StepState.DONE, kind__in=undo.REVERSES)
    return steps.filter(plan=plan) if plan else steps


def lasting(run: Run, plan: ExchangePlan | None = None) -> list[tuple[str, int]]:
    """What of it stays, by kind: why nothing here takes it back, and how often it was done."""
    steps = Step.objects.filter(plan__run=run, state=StepState.DONE).exclude(kind__in=undo.REVERSES)
    kinds = (steps.filter(plan=plan) if plan else steps).order_by().values_list("kind")
    counts = dict(kinds.annotate(n=Count("pk")))
    return [(kind, counts[kind]) for kind in Kind if kind in counts]


def reverse_words(kind: str) -> str:
    step: Any = LOCAL.get(Kind(kind)) or REMOTE[Kind(kind)]
    return str(step.reverse)


def judge(steps: Sequence[Step], environment: str) -> list[Judged]:
    """The last one done first. A constant number of queries, however many steps."""
    rows = [done_of(step) for step in steps]
    undone = undo_values.undone([row.pk for row in rows])
    parts = undo.judged(rows, undo_values.now(rows, environment), undone)
    changed = undo_values.changed_by(parts, environment)
    return [Judged(part, _why(part, undone, changed)) for part in parts]


def done_of(step: Step) -> Done:
    made = tuple(Change(each["field"], each["old"], each["new"]) for each in step.changes)
    return Done(step.pk, Kind(step.kind), step.record, step.title, made)


def _why(part: Part, undone: dict[Key, undo_values.Undoing], changed: dict[tuple[str, str], Any]) -> str:
    if part.left is Left.UNDONE:
        what = undone[part.key]
        return f"It was undone by {what.by} in run {what.run}, {_when(what.at)}."
    row = changed.get(part.place) if part.left is Left.CHANGED else None
    if row is not None:
        who = row.history_change_reason or (row.history_user.get_username() if row.history_user else "")
        return f"It was changed since by {who or 'somebody'}, {_when(row.history_date)}."
    return str(part.left or "")


def _when(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


# ---- the run that puts it back


def begin(run: Run, chosen: Iterable[tuple[dict[str, int], Collection[Key]]], *, by: Actor) -> Run:
    """``chosen``: for each record, as a plan names its subject, what is to be put back.

    Raises CannotUndo where nothing is, InHand where another undo of the run has not ended with one of the records.
    """
    holds = takes_from_onefile(run)
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)  # a second click waits here for the first
        made = Run.objects.create(
            kind=RunKind.UNDO,
            environment=run.environment,
            lane=Lane.PEOPLE,
            asked_by=by.label,
            user=by.user,
            undoes=run,
        )
        plans = (
            ExchangePlan(
                run=made, kind=RunKind.UNDO, choices={"undo": [list(key) for key in keys], "holds": holds}, **of
            )
            for of, keys in chosen
            if keys
        )
        count = 0
        while some := list(islice(plans, AT_ONCE)):
            count += len(ExchangePlan.objects.bulk_create(some))
        if not count:
            raise CannotUndo("Nothing is chosen that could be put back.")
        if other := _in_hand(run, made):
            raise InHand(other)
        if count > 1:
            made.lane = Lane.NIGHT
            made.save(update_fields=["lane"])
    return made


def _in_hand(run: Run, made: Run) -> Run | None:
    open_ones = ExchangePlan.objects.open().filter(run__undoes=run).exclude(run=made)
    same = [Q(**{f"{name}__in": made.plans.exclude(**{name: None}).values(name)}) for name in SUBJECTS]
    plan = open_ones.filter(same[0] | same[1] | same[2]).select_related("run").first()
    return plan.run if plan else None


def takes_from_onefile(run: Run) -> bool:
    """The run set what OneFile gives, so that an undo of it is held; the undo of an undo sets it again."""
    depth, at = 0, run
    while at.kind == RunKind.UNDO and at.undoes is not None:
        depth, at = depth + 1, at.undoes
    return depth % 2 == 0


def chosen_of(steps: StepQuerySet, fields: Collection[str] = ()) -> Iterator[tuple[dict[str, int], list[Key]]]:
    """All parts of these steps, or those of some fields, record by record; streams."""
    rows = steps.order_by("plan", "position").select_related("plan").iterator(chunk_size=2000)
    for _, group in groupby(rows, key=lambda step: step.plan_id):
        of_plan = list(group)
        keys = [part.key for step in of_plan for part in undo.parts(done_of(step))]
        yield of_plan[0].plan.of_subject, [key for key in keys if not fields or key[1] in fields]


def make(work: Work) -> None:
    """The steps of one record's undo, as what stands here now has them; what is left is said."""
    plan = work.plan
    wanted = {(pk, field) for pk, field in plan.choices["undo"]}
    steps = Step.objects.filter(pk__in={pk for pk, _ in wanted}, plan__run=plan.run.undoes)
    own = steps.filter(**{f"plan__{name}": key for name, key in plan.of_subject.items()})
    judged = [each for each in judge(list(own), plan.run.environment) if each.part.key in wanted]
    notes = tuple(f"{each.label}: {each.why}" for each in judged if each.why)
    made = Plan(tuple(_planned(plan.run, judged)), notes=notes)
    journal.write(plan, made)
    if made.steps:
        plan.release(state=PlanState.READY, failure_message="")
    else:
        plan.release(state=PlanState.DONE, failure_message="", ended_at=timezone.now())


def _planned(run: Run, judged: Iterable[Judged]) -> Iterator[PlannedStep]:
    assert run.undoes is not None
    possible = [each.part for each in judged if each.may_be_undone]
    steps = {part.step.pk: part.step for part in possible}
    columns = undo_values.texts_before(steps.values(), run.undoes)
    for step, group in groupby(possible, key=lambda part: part.step):
        found = list(group)
        yield undo.reverse(step, found, {part.field: columns.get(part.key, {}) for part in found})


def hold_or_free(plan: ExchangePlan, step: Step, by: Actor) -> None:
    """In the transaction that puts a step back: the next exchange would bring it again, so it is held. Where an undo
    is taken back, what it held is free again.
    """
    kind = step.record.split(":")[0]
    fields = [each["field"] for each in step.changes if each["field"] in MAY_BE_HELD.get(kind, ())]
    held = HeldField.objects.held().filter(record=step.record, field__in=fields)
    if not plan.choices["holds"]:
        held.filter(held_in__isnull=False).update(freed_at=timezone.now(), freed_by=by.label)
        return
    HeldField.objects.bulk_create(
        (
            HeldField(
                **plan.of_subject,
                record=step.record,
                field=field,
                why=f"Undo of run {plan.run.undoes_id}",
                held_at=timezone.now(),
                held_by=plan.run.asked_by,
                held_in=plan.run,
            )
            for field in fields
        ),
        ignore_conflicts=True,  # what is held already stays so
    )
