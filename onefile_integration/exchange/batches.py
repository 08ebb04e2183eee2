"""Enrol many: the run that comes of a list. Each learner is compared with what was shown before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import enrolment, journal, listed
from onefile_integration.exchange.alike import enrolled_at_this_moment
from onefile_integration.exchange.enrolment import Given, Preview
from onefile_integration.exchange.failures import Later, LeftOut
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Link, Run, Settings, Step
from onefile_integration.models.journal import PlanQuerySet
from onefile_integration.rules.duplicates import reasons_in_words
from onefile_integration.rules.steps import Kind, PlannedStep
from onefile_integration.words import OPEN_PLANS, Lane, LinkState, PlanState, RowOutcome, RunKind, RunState, StepState

DIGEST_SHOWN = 16  # letters of a digest that a page carries for each row
LINKS = (Kind.LINK_OFFICER, Kind.LINK_EMPLOYER)
PARTNERS = (Kind.CREATE_ASSESSOR, Kind.CREATE_EMPLOYER, *LINKS)
WAIT_FOR_ANOTHER = 3.0
STANDING = {
    RowOutcome.ALREADY_LINKED: "The learner is linked with OneFile already.",
    RowOutcome.BUSY: "Somebody else is creating this learner in OneFile.",
}


# ---- begun by a person


def ready(run: Run) -> PlanQuerySet:
    """Rows of a list that can be created."""
    return run.plans.filter(outcome=RowOutcome.READY, state=PlanState.DONE, job__isnull=True)


@transaction.atomic
def begin(shown: Run, wanted: Mapping[int, str], *, settings: Settings, by: Actor) -> Run | None:
    """A run for these rows of the list: starts of digests by the keys of rows.

    Rows that are no longer as they were shown are not taken. A second press finds the run of the first. None where
    nothing is to be done.
    """
    Run.objects.select_for_update().get(pk=shown.pk)
    those = ready(shown).filter(pk__in=wanted).select_related("learner")
    rows = [row for row in those if row.digest.startswith(wanted[row.pk] or "-")]
    if not rows:
        last = ExchangePlan.objects.filter(shown_in__in=wanted, shown_in__run=shown).order_by("-pk").first()
        return last.run if last else None
    run = _new_run(settings, by)
    made = {row.pk: _plan(run, row) for row in rows}
    steps = Step.objects.filter(plan__in=[pk for pk, plan in made.items() if plan.is_open])
    Step.objects.bulk_create(_copied(step, made[step.plan_id]) for step in steps)
    return run


def _new_run(settings: Settings, by: Actor) -> Run:
    return enrolment.new_run(RunKind.ENROL, settings, by, lane=Lane.NIGHT, state=RunState.APPROVED, is_of_many=True)


def _plan(run: Run, row: ExchangePlan) -> ExchangePlan:
    """Left out where somebody else has begun with the learner."""
    plan = ExchangePlan(
        run=run,
        learner_id=row.learner_id,
        kind=RunKind.ENROL,
        state=PlanState.READY,
        choices=row.choices,
        digest=row.digest,
        shown_in=row,
    )
    enrolment.end_elsewhere(row.the_learner.pk, run.environment)
    outcome = listed.standing(row.the_learner.pk, run.environment)
    if outcome is None:
        try:
            with transaction.atomic():
                plan.save()
                return plan
        except IntegrityError:  # in this very moment
            outcome = RowOutcome.BUSY
            plan.pk = None
    plan.state, plan.outcome, plan.failure_message = PlanState.SKIPPED, outcome, STANDING[outcome]
    plan.ended_at = timezone.now()
    plan.save()
    return plan


def _copied(step: Step, plan: ExchangePlan) -> Step:
    names = ("position", "kind", "side", "record", "title", "needs", "changes")
    return Step(plan=plan, **{name: getattr(step, name) for name in names})


# ---- one learner's turn


def compare(work: Work, reading: Reading) -> None:
    """Reads both sides anew, and the duplicates. Raises LeftOut where it is not what was shown: nothing is sent then.

    Also raises Later where somebody who may be the same person is in hand, the API's errors and ExchangeFailure.
    """
    plan = work.plan
    if not plan.digest or _is_created(work):
        return
    if other := enrolled_at_this_moment(plan.the_learner):
        seconds = WAIT_FOR_ANOTHER if plan.pk < other.pk else 2 * WAIT_FOR_ANOTHER
        raise Later(seconds, "Somebody who may be the same person is being created first.")
    shown = enrolment.preview(plan.the_learner, Given.from_json(plan.choices), reading)
    _refuse_what_stands_in_the_way(shown)
    if waits_for_a_partner(plan, shown):
        raise Later(WAIT_FOR_ANOTHER, "An officer or employer is being created for another learner.")
    if said := differences(plan.steps.all(), shown.plan.steps):
        raise LeftOut(f"Not created: since it was shown, this has changed: {'; '.join(said)}.", RowOutcome.CHANGED)
    journal.write(plan, shown.plan)


def waits_for_a_partner(plan: ExchangePlan, shown: Preview) -> bool:
    """OneFile shows already whom another exchange is about to link here: in a moment nothing is left to do."""
    planned = {step.key for step in plan.steps.all()}
    found = [step for step in shown.plan.steps if step.kind in LINKS and step.key not in planned]
    creating = Link.objects.within(plan.run.environment).filter(state=LinkState.CREATING).exclude(plan=plan)
    records = {
        f"officer:{link.officer_id}" if link.officer_id else f"organisation:{link.organisation_id}" for link in creating
    }
    return any(step.record in records for step in found)


def _is_created(work: Work) -> bool:
    """By this very plan. Raises LeftOut where somebody else has begun."""
    link = Link.objects.within(work.environment).filter(learner=work.plan.learner_id).first()
    if link is None:
        return False
    mine = Step.objects.filter(plan=work.plan, kind=Kind.CREATE_LEARNER).exclude(state=StepState.WAITING)
    if link.plan_id == work.plan.pk or mine.exists():
        return True
    outcome = RowOutcome.BUSY if link.onefile_id is None else RowOutcome.ALREADY_LINKED
    raise LeftOut(STANDING[outcome], outcome)


def _refuse_what_stands_in_the_way(shown: Preview) -> None:
    if shown.problems:
        said = " ".join(problem.message for problem in shown.problems)
        raise LeftOut(f"Not created: {said}", RowOutcome.CHANGED)
    if shown.duplicates:
        said = "; ".join(f"{each.onefile_id}: {reasons_in_words(each.reasons)}" for each in shown.duplicates)
        raise LeftOut(f"Not created: OneFile holds who may be this person ({said}).", RowOutcome.DUPLICATE)
    if shown.plan.doubts:
        raise LeftOut(f"Not created: {shown.plan.doubts[0].text}", RowOutcome.CHANGED)


def differences(shown: Iterable[Step], now: Iterable[PlannedStep]) -> list[str]:
    """What would be sent now and was not shown, or was shown and would not be sent; no values.

    An officer or employer whom another learner of the list has brought meanwhile is no longer to be created: that
    takes nothing from what was shown.
    """
    before = {step.key: (step.title, list(step.changes)) for step in shown}
    after = {step.key: (step.title, [change.as_json() for change in step.changes]) for step in now}
    partners = {f"{kind} " for kind in PARTNERS}
    said = []
    for key in dict.fromkeys([*before, *after]):
        if key not in after:
            if not key.startswith(tuple(partners)):
                said.append(f"{before[key][0]} (no longer)")
        elif key not in before:
            said.append(f"{after[key][0]} (new)")
        elif before[key][1] != after[key][1]:
            said += _fields(before[key][1], after[key][1])
    return list(dict.fromkeys(said))


def _fields(before: list[dict[str, object]], after: list[dict[str, object]]) -> list[str]:
    old, new = ({str(change["field"]): change for change in changes} for changes in (before, after))
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return [name.replace("_", " ") for name in names]


# ---- how it stands


def rows(run: Run) -> QuerySet[ExchangePlan]:
    """The learners of the run, each with ``result``: a key of presenters.many.RESULTS."""
    doubtful = Exists(Step.objects.filter(plan=OuterRef("pk"), state=StepState.IN_DOUBT))
    is_open = Q(state__in=OPEN_PLANS)
    by_state = {PlanState.ASKING: "question", PlanState.DONE: "enrolled", PlanState.FAILED: "failed"}
    return run.plans.select_related("learner").annotate(
        result=Case(
            When(is_open & Q(doubtful), then=Value("checking")),
            When(is_open & Q(claim__isnull=False), then=Value("working")),
            When(is_open, then=Value("waiting")),
            *(When(state=state, then=Value(word)) for state, word in by_state.items()),
            When(outcome="", then=Value("left_out")),
            default=F("outcome"),
            output_field=CharField(),
        )
    )


# ---- afterwards


def half_done(run: Run) -> list[Learner]:
    """Those of the run whose upload is not whole, and on whom nothing works."""
    ended = run.plans.exclude(state__in=[PlanState.UNMADE, PlanState.READY]).select_related("learner")
    links = Link.objects.within(run.environment).filter(learner__in=ended.values("learner"))
    unfinished = set(links.filter(upload_due=True).values_list("learner_id", flat=True))
    busy = ExchangePlan.objects.open().filter(kind=RunKind.ENROL, learner__in=unfinished)
    unfinished -= set(busy.values_list("learner_id", flat=True))
    return [plan.the_learner for plan in ended if plan.learner_id in unfinished and plan.state != PlanState.ASKING]


@transaction.atomic
def try_again(run: Run, *, settings: Settings, by: Actor) -> Run | None:
    """A run for what is left of the half-done ones; a second press finds the first's. None where nothing is left."""
    Run.objects.select_for_update().get(pk=run.pk)
    learners = half_done(run)
    if not learners:
        later = ExchangePlan.objects.filter(run__is_of_many=True, kind=RunKind.ENROL, run__pk__gt=run.pk)
        last = later.filter(learner__in=run.plans.values("learner")).order_by("-pk").first()
        return last.run if last else None
    again = _new_run(settings, by)
    for learner in learners:
        try:
            with transaction.atomic():
                enrolment.go_on_within(again, learner, Given())
        except IntegrityError:  # somebody else goes on with this one in this very moment
            continue
    return again


def not_created(run: Run) -> PlanQuerySet:
    """Those of whom OneFile has nothing: they can be shown again."""
    ended = run.plans.filter(state__in=[PlanState.FAILED, PlanState.SKIPPED])
    linked = Link.objects.within(run.environment).filter(learner__isnull=False)
    return ended.exclude(learner__in=linked.values("learner"))


def show_again(run: Run, *, settings: Settings, by: Actor) -> Run | None:
    """A new list of those who were not created, with their choices."""
    given = {plan.the_learner.pk: Given.from_json(plan.choices) for plan in not_created(run).select_related("learner")}
    return listed.start(list(given), given, settings=settings, by=by) if given else None
