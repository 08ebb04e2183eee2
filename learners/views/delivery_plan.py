"""A learner's Delivery Plan: the panel, then one tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.course import course
from learners.filters import as_at
from learners.history import changes_of
from learners.models import DeliveryPlanLine, Learner, LearnerOfficer, Placement, Review
from learners.presenters import plan as shown
from learners.presenters.changes import ChangeChoice, fields, history_grid, people
from learners.presenters.pictures import course_of
from learners.presenters.records import delivery_plan as address
from learners.registry import registry
from learners.tables import with_list_columns
from learners.tabs import FIRST, TABS
from learners.views.changes import changes_page, history_links
from learners.views.panels import rendered
from learners.views.programme import programme_actions
from learners.views.progress import progress_then
from learners.views.review_series import series_link
from picsweb.display import Empty, Link, Tab
from picsweb.permissions import Permission, requires


@requires(Permission.VIEW_LEARNERS)
@require_safe
def delivery_plan(request: HttpRequest, ident: str, tab: str = FIRST) -> HttpResponse:
    plan = Plan.of(request, get_object_or_404(_learners(), ident=ident))
    context = {
        "title": str(plan.learner),
        "kicker": f"Delivery Plan {plan.learner.ident}",
        "breadcrumbs": [Link("Learners", reverse("learners:learner-list"))],
        "actions": _actions(plan),
        "facts": shown.learner_facts(plan.learner, plan.lines, plan.other_episodes(), plan.today),
        "panels": rendered(registry.delivery_plan_panels, request, plan.learner),
        "tabs": _tabs(plan, tab),
        "tabs_label": "Delivery Plan",
        "tab_title": TABS[tab],
        **TAB_CONTEXTS[tab](plan),
    }
    return render(request, f"learners/delivery_plan_{_template(tab)}.html", context)


@dataclass(frozen=True)
class Plan:
    request: HttpRequest
    learner: Learner
    lines: list[DeliveryPlanLine]
    today: date
    may_edit: bool

    @classmethod
    def of(cls, request: HttpRequest, learner: Learner) -> Plan:
        return cls(
            request=request,
            learner=learner,
            lines=list(learner.delivery_plan.all()),
            today=timezone.localdate(),
            may_edit=request.user.has_perm(Permission.EDIT_LEARNERS),
        )

    def other_episodes(self) -> QuerySet[Learner]:
        return self.learner.other_episodes().with_main_line().with_programme_status(self.today)

    def new(self, kind: str, text: str) -> Link | None:
        return shown.new_part(self.learner, kind, text) if self.may_edit else None


def _learners() -> Any:
    lines = DeliveryPlanLine.objects.select_related("qualification", "assessor").prefetch_related("units")
    reviews = with_list_columns(Review.objects.select_related("officer"), "reviews")
    placements = Placement.objects.select_related("organisation")
    officers = LearnerOfficer.objects.select_related("officer")
    return Learner.objects.select_related("main_officer", "main_tag").prefetch_related(
        "breaks",
        "tags",
        Prefetch("delivery_plan", queryset=lines),
        Prefetch("reviews", queryset=reviews),
        Prefetch("placements", queryset=placements),
        Prefetch("learner_officers", queryset=officers),
    )


def _actions(plan: Plan) -> list[Link]:
    summary = Link("Learner summary", reverse("learners:learner", args=[plan.learner.ident]))
    if not plan.may_edit:
        return [summary]
    edit = reverse("learners:learner-edit", args=[plan.learner.ident])
    return [Link("Edit learner", edit, window=True), *programme_actions(plan.learner), summary]


def _tabs(plan: Plan, current: str) -> list[Tab]:
    counts = {
        "qualifications": len(plan.lines),
        "units": sum(len(line.units.all()) for line in plan.lines),
        "reviews": len(plan.learner.reviews.all()),
        "placements": len(plan.learner.placements.all()),
        "officers": len(plan.learner.learner_officers.all()) + bool(plan.learner.main_officer_id),
    }
    return [Tab(text, address(plan.learner, name), name == current, counts.get(name)) for name, text in TABS.items()]


def _template(tab: str) -> str:
    return tab if tab in ("progress", "history") else "list"


def _progress(plan: Plan) -> dict[str, Any]:
    asked = plan.request.GET.get("as_at", "")
    then = as_at(plan.request.GET)
    return {
        "as_at": then.isoformat() if asked else "",
        "then": progress_then(plan.learner, then) if asked else None,
        "picture": None if asked else course_of(plan.learner, course(plan.learner, plan.today), plan.today),
        "bars": shown.progress_bars(plan.learner, plan.lines, plan.today),
        "bars_empty": Empty(
            "Nothing to measure yet",
            "Progress shows once the learner has a start, a planned end and qualifications.",
            plan.new("lines", "Add a qualification"),
        ),
        "grid": shown.breaks_grid(plan.learner, may_edit=plan.may_edit),
        "add": plan.new("breaks", "Add a break"),
    }


def _qualifications(plan: Plan) -> dict[str, Any]:
    add = plan.new("lines", "Add a qualification")
    return {
        "grid": shown.lines_grid(plan.learner, plan.lines, plan.today, may_edit=plan.may_edit),
        "add": add,
        "empty": Empty("No qualifications yet", "Add what the learner studies, with its start.", add),
    }


def _units(plan: Plan) -> dict[str, Any]:
    add = plan.new("units", "Add a unit") if plan.lines else None
    text = "Units are optional: a qualification that has some is measured by them instead of by elements."
    return {
        "grid": shown.units_grid(plan.learner, plan.lines, may_edit=plan.may_edit),
        "add": add,
        "empty": Empty("No units", text, add),
    }


def _reviews(plan: Plan) -> dict[str, Any]:
    add = plan.new("reviews", "Add a review")
    columns = registry.list_columns.get("reviews", [])
    reviews = plan.learner.reviews.all()
    return {
        "grid": shown.reviews_grid(plan.learner, reviews, columns, may_edit=plan.may_edit),
        "add": add,
        "also": series_link(plan.learner) if plan.may_edit else None,
        "empty": Empty("No reviews yet", "Schedule the first one: its date, its time, and who holds it.", add),
    }


def _placements(plan: Plan) -> dict[str, Any]:
    add = plan.new("placements", "Add a placement")
    recent = plan.learner.most_recent_placement(plan.today)
    placements = plan.learner.placements.all()
    return {
        "grid": shown.placements_grid(plan.learner, placements, recent, may_edit=plan.may_edit),
        "add": add,
        "empty": Empty("No placements yet", "Add the learner's employer or work placement.", add),
    }


def _officers(plan: Plan) -> dict[str, Any]:
    add = plan.new("officers", "Add an officer")
    officers = plan.learner.learner_officers.all()
    return {
        "grid": shown.officers_grid(plan.learner, officers, may_edit=plan.may_edit),
        "add": add,
        "empty": Empty("No officers yet", "Set the main officer on the learner, or add others by role.", add),
    }


def _history(plan: Plan) -> dict[str, Any]:
    changes = changes_of(plan.learner)
    choice = ChangeChoice.of(plan.request.GET)
    page = changes_page(plan.request, choice.among(changes))
    sees_sensitive = plan.request.user.has_perm(Permission.VIEW_SENSITIVE)
    return {
        "grid": history_grid(page.object_list, sees_sensitive=sees_sensitive),
        "page": page,
        "choice": choice,
        "people": people(changes),
        "fields": fields(changes),
        "downloads": history_links(plan.request, plan.learner),
        "empty": Empty(
            "No history",
            "No change is that person's and in that field."
            if choice != ChangeChoice()
            else "Changes show here from the first one on.",
            Link("All changes", plan.request.path) if choice != ChangeChoice() else None,
        ),
    }


TAB_CONTEXTS: dict[str, Callable[[Plan], dict[str, Any]]] = {
    "progress": _progress,
    "qualifications": _qualifications,
    "units": _units,
    "reviews": _reviews,
    "placements": _placements,
    "officers": _officers,
    "history": _history,
}
