"""Runs, their plans, the plans' steps, and what only a person can decide."""

from __future__ import annotations

import functools
import operator
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from learners.actor import REASON_LENGTH
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
    RowOutcome,
    RunKind,
    RunState,
    StepState,
)

SUBJECTS = ("learner", "officer", "organisation")
SUBJECT_MODELS = (Learner, Officer, Organisation)
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
        """A command works on its dry run itself; a list, and a dry run that a page began, are for workers to read."""
        return self.filter(Q(dry=False) | Q(kind=RunKind.PREVIEW) | Q(in_background=True))


class Run(models.Model):
    """One time that somebody, or the clock, asked for an exchange."""

    kind = models.CharField(max_length=8, choices=RunKind)
    environment = models.CharField(max_length=8, choices=Environment)
    lane = models.CharField(max_length=6, choices=Lane)
    dry = models.BooleanField(default=False)
    # Of a dry run: begun on a page, so workers make its plans. A command makes those of its own.
    in_background = models.BooleanField(default=False)
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
    # OneFile's lists of centres and qualifications are fetched first: when, and what is to be said of it.
    lists_at = models.DateTimeField(null=True)
    lists_said = models.JSONField(default=list)
    lists_failed = models.BooleanField(default=False)
    lists_until = models.DateTimeField(null=True, help_text="a worker is at it")
    # Of an undo: the run whose changes here it puts back.
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, related_name="undone_in")
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

    @property
    def signature(self) -> str:
        """What the history of a record says of a change that this run made."""
        who = f"undo of run {self.undoes_id} by {self.asked_by}" if self.kind == RunKind.UNDO else self.asked_by
        return f"run {self.pk}: {who}"[:REASON_LENGTH]


def has_begun() -> models.Exists:
    """A plan of which something was sent, or settled: whatever stops its run, it goes on to its end."""
    return models.Exists(Step.objects.filter(plan=models.OuterRef("pk")).exclude(state=StepState.WAITING))


class RunMinute(models.Model):
    """How many calls a run made in one minute, and how many anybody might have made in it.

    ``turns``: how often a record was planned, or its plan carried out; what is left of the run goes at that pace.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="minutes")
    minute = models.DateTimeField()
    calls = models.PositiveIntegerField()
    limit = models.PositiveIntegerField()
    turns = models.PositiveIntegerField(default=0)

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
    # As its run is: only read. It holds up nobody who exchanges the record meanwhile.
    dry = models.BooleanField(default=False)
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
    # Of a plan that is done: the first fault that it met with a part of the record and left alone.
    noted_kind = models.CharField(max_length=15, choices=FailureKind, blank=True)
    # The failed exchange that this one tries again.
    retries = models.ForeignKey("self", models.SET_NULL, null=True, related_name="tried_again_by")
    # Of one of many learners: what a look at it found, in ``found`` with the details (exchange/many.py names them).
    # Of a dry run: that a question would be asked.
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
            *one_of_each("plan_one_exchange_per", [], Q(claim__isnull=False, dry=False)),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(claim__isnull=False, dry=False),
                name="plan_one_exchange_per_learner",
            ),
            models.UniqueConstraint(
                fields=["learner"],
                condition=Q(kind=RunKind.ENROL, state__in=OPEN_PLANS),
                name="plan_one_open_enrolment_per_learner",
            ),
            models.UniqueConstraint(
                fields=["retries"], condition=Q(state__in=OPEN_PLANS), name="plan_tried_again_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(lease_until__isnull=False), name="plan_claim_has_a_lease"
            ),
        ]
        indexes = [
            models.Index(
                fields=["run"], condition=Q(state=PlanState.FAILED) | ~Q(noted_kind=""), name="plan_that_failed"
            ),
            # Few among years of ended ones, and asked for every few seconds.
            models.Index(fields=["run"], condition=Q(state__in=OPEN_PLANS), name="plan_that_is_open"),
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
        """Of an enrolment or a list, which have no other subject. A Refresh that tries again may be of an officer."""
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


def fields_of(record: str, changes: Iterable[Mapping[str, Any]]) -> str:
    """What a step changes, as ``Step.fields`` has it: `` learner.email learner.uln ``, to be found word by word."""
    kind = record.split(":")[0].removeprefix("onefile_")
    names = dict.fromkeys(f"{kind}.{change['field']}" for change in changes)
    return f" {' '.join(names)} " if names else ""


class StepQuerySet(models.QuerySet["Step"]):
    def bulk_create(self, objs: Iterable[Step], *args: Any, **options: Any) -> list[Step]:
        steps = list(objs)
        for step in steps:
            step.fields = fields_of(step.record, step.changes)
        return super().bulk_create(steps, *args, **options)

    def carried_out(self) -> StepQuerySet:
        """The journal: what was begun, whatever became of it. Nothing of a dry run or a list."""
        return self.filter(begun_at__isnull=False)

    def with_field(self, *names: str) -> StepQuerySet:
        """Names as in ``learner.email``: steps that change one of them."""
        found = [Q(fields__contains=f" {name} ") for name in names]
        return self.filter(functools.reduce(operator.or_, found))

    def unsettled(self) -> StepQuerySet:
        """Begun and never ended: only looking can tell whether it happened."""
        return self.filter(state__in=UNSETTLED_STEPS)

    def waiting(self) -> StepQuerySet:
        return self.filter(state=StepState.WAITING)

    def with_subject(self) -> StepQuerySet:
        """Not joined: SQLite would begin with the runs, and sort a million steps for one page."""
        return self.prefetch_related("plan__run", *(f"plan__{kind}" for kind in SUBJECTS))


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
    # The names of what it changes, beside the values: a million rows are searched by them (ADR 0015).
    fields = models.CharField(max_length=2000, blank=True, editable=False)
    state = models.CharField(max_length=8, choices=StepState, default=StepState.WAITING)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    known_ids = models.JSONField(default=list, help_text="ids that the search found before a create was sent")
    result_id = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=1000, blank=True)
    # Of an undo: the step that it takes back, or a part of it.
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, related_name="undone_in")

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "position"]
        indexes = [
            # The journal, newest first, its days and its fields, without a look at the rows.
            models.Index(fields=["begun_at", "fields"], condition=Q(begun_at__isnull=False), name="step_journal"),
            models.Index(fields=["plan"], condition=Q(state__in=UNSETTLED_STEPS), name="step_unsettled"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="step_once_per_position"),
            models.CheckConstraint(
                condition=Q(state__in=[StepState.WAITING, StepState.SKIPPED]) | Q(begun_at__isnull=False),
                name="step_begun_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **options: Any) -> None:
        self.fields = fields_of(self.record, self.changes)
        super().save(*args, **options)

    @property
    def key(self) -> str:
        return f"{self.kind} {self.record}"

    def begin(self, known_ids: list[int] | None = None) -> bool:
        """Committed before the call that it announces, and only while the plan's claim is mine."""
        mine = Step.objects.filter(pk=self.pk, plan__claim=self.plan.claim, state=StepState.WAITING)
        begun = mine.update(state=StepState.BEGUN, begun_at=Now(), known_ids=known_ids or [])
        if begun:
            self.refresh_from_db()
        return bool(begun)

    def age(self) -> timedelta:
        """Since it was begun. Both moments are the database's: a machine's clock may be minutes wrong."""
        assert self.begun_at is not None
        now: datetime = Step.objects.filter(pk=self.pk).values_list(Now(), flat=True).get()
        return now - self.begun_at

    def seconds_to_settle(self) -> float:
        """Until then a call that was sent may still land: looking for it proves nothing."""
        if self.begun_at is None:
            return 0.0
        return max(float(django_settings.ONEFILE_SETTLE_SECONDS) - self.age().total_seconds(), 0.0)

    def put_back(self) -> None:
        """Surely nothing was sent: it waits again."""
        Step.objects.filter(pk=self.pk).update(state=StepState.WAITING, begun_at=None)
        self.refresh_from_db()

    def end(self, state: StepState, message: str = "", result_id: int | None = None) -> None:
        self.state, self.message, self.ended_at = state, message[:1000], timezone.now()
        self.begun_at = self.begun_at or self.ended_at
        self.result_id = result_id
        self.save(update_fields=["state", "message", "ended_at", "begun_at", "result_id"])

    def doubt(self) -> bool:
        """The call may have had its effect: only looking, later, can tell. False where a person has just told."""
        unsettled = Step.objects.unsettled().filter(pk=self.pk)
        doubted = unsettled.update(state=StepState.IN_DOUBT)
        self.refresh_from_db(fields=["state"])
        return bool(doubted)
