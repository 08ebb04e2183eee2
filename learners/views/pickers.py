"""Suggestions for records that are typed into a form."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.forms.pickers import picker_words, suggested
from learners.models import Learner, Organisation
from picsweb.permissions import Permission, requires


@requires(Permission.VIEW_LEARNERS)
@require_safe
def organisation_choices(request: HttpRequest) -> HttpResponse:
    return _choices(request, Organisation.objects.all())


@requires(Permission.VIEW_LEARNERS)
@require_safe
def learner_choices(request: HttpRequest) -> HttpResponse:
    return _choices(request, Learner.objects.all())


def _choices(request: HttpRequest, records: QuerySet[Organisation] | QuerySet[Learner]) -> HttpResponse:
    """``field`` names the parameter that holds what is typed."""
    typed = request.GET.get(request.GET.get("field", ""), "").strip()
    offered = [picker_words(record) for record in suggested(records, typed)] if typed else []
    return render(request, "components/picker_options.html", {"offered": offered})
