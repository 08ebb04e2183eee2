"""How long the journal is kept: what has ended goes after its time, a few at once, while nobody is kept waiting."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings as django_settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from learners.models.clock import from_now
from onefile_integration.models import ExchangePlan, Link, Question, Run, Settings, Step
from onefile_integration.models.journal import PlanQuerySet, RunQuerySet
from onefile_integration.rules.times import is_quiet, months_before
from onefile_integration.words import OPEN_PLANS, OPEN_RUNS, Environment, Lane, LinkState, PlanState, RunKind, RunState

DRY_FOR = timedelta(days=14)  # lists and dry runs show people's details as they were, and nothing that was done
AT_ONCE = 100


def kept_since(today: date) -> date | None:
    """None where all is kept."""
    months: int = django_settings.JOURNAL_MONTHS
    return months_before(today, months) if months > 0 else None


def prune(now: datetime) -> None:
    """With each tick: what nobody carries out after two weeks, what has ended after its time, off the peak."""
    old = Run.objects.filter(dry=True, started_at__lt=from_now(-DRY_FOR))
    _take_away(old, ExchangePlan.objects.filter(run__in=old, claim__isnull=True))
    local = timezone.localtime(now)
    since = kept_since(local.date())
    if since is None or not is_quiet(local.time()) or _is_working():
        return
    before = timezone.make_aware(datetime.combine(since, time.min))
    ended = _ended_runs(before)
    if ended.exists():
        _take_away(ended.exclude(pk__in=_last_ones()), _ended_plans(ended, before))


def _is_working() -> bool:
    """A run that is held, or of another environment, may stand for months."""
    here = Run.objects.unfinished().filter(lane=Lane.NIGHT, environment=Settings.objects.current().environment)
    return here.exclude(state=RunState.HELD).exists()


def _take_away(runs: RunQuerySet, plans: PlanQuerySet) -> None:
    ExchangePlan.objects.filter(pk__in=list(plans.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])).delete()
    empty = runs.filter(~Exists(ExchangePlan.objects.filter(run=OuterRef("pk"))))
    Run.objects.filter(pk__in=list(empty.values_list("pk", flat=True)[:AT_ONCE])).delete()


def _ended_runs(before: datetime) -> RunQuerySet:
    """None that a field is held by, or that is being undone."""
    undone = Run.objects.filter(undoes=OuterRef("pk"), state__in=OPEN_RUNS)
    old = Run.objects.filter(~Exists(undone), dry=False, started_at__lt=before, held_fields=None)
    return old.exclude(state__in=OPEN_RUNS)


def _last_ones() -> list[int]:
    """By them pages say when it was last synchronised, however long ago."""
    whole = Run.objects.whole().filter(dry=False, state=RunState.FINISHED, cancelled_at__isnull=True)
    found = [whole.filter(environment=each).order_by("-finished_at").first() for each in Environment]
    return [run.pk for run in found if run]


def _ended_plans(runs: RunQuerySet, before: datetime) -> PlanQuerySet:
    """Nothing that is unfinished, in doubt or asked about, that a link is made by or that somebody tries again."""
    this = OuterRef("pk")
    unfinished = Link.objects.live().filter(Q(upload_due=True) | Q(state=LinkState.CREATING))
    needed = (
        Exists(Step.objects.unsettled().filter(plan=this))
        | Exists(Question.objects.open().filter(Q(plan=this) | Q(step__plan=this)))
        | Exists(Link.objects.filter(plan=this))
        | Exists(ExchangePlan.objects.open().filter(retries=this))
        | Q(kind=RunKind.ENROL, learner__in=unfinished.filter(learner__isnull=False).values("learner"))
    )
    ended = Q(ended_at__lt=before) | Q(ended_at__isnull=True, created_at__lt=before)
    plans = ExchangePlan.objects.filter(~needed, ended, run__in=runs, claim__isnull=True)
    return plans.exclude(state__in=[*OPEN_PLANS, PlanState.ASKING])
