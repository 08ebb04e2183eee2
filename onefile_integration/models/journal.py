"""Runs, their plans, the plans' steps, and what only a person can decide."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from learners.models import Learner, Officer, Organisation
from learners.models.clock import from_now
from onefile_integration.words import (
    OPEN_PLANS,
    OPEN_RUNS,
    UNSETTLED_STEPS,
    Environment,
    FailureKind,
    HeldAnswer,
    Lane,
    PlanState,
    QuestionKind,
    RowOutcome,
    RunKind,
    RunState,
    StepState,
)

SUBJECTS = ("learner", "officer", "organisation")
Subject = Learner | Officer | Organisation


def of_one_subject() -> Q:
    """Exactly one of the three is set."""
    each = [Q(**{f"{name}__isnull": name != set_one for name in SUBJECTS}) for set_one in SUBJECTS]
    return each[0] | each[1] | each[2]


def one_of_each(name: str, fields: list[str], condition: Q | None = None) -> list[models.UniqueConstraint]:
    """A constraint for officers and one for organisations."""
    return [
        models.UniqueConstraint(fields=[*fields, kind], condition=condition, name=f"{name}_{kind}")
        for kind in ("officer", "organisation")
    ]


class RunQuerySet(models.QuerySet["Run"]):
    def unfinished(self) -> RunQuerySet:
        return self.filter(state__in=OPEN_RUNS, dry=False)

    def whole(self) -> RunQuerySet:
        return self.filter(kind=RunKind.WHOLE)

    def of_many(self) -> RunQuerySet:
        """Lists of learners to be enrolled, and the runs that came of them."""
        return self.filter(Q(kind=RunKind.PREVIEW) | Q(is_of_many=True))

    def for_workers(self) -> RunQuerySet:
        """A dry run is worked on by whoever asked; a list is read by workers, though nobody carries it out."""
        return self.filter(Q(dry=False) | Q(kind=RunKind.PREVIEW))


class Run(models.Model):
    """One time that somebody, or the clock, asked for an exchange."""

    kind = models.CharField(max_length=8, choices=RunKind)
    environment = models.CharField(max_length=8, choices=Environment)
    lane = models.CharField(max_length=6, choices=Lane)
    dry = models.BooleanField(default=False)
    # The London date of a scheduled night; a run by button or command has none.
    scheduled_for = models.DateField(null=True, unique=True)
    state = models.CharField(max_length=9, choices=RunState, default=RunState.PLANNING)
    asked_by = models.CharField(max_length=150)
    user = models.ForeignKey(django_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    stop_reason = models.CharField(max_length=500, blank=True)
    skipped = models.PositiveIntegerField(default=0)
    # Learners chosen in a list: each is compared with what was shown before anything of them is created.
    is_of_many = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=150, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    # Of the guard: what holds it, by kind; marks of all that was counted, and of what a person has let go on.
    held = models.JSONField(default=dict)
    counted = models.JSONField(default=list)
    looked_at = models.JSONField(default=list)
    answer = models.CharField(max_length=7, choices=HeldAnswer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment"],
                condition=Q(kind=RunKind.WHOLE, dry=False, state__in=OPEN_RUNS),
                name="run_one_whole_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_by="") | Q(paused_at__isnull=False) & ~Q(paused_by=""),
                name="run_paused_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_by=""),
                name="run_cancelled_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="", answer="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
                name="run_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RUNS


def has_begun() -> models.Exists:
    """A plan of which something was sent, or settled: whatever stops its run, it goes on to its end."""
    return models.Exists(Step.objects.filter(plan=models.OuterRef("pk")).exclude(state=StepState.WAITING))


class RunMinute(models.Model):
    """How many calls a run made in one minute, and how many anybody might have made in it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="minutes")
    minute = models.DateTimeField()
    calls = models.PositiveIntegerField()
    limit = models.PositiveIntegerField()

    class Meta:
        ordering = ["run", "minute"]
        constraints = [models.UniqueConstraint(fields=["run", "minute"], name="run_minute_once")]

    def __str__(self) -> str:
        return f"{self.calls} calls at {self.minute:%H:%M}"


def subject_columns(path: str) -> dict[str, Coalesce]:
    """``path`` leads to the plan, as in ``plan__``."""
    columns = {"subject_ident": "ident", "subject_sort": "sort_key"}
    return {name: Coalesce(*(f"{path}{kind}__{own}" for kind in SUBJECTS)) for name, own in columns.items()}


class PlanQuerySet(models.QuerySet["ExchangePlan"]):
    def open(self) -> PlanQuerySet:
        return self.filter(state__in=OPEN_PLANS)

    def due(self) -> PlanQuerySet:
        """Open, not to be left alone for now, and free: nobody holds it, or its holder's lease is over.

        Of a paused, held or cancelled run only what has begun, which goes on to its end.
        """
        free = Q(claim__isnull=True) | Q(lease_until__lt=Now())
        # In a subquery of its own: a claim is one conditional UPDATE, and must see the row as it is at that moment.
        moving = Run.objects.filter(paused_at__isnull=True, cancelled_at__isnull=True).exclude(state=RunState.HELD)
        going_on = Q(run__in=moving)
        here = self.open().filter(free, Q(due_at__isnull=True) | Q(due_at__lte=Now()))
        return here.filter(going_on | Q(has_begun()))

    def with_subject(self) -> PlanQuerySet:
        """With the record itself, its Ident and what it is sorted by, whichever of the three it is."""
        return self.select_related(*SUBJECTS).annotate(**subject_columns(""))

    def enrolments(self) -> PlanQuerySet:
        """Those that were tried: one that was left out when its turn came has done nothing."""
        return self.filter(kind=RunKind.ENROL).exclude(state=PlanState.SKIPPED)

    def begun(self) -> PlanQuerySet:
        return self.filter(has_begun())

    def not_begun(self) -> PlanQuerySet:
        return self.filter(~has_begun())


class ExchangePlan(models.Model):
    """The steps that would make one record here and in OneFile agree: a learner, an officer with the accounts in all
    centres, or an organisation with its placements there.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="plans")
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="onefile_plans")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="onefile_plans")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="onefile_plans")
    kind = models.CharField(max_length=8, choices=RunKind)
    state = models.CharField(max_length=7, choices=PlanState, default=PlanState.UNMADE)
    choices = models.JSONField(default=dict)
    # What was shown when a person said go; the steps carried out must be these.
    digest = models.CharField(max_length=64, blank=True)
    is_stale = models.BooleanField(default=False)
    notes = models.JSONField(default=list)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    deaths = models.PositiveSmallIntegerField(default=0)
    failure_kind = models.CharField(max_length=15, choices=FailureKind, blank=True)
    failure_message = models.CharField(max_length=1000, blank=True)
    # Of one of many learners: what a look at it found, in ``found`` with the details (exchange/many.py names them).
    outcome = models.CharField(max_length=14, choices=RowOutcome, blank=True)
    found = models.JSONField(default=dict)
    # The row of a list that was shown; it leads to one enrolment, however often a button is pressed.
    shown_in = models.OneToOneField("self", models.SET_NULL, null=True, related_name="job")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=of_one_subject(), name="plan_of_one_record"),
            models.UniqueConstraint(fields=["run", "learner"], name="plan_once_per_run"),
            *one_of_each("plan_once_per_run_and", ["run"]),
            *one_of_each("plan_one_exchange_per", [], Q(claim__isnull=False)),
            models.UniqueConstraint(
                fields=["learner"],
                # A list only reads, and must not hold up whoever creates one of its learners meanwhile.
                condition=Q(claim__isnull=False) & ~Q(kind=RunKind.PREVIEW),
                name="plan_one_exchange_per_learner",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(kind=RunKind.ENROL, state__in=OPEN_PLANS),
                name="plan_one_open_enrolment_per_learner",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(lease_until__isnull=False), name="plan_claim_has_a_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.pk} of {self.run}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_PLANS

    @property
    def subject(self) -> Subject:
        record = self.learner or self.officer or self.organisation
        assert record is not None, "the database holds a plan of one record"
        return record

    @property
    def subject_key(self) -> str:
        """As in ``officer:12``."""
        ((kind, key),) = self.of_subject.items()
        return f"{kind.removesuffix('_id')}:{key}"

    @property
    def the_learner(self) -> Learner:
        """Of an enrolment, a list or a Refresh, which have no other subject."""
        assert self.learner is not None
        return self.learner

    @property
    def of_subject(self) -> dict[str, int]:
        """The subject as a filter, or as the fields of another plan; read from this row alone."""
        keys = {"learner": self.learner_id, "officer": self.officer_id, "organisation": self.organisation_id}
        return {f"{kind}_id": key for kind, key in keys.items() if key is not None}

    def try_claim(self, lease: timedelta) -> bool:
        """Take this plan, by one conditional UPDATE; False where another has it or its subject.

        Another exchange of the subject that died gives its claim up; its own plan goes on when its turn comes.
        """
        return self._claimed(lease) or (self._give_up_dead() and self._claimed(lease))

    def _claimed(self, lease: timedelta) -> bool:
        died = models.Case(
            models.When(claim__isnull=False, then=F("deaths") + 1),
            default=F("deaths"),
            output_field=models.IntegerField(),
        )
        free = ExchangePlan.objects.due().filter(pk=self.pk)
        try:
            with transaction.atomic():
                taken = free.update(claim=uuid.uuid4(), lease_until=from_now(lease), deaths=died)
        except IntegrityError:
            return False
        if taken:
            self._read_again()
        return bool(taken)

    def _give_up_dead(self) -> bool:
        dead = ExchangePlan.objects.filter(**self.of_subject, claim__isnull=False, lease_until__lt=Now())
        return bool(dead.exclude(pk=self.pk).update(claim=None, lease_until=None, deaths=F("deaths") + 1))

    def _read_again(self) -> None:
        """Its own values. The run and the learner that came with it are kept: who reads them reads them anew."""
        own = [field.attname for field in self._meta.concrete_fields if not field.is_relation]
        self.refresh_from_db(fields=own)

    def renew(self, lease: timedelta) -> bool:
        """Keep the claim alive; False where it has been lost to another."""
        mine = ExchangePlan.objects.filter(pk=self.pk, claim=self.claim)
        return bool(mine.update(lease_until=from_now(lease)))

    def release(self, *, wait: timedelta | None = None, **fields: Any) -> None:
        """Give the claim back, with what became of the plan, only where it is still mine."""
        due_at = from_now(wait) if wait else None
        mine = ExchangePlan.objects.filter(pk=self.pk, claim=self.claim)
        mine.update(claim=None, lease_until=None, due_at=due_at, **fields)
        self._read_again()


class StepQuerySet(models.QuerySet["Step"]):
    def unsettled(self) -> StepQuerySet:
        """Begun and never ended: only looking can tell whether it happened."""
        return self.filter(state__in=UNSETTLED_STEPS)

    def waiting(self) -> StepQuerySet:
        return self.filter(state=StepState.WAITING)

    def with_subject(self) -> StepQuerySet:
        related = [f"plan__{kind}" for kind in SUBJECTS]
        return self.select_related(*related).annotate(**subject_columns("plan__"))


class Step(models.Model):
    """One thing to do, from what to what, and its outcome: one row is preview, progress and log."""

    plan = models.ForeignKey(ExchangePlan, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    side = models.CharField(max_length=7, choices=[("mis", "here"), ("onefile", "in OneFile")])
    record = models.CharField(max_length=40, help_text="our record: what it is and its key, as in line:12")
    title = models.CharField(max_length=300)
    needs = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=StepState, default=StepState.WAITING)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    known_ids = models.JSONField(default=list, help_text="ids that the search found before a create was sent")
    result_id = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=1000, blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="step_once_per_position"),
            models.CheckConstraint(
                condition=Q(state__in=[StepState.WAITING, StepState.SKIPPED]) | Q(begun_at__isnull=False),
                name="step_begun_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        return f"{self.kind} {self.record}"

    def begin(self, known_ids: list[int] | None = None) -> bool:
        """Committed before the call that it announces, and only while the plan's claim is mine."""
        mine = Step.objects.filter(pk=self.pk, plan__claim=self.plan.claim, state=StepState.WAITING)
        begun = mine.update(state=StepState.BEGUN, begun_at=timezone.now(), known_ids=known_ids or [])
        if begun:
            self.refresh_from_db()
        return bool(begun)

    def put_back(self) -> None:
        """Surely nothing was sent: it waits again."""
        Step.objects.filter(pk=self.pk).update(state=StepState.WAITING, begun_at=None)
        self.refresh_from_db()

    def end(self, state: StepState, message: str = "", result_id: int | None = None) -> None:
        self.state, self.message, self.ended_at = state, message[:1000], timezone.now()
        self.begun_at = self.begun_at or self.ended_at
        self.result_id = result_id
        self.save(update_fields=["state", "message", "ended_at", "begun_at", "result_id"])

    def doubt(self) -> None:
        """The call may have had its effect: only looking, later, can tell."""
        self.state = StepState.IN_DOUBT
        self.save(update_fields=["state"])


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> QuestionQuerySet:
        return self.filter(answered_at__isnull=True)


class Question(models.Model):
    """What only a person can decide, with the facts side by side."""

    kind = models.CharField(max_length=18, choices=QuestionKind)
    environment = models.CharField(max_length=8, choices=Environment)
    # Whose exchange asks.
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="onefile_questions")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="onefile_questions")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="onefile_questions")
    plan = models.ForeignKey(ExchangePlan, models.SET_NULL, null=True, related_name="questions")
    step = models.ForeignKey(Step, models.SET_NULL, null=True, related_name="questions")
    # What it is about (our record), so that the same doubt is one question however often it is met.
    about = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    facts = models.JSONField(default=list)
    answers = models.JSONField(default=list)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=150, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "kind", "about"],
                condition=Q(answered_at__isnull=True),
                name="question_once_while_open",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer=""),
                name="question_answered_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def subject(self) -> Subject | None:
        return self.learner or self.officer or self.organisation

    @property
    def answer_label(self) -> str:
        """The words of the button that was pressed."""
        return next((label for word, label in self.answers if word == self.answer), self.answer)
