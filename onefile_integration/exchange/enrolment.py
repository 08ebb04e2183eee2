"""Create Learner in OneFile: shown first, begun by one click or command, the same plan in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import asides, journal
from onefile_integration.exchange.basedata import last_used, the_only_centre
from onefile_integration.exchange.duplicates import duplicates
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.reading.partners import Absence
from onefile_integration.models import ExchangePlan, Link, Run, Settings
from onefile_integration.rules.duplicates import Aside, Decided, Duplicate
from onefile_integration.rules.eligibility import Problem, problems
from onefile_integration.rules.matching import Availability, availability
from onefile_integration.rules.plan import make_plan
from onefile_integration.rules.sides import Choices, Here, Line, There
from onefile_integration.rules.steps import Plan
from onefile_integration.words import UNSETTLED_STEPS, FailureKind, Lane, LinkState, PlanState, RunKind, RunState

NAMES = "names"  # among a plan's choices: OneFile's names, by ``<field>:<id>``
CHOICE_PROBLEMS = ("pathway_needed", "centre_needed")


@dataclass(frozen=True)
class Given:
    """What a person, or a command's options, chose. ``new_episode`` and ``another_person`` set aside who was found."""

    centre: int | None = None
    classroom: int | None = None
    pathways: dict[str, int] = field(default_factory=dict)
    new_episode: bool = False
    another_person: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"centre": self.centre, "classroom": self.classroom, "pathways": self.pathways}

    @classmethod
    def from_json(cls, choices: dict[str, Any]) -> Given:
        """As a plan keeps them."""
        return cls(**{each.name: choices[each.name] for each in fields(cls) if each.name in choices})

    def aside(self, duplicate: Duplicate) -> Aside | None:
        """The answer given here about an account that was found."""
        chosen = {Aside.NEW_EPISODE: self.new_episode, Aside.ANOTHER_PERSON: self.another_person}
        return next((each for each in duplicate.asides if chosen[each]), None)


@dataclass(frozen=True)
class Preview:
    """Everything the window shows; ``plan`` is what would be done.

    ``duplicates`` wait for an answer; ``set_aside`` have one of earlier, ``answered`` one that is given with this.
    """

    given: Given
    here: Here
    there: There
    plan: Plan
    problems: tuple[Problem, ...]
    duplicates: tuple[Duplicate, ...]
    availability: tuple[tuple[Line, Availability], ...]
    last_used: Mapping[int, int]  # of the standards to choose from: the higher, the later
    notes: tuple[str, ...] = ()
    set_aside: tuple[tuple[Duplicate, Decided], ...] = ()
    answered: tuple[tuple[Duplicate, Aside], ...] = ()
    # Filled for the window only.
    absences: dict[str, Absence] = field(default_factory=dict)
    in_other_roles: dict[str, str] = field(default_factory=dict)

    def as_chosen(self) -> dict[str, Any]:
        """What the plan keeps: the choices, and the names of classrooms by which logs call them later."""
        sent = {change.new for step in self.plan.steps for change in step.changes if change.field == "classroom"}
        names = {f"classroom:{number}": name for number, name in self.there.classrooms if number in sent}
        return {**self.given.as_json(), NAMES: names}

    @property
    def may_begin(self) -> bool:
        return not (self.problems or self.duplicates or self.plan.doubts)

    @property
    def outcome(self) -> str:
        """The word for it, where nothing has been begun."""
        if self.problems:
            choice_only = all(problem.code in CHOICE_PROBLEMS for problem in self.problems)
            return "choice_needed" if choice_only else "blocked"
        if self.duplicates:
            return "duplicate"
        return "question" if self.plan.doubts else "ready"


class Changed(Exception):
    """What would be sent is no longer what was shown."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__("What would be sent has changed since it was shown.")


class NoCentre(Exception):
    """Several centres, or none, are known and none is chosen."""


def default_centre(given: Given, environment: str) -> int:
    centre = given.centre if given.centre is not None else the_only_centre(environment)
    if centre is None:
        raise NoCentre("Choose the OneFile Organisation (centre).")
    return centre


def preview(learner: Learner, given: Given, reading: Reading) -> Preview:
    """Reads OneFile, writes nothing. Raises NoCentre, the API's errors and ExchangeFailure."""
    environment = reading.settings.environment
    given = Given(**{**vars(given), "centre": default_centre(given, environment)})
    pictures = reading.pictures(learner.pk, given.as_json(), only_eligible=False)
    here, there, choices = pictures.here, pictures.there, pictures.choices
    found, notes = duplicates(learner, reading.client, environment)
    sorted_out = _sorted_out(found, asides.decided(learner, environment), given)
    lines = tuple((line, _availability(line, choices)) for line in here.lines)
    options = {each.onefile_id for _, found in lines if len(found.options) > 1 for each in found.options}
    return Preview(
        given=given,
        here=here,
        there=there,
        plan=make_plan(here, there, choices),
        problems=problems(here, there, choices),
        availability=lines,
        last_used=last_used(environment, options) if options else {},
        notes=notes,
        **sorted_out,
    )


def _availability(line: Line, choices: Choices) -> Availability:
    return availability(line.vq_reference, choices.centre, choices.standards, choices.pathways.get(line.vq_reference))


def _sorted_out(found: Iterable[Duplicate], decided: Mapping[int, Decided], given: Given) -> dict[str, Any]:
    waiting, set_aside, answered = [], [], []
    for each in found:
        before = decided.get(each.onefile_id)
        if before and before.covers(each):
            set_aside.append((each, before))
        elif aside := given.aside(each):
            answered.append((each, aside))
        else:
            waiting.append(each)
    return {"duplicates": tuple(waiting), "set_aside": tuple(set_aside), "answered": tuple(answered)}


def begin(shown: Preview, *, digest: str | None, settings: Settings, by: Actor) -> Run:
    """The shown plan becomes the job; a second click finds the first's. Raises Changed."""
    if digest is not None and digest != shown.plan.digest:
        raise Changed(shown)
    if not shown.may_begin:
        raise Changed(shown)
    learner_pk = shown.here.pk
    try:
        with transaction.atomic():
            return _insert(shown, settings, by)
    except IntegrityError:
        first = ExchangePlan.objects.open().filter(learner=learner_pk, kind=RunKind.ENROL).first()  # wherever
        if first is None:
            raise
        return first.run


def _insert(shown: Preview, settings: Settings, by: Actor) -> Run:
    end_elsewhere(shown.here.pk, settings.environment)
    run = new_run(RunKind.ENROL, settings, by, state=RunState.APPROVED)
    plan = ExchangePlan.objects.create(
        run=run,
        learner_id=shown.here.pk,
        kind=RunKind.ENROL,
        state=PlanState.READY,
        choices=shown.as_chosen(),
        digest=shown.plan.digest,
    )
    journal.write(plan, shown.plan)
    for duplicate, aside in shown.answered:
        asides.set_aside(plan.the_learner, duplicate, aside, environment=settings.environment, by=by)
    return run


def new_run(kind: RunKind, settings: Settings, by: Actor, *, lane: Lane = Lane.PEOPLE, **fields: Any) -> Run:
    return Run.objects.create(
        kind=kind, environment=settings.environment, lane=lane, asked_by=by.label, user=by.user, **fields
    )


def open_enrolment(learner_pk: int, environment: str) -> ExchangePlan | None:
    plans = ExchangePlan.objects.open().filter(learner=learner_pk, kind=RunKind.ENROL, run__environment=environment)
    return plans.select_related("run").first()


def end_elsewhere(learner_pk: int, environment: str) -> None:
    """An enrolment that was left open when another environment was set would stand in the way here for good. It can be
    tried again there. What is in doubt stays, to be settled.
    """
    left = ExchangePlan.objects.open().filter(learner=learner_pk, kind=RunKind.ENROL, claim=None)
    left = left.exclude(run__environment=environment).exclude(steps__state__in=UNSETTLED_STEPS)
    ExchangePlan.objects.filter(pk__in=left.values("pk")).update(
        state=PlanState.FAILED,
        ended_at=timezone.now(),
        failure_kind=FailureKind.UNREACHABLE,
        failure_message="It had not ended when another environment was set.",
    )


def half_done(learner: Learner, environment: str) -> Link | None:
    """A link whose upload is not whole and which no open plan works on."""
    link = Link.objects.within(environment).filter(learner=learner).first()
    if link is None or open_enrolment(learner.pk, environment):
        return None
    return link if link.upload_due or link.state == LinkState.CREATING else None


def go_on(learner: Learner, given: Given, *, settings: Settings, by: Actor) -> Run:
    """Plan anew what is left of an enrolment that ended early, or that was refused somewhere."""
    run = new_run(RunKind.ENROL, settings, by, state=RunState.APPROVED)
    go_on_within(run, learner, given)
    return run


def go_on_within(run: Run, learner: Learner, given: Given) -> None:
    """The plan of one learner in a run that goes on. Raises IntegrityError where another one is open."""
    end_elsewhere(learner.pk, run.environment)
    here = ExchangePlan.objects.enrolments().filter(run__environment=run.environment)
    last = here.filter(learner=learner).order_by("-pk").first()
    choices = last.choices if last else given.as_json()
    plan = ExchangePlan.objects.create(
        run=run,
        learner=learner,
        kind=RunKind.ENROL,
        state=PlanState.READY,
        choices=choices,
        is_stale=True,
        retries=last if last and last.state == PlanState.FAILED else None,
    )
    orphans = Link.objects.within(run.environment).filter(learner=learner, state=LinkState.CREATING)
    orphans.update(plan=plan)


def refresh(
    learners: list[Learner],
    *,
    settings: Settings,
    by: Actor,
    dry: bool = False,
    in_background: bool = False,
    restore: bool = False,
) -> Run:
    """Refresh with OneFile: the same exchange as the night's, for these. ``restore`` takes archived ones back first."""
    run = new_run(RunKind.REFRESH, settings, by, dry=dry, in_background=in_background)
    choices = {"restore": "asked"} if restore else {}
    ExchangePlan.objects.bulk_create(
        ExchangePlan(run=run, learner=learner, kind=RunKind.REFRESH, dry=dry, choices=choices) for learner in learners
    )
    return run
