"""Officers: list, summary, new, edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.forms.records import OfficerForm
from learners.lists import OFFICERS
from learners.models import Officer
from learners.presenters.records import badge, officer_address, officer_facts
from learners.registry import registry
from learners.services import officers as service
from learners.views.acting import acting
from learners.views.changes import history_context
from learners.views.editing import form_page
from learners.views.listing import list_page
from learners.views.panels import rendered
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires


@requires(Permission.VIEW_LEARNERS)
@require_safe
def officer_list(request: HttpRequest) -> HttpResponse:
    new = _new_link(request)
    return list_page(
        request,
        **OFFICERS.parts(),
        empty=Empty(
            "No officers yet",
            "An officer is a person of your staff: assessor, adviser, tutor. Enter the first one.",
            new[0] if new else None,
        ),
        context={"title": "Officers", "actions": new},
    )


@requires(Permission.VIEW_LEARNERS)
@require_safe
def officer(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Officer, ident=ident)
    context = {
        "title": str(record),
        "kicker": f"Officer {record.ident}",
        "title_badge": badge(record.status),
        "breadcrumbs": _crumbs(),
        "actions": _actions(request, record),
        **history_context(request, record),
        "facts": officer_facts(record),
        "panels": rendered(registry.officer_panels, request, record),
        "learners_link": f"{reverse('learners:learner-list')}?main_officer={record.pk}",
    }
    return render(request, "learners/officer.html", context)


@requires(Permission.EDIT_LEARNERS)
def officer_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> str:
        return officer_address(service.create(by=acting(request), **values))

    return form_page(
        request,
        OfficerForm(request.POST or None),
        save=save,
        title="New officer",
        cancel=reverse("learners:officer-list"),
        message="The officer is saved.",
        breadcrumbs=_crumbs(),
    )


@requires(Permission.EDIT_LEARNERS)
def officer_edit(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Officer, ident=ident)

    def save(values: dict[str, Any]) -> str:
        service.update(record, by=acting(request), **values)
        return officer_address(record)

    return form_page(
        request,
        OfficerForm(request.POST or None, instance=record),
        save=save,
        title=f"Edit officer {record}",
        cancel=officer_address(record),
        message="The officer is saved.",
        breadcrumbs=[*_crumbs(), Link(str(record), officer_address(record))],
    )


def _crumbs() -> list[Link]:
    return [Link("Officers", reverse("learners:officer-list"))]


def _new_link(request: HttpRequest) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    return [Link("New officer", reverse("learners:officer-new"), window=True)]


def _actions(request: HttpRequest, record: Officer) -> list[Link]:
    actions = []
    if request.user.has_perm(Permission.EDIT_LEARNERS):
        edit = reverse("learners:officer-edit", args=[record.ident])
        actions.append(Link("Edit", edit, window=True, about=str(record)))
    if request.user.has_perm(Permission.MANAGE_DATA):
        actions.append(Link("Hand over the caseload", reverse("learners:hand-over-form", args=[record.ident])))
    return actions
