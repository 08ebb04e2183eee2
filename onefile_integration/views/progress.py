"""One record's part in a run: live progress, and the same page as the log afterwards."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from learners.models import Learner, Officer, Organisation
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import enrolment, keeping, undo
from onefile_integration.exchange.enrolment import NAMES
from onefile_integration.exchange.work import ring
from onefile_integration.models import Centre, ExchangePlan, Link, Question, Standard, Step
from onefile_integration.presenters.addresses import (
    learner_page,
    plan_address,
    progress_address,
    questions_address,
    record_page,
    subject_link,
    undo_address,
)
from onefile_integration.presenters.standing import standing
from onefile_integration.presenters.steps import Sight, shown_step, steps_bar
from onefile_integration.presenters.words import environment_badge, kept_words, when
from onefile_integration.views.plans import plan_at
from onefile_integration.views.way_on import way_on
from onefile_integration.words import REFRESHES, FailureKind, LinkState, PlanState, RunKind
from picsweb.display import Fact
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

STOP_POLLING = 286  # htmx's own status for it
PART = "progress"  # id of the part that changes
TITLES = {
    RunKind.ENROL: "Create in OneFile",
    RunKind.REFRESH: "Refresh Log",
    RunKind.WHOLE: "Synchronisation Log",
    RunKind.PREVIEW: "What a list showed",
    RunKind.UNDO: "Undo Log",
}
DRY = "What an exchange would change"


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def progress(request: HttpRequest, run: int, ident: str) -> HttpResponse:
    return _answer(request, run, learner__ident=ident)


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def partner_progress(request: HttpRequest, run: int, kind: str, ident: str) -> HttpResponse:
    return _answer(request, run, **{f"{kind}__ident": ident})


def _answer(request: HttpRequest, run: int, **whose: str) -> HttpResponse:
    plan = plan_at(run, **whose)
    context = part(request, plan)
    text = render_to_string("onefile_integration/_progress.html", context, request)
    seen = hashlib.sha256(text.encode()).hexdigest()[:16]
    values = {**context, "part": text, "seen": seen}
    if request.htmx.target == PART:  # type: ignore[attr-defined]
        return _polled(request, values)
    return render(request, "onefile_integration/learner_progress.html", {**values, **_around(plan)})


def _polled(request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """Nothing where nothing has changed, so that focus stays and no screen reader repeats itself."""
    if values["is_live"] and request.GET.get("seen") == values["seen"]:
        return HttpResponse(status=204)
    status = 200 if values["is_live"] else STOP_POLLING
    return render(request, "onefile_integration/_progress_polled.html", values, status=status)


def part(request: HttpRequest, plan: ExchangePlan) -> dict[str, Any]:
    learner = plan.learner
    steps = list(plan.steps.all())
    sight = Sight(access(request).sees_sensitive, names_in(steps, plan.run.environment))
    state = standing(plan, plan.run, steps, timezone.now())
    return {
        "standing": state,
        "is_live": plan.state in (PlanState.UNMADE, PlanState.READY),
        "nothing": "" if steps else _nothing(plan),
        "bar": None if plan.dry else steps_bar(steps),
        "steps": [shown_step(step, sight, plan.dry) for step in steps],
        "notes": [note["text"] for note in plan.notes if note["kind"] == "note"],
        "failures": [
            f"{FailureKind(note['kind']).label}: {note['text']}" for note in plan.notes if note["kind"] != "note"
        ],
        "asks": Question.objects.open().filter(plan=plan).exists(),
        "questions": questions_address(learner),
        "back": PageLink("To the Delivery Plan" if learner else f"To {plan.subject}", record_page(plan.subject)),
        "facts": _facts(plan),
        "dry": _dry(request, plan),
        "show_values": plan.ended_at is not None and plan.kind != RunKind.ENROL,
        "go_on": learner_page("go-on", learner) if learner and may_go_on(plan) else "",
        "begin_anew": begin_anew(plan),
        "undo": undo_link(plan),
        "way_on": way_on(request, plan, steps),
    }


def undo_link(plan: ExchangePlan) -> PageLink | None:
    """From the log of an exchange that has changed something here."""
    if undo.why_not(plan.run, plan) or not undo.steps_of(plan.run, plan).exists():
        return None
    return PageLink("Undo", undo_address(plan, plan.subject), window=True, about="what this exchange changed here")


def _dry(request: HttpRequest, plan: ExchangePlan) -> dict[str, Any]:
    """Where one can go from a dry run's result; nothing while it goes on."""
    if not plan.dry or plan.ended_at is None or plan.learner is None:
        return {}
    refresh = PageLink("Refresh with OneFile", learner_page("refresh", plan.learner), window=True)
    csv = PageLink("Download as CSV", reverse("onefile:plan-csv", args=[plan.run_id, plan.learner.ident]))
    may_export = request.user.has_perm(Permission.EXPORT_DATA) and plan.steps.exists()
    return {"links": [refresh, csv] if may_export else [refresh]}


def _nothing(plan: ExchangePlan) -> str:
    """Why an exchange that is over has no steps."""
    if plan.state in (PlanState.UNMADE, PlanState.READY):
        return ""
    if plan.dry:
        return ""  # the sentence above says it
    return "Nothing had to be exchanged." if plan.state == PlanState.DONE else "Nothing was exchanged."


def _facts(plan: ExchangePlan) -> list[Fact]:
    return [
        Fact("Asked by", plan.run.asked_by),
        Fact("Begun", when(plan.created_at)),
        Fact("Ended", when(plan.ended_at) or "Not yet"),
        Fact("Environment", badges=(environment_badge(plan.run.environment),)),
        Fact("Earlier logs", kept_words(keeping.kept_since(timezone.localdate()))),
    ]


def may_go_on(plan: ExchangePlan) -> bool:
    """The last enrolment, ended before it was whole: what is left of it can be planned anew."""
    if plan.state not in (PlanState.FAILED, PlanState.DONE) or not _is_last_enrolment(plan):
        return False
    return enrolment.half_done(plan.the_learner, plan.run.environment) is not None


def begin_anew(plan: ExchangePlan) -> PageLink | None:
    """One that failed before the learner was in OneFile: nothing is half done, it is looked at and pressed again."""
    if plan.state != PlanState.FAILED or not _is_last_enrolment(plan):
        return None
    if Link.objects.within(plan.run.environment).filter(learner=plan.learner).exists():
        return None
    return PageLink("Try again", learner_page("create", plan.the_learner), window=True)


def _is_last_enrolment(plan: ExchangePlan) -> bool:
    later = ExchangePlan.objects.enrolments().filter(learner=plan.learner, pk__gt=plan.pk)
    return plan.kind == RunKind.ENROL and not later.exists()


def names_in(steps: list[Step], environment: str) -> dict[str, str]:
    """Records that values name by key or id, as people know them: a constant number of queries."""
    values = [
        (change["field"], value)
        for step in steps
        for change in step.changes
        for value in (change["old"], change["new"])
    ]
    officers = _keys(values, "officer")
    names: dict[str, str] = {}
    for plan in {step.plan_id: step.plan for step in steps}.values():
        names |= plan.choices.get(NAMES, {})
    if officers:
        names |= {f"officer:{each.pk}": str(each) for each in Officer.objects.filter(pk__in=officers)}
    employers = _keys(values, "organisation")
    if employers:
        names |= {f"organisation:{each.pk}": str(each) for each in Organisation.objects.filter(pk__in=employers)}
    if any(name == "centre" for name, _ in values):
        rows = Centre.objects.filter(environment=environment)
        names |= {f"centre:{each.onefile_id}": each.name for each in rows}
    standards = {value for name, value in values if name == "standard_id" and value}
    if standards:
        known = Standard.objects.filter(centre__environment=environment, onefile_id__in=standards)
        names |= {f"standard_id:{each.onefile_id}": each.title for each in known}
    return names


def _keys(values: list[tuple[str, Any]], kind: str) -> set[int]:
    """Of records that values name; a person's own words may begin like one."""
    found = (re.fullmatch(rf"{kind}:([0-9]+)", str(value)) for _, value in values)
    return {int(match[1]) for match in found if match}


def _around(plan: ExchangePlan) -> dict[str, Any]:
    subject, learner = plan.subject, plan.learner
    return {
        "title": DRY if plan.dry and plan.kind != RunKind.PREVIEW else TITLES[RunKind(plan.kind)],
        "kicker": f"{subject.ident} {subject}",
        "breadcrumbs": [learner_link(learner) if learner else subject_link(subject)],
        "reload_on_close": True,
        "address": plan_address(plan, subject),
        "logs": PageLink("All logs", learner_page("logs", learner), window=True) if learner else None,
    }


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def go_on(request: HttpRequest, ident: str) -> HttpResponse:
    """Try again what is left of an enrolment. A second click finds the first one's job."""
    learner, settings = get_object_or_404(Learner, ident=ident), access(request).settings
    try:
        with transaction.atomic():
            locked = Learner.objects.select_for_update().get(pk=learner.pk)
            if enrolment.half_done(locked, settings.environment) is None:
                return _elsewhere(request, learner)
            run = enrolment.go_on(locked, enrolment.Given(), settings=settings, by=acting(request))
    except IntegrityError:
        return _elsewhere(request, learner)
    ring(run)
    return redirect(progress_address(run.pk, learner.ident))


def _elsewhere(request: HttpRequest, learner: Learner) -> HttpResponse:
    if going_on := enrolment.open_enrolment(learner.pk, access(request).environment):
        return redirect(plan_address(going_on, learner))
    messages.info(request, "There is nothing left to go on with.")
    return redirect(delivery_plan(learner))


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def last_log(request: HttpRequest, ident: str) -> HttpResponse:
    """View Last Refresh Log."""
    learner = get_object_or_404(Learner, ident=ident)
    plans = ExchangePlan.objects.filter(learner=learner, run__dry=False, run__environment=access(request).environment)
    last = plans.filter(kind__in=REFRESHES).order_by("-pk").first()
    if last is None:
        return redirect(learner_page("logs", learner))
    return redirect(plan_address(last, learner))


def is_linked(learner: Learner, environment: str) -> bool:
    links = Link.objects.within(environment).filter(learner=learner)
    return links.exclude(state=LinkState.CREATING).exists()
