"""Enrol many: a list of learners, each with the plan that would create it. A list only reads; nobody carries it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from learners.actor import Actor
from onefile_integration.exchange import enrolment, journal
from onefile_integration.exchange.alike import alike
from onefile_integration.exchange.enrolment import Given, NoCentre, Preview
from onefile_integration.exchange.failures import ExchangeFailure
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Link, Run, Settings
from onefile_integration.models.journal import PlanQuerySet
from onefile_integration.rules.matching import Availability
from onefile_integration.rules.sides import Line
from onefile_integration.rules.steps import Kind
from onefile_integration.words import (
    FailureKind,
    Lane,
    LinkState,
    PlanState,
    QuestionKind,
    RowOutcome,
    RunKind,
    RunState,
)

MOST = 500  # what one page shows well, and one day's calls allow
CHOSEN_IN_THE_LIST = (QuestionKind.PATHWAY, QuestionKind.CENTRE)
MADE_WITH_THEM = (Kind.CREATE_ASSESSOR, Kind.CREATE_EMPLOYER)


def start(learners: Sequence[int], given: Mapping[int, Given] | Given, *, settings: Settings, by: Actor) -> Run:
    """A list of these learners, by pk; ``given`` is for all, or of each."""
    run = enrolment.new_run(RunKind.PREVIEW, settings, by, lane=Lane.NIGHT, dry=True, is_of_many=True)
    ExchangePlan.objects.bulk_create(
        ExchangePlan(
            run=run,
            learner_id=pk,
            kind=RunKind.PREVIEW,
            dry=True,
            choices=(given if isinstance(given, Given) else given[pk]).as_json(),
        )
        for pk in learners
    )
    return run


# ---- what a worker does


def look(work: Work, reading: Reading) -> None:
    """One learner's row. Raises the API's errors and ExchangeFailure."""
    plan = work.plan
    if outcome := standing(plan.the_learner.pk, work.environment):
        _put(plan, outcome=outcome)
        return
    try:
        shown = enrolment.preview(plan.the_learner, Given.from_json(plan.choices), reading)
    except NoCentre as why:
        raise ExchangeFailure(FailureKind.BAD_ANSWER, str(why)) from None
    keep(plan, shown)


def standing(learner_pk: int, environment: str) -> RowOutcome | None:
    """None for a learner with whom nothing has been begun."""
    link = Link.objects.within(environment).filter(learner=learner_pk).first()
    if enrolment.open_enrolment(learner_pk, environment) or (link and link.state == LinkState.CREATING):
        return RowOutcome.BUSY
    return RowOutcome.ALREADY_LINKED if link else None


@transaction.atomic
def keep(plan: ExchangePlan, shown: Preview) -> None:
    """What was seen becomes the row, with the choices for which it was seen."""
    plan.notes = []
    journal.write(plan, shown.plan)
    _put(
        plan,
        choices=shown.as_chosen(),
        outcome=RowOutcome(shown.outcome),
        found=_found(plan, shown),
        digest=shown.plan.digest,
    )


def _put(plan: ExchangePlan, **fields: Any) -> None:
    plan.release(state=PlanState.DONE, ended_at=timezone.now(), failure_kind="", failure_message="", **fields)


def _found(plan: ExchangePlan, shown: Preview) -> dict[str, Any]:
    """No value of a person: what stands in the way, what is open, and how much would be sent."""
    kinds = [step.kind for step in shown.plan.steps]
    here = shown.here
    linked = Link.objects.within(plan.run.environment).filter(learner__isnull=False)
    together = alike(plan.the_learner).filter(onefile_plans__run=plan.run_id)
    together = together.exclude(pk__in=linked.values("learner"))
    return {
        "problems": [vars(problem) for problem in shown.problems],
        "duplicates": [
            {
                "onefile_id": str(each.onefile_id),
                "centre": each.centre,
                "reasons": list(each.reasons),
                "holder": each.holder,
            }
            for each in shown.duplicates
        ],
        "questions": [doubt.text for doubt in shown.plan.doubts if doubt.kind not in CHOSEN_IN_THE_LIST],
        "choices": [
            _choice(line, found, shown) for line, found in shown.availability if found.needs or len(found.options) > 1
        ],
        "elsewhere": [
            [line.vq_reference, list(found.elsewhere)] for line, found in shown.availability if found.elsewhere
        ],
        "classroom": _classroom(shown),
        "qualifications": kinds.count(Kind.ASSIGN_STANDARD),
        "reviews": kinds.count(Kind.CREATE_REVIEW),
        "creates": [step.title for step in shown.plan.steps if step.kind in MADE_WITH_THEM],
        "officer": here.main_officer.ident if here.main_officer else "",
        "organisation": here.employer.ident if here.employer else "",
        "alike": list(together.order_by("ident").values_list("ident", flat=True)),
        "notes": list(shown.notes),
    }


def _choice(line: Line, found: Availability, shown: Preview) -> dict[str, Any]:
    """``is_open`` where no rule has chosen; ``last`` is what was chosen last for such a line, only to be named."""
    last = found.last_choice(shown.last_used)
    return {
        "line": line.pk,
        "reference": line.vq_reference,
        "in_several_centres": found.in_several_centres,
        "options": [[each.onefile_id, found.told(each)] for each in found.choosable],
        "chosen": found.standard.onefile_id if found.standard else None,
        "last": last.onefile_id if last else None,
        "is_open": found.standard is None or line.vq_reference in shown.given.pathways,
    }


def _classroom(shown: Preview) -> str:
    step = next((step for step in shown.plan.steps if step.kind == Kind.CREATE_LEARNER), None)
    number = next((change.new for change in step.changes if change.field == "classroom"), None) if step else None
    return dict(shown.there.classrooms).get(number, "") if number else ""


# ---- what a person does with the list


def rows(run: Run) -> QuerySet[ExchangePlan]:
    """Each with ``standing``: a key of presenters.many.STANDINGS; what has happened since the look comes first."""
    linked = Exists(Link.objects.within(run.environment).filter(learner=OuterRef("learner")))
    with_all = run.plans.select_related("learner", "job", "job__run")
    return with_all.annotate(
        standing=Case(
            When(job__isnull=False, then=Value("sent")),
            When(state=PlanState.UNMADE, then=Value("waiting")),
            When(state=PlanState.FAILED, then=Value(RowOutcome.FAILED.value)),
            When(Q(linked), then=Value(RowOutcome.ALREADY_LINKED.value)),
            default=F("outcome"),
            output_field=CharField(),
        )
    )


def free(run: Run) -> PlanQuerySet:
    """Rows that nobody is looking at, and of which nothing has come."""
    unheld = Q(claim__isnull=True) | Q(lease_until__lt=Now())
    return run.plans.filter(unheld, job__isnull=True)


@transaction.atomic
def look_again(run: Run, rows: PlanQuerySet) -> int:
    """How many are looked at anew; a worker must be rung for them."""
    Run.objects.select_for_update().get(pk=run.pk)
    keys = list(rows.values_list("pk", flat=True))
    count = ExchangePlan.objects.filter(pk__in=keys).update(
        state=PlanState.UNMADE,
        outcome="",
        found={},
        digest="",
        failure_kind="",
        failure_message="",
        ended_at=None,
        due_at=None,
        deaths=0,
        claim=None,
        lease_until=None,
    )
    if count:
        Run.objects.filter(pk=run.pk).update(state=RunState.PLANNING, finished_at=None, stop_reason="")
    return count


@transaction.atomic
def keep_choices(plan: ExchangePlan, shown: Preview) -> bool:
    """What a person saw in the window becomes the row; False where it is too late, or a worker looks at it."""
    Run.objects.select_for_update().get(pk=plan.run_id)
    mine = free(plan.run).filter(pk=plan.pk).select_related("run", "learner").first()
    if mine:
        keep(mine, shown)
    return mine is not None


@transaction.atomic
def choose(run: Run, chosen: Mapping[int, int | None], for_all: Mapping[str, int]) -> int:
    """Rows that differ are looked at anew: how many.

    ``chosen``: OneFile's ids of standards by the keys of lines; ``for_all``: by VQ Reference, for whoever has none yet.
    """
    changed = []
    for plan in free(run).exclude(state=PlanState.UNMADE):
        pathways = _chosen_of(plan, chosen, for_all)
        if pathways is not None:
            plan.choices = {**plan.choices, "pathways": pathways}
            plan.save(update_fields=["choices"])
            changed.append(plan.pk)
    return look_again(run, free(run).filter(pk__in=changed)) if changed else 0


def _chosen_of(
    plan: ExchangePlan, chosen: Mapping[int, int | None], for_all: Mapping[str, int]
) -> dict[str, int] | None:
    """The row's pathways as they are now; None where nothing has changed. What is not offered cannot be chosen."""
    pathways, has_changed = dict(plan.choices.get("pathways") or {}), False
    for choice in plan.found.get("choices", ()):
        number = chosen.get(choice["line"], choice["chosen"])
        if number is None and choice["chosen"] is None:
            number = for_all.get(choice["reference"])
        if number == choice["chosen"] or number not in (None, *(option[0] for option in choice["options"])):
            continue
        has_changed = True
        if number is None:
            pathways.pop(choice["reference"], None)
        else:
            pathways[choice["reference"]] = number
    return pathways if has_changed else None


def remove(run: Run, keys: Iterable[int]) -> int:
    rows = free(run).filter(pk__in=list(keys))
    gone = [plan.pk for plan in rows]
    ExchangePlan.objects.filter(pk__in=gone).delete()
    return len(gone)
