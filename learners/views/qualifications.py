"""Qualifications of the base data: list, summary, new, edit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.forms.records import QualificationForm
from learners.lists import QUALIFICATIONS
from learners.models import Qualification
from learners.presenters.records import badge, qualification_address, qualification_facts
from learners.services import qualifications as service
from learners.views.acting import acting
from learners.views.changes import history_context
from learners.views.editing import form_page
from learners.views.listing import list_page
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires


@requires(Permission.VIEW_LEARNERS)
@require_safe
def qualification_list(request: HttpRequest) -> HttpResponse:
    new = _new_link(request)
    return list_page(
        request,
        **QUALIFICATIONS.parts(),
        empty=Empty(
            "No qualifications yet",
            "Enter what your learners study; the VQ Reference ties it to a standard in OneFile.",
            new[0] if new else None,
        ),
        context={"title": "Qualifications", "actions": new},
    )


@requires(Permission.VIEW_LEARNERS)
@require_safe
def qualification(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Qualification, pk=pk)
    context = {
        "title": record.title,
        "kicker": f"Qualification {record.vq_reference}",
        "title_badge": badge(record.status),
        "breadcrumbs": _crumbs(),
        "actions": _actions(request, record),
        **history_context(request, record),
        "facts": qualification_facts(record),
        "learners_link": f"{reverse('learners:learner-list')}?qualification={record.pk}",
    }
    return render(request, "learners/qualification.html", context)


@requires(Permission.EDIT_LEARNERS)
def qualification_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> str:
        return qualification_address(service.create(by=acting(request), **values))

    return form_page(
        request,
        QualificationForm(request.POST or None),
        save=save,
        title="New qualification",
        cancel=reverse("learners:qualification-list"),
        message="The qualification is saved.",
        breadcrumbs=_crumbs(),
    )


@requires(Permission.EDIT_LEARNERS)
def qualification_edit(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Qualification, pk=pk)

    def save(values: dict[str, Any]) -> str:
        service.update(record, by=acting(request), **values)
        return qualification_address(record)

    return form_page(
        request,
        QualificationForm(request.POST or None, instance=record),
        save=save,
        title=f"Edit qualification {record.vq_reference}",
        cancel=qualification_address(record),
        message="The qualification is saved.",
        breadcrumbs=[*_crumbs(), Link(record.vq_reference, qualification_address(record))],
    )


def _crumbs() -> list[Link]:
    return [Link("Qualifications", reverse("learners:qualification-list"))]


def _new_link(request: HttpRequest) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    return [Link("New qualification", reverse("learners:qualification-new"), window=True)]


def _actions(request: HttpRequest, record: Qualification) -> list[Link]:
    if not request.user.has_perm(Permission.EDIT_LEARNERS):
        return []
    address = reverse("learners:qualification-edit", args=[record.pk])
    return [Link("Edit", address, window=True, about=record.vq_reference)]
