"""What failed: the list over all runs, its file, and trying again, one or many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.lists import sorting
from learners.views.acting import acting
from learners.views.downloads import csv_attachment
from learners.views.listing import list_page
from onefile_integration.access import access, licensed
from onefile_integration.exchange import configuration, failing
from onefile_integration.exchange.connection import NotReady
from onefile_integration.exchange.work import ring
from onefile_integration.failure_table import FailureFilter, FailureTable, said
from onefile_integration.models import ExchangePlan, Run
from onefile_integration.models.journal import PlanQuerySet
from onefile_integration.presenters.addresses import plan_address
from onefile_integration.presenters.failing import kind_of, way
from onefile_integration.presenters.words import environment_badge
from onefile_integration.views.plans import plan_at
from onefile_integration.words import FailureKind
from picsweb.display import Empty, Fact
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

COLUMNS = ["KIND", "IDENT", "NAME", "FAILURE", "MESSAGE", "WAY_ON", "RUN", "WHEN"]
METHODS = ["GET", "HEAD", "POST"]


def _now(request: HttpRequest) -> PlanQuerySet:
    return failing.failing(access(request).environment)


def _found(request: HttpRequest) -> Any:
    """As the list's own search and filter have it."""
    return FailureFilter(request.GET, queryset=_now(request)).qs


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def failures(request: HttpRequest) -> HttpResponse:
    class Table(FailureTable):
        sees_runs = access(request).is_administrator

    return list_page(
        request,
        _now(request).with_subject(),
        kind="failures",
        table_class=Table,
        filter_class=FailureFilter,
        empty=Empty("Nothing fails now", "The last exchange of every linked record went well."),
        found_actions=lambda count: _actions(request) if count else [],
        context={
            "title": "Failures now",
            "kicker": "OneFile",
            "breadcrumbs": [],
            "actions": [],
        },
    )


def _actions(request: HttpRequest) -> list[PageLink]:
    """With all that the filter finds."""
    query = request.GET.urlencode()
    retry = PageLink("Try all of these again", f"{reverse('onefile:failures-retry')}?{query}", window=True)
    export = PageLink("Download as CSV", f"{reverse('onefile:failures-csv')}?{query}")
    return [retry, export] if request.user.has_perm(Permission.EXPORT_DATA) else [retry]


@requires(Permission.EXPORT_DATA, Permission.USE_ONEFILE)
@licensed
@require_safe
def failures_csv(request: HttpRequest) -> StreamingHttpResponse:
    """As filtered and sorted on the page."""
    chosen = FailureFilter(request.GET, queryset=_now(request).with_subject())
    plans = FailureTable(chosen.qs, order_by=sorting(request.GET)).data.data
    return csv_attachment(COLUMNS, _csv_rows(plans), "onefile-failures")


def _csv_rows(plans: Any) -> Iterator[list[str]]:
    for plan in plans.iterator(chunk_size=500):
        subject = plan.subject
        when = timezone.localtime(plan.ended_at).isoformat(timespec="seconds") if plan.ended_at else ""
        kind = str(subject._meta.model_name)
        yield [kind, subject.ident, str(subject), kind_of(plan), said(plan), way(plan), str(plan.run_id), when]


# ---- many


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def failures_retry(request: HttpRequest) -> HttpResponse:
    back = f"{reverse('onefile:failures')}?{request.GET.urlencode()}"
    return _many(request, _found(request), back, [PageLink("Failures now", back)])


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def run_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """``failure``: of this kind only."""
    run = get_object_or_404(Run, pk=pk)
    back = reverse("onefile:run", args=[run.pk])
    if run.environment != access(request).environment:
        messages.error(request, f"Run {run.pk} is of another OneFile environment. Nothing was begun.")
        return redirect(back)
    plans = _found(request).filter(run=run)
    return _many(request, plans, back, [PageLink(f"Run {run.pk}", back)])


def _many(request: HttpRequest, plans: PlanQuerySet, back: str, breadcrumbs: list[PageLink]) -> HttpResponse:
    if request.method == "POST":
        return _begun(request, plans, back)
    environment = access(request).environment
    mine = failing.may_be_retried(plans, environment)
    left = failing.to_be_looked_at(plans, environment).count()
    kinds = failing.by_kind(mine)
    context = {
        "title": "Try again?",
        "kicker": "OneFile",
        "breadcrumbs": breadcrumbs,
        "question": _question(mine.count(), left),
        "facts": [
            Fact("Environment", badges=(environment_badge(environment),)),
            *(Fact(str(FailureKind(kind or FailureKind.BUG).label), str(number)) for kind, number in kinds.items()),
        ],
        "confirm": "Yes, try again",
        "harmless": True,
        "cancel": back,
    }
    return render(request, "components/confirm.html", context)


def _question(count: int, left: int) -> list[str]:
    who = "1 record is" if count == 1 else f"{count:,} records are"
    question = [
        f"{who} exchanged anew: both sides are read, and only what still differs is done. Nothing is done twice.",
        "It runs in the background and leaves people their share of the calls.",
    ]
    if left:
        question.append(f"{left:,} more never came to be in OneFile: each is looked at in its own window first.")
    return question


def _begun(request: HttpRequest, plans: PlanQuerySet, back: str) -> HttpResponse:
    done = _retried(request, list(plans))
    if done is None:
        return redirect(back)
    who = "1 record is" if done.count == 1 else f"{done.count:,} records are"
    messages.success(request, f"{who} being tried again. It goes on by itself; what still fails is listed again.")
    if not access(request).is_administrator:
        return redirect("onefile:failures")
    if len(done.runs) > 1:
        messages.info(request, f"Creations that were half done go on in run {done.runs[1].pk}.")
    return redirect("onefile:run", done.runs[0].pk)


def _retried(request: HttpRequest, plans: list[ExchangePlan], *, restore: bool = False) -> failing.Retried | None:
    """None where nothing was begun; why is said."""
    try:
        settings = configuration.require_ready()
        done = failing.retry(plans, settings=settings, by=acting(request), restore=restore)
    except (NotReady, failing.NothingToRetry) as why:
        messages.error(request, f"Nothing was begun. {why}")
        return None
    for run in done.runs:
        ring(run)
    return done


# ---- one


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def retry(request: HttpRequest, run: int, ident: str) -> HttpResponse:
    return _one(request, run, learner__ident=ident)


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def partner_retry(request: HttpRequest, run: int, kind: str, ident: str) -> HttpResponse:
    return _one(request, run, **{f"{kind}__ident": ident})


def _one(request: HttpRequest, run: int, **whose: str) -> HttpResponse:
    """Leads to the new exchange; ``restore`` takes an archived learner back first."""
    plan = plan_at(run, **whose)
    restore = "restore" in request.POST and plan.failure_kind == FailureKind.ARCHIVED
    done = _retried(request, [plan], restore=restore)
    again = done.runs[0].plans.get() if done else plan
    return redirect(plan_address(again, plan.subject))
