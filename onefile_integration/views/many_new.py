"""Enrol many: learners chosen in the list of learners become a list of what would be created; all lists so far."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.bulk.selection import Selection
from learners.views.acting import acting
from learners.views.listing import list_page
from onefile_integration.access import access, licensed
from onefile_integration.exchange import listed
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.work import ring
from onefile_integration.forms import EnrolManyForm
from onefile_integration.models import Centre, Link, Run
from onefile_integration.presenters import many as present
from onefile_integration.presenters.words import environment_badge
from onefile_integration.tables import EnrolmentFilter, EnrolmentTable
from onefile_integration.views.asking import CannotAsk, asking
from onefile_integration.views.many_parts import crumbs
from onefile_integration.words import OPEN_PLANS, PlanState, RowOutcome, RunKind
from picsweb.display import Empty
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires


@requires(Permission.USE_ONEFILE)
@licensed
def many_new(request: HttpRequest) -> HttpResponse:
    """Whom, and for which centre and classroom. The list is made; nothing is sent."""
    here = access(request)
    selection = Selection.of(request.GET, timezone.localdate())
    learners = selection.learners
    problem = _nobody_or_too_many(len(learners))
    centres = dict(Centre.objects.known(here.environment).values_list("onefile_id", "name"))
    classrooms, note = ({}, "") if problem else _classrooms(request, centres)
    form = EnrolManyForm(request.POST or None, centres=centres, classrooms=classrooms, settings=here.settings)
    if request.method == "POST" and not problem and form.is_valid():
        given = Given(centre=form.cleaned_data["centre"], classroom=form.cleaned_data["classroom"])
        run = listed.start(learners, given, settings=here.settings, by=acting(request))
        ring(run)
        return redirect(present.many_address(run))
    context = {
        "title": "Enrol in OneFile",
        "breadcrumbs": crumbs(),
        "environment": environment_badge(here.environment),
        "form": form,
        "empty": problem,
        "no_centres": not centres,
        "is_administrator": here.is_administrator,
        "whom": selection.words,
        "told": [*selection.told, *([note] if note else [])],
        "linked": _linked_words(learners, here.environment),
        "submit": "Show the list",
        "cancel": reverse("learners:learner-list"),
    }
    return render(request, "onefile_integration/many_new.html", context)


def _nobody_or_too_many(count: int) -> Empty | None:
    to_list = PageLink("To the list of learners", reverse("learners:learner-list"))
    if count > listed.MOST:
        text = f"One list takes {listed.MOST:,} learners at most. Narrow it with the filters and do it in parts."
        return Empty(f"{count:,} learners are too many", text, to_list)
    if count == 0:
        text = "Tick learners in the list, or use the link that takes all that its filter finds."
        return Empty("Nobody is chosen", text, to_list)
    return None


def _classrooms(request: HttpRequest, centres: dict[int, str]) -> tuple[dict[int, dict[int, str]], str]:
    """By centre; where OneFile cannot be asked, none, and why."""
    try:
        with asking(access(request).settings) as client:
            return {number: {row.id: row.name or "" for row in client.classrooms(number)} for number in centres}, ""
    except CannotAsk as why:
        return {}, f"The classrooms could not be read, so none can be chosen for all. {why}"


def _linked_words(learners: list[int], environment: str) -> str:
    count = Link.objects.within(environment).filter(learner__in=learners).count()
    if not count:
        return ""
    is_or_are = "1 of them is in OneFile already" if count == 1 else f"{count:,} of them are in OneFile already"
    return f"{is_or_are}, or being created: the list shows them and leaves them out."


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def many_list(request: HttpRequest) -> HttpResponse:
    runs = Run.objects.of_many().annotate(
        planned=Count("plans"),
        ready=Count("plans", filter=Q(plans__kind=RunKind.PREVIEW, plans__outcome=RowOutcome.READY)),
        created=Count("plans", filter=Q(plans__kind=RunKind.ENROL, plans__state=PlanState.DONE)),
        left=Count("plans", filter=Q(plans__state__in=OPEN_PLANS)),
    )
    to_learners = crumbs()[0]
    return list_page(
        request,
        runs,
        kind="enrolments",
        table_class=EnrolmentTable,
        filter_class=EnrolmentFilter,
        empty=Empty(
            "Nobody has enrolled many yet", "Tick learners in their list and choose Enrol in OneFile.", to_learners
        ),
        context={"title": "Enrolments in OneFile", "breadcrumbs": [to_learners], "actions": []},
    )
