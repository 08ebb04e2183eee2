"""A run: all plans made, then approved, then carried out. Whoever clicks, whatever the hour, after every crash."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from celery import current_app
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from learners.models.clock import from_now
from learners.words import SystemStatus
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import OneFileError
from onefile_integration.exchange import (
    batches,
    carry_out,
    configuration,
    figures,
    guard,
    listed,
    lists_first,
    minutes,
    questions,
    signs,
    stopping,
    undo,
)
from onefile_integration.exchange.carry_out import LostClaim, ToPerson, prepare
from onefile_integration.exchange.connection import NoCalls, connect, limits
from onefile_integration.exchange.failures import (
    ExchangeFailure,
    Later,
    LeftOut,
    OutOfReach,
    StopRun,
    TokenRefused,
    explained,
)
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.reading.finding import Finding, forget
from onefile_integration.exchange.steps import REMOTE, remote
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Link, Question, Run, Settings, Step
from onefile_integration.models.journal import SUBJECTS, PlanQuerySet
from onefile_integration.rules.steps import Kind
from onefile_integration.words import FailureKind, Lane, LinkState, PlanState, QuestionKind, RunKind, RunState
from picsweb import ending

log = logging.getLogger("onefile.exchange")

MOST_DEATHS = 3
UNREACHABLE_IN_A_ROW = 3
TRY_AGAIN_SECONDS = 60.0
COUNT_SECONDS = 1.0
NEAR = 50  # of a run that others work on, too, some are taken already
TURN_SECONDS = 20.0  # then a worker looks whether another run of its lane waits
HEAVY = ("run__counted", "run__looked_at")  # as long as the run: not with each of its plans
BELLS_AT_ONCE = {Lane.PEOPLE: 1, Lane.NIGHT: 4}  # several workers share a run of many
GOES_BY_ANSWERS = (RunKind.WHOLE, RunKind.REFRESH)
WORKABLE = (RunState.APPROVED, RunState.FINISHED)  # an answered question lets a plan of a finished run go on

BELLS = {
    Lane.PEOPLE: "onefile_integration.tasks.work_people",
    Lane.NIGHT: "onefile_integration.tasks.work_night",
}

Act = Callable[[Work, Reading], None]


class Worker:
    """One thread's part in a run: its client, its reading, and how often OneFile was out of reach in a row.

    With ``turn`` (seconds) it gives way to other runs of its lane that wait.
    """

    def __init__(self, run: Run, settings: Settings, turn: float | None = None) -> None:
        self.run, self.settings = run, settings
        self.turn_ends = None if turn is None else time.monotonic() + turn
        self.attempted = 0
        self.client: OneFile = NoCalls() if run.kind == RunKind.UNDO else connect(settings, Lane(run.lane))
        self.unreachable = 0
        self.was_answered = False
        self.counted = time.monotonic()
        self.calls: Counter[str] = Counter()
        self.minutes: Counter[int] = Counter()
        self.turns: Counter[int] = Counter()

    @cached_property
    def reading(self) -> Reading:
        """Made when it is needed: it knows the qualifications that were fetched until then."""
        night = self.run if self.run.kind == RunKind.WHOLE else None
        return Reading(self.client, self.settings, thorough=night is None, night=night, keeps=not self.run.dry)

    def fetch_lists(self) -> None:
        try:
            lists_first.fetch_lists(self.run, self.client)
        finally:
            self.count_calls()

    def each(self, plans: PlanQuerySet, act: Act) -> None:
        """Claim and do, one after another: one pass over what is due and free. Each time it looks whether a person
        has paused the run, or this process is to end. Raises StopRun, also where the integration was switched off.
        """
        last, due = 0, plans.due().select_related("run", *SUBJECTS).defer(*HEAVY).order_by("pk")
        try:
            while plan := _next(due, last):
                refuse_switched_off(self.run)
                if self._gives_way():
                    return
                last = plan.pk
                if plan.try_claim(timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)):
                    self.attempt(plan, act)
        finally:
            self.count_calls()

    def find_lists(self) -> None:
        """Which lists OneFile has, and how far they can be used in this run. Raises StopRun."""
        finding = Finding(self.run, self.settings, self.client, random.SystemRandom(), self._is_moving)
        try:
            finding.to_the_end()
        finally:
            self.count_calls()

    def _is_moving(self) -> bool:
        signs.give_now_and_then(self.run.lane)
        return not ending.is_told() and Run.objects.filter(pk=self.run.pk, paused_at=None, cancelled_at=None).exists()

    def _gives_way(self) -> bool:
        """To other runs never before it has done something, or nobody would come forward."""
        if ending.is_told():
            return True
        if self.turn_ends is None or not self.attempted or time.monotonic() < self.turn_ends:
            return False
        waiting = ExchangePlan.objects.due().filter(run__in=Run.objects.for_workers().filter(lane=self.run.lane))
        return waiting.exclude(run=self.run).exists()

    def attempt(self, plan: ExchangePlan, act: Act) -> None:
        """Whatever happens, the claim is given back with what became of the plan. Raises StopRun."""
        self.attempted += 1
        work = Work(self.client, self.settings, plan)
        before = self.client.calls.total()
        try:
            if self._may_begin(plan):
                act(work, self.reading)
                self.unreachable = 0
                self.was_answered = self.was_answered or self.client.calls.total() > before
        except (Later, LeftOut, ToPerson, LostClaim, ExchangeFailure, OneFileError, StopRun) as outcome:
            self._end(plan, outcome)
        except Exception as bug:
            _log_bug(plan, bug)
            _fail(plan, FailureKind.BUG, "A fault of ours; it is in the log. Nothing else was touched.")
        finally:
            self.turns[int(time.time() // 60)] += 1
            self._count_now_and_then()

    def _may_begin(self, plan: ExchangePlan) -> bool:
        if plan.deaths >= MOST_DEATHS and plan.dry:
            raise ExchangeFailure(FailureKind.BUG, "Each worker that began to look at it was lost.")
        if plan.deaths >= MOST_DEATHS:
            questions.ask_gave_up(plan)
            questions.await_answers(plan)
            return False
        if plan.kind != RunKind.UNDO and another_is_in_doubt(plan):
            why = "Another exchange of this learner waits until a lost reply is settled."
            raise ExchangeFailure(FailureKind.UNKNOWN_OUTCOME, why)
        return True

    def _end(self, plan: ExchangePlan, outcome: Exception) -> None:
        if isinstance(outcome, OneFileError):
            outcome = explained(outcome)
        match outcome:
            case Later():
                plan.release(wait=timedelta(seconds=outcome.seconds), failure_message=outcome.why)
            case LeftOut():
                self._leave_out(plan, outcome)
            case ToPerson():
                questions.await_answers(plan)
            case ExchangeFailure():
                _fail(plan, outcome.kind, str(outcome))
                self._note_reach(outcome.kind)
            case StopRun():
                plan.release()
                raise outcome

    def _leave_out(self, plan: ExchangePlan, why: LeftOut) -> None:
        word = why.outcome or plan.outcome
        plan.release(state=PlanState.SKIPPED, ended_at=timezone.now(), failure_message=str(why)[:1000], outcome=word)

    def _note_reach(self, kind: FailureKind) -> None:
        """OneFile down is no fault of a learner: after a few in a row the run stops, and goes on later."""
        self.unreachable = self.unreachable + 1 if kind == FailureKind.UNREACHABLE else 0
        if self.unreachable >= UNREACHABLE_IN_A_ROW:
            failed = self.run.plans.filter(state=PlanState.FAILED, failure_kind=FailureKind.UNREACHABLE)
            failed.update(state=PlanState.UNMADE, failure_kind="", failure_message="", ended_at=None)
            raise OutOfReach("OneFile could not be reached. What was done is kept; the run goes on later.")

    def count_calls(self) -> None:
        made = self.client.calls - self.calls
        if not made and not self.turns:
            return
        Run.objects.filter(pk=self.run.pk).update(calls=F("calls") + made.total())
        minutes.keep_kinds(self.run, made)
        minutes.keep(self.run, self.client.minutes - self.minutes, self.turns, limits(self.settings).limit)
        self.calls, self.minutes, self.turns = self.client.calls.copy(), self.client.minutes.copy(), Counter()
        self.counted = time.monotonic()

    def _count_now_and_then(self) -> None:
        """Who looks on sees it grow; three writes for each learner would be as many as the rest."""
        signs.give_now_and_then(self.run.lane)
        if time.monotonic() - self.counted >= COUNT_SECONDS:
            self.count_calls()


def _next(due: PlanQuerySet, last: int) -> ExchangePlan | None:
    """After the first, looked for near by: else the database may sort all that are left, once for each of them."""
    near = due.filter(pk__gt=last, pk__lte=last + NEAR).first() if last else None
    return near or due.filter(pk__gt=last).first()


def another_is_in_doubt(plan: ExchangePlan) -> bool:
    """While a lost call of another exchange may still land, planning this learner anew could do it twice.

    A lost visit that stands as a question stops its own review only. What is done with officers and organisations
    themselves only sets a state, and may be done again.
    """
    if plan.learner_id is None:
        return False
    others = Step.objects.unsettled().filter(
        plan__learner=plan.learner, plan__run__environment=plan.run.environment, kind__in=_OF_THE_LEARNER
    )
    asked = Question.objects.open().filter(kind=QuestionKind.LOST_VISIT, step__isnull=False)
    return others.exclude(plan=plan).exclude(pk__in=asked.values("step")).exists()


_SETTLED_BY_LOOKING = frozenset(kind for kind in REMOTE if remote(kind).lost in ("look", "ask"))
_OF_THE_LEARNER = _SETTLED_BY_LOOKING - {Kind.CREATE_ASSESSOR, Kind.CREATE_EMPLOYER}  # theirs is a link that waits


def work(run: Run, turn: float | None = None) -> None:
    """Safe to call twice, at once, at any time. Raises StopRun, having noted it on the run.

    ``turn``: after so many seconds it makes way for other runs that wait.
    """
    settings = Settings.objects.current()
    try:
        refuse_switched_off(run)
    except StopRun as why:
        note_stop(run, str(why))
        raise
    worker = Worker(run, settings, turn)
    try:
        _work(run, worker)
    except StopRun as why:
        if isinstance(why, TokenRefused):
            configuration.note_fault(settings, str(why))
        if isinstance(why, OutOfReach):
            signs.lost(settings.environment)
        note_stop(run, str(why))
        raise
    finally:
        if worker.was_answered:
            signs.found_again(settings.environment)
        worker.client.close()


def refuse_switched_off(run: Run) -> None:
    """Raises StopRun where the integration is off now, or is on for another environment. An undo calls nobody."""
    if run.kind == RunKind.UNDO:
        return
    settings = Settings.objects.current()
    if settings.environment != run.environment:
        raise StopRun(f"It was begun in the environment {run.environment}, and {settings.environment} is set now.")
    if not settings.enabled:
        raise StopRun("The OneFile integration is switched off.")


def _work(run: Run, worker: Worker) -> None:
    stopping.leave_the_rest(run)
    worker.fetch_lists()
    unmade = run.plans.filter(state=PlanState.UNMADE)
    if run.kind == RunKind.WHOLE and unmade.exists():
        worker.find_lists()
    worker.each(unmade, partial(make, run=run))
    run.refresh_from_db()
    if run.state == RunState.PLANNING and not run.paused_at and not run.plans.filter(state=PlanState.UNMADE).exists():
        guard.approve(run)
        if run.kind == RunKind.WHOLE:
            forget(run)
        if run.dry:
            finish_if_all_ended(run)
    if run.dry:
        return
    if run.state in WORKABLE:
        worker.each(run.plans.filter(state=PlanState.READY), do)
        finish_if_all_ended(run)


def do(work: Work, reading: Reading) -> None:
    """Carry a plan out. One of many was shown some time ago: it is compared first. Between plan and turn a learner may
    have been archived or held: of one with whom nothing has begun nothing is begun any more.
    """
    if (why := _left_since(work.plan)) and ExchangePlan.objects.not_begun().filter(pk=work.plan.pk).exists():
        raise LeftOut(why)
    if work.plan.run.is_of_many:
        carry_out.settle_all(work)  # OneFile may show what this very plan has begun
        batches.compare(work, reading)
    carry_out.carry_out(work, reading)


def _left_since(plan: ExchangePlan) -> str:
    """As the rule ``why_not_exchanged`` says it, of what a person may change in the middle of a run."""
    learner = plan.learner
    if learner is None or plan.kind not in (RunKind.WHOLE, RunKind.REFRESH):
        return ""
    if learner.system_status != SystemStatus.LIVE:
        return "The learner is not Live any more."
    return f"The learner is held: {learner.held_reason}." if learner.held_from_sync else ""


def go_on_with_what_stands_in_the_way(run: Run) -> None:
    """Plans of other runs that died, or that wait with a lost reply, where this run needs them settled first: of the
    same learners, or with an officer or employer who was being created. Without a worker nobody else would.
    """
    if run.dry:
        return
    mine = run.plans.open().filter(learner__isnull=False).values("learner")
    shared = Q(learner__isnull=True) | Q(learner__in=mine)  # nobody waits for another learner's account
    holding = Link.objects.within(run.environment).filter(shared, state=LinkState.CREATING, plan__isnull=False)
    doubtful = Step.objects.unsettled().filter(plan__learner__in=mine)
    needed = Q(pk__in=holding.values("plan")) | Q(pk__in=doubtful.values("plan"))
    waiting = ExchangePlan.objects.due().filter(needed, run__environment=run.environment, run__dry=False)
    waiting = waiting.filter(state=PlanState.READY).exclude(run=run)
    for other in Run.objects.filter(pk__in=waiting.values("run"), state__in=WORKABLE):
        worker = Worker(other, Settings.objects.current())
        try:
            worker.each(waiting.filter(run=other), do)
            finish_if_all_ended(other)
        finally:
            worker.client.close()


def make(work: Work, reading: Reading, *, run: Run) -> None:
    """Plan one record; an agreed pair is done with that."""
    plan = work.plan
    if run.kind == RunKind.PREVIEW:
        listed.look(work, reading)
        return
    if run.kind == RunKind.UNDO:
        undo.make(work)
        return
    if run.is_of_many:  # it has its plan, from the list
        plan.release(state=PlanState.READY, failure_message="")
        return
    prepare(work, reading)
    if not run.dry:
        _take_over(plan)
    if run.kind == RunKind.REFRESH and not run.dry:
        figures.refresh(work)
    if run.dry or not plan.steps.waiting().exists():
        ended: dict[str, Any] = {"ended_at": timezone.now(), "failure_message": ""}
        if plan.questions.open().exists() and not run.dry:
            questions.await_answers(plan, **ended)
        else:
            plan.release(state=PlanState.DONE, **ended)
    else:
        plan.release(state=PlanState.READY, failure_message="")


def _take_over(plan: ExchangePlan) -> None:
    """What an answer let go on in a run that is over, and no worker has come to, has been planned anew by now."""
    over = Run.objects.filter(environment=plan.run.environment, kind__in=GOES_BY_ANSWERS, state=RunState.FINISHED)
    left = ExchangePlan.objects.filter(**plan.of_subject, run__in=over, state=PlanState.READY, claim=None)
    left = left.exclude(pk__in=Step.objects.unsettled().values("plan"))
    left.update(state=PlanState.DONE, is_stale=False, ended_at=timezone.now())


def finish_if_all_ended(run: Run) -> None:
    if run.plans.open().exists():
        return
    open_run = Run.objects.filter(pk=run.pk, state__in=[RunState.PLANNING, RunState.APPROVED])
    open_run.update(state=RunState.FINISHED, finished_at=timezone.now(), stop_reason="")
    run.refresh_from_db()


def note_stop(run: Run, why: str) -> None:
    """For now: its plans are left alone for a minute."""
    lists_first.forget_failed(run)
    Run.objects.filter(pk=run.pk).update(stop_reason=why[:500])
    free = run.plans.open().filter(claim__isnull=True)
    free.update(due_at=from_now(timedelta(seconds=TRY_AGAIN_SECONDS)))
    run.refresh_from_db()


def ring(run: Run, bells: int | None = None) -> None:
    """Tell workers, once the row is committed. A lost message does no harm: the next tick rings again."""

    def send() -> None:
        with suppress(OperationalError):  # the broker is away
            for _ in range(bells or _bells(run)):
                current_app.send_task(BELLS[Lane(run.lane)], args=[run.pk], queue=run.lane, expires=60, retry=False)

    transaction.on_commit(send)


def _bells(run: Run) -> int:
    """As many as workers that would find something; the first comes in any case, to end what is over."""
    most = BELLS_AT_ONCE[Lane(run.lane)]
    return 1 if most == 1 else max(1, min(most, run.plans.due().count()))


def _fail(plan: ExchangePlan, kind: FailureKind, message: str) -> None:
    """For good, unless something of it is still in doubt: that must be settled. The third bug goes to a person."""
    if plan.steps.unsettled().filter(kind__in=_SETTLED_BY_LOOKING).exists():
        died = 1 if kind == FailureKind.BUG else 0
        wait = timedelta(seconds=TRY_AGAIN_SECONDS)
        plan.release(wait=wait, failure_message=message[:1000], deaths=F("deaths") + died)
        return
    plan.release(state=PlanState.FAILED, ended_at=timezone.now(), failure_kind=kind, failure_message=message[:1000])


def _log_bug(plan: ExchangePlan, bug: Exception) -> None:
    """Where it happened, not what it said: an exception's text may hold somebody's values."""
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    frames = "".join(traceback.format_tb(bug.__traceback__)[-6:])
    log.error("onefile_bug", extra={"plan": plan.pk, "kind": type(bug).__name__, "frames": frames})
