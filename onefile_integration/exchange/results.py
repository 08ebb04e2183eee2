"""Runs, plans, steps and questions as other programs read them: the JSON of the commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings as django_settings
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from learners.models import DeliveryPlanLine, Officer, Organisation, Review
from onefile_integration.models import ExchangePlan, Link, Question, Run, Step
from onefile_integration.models.journal import SUBJECTS
from onefile_integration.words import FailureKind, PlanState, QuestionKind, RunState, StepState

CHUNK = 500
UNHARMED = (PlanState.DONE, PlanState.ASKING)
# Where the export of a person has other names for the same fields.
FIELD_NAMES = {
    "certificate_applied": "certificate_applied_date",
    "certificate_received": "certificate_received_date",
}

PARTNER_FIELDS = ("officer", "main_officer", "employer")
PARTNERS: dict[str, type[Model]] = {"officer": Officer, "organisation": Organisation}


def steps_of(plan: ExchangePlan) -> list[dict[str, str]]:
    return [{"kind": step.kind, "state": step.state, "message": step.message} for step in plan.steps.all()]


def run_result(run: Run, stopped: str) -> dict[str, Any]:
    """``changes`` of a dry run are those that would be made. Only learners are counted; changes, questions and failures
    are those of officers and organisations too. Whoever agrees with OneFile is counted, and never held in memory.
    """
    wanted = (StepState.WAITING,) if run.dry else (StepState.DONE,)
    return {
        "run": run.pk,
        "outcome": outcome_of(run, stopped),
        "learners": counts_of(run, wanted),
        "calls": run.calls,
        "changes": list(changes_of(run, wanted)),
        "questions": [question_as_json(each) for each in _questions_of(run)],
        "failures": list(failures_of(run)),
        "held": run.held,
    }


def _questions_of(run: Run) -> QuerySet[Question]:
    """What it asked; and whose review it had to leave out because an earlier exchange's question about it stands."""
    stands = Q(kind=QuestionKind.LOST_VISIT, environment=run.environment, learner__in=run.plans.values("learner"))
    return Question.objects.open().filter(Q(plan__run=run) | stands)


def counts_of(run: Run, wanted: tuple[StepState, ...]) -> dict[str, int]:
    """``wanted``: states of the steps that count as a change."""
    has_changed = Exists(Step.objects.filter(plan=OuterRef("pk"), state__in=wanted))
    plans = run.plans.filter(learner__isnull=False)
    states = Counter(dict(plans.order_by().values_list("state").annotate(n=Count("pk"))))
    return {
        "planned": states.total(),
        "changed": plans.filter(has_changed).count(),
        "unchanged": plans.filter(~has_changed, state__in=UNHARMED).count(),
        "failed": states[PlanState.FAILED],
        "skipped": run.skipped + states[PlanState.SKIPPED],
    }


def outcome_of(run: Run, stopped: str) -> str:
    if run.state == RunState.HELD or (run.dry and run.held):
        return "held"
    return "stopped" if stopped or run.is_open or run.state == RunState.STOPPED else "finished"


def failures_of(run: Run) -> Iterator[dict[str, str]]:
    in_doubt = Exists(Step.objects.unsettled().filter(plan=OuterRef("pk")))
    plans = run.plans.annotate(in_doubt=in_doubt).select_related(*SUBJECTS)
    for plan in plans.filter(Q(state=PlanState.FAILED) | Q(in_doubt=True) | ~Q(noted_kind="")).iterator(CHUNK):
        yield from _failures(plan)


def _failures(plan: Any) -> Iterator[dict[str, str]]:
    ident = plan.subject.ident
    if plan.state == PlanState.FAILED:
        yield {"ident": ident, "kind": plan.failure_kind, "message": plan.failure_message}
    elif plan.in_doubt:
        why = plan.failure_message or "OneFile's reply was lost; it is looked for later."
        yield {"ident": ident, "kind": FailureKind.UNKNOWN_OUTCOME.value, "message": why}
    for note in plan.notes:
        if note["kind"] != "note":
            yield {"ident": ident, "kind": note["kind"], "message": note["text"]}


def changes_of(run: Run, states: tuple[StepState, ...]) -> Iterator[dict[str, Any]]:
    steps = Step.objects.filter(plan__run=run, state__in=states).order_by("plan", "position")
    found = steps.select_related(*(f"plan__{subject}" for subject in SUBJECTS)).iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield from _changes(chunk)


def _changes(steps: list[Step]) -> Iterator[dict[str, Any]]:
    names, idents = record_names(steps), idents_in(steps)
    for step in steps:
        for change in step.changes:
            yield {
                "ident": step.plan.subject.ident,
                "record": _as_it_was(step) or names.get(_without_centre(step.record), step.record),
                "field": FIELD_NAMES.get(change["field"], change["field"]),
                "old": _by_ident(change, "old", idents),
                "new": _by_ident(change, "new", idents),
                "side": step.side,
            }


def _without_centre(record: str) -> str:
    return ":".join(record.split(":")[:2])


def _as_it_was(step: Step) -> str:
    """A review by the date it had before, so that a dry run and the run name it alike."""
    if not step.record.startswith("review:"):
        return ""
    old = next((change["old"] for change in step.changes if change["field"] == "scheduled_date"), None)
    return f"review {old}" if old else ""


def _by_ident(change: dict[str, Any], side: str, idents: dict[str, str]) -> Any:
    value = change[side]
    return idents.get(value, value) if change["field"] in PARTNER_FIELDS and value else value


def idents_in(steps: Iterable[Step]) -> dict[str, str]:
    """Officers and organisations as values hold them -> their Idents."""
    changed = [change for step in steps for change in step.changes if change["field"] in PARTNER_FIELDS]
    keys = {str(value) for change in changed for value in (change["old"], change["new"]) if value}
    return {
        f"{kind}:{pk}": ident
        for kind, model in PARTNERS.items()
        for pk, ident in model._default_manager.filter(
            pk__in=[int(key.split(":")[1]) for key in keys if key.startswith(f"{kind}:")]
        ).values_list("pk", "ident")
    }


def record_names(steps: Iterable[Step]) -> dict[str, str]:
    """Our records as people know them, read in one query for each kind."""
    keys: dict[str, set[int]] = {}
    for step in steps:
        kind, key = step.record.split(":")[:2]
        keys.setdefault(kind, set()).add(int(key))
    names = {f"learner:{key}": "learner" for key in keys.get("learner", ())}
    for line in DeliveryPlanLine.objects.filter(pk__in=keys.get("line", ())).select_related("qualification"):
        names[f"line:{line.pk}"] = f"delivery {line.qualification.vq_reference}"
    for review in Review.objects.filter(pk__in=keys.get("review", ())):
        names[f"review:{review.pk}"] = f"review {review.scheduled_date or 'without date'}"
    for officer in Officer.objects.filter(pk__in=keys.get("officer", ())):
        names[f"officer:{officer.pk}"] = f"officer {officer.ident}"
    for organisation in Organisation.objects.filter(pk__in=keys.get("organisation", ())):
        names[f"organisation:{organisation.pk}"] = f"organisation {organisation.ident}"
    return names | {f"onefile_review:{key}": f"OneFile review {key}" for key in keys.get("onefile_review", ())}


def question_as_json(question: Question) -> dict[str, Any]:
    return {
        "id": question.pk,
        "ident": question.subject.ident if question.subject else None,
        "kind": question.kind,
        "text": question.text,
        "answers": [word for word, _ in question.answers],
    }


def may_go_on_at(plan: ExchangePlan) -> str | None:
    """From when a lost reply can be settled: a moment in UTC, ISO form."""
    begun = [step.begun_at for step in plan.steps.unsettled() if step.begun_at]
    if not begun:
        return plan.due_at.isoformat(timespec="seconds") if plan.due_at else None
    latest = max(begun) + timedelta(seconds=django_settings.ONEFILE_SETTLE_SECONDS)
    return latest.isoformat(timespec="seconds")


def unfinished() -> list[dict[str, Any]]:
    """Exchanges that are open, or wait for a lost reply to be settled."""
    open_plans = ExchangePlan.objects.open().filter(run__dry=False).select_related("run", *SUBJECTS)
    return [
        {
            "ident": plan.subject.ident,
            "state": "in_doubt" if plan.steps.unsettled().exists() else plan.state,
            "since": plan.created_at.isoformat(timespec="seconds"),
            "may_go_on_at": may_go_on_at(plan),
        }
        for plan in open_plans
    ]


def onefile_id_of(learner_pk: int, environment: str) -> int | None:
    link = Link.objects.within(environment).filter(learner=learner_pk).first()
    return link.onefile_id if link else None
