"""Refresh with OneFile, and the list of a learner's logs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.actor import Actor
from learners.models import Learner
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import configuration, enrolment, keeping
from onefile_integration.exchange.basedata import fetched_at
from onefile_integration.exchange.connection import NotReady
from onefile_integration.exchange.links import live_link
from onefile_integration.exchange.reading import known_standards
from onefile_integration.exchange.reading.here import learner_with_all, side_here
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Link, Run, Settings
from onefile_integration.presenters.addresses import learner_page, plan_address, progress_address
from onefile_integration.presenters.basedata import age
from onefile_integration.presenters.qualifications import availability_badge
from onefile_integration.presenters.standing import failure
from onefile_integration.presenters.words import environment_badge, kept_words, plan_badge, when
from onefile_integration.rules.eligibility import why_not_exchanged
from onefile_integration.rules.matching import Availability, availability
from onefile_integration.rules.sides import Choices, Here, Line
from onefile_integration.words import LinkState, RunKind
from picsweb.display import Badge, Cell, Empty, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

LOGS_SHOWN = 200
LEFT = "Left as it is"


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(["GET", "HEAD", "POST"])
def refresh(request: HttpRequest, ident: str) -> HttpResponse:
    learner, settings = get_object_or_404(Learner, ident=ident), access(request).settings
    link = live_link(learner, settings.environment)
    if link is None or link.state == LinkState.CREATING:
        messages.info(request, "The learner is not linked with OneFile, so there is nothing to refresh.")
        return redirect(delivery_plan(learner))
    here = picture(learner, link, settings)
    why_not = _why_not(here, settings)
    if request.method == "POST" and not why_not:
        plan = begin(learner, settings, acting(request))
        return redirect(plan_address(plan, learner))
    return render(request, "onefile_integration/learner_refresh.html", _context(learner, here, link, settings, why_not))


def _why_not(here: Here, settings: Settings) -> str:
    try:
        configuration.require_ready()
    except NotReady as why:
        return str(why)
    problem = why_not_exchanged(here, _choices(settings, 0))
    return problem.message if problem else ""


def picture(learner: Learner, link: Link, settings: Settings) -> Here:
    return side_here(learner_with_all(learner.pk), link, _choices(settings, link.centre or 0), ())


def _choices(settings: Settings, centre: int) -> Choices:
    return Choices(
        today=timezone.localdate(),
        environment=settings.environment,
        centre=centre,
        months_after_end=settings.months_after_end,
    )


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def dry_run(request: HttpRequest, ident: str) -> HttpResponse:
    """What a Refresh would change; whom it would leave out is told so."""
    learner, settings = get_object_or_404(Learner, ident=ident), access(request).settings
    try:
        configuration.require_ready()
    except NotReady as why:
        messages.error(request, f"Nothing was begun. {why}")
        return redirect(delivery_plan(learner))
    return redirect(plan_address(begin(learner, settings, acting(request), dry=True), learner))


def begin(learner: Learner, settings: Settings, by: Actor, *, dry: bool = False) -> ExchangePlan:
    """A second click finds the first one's job."""
    with transaction.atomic():
        locked = Learner.objects.select_for_update().get(pk=learner.pk)
        going_on = ExchangePlan.objects.open().filter(learner=locked, kind=RunKind.REFRESH, dry=dry)
        going_on = going_on.filter(run__in=Run.objects.for_workers())
        plan = going_on.filter(run__environment=settings.environment).select_related("run").first()
        if plan is None:
            run = enrolment.refresh([locked], settings=settings, by=by, dry=dry, in_background=dry)
            plan = run.plans.select_related("run").get()
        ring(plan.run)
    return plan


def _context(learner: Learner, here: Here, link: Link, settings: Settings, why_not: str) -> dict[str, Any]:
    standards = known_standards(settings.environment)
    found = [(line, availability(line.vq_reference, link.centre or 0, standards)) for line in here.lines]
    return {
        "title": "Refresh with OneFile",
        "kicker": f"{learner.ident} {learner}",
        "breadcrumbs": [learner_link(learner)],
        "environment": environment_badge(settings.environment),
        "grid": _grid(found, link, why_not),
        "unverified": link.state == LinkState.UNVERIFIED,
        "empty": Empty("No qualifications", "The Delivery Plan has none, so only the learner is exchanged."),
        "age": age(fetched_at(settings.environment), timezone.now(), learner_page("refresh", learner)),
        "why_not": why_not,
        "dry_run": learner_page("dry-run", learner),
        "cancel": delivery_plan(learner),
    }


def _grid(found: list[tuple[Line, Availability]], link: Link, why_not: str) -> Grid:
    rows = [
        GridRow([Cell(line.vq_reference, short=True), Cell(line.title), *_status(line, each, link, why_not)])
        for line, each in found
    ]
    return Grid("Qualifications", ["VQ Reference", "Title", "OneFile Status", "With this refresh"], rows)


def _status(line: Line, found: Availability, link: Link, why_not: str) -> list[Cell]:
    if line.aim_id is not None:
        return [Cell(badge=Badge("Linked", "good")), Cell(LEFT if why_not else "Is exchanged")]
    if link.centre is None and found.options:
        return [Cell(badge=Badge("Available", "info")), Cell(LEFT if why_not else "Known once its centre is known")]
    if why_not or not found.options or found.is_missing:
        return [Cell(badge=availability_badge(found)), Cell(LEFT)]
    does = "Will be assigned" if found.standard else f"A question will ask which {found.needs} it is"
    return [Cell(badge=availability_badge(found)), Cell(does)]


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def logs(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    plans = ExchangePlan.objects.filter(learner=learner, run__dry=False).select_related("run").order_by("-pk")
    context = {
        "title": "OneFile logs",
        "kicker": f"{learner.ident} {learner}",
        "breadcrumbs": [learner_link(learner)],
        "grid": logs_grid(plans[:LOGS_SHOWN], learner),
        "empty": Empty("No logs yet", "Each exchange of this learner leaves one."),
        "kept": kept_words(keeping.kept_since(timezone.localdate())),
        "cancel": delivery_plan(learner),
    }
    return render(request, "onefile_integration/learner_logs.html", context)


def logs_grid(plans: Any, learner: Learner) -> Grid:
    rows = [
        GridRow(
            [
                Cell(link=PageLink(when(plan.created_at), progress_address(plan.run_id, learner.ident), window=True)),
                Cell(plan.get_kind_display()),
                Cell(badge=plan_badge(plan.state), note=failure(plan)[:200]),
                Cell(plan.run.asked_by),
                Cell(badge=environment_badge(plan.run.environment)),
            ]
        )
        for plan in plans
    ]
    return Grid("Logs, newest first", ["When", "What", "Outcome", "Asked by", "Environment"], rows)
