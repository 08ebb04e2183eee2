"""Whose exchange a page is about, by its address: the run, and the Ident of one of the three."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from onefile_integration.models import ExchangePlan
from onefile_integration.models.journal import SUBJECTS


def plan_at(run: int, **whose: str) -> ExchangePlan:
    """``whose``, as in ``learner__ident="AB12C"``. Raises Http404."""
    return get_object_or_404(ExchangePlan.objects.select_related("run", *SUBJECTS), run=run, **whose)
