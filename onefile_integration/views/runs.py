"""Runs: the list, one run live, and its learners."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from learners.views.acting import acting
from learners.views.listing import list_page
from onefile_integration.exchange import failing, stopping
from onefile_integration.exchange.minutes import left
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Question, Run, Settings, Step
from onefile_integration.presenters.kinds import kinds_grid
from onefile_integration.presenters.minutes import calls_picture
from onefile_integration.presenters.readings import calls_by_kind, readings
from onefile_integration.presenters.remaining import left_words
from onefile_integration.presenters.words import environment_badge, looked_at_badge, run_words, when, whole_badge
from onefile_integration.tables import DryPlanFilter, PlanFilter, PlanTable, RunFilter, RunTable
from onefile_integration.views import held, way_on
from onefile_integration.views import undo as undo_run
from onefile_integration.views.many_buttons import cancel_page
from onefile_integration.views.progress import STOP_POLLING
from onefile_integration.words import FailureKind, PlanState, RowOutcome, RunKind, RunState, StepState
from picsweb.display import Badge, Bar, Cell, Empty, Fact, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires
from picsweb.pictures import Picture

PART = "run-part"
SUMMARY = ("OneFile", "onefile:summary")


def crumbs(*more: PageLink) -> list[PageLink]:
    return [PageLink("OneFile", reverse("onefile:summary")), *more]


def run_crumbs(run: Run) -> list[PageLink]:
    return crumbs(
        PageLink("Runs", reverse("onefile:runs")), PageLink(f"Run {run.pk}", reverse("onefile:run", args=[run.pk]))
    )


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    return list_page(
        request,
        Run.objects.defer("counted", "looked_at").annotate(
            planned=_counted(learner__isnull=False), failed=_counted(state=PlanState.FAILED)
        ),
        kind="runs",
        table_class=RunTable,
        filter_class=RunFilter,
        empty=Empty("No runs yet", "Each synchronisation, refresh and creation leaves one here."),
        context={"title": "OneFile runs", "breadcrumbs": crumbs(), "actions": []},
    )


def _counted(**those: Any) -> Coalesce:
    """Of each run by itself: for a page of the list the plans of the others are not counted."""
    plans = ExchangePlan.objects.filter(run=OuterRef("pk"), **those).order_by().values("run")
    return Coalesce(Subquery(plans.annotate(n=Count("pk")).values("n")), 0)


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    context = _part(record)
    text = render_to_string("onefile_integration/_run.html", context, request)
    seen = hashlib.sha256(text.encode()).hexdigest()[:16]
    values = {**context, "part": text, "seen": seen, "actions": _actions(record), "picture": _picture(record)}
    if request.htmx.target == PART:  # type: ignore[attr-defined]
        if record.is_open and request.GET.get("seen") == seen:
            return HttpResponse(status=204)
        status = 200 if record.is_open else STOP_POLLING
        return render(request, "onefile_integration/_run_polled.html", values, status=status)
    around = {
        "title": run_words(record),
        "kicker": f"Run {record.pk}",
        "breadcrumbs": crumbs(PageLink("Runs", reverse("onefile:runs"))),
        "address": reverse("onefile:run", args=[record.pk]),
        "stop": _stop(record),
    }
    return render(request, "onefile_integration/run.html", {**values, **around})


def _picture(record: Run) -> Picture | None:
    return calls_picture(list(record.minutes.filter(calls__gt=0)), django_settings.ONEFILE_WINDOW_SECONDS)


def _actions(record: Run) -> list[PageLink]:
    changes, learners = (reverse(f"onefile:run-{name}", args=[record.pk]) for name in ("changes", "learners"))
    did = ("What was changed", "Who was exchanged")
    if only_planned(record):
        did = ("What would be changed", "Who was looked at")
    return [PageLink(did[0], changes), PageLink(did[1], learners), *undo_run.links(record)]


def _stop(record: Run) -> dict[str, Any]:
    """Its buttons; none where it cannot be stopped."""
    if not stopping.may_be_stopped(record):
        return {}
    pause, resume = (reverse(f"onefile:run-{word}", args=[record.pk]) for word in ("pause", "resume"))
    cancel = PageLink("Cancel the rest", reverse("onefile:run-cancel", args=[record.pk]), window=True, danger=True)
    return {"pause": "" if record.paused_at else pause, "resume": resume if record.paused_at else "", "cancel": cancel}


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def run_pause(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    if stopping.pause(record, by=acting(request)):
        messages.success(request, "Paused. Who has begun goes on to the end; the rest waits until you resume.")
    return redirect("onefile:run", record.pk)


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def run_resume(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    if stopping.resume(record, by=acting(request)):
        ring(record)
    return redirect("onefile:run", record.pk)


@requires(Permission.ADMINISTER_ONEFILE)
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    return cancel_page(request, record, back=reverse("onefile:run", args=[record.pk]), breadcrumbs=run_crumbs(record))


def _part(record: Run) -> dict[str, Any]:
    counts = dict(record.plans.order_by().values_list("state").annotate(n=Count("pk")))
    learners = record.plans.filter(learner__isnull=False)
    total, of_learners = sum(counts.values()), learners.count()
    noun = "learners" if total == of_learners else "learners, officers and organisations"
    ended = total - counts.get(PlanState.UNMADE, 0) - counts.get(PlanState.READY, 0)
    failures = failing.by_kind(failing.failed(record.plans.all()))
    retries = {} if record.is_open else way_on.retry_links(record)
    return {
        "is_live": record.is_open and record.state != RunState.HELD,
        "badge": whole_badge(record),
        "words": f"{whole_badge(record).text}: {ended} of {total} {noun} ended.",
        "bar": Bar("Exchanges ended", ended, total, f"{ended} of {total} {noun} ended") if total else None,
        "stop_reason": record.stop_reason,
        "lists": record.lists_said,
        "lists_failed": record.lists_failed,
        "facts": _facts(record, counts, total > of_learners),
        "kinds": _kinds(record),
        "nothing": "" if record.is_open else nothing(record),
        "now": _now(record),
        "states": _states(record, counts),
        "failures": _failures(record, failures, retries),
        "retry": retries.get(""),
        "run_links": way_on.run_links(record),
        "readings": readings(record),
        "calls": calls_by_kind(record),
        **held.part(record),
    }


def only_planned(record: Run) -> bool:
    """Its steps are what it would do: it is dry, or waits for an answer."""
    return record.dry or record.state == RunState.HELD


def nothing(record: Run) -> str:
    return "Nothing would be changed" if record.dry else "Nothing was changed"


def _now(record: Run) -> PageLink | None:
    """From a dry run's result to the real one."""
    if not record.dry or record.is_open or record.kind != RunKind.WHOLE:
        return None
    return PageLink("Synchronise now", reverse("onefile:synchronise"), window=True)


def _kinds(record: Run) -> Grid:
    state = StepState.WAITING if only_planned(record) else StepState.DONE
    counts = Step.objects.filter(plan__run=record, state=state).order_by().values_list("kind").annotate(n=Count("pk"))
    title = "What would be changed" if only_planned(record) else "What was changed"
    return kinds_grid(title, dict(counts), reverse("onefile:run-changes", args=[record.pk]))


def _facts(record: Run, counts: dict[str, int], has_partners: bool) -> list[Fact]:
    changed = record.plans.filter(steps__state=StepState.WAITING if record.dry else StepState.DONE).distinct()
    would_be = " that would be" if record.dry else ""
    learners = changed.filter(learner__isnull=False).count()
    others = (
        [Fact(f"Officers and organisations{would_be} changed", str(changed.count() - learners))] if has_partners else []
    )
    return [
        Fact("Asked by", record.asked_by),
        Fact("Environment", badges=(environment_badge(record.environment),)),
        *undo_run.facts(record),
        Fact("Started", when(record.started_at)),
        Fact("Finished", when(record.finished_at) or "Not yet"),
        *_time_left(record),
        Fact(f"Learners{would_be} changed", str(learners)),
        *others,
        *_left_out(record, counts.get(PlanState.SKIPPED, 0)),
        _questions(record),
        Fact("Calls to OneFile", str(record.calls)),
    ]


def _left_out(record: Run, left: int) -> list[Fact]:
    """By the rules, and by a person's answer."""
    if record.state == RunState.DISCARDED:
        return [Fact("Not eligible, so left out", str(record.skipped)), Fact("Discarded", str(left))]
    cancelled = record.plans.filter(state=PlanState.SKIPPED, outcome=RowOutcome.CANCELLED).count()
    facts = [Fact("Not eligible, so left out", str(record.skipped + left - cancelled))]
    return [*facts, Fact("Cancelled before they were begun", str(cancelled))] if cancelled else facts


def _time_left(record: Run) -> list[Fact]:
    if not record.is_open:
        return []
    minutes = left(record, Settings.objects.current(), timezone.now())
    return [Fact("Time left", left_words(record, minutes))]


def _questions(record: Run) -> Fact:
    if not record.dry:
        return Fact("Open questions", str(Question.objects.open().filter(plan__run=record).count()))
    asks = f"{reverse('onefile:run-learners', args=[record.pk])}?asks={RowOutcome.QUESTION.value}"
    number = record.plans.filter(outcome=RowOutcome.QUESTION).count()
    link = PageLink(f"{number} of them", asks) if number else None
    return Fact("Questions would be asked about", "Nobody", links=(link,) if link else ())


def _states(record: Run, counts: dict[str, int]) -> list[PageLink]:
    address = reverse("onefile:run-learners", args=[record.pk])
    return [
        PageLink(f"{looked_at_badge(state, record.dry).text}: {counts[state]}", f"{address}?state={state}")
        for state in PlanState
        if counts.get(state)
    ]


def _failures(record: Run, counts: dict[str, int], retries: dict[str, PageLink]) -> Grid:
    address = reverse("onefile:run-learners", args=[record.pk])
    rows = [
        GridRow([Cell(badge=Badge(label, "bad")), Cell(str(number))],
                [PageLink("Show", f"{address}?failure={kind}", about=f"those: {label}"),
                 *([retries[kind]] if kind in retries else [])])
        for kind, number in counts.items()
        for label in [str(FailureKind(kind or "bug").label)]
    ]  # fmt: skip
    return Grid("Failures by kind", ["Kind", "How many"], rows)


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run_learners(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    did = "Who was looked at" if only_planned(record) else "Who was exchanged"
    return list_page(
        request,
        ExchangePlan.objects.filter(run=record).with_subject(),
        kind="exchanges",
        table_class=PlanTable,
        filter_class=DryPlanFilter if record.dry else PlanFilter,
        empty=Empty("Nobody", "Nobody was eligible when this run was begun."),
        context={"title": f"{did} in run {record.pk}", "breadcrumbs": run_crumbs(record), "actions": []},
    )
