"""Organisations (employers and other places): list, summary, new, edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.forms.records import OrganisationForm
from learners.lists import ORGANISATIONS
from learners.models import Organisation, Placement
from learners.presenters.records import badge, organisation_address, organisation_facts, placed_grid
from learners.registry import registry
from learners.services import organisations as service
from learners.views.acting import acting
from learners.views.changes import history_context
from learners.views.editing import form_page
from learners.views.listing import list_page
from learners.views.panels import rendered
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

PLACEMENTS_SHOWN = 200


@requires(Permission.VIEW_LEARNERS)
@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    new = _new_link(request)
    return list_page(
        request,
        **ORGANISATIONS.parts(),
        empty=Empty(
            "No organisations yet",
            "An organisation is an employer or another place where learners are. Enter the first one.",
            new[0] if new else None,
        ),
        context={"title": "Organisations", "actions": new},
    )


@requires(Permission.VIEW_LEARNERS)
@require_safe
def organisation(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Organisation, ident=ident)
    placements = Placement.objects.filter(organisation=record).select_related("learner")[:PLACEMENTS_SHOWN]
    context = {
        "title": str(record),
        "kicker": f"Organisation {record.ident}",
        "title_badge": badge(record.status),
        "breadcrumbs": _crumbs(),
        "actions": _actions(request, record),
        **history_context(request, record),
        "facts": organisation_facts(record),
        "panels": rendered(registry.organisation_panels, request, record),
        "grid": placed_grid(placements),
        "empty": Empty("No learner is placed here", "Placements are entered on a learner's Delivery Plan."),
    }
    return render(request, "learners/organisation.html", context)


@requires(Permission.EDIT_LEARNERS)
def organisation_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> str:
        return organisation_address(service.create(by=acting(request), **values))

    return form_page(
        request,
        OrganisationForm(request.POST or None),
        save=save,
        title="New organisation",
        cancel=reverse("learners:organisation-list"),
        message="The organisation is saved.",
        breadcrumbs=_crumbs(),
    )


@requires(Permission.EDIT_LEARNERS)
def organisation_edit(request: HttpRequest, ident: str) -> HttpResponse:
    record = get_object_or_404(Organisation, ident=ident)

    def save(values: dict[str, Any]) -> str:
        service.update(record, by=acting(request), **values)
        return organisation_address(record)

    return form_page(
        request,
        OrganisationForm(request.POST or None, instance=record),
        save=save,
        title=f"Edit organisation {record}",
        cancel=organisation_address(record),
        message="The organisation is saved.",
        breadcrumbs=[*_crumbs(), Link(str(record), organisation_address(record))],
    )


def _crumbs() -> list[Link]:
    return [Link("Organisations", reverse("learners:organisation-list"))]


def _new_link(request: HttpRequest) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    return [Link("New organisation", reverse("learners:organisation-new"), window=True)]


def _actions(request: HttpRequest, record: Organisation) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    address = reverse("learners:organisation-edit", args=[record.ident])
    return [Link("Edit", address, window=True, about=str(record))]
