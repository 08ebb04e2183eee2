"""Records whose last exchange failed, and trying them again: a new run that plans anew, so nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from learners.actor import Actor
from onefile_integration.exchange import enrolment
from onefile_integration.exchange.enrolment import Given
from onefile_integration.models import ExchangePlan, Link, Run, Settings, Step
from onefile_integration.models.journal import SUBJECTS, PlanQuerySet
from onefile_integration.words import OPEN_PLANS, Lane, LinkState, PlanState, RowOutcome, RunKind, RunState, StepState

NO_EXCHANGE = (RunKind.PREVIEW, RunKind.UNDO)


class NothingToRetry(Exception):
    """Nothing of it fails any more, or it is being tried again already: in words for people."""


# ---- who


def failed(plans: PlanQuerySet) -> PlanQuerySet:
    """Those of an exchange that failed, as a whole or in a part; ``failed_kind`` says how."""
    mine = plans.filter(Q(state=PlanState.FAILED) | ~Q(noted_kind=""))
    return mine.annotate(failed_kind=Coalesce(NullIf("failure_kind", Value("")), "noted_kind"))


def failing(environment: str) -> PlanQuerySet:
    """The last exchange of each record, where it failed: none has been begun since, and the record is still linked."""
    return _without(_later(environment), failed(_exchanges(environment)), environment)


def not_mended(plans: PlanQuerySet, environment: str) -> PlanQuerySet:
    """Of failed ones those whom no exchange since has mended: one that is going on, or failed too, has not."""
    ended_well = _later(environment).exclude(state__in=[*OPEN_PLANS, PlanState.FAILED])
    return _without(ended_well, plans, environment)


def _exchanges(environment: str) -> PlanQuerySet:
    here = ExchangePlan.objects.filter(run__environment=environment, run__dry=False)
    return here.exclude(kind__in=NO_EXCHANGE)


def _later(environment: str) -> PlanQuerySet:
    begun = _exchanges(environment).exclude(outcome=RowOutcome.CANCELLED).exclude(run__state=RunState.DISCARDED)
    return begun.filter(pk__gt=OuterRef("pk"))


def _without(later: PlanQuerySet, found: PlanQuerySet, environment: str) -> PlanQuerySet:
    """Those of whose records there is no such later one, and that are still linked, or were to be created."""
    linked: Q | Combinable = Q(kind=RunKind.ENROL)
    for kind in SUBJECTS:
        found = found.filter(~Exists(later.filter(**{kind: OuterRef(kind)})))
        linked |= Exists(Link.objects.within(environment).filter(**{kind: OuterRef(kind)}))
    return found.filter(linked)


def by_kind(plans: Any) -> dict[str, int]:
    """How many of each kind; ``plans`` from the two above."""
    return dict(plans.order_by().values_list("failed_kind").annotate(n=Count("pk")))


def to_be_looked_at(plans: PlanQuerySet, environment: str) -> PlanQuerySet:
    """Creations of whom OneFile has nothing: each is shown to a person before it is begun again."""
    linked = Link.objects.within(environment).filter(learner__isnull=False)
    return plans.filter(kind=RunKind.ENROL).exclude(learner__in=linked.values("learner"))


def may_be_retried(plans: PlanQuerySet, environment: str) -> PlanQuerySet:
    """What can be begun again without a look: exchanges, and the rest of a creation that is half done."""
    links = Link.objects.within(environment).filter(learner__isnull=False)
    halves = links.filter(Q(upload_due=True) | Q(state=LinkState.CREATING))
    return plans.filter(~Q(kind=RunKind.ENROL) | Q(learner__in=halves.values("learner")))


def refused_as_before(plan: ExchangePlan, steps: Iterable[Step]) -> list[Step]:
    """Of the plan's ``steps``: those that OneFile refused, and had refused in the exchange before with these values."""
    now = [step for step in steps if step.state == StepState.REFUSED]
    if not now:
        return []
    same_record = ExchangePlan.objects.filter(**plan.of_subject, run__environment=plan.run.environment, pk__lt=plan.pk)
    last = same_record.filter(run__dry=False).exclude(kind__in=NO_EXCHANGE).order_by("-pk").first()
    before = last.steps.filter(state=StepState.REFUSED) if last else Step.objects.none()
    known = [(step.key, step.changes) for step in before]
    return [step for step in now if (step.key, step.changes) in known]


def tried_again_in(run: Run) -> QuerySet[Run]:
    """Runs that try again what failed in this one, the last first."""
    return Run.objects.filter(plans__retries__run=run).distinct().order_by("-pk")


def tries_again(run: Run) -> QuerySet[Run]:
    """The runs of whose failures it was made."""
    return Run.objects.filter(plans__tried_again_by__run=run).distinct().order_by("pk")


# ---- trying again


@dataclass(frozen=True)
class Retried:
    """At most one run of exchanges, and one that goes on with half-done creations."""

    runs: tuple[Run, ...]
    count: int


def retry(plans: Iterable[ExchangePlan], *, settings: Settings, by: Actor, restore: bool = False) -> Retried:
    """One is in the lane of people, many in the background. ``restore`` takes an archived learner back first.

    Raises NothingToRetry where nobody of them fails any more, or all are being tried again at this moment.
    """
    keys = [plan.pk for plan in plans]
    try:
        with transaction.atomic():
            list(ExchangePlan.objects.select_for_update().filter(pk__in=keys).values_list("pk", flat=True))
            mine = may_be_retried(failing(settings.environment).filter(pk__in=keys), settings.environment)
            return _retried(list(mine.order_by("pk")), settings, by, restore)
    except IntegrityError:
        raise NothingToRetry("Somebody else tries them again in this very moment.") from None


def _retried(plans: list[ExchangePlan], settings: Settings, by: Actor, restore: bool) -> Retried:
    if not plans:
        raise NothingToRetry("There is nothing to try again: it is being done already, or fails no more.")
    lane = Lane.PEOPLE if len(plans) == 1 else Lane.NIGHT
    halves = [plan for plan in plans if plan.kind == RunKind.ENROL]
    whole = [plan for plan in plans if plan.kind != RunKind.ENROL]
    runs = []
    if whole:
        runs.append(_exchange_again(whole, settings, by, lane, restore))
    if halves:
        runs.append(_go_on_again(halves, settings, by, lane))
    return Retried(tuple(runs), len(plans))


def _exchange_again(plans: list[ExchangePlan], settings: Settings, by: Actor, lane: Lane, restore: bool) -> Run:
    run = enrolment.new_run(RunKind.REFRESH, settings, by, lane=lane)
    choices = {"restore": "asked"} if restore else {}
    again = (
        ExchangePlan(run=run, kind=RunKind.REFRESH, retries=plan, choices=choices, **plan.of_subject) for plan in plans
    )
    ExchangePlan.objects.bulk_create(again, batch_size=500)
    return run


def _go_on_again(plans: list[ExchangePlan], settings: Settings, by: Actor, lane: Lane) -> Run:
    many = lane == Lane.NIGHT
    run = enrolment.new_run(RunKind.ENROL, settings, by, lane=lane, state=RunState.APPROVED, is_of_many=many)
    for plan in plans:
        enrolment.go_on_within(run, plan.the_learner, Given())
    return run
