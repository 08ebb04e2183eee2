"""Learners: list, summary, new, edit, tie to another episode."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.forms.records import LearnerForm
from learners.lists import LEARNERS
from learners.models import Learner
from learners.presenters.episodes import episodes_grid, proposal, untie_link
from learners.presenters.held import request_words
from learners.presenters.records import badge, delivery_plan, learner_link
from learners.presenters.summary import Card, requests_card, summary_cards
from learners.registry import registry
from learners.services import learners as service
from learners.services.episodes import perhaps_the_same_person
from learners.views.acting import acting
from learners.views.editing import form_page
from learners.views.listing import list_page
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

MOST_PROPOSED = 5
HIDDEN_NOTE = "NI number, ethnicity and disability are hidden from your account and stay as they are."


@requires(Permission.VIEW_LEARNERS)
@require_safe
def learner_list(request: HttpRequest) -> HttpResponse:
    new = Link("New learner", reverse("learners:learner-new"), window=True)
    return list_page(
        request,
        **LEARNERS.parts(),
        empty=Empty(
            "No learners yet",
            "Enter one by hand, or import the ILR or CSV file of your provider.",
            new if request.user.has_perm(Permission.EDIT_LEARNERS) else None,
        ),
        choice_actions=_choice_actions(request),
        found_actions=partial(_found_actions, request),
        context={"title": "Learners", "actions": _list_actions(request, new)},
    )


@requires(Permission.VIEW_LEARNERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("learners:learner-list")


@requires(Permission.VIEW_LEARNERS)
@require_safe
def learner(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(
        Learner.objects.select_related("main_officer", "main_tag").prefetch_related("tags", "breaks"), ident=ident
    )
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    may_edit, today = request.user.has_perm(Permission.EDIT_LEARNERS), timezone.localdate()
    others = record.other_episodes().with_main_line().with_programme_status(today)
    alike = perhaps_the_same_person(record)[:MOST_PROPOSED]
    context = {
        "title": str(record),
        "kicker": f"Learner {record.ident}",
        "title_badge": badge(record.system_status),
        "breadcrumbs": [Link("Learners", reverse("learners:learner-list"))],
        "actions": _actions(request, record),
        "cards": [*summary_cards(record, sees_sensitive=sees_sensitive), *_requests(request, record)],
        "episodes": episodes_grid(others),
        "untie": untie_link(record) if may_edit else None,
        "proposals": [proposal(record, other, may_edit=may_edit, sees_sensitive=sees_sensitive) for other in alike],
    }
    return render(request, "learners/learner.html", context)


def _requests(request: HttpRequest, record: Learner) -> list[Card]:
    if not request.user.has_perm(Permission.MANAGE_DATA):
        return []
    return [requests_card(request_words(record.access_requests.all()))]


@requires(Permission.EDIT_LEARNERS)
def learner_new(request: HttpRequest) -> HttpResponse:
    actor = acting(request)

    def save(values: dict[str, Any]) -> str:
        tags = values.pop("tags")
        with transaction.atomic():
            record = service.create(by=actor, **values)
            service.set_tags(record, tags, by=actor)
        return delivery_plan(record)

    return form_page(
        request,
        LearnerForm(request.POST or None, sees_sensitive=request.user.has_perm(Permission.VIEW_SENSITIVE)),
        save=save,
        title="New learner",
        cancel=reverse("learners:learner-list"),
        message="The learner is saved.",
        breadcrumbs=[Link("Learners", reverse("learners:learner-list"))],
    )


@requires(Permission.EDIT_LEARNERS)
def learner_edit(request: HttpRequest, ident: str) -> HttpResponse:
    record, actor = get_object_or_404(Learner, ident=ident), acting(request)
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)

    def save(values: dict[str, Any]) -> str:
        tags = values.pop("tags")
        with transaction.atomic():
            service.update(record, by=actor, **values)
            service.set_tags(record, tags, by=actor)
        return delivery_plan(record)

    return form_page(
        request,
        LearnerForm(request.POST or None, instance=record, sees_sensitive=sees_sensitive),
        save=save,
        title=f"Edit learner {record}",
        cancel=delivery_plan(record),
        message="The learner is saved.",
        notes=[] if sees_sensitive else [HIDDEN_NOTE],
        breadcrumbs=_crumbs(record),
    )


def _choice_actions(request: HttpRequest) -> list[Link]:
    """Ours, then those of other apps."""
    change = [Link("Change them", reverse("learners:bulk-choose"))] if _manages(request) else []
    shown = [action for action in registry.learner_actions if action.shown(request)]
    return [*change, *(Link(action.label(request), reverse(action.url_name)) for action in shown)]


def _found_actions(request: HttpRequest, count: int) -> list[Link]:
    """What can be done with all that the filter finds, ticked or not: ours, then that of other apps."""
    if not count:
        return []
    query = request.GET.copy()
    query["all"], query["found"] = "1", str(count)
    change = [(f"Change all {count:,} found", "learners:bulk-choose")] if _manages(request) else []
    shown = [action for action in registry.learner_actions if action.shown(request)]
    more = [(f"{action.label(request)}: all {count:,} found", action.url_name) for action in shown]
    return [Link(text, f"{reverse(name)}?{query.urlencode()}") for text, name in [*change, *more]]


def _list_actions(request: HttpRequest, new: Link) -> list[Link]:
    actions = [new] if request.user.has_perm(Permission.EDIT_LEARNERS) else []
    actions.append(Link("Progress at a date", reverse("learners:progress-list")))
    actions.append(Link("Pace by officer", reverse("learners:pace")))
    return [*actions, Link("Bulk changes", reverse("learners:bulk-change-list"))] if _manages(request) else actions


def _manages(request: HttpRequest) -> bool:
    return request.user.has_perm(Permission.MANAGE_DATA)


def _crumbs(record: Learner) -> list[Link]:
    return [Link("Learners", reverse("learners:learner-list")), learner_link(record)]


def _actions(request: HttpRequest, record: Learner) -> list[Link]:
    def link(text: str, name: str, *, window: bool = True, danger: bool = False) -> Link:
        return Link(text, reverse(name, args=[record.ident]), window=window, about=str(record), danger=danger)

    may = request.user.has_perm
    actions = [link("Delivery Plan", "learners:delivery-plan", window=False)]
    if may(Permission.EDIT_LEARNERS):
        actions += [link("Edit", "learners:learner-edit"), link("New episode from this one", "learners:episode-new")]
        actions.append(link("Tie to another episode", "learners:learner-tie"))
    if may(Permission.MANAGE_DATA) and may(Permission.VIEW_SENSITIVE):
        actions.append(link("Everything held", "learners:access-request", window=False))
    if may(Permission.ERASE_LEARNERS):
        actions.append(link("Erase", "learners:learner-erase", danger=True))
    return actions
