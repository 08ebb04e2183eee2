"""How far every learner was on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.filters import as_at
from learners.lists import PROGRESS
from learners.models import Learner
from learners.presenters.records import day as day_words
from learners.presenters.then import facts_then, lines_then_grid, units_then_grid
from learners.progress import standing
from learners.then import learner_then, lines_then
from learners.views.listing import list_page
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires


def progress_then(learner: Learner, day: date) -> dict[str, Any]:
    """For ``learners/delivery_plan_then.html``; without facts where the record was not there yet."""
    row = learner_then(learner, day)
    lines = lines_then([learner.pk], day).get(learner.pk, [])
    return {
        "title": f"At the end of {day_words(day)}",
        "facts": facts_then(row, standing(lines, day)) if row else [],
        "lines": lines_then_grid(lines, day),
        "units": units_then_grid(lines),
    }


@requires(Permission.VIEW_LEARNERS)
@require_safe
def progress_list(request: HttpRequest) -> HttpResponse:
    then = day_words(as_at(request.GET))
    return list_page(
        request,
        **PROGRESS.parts(),
        empty=Empty("No learners yet", "There was no record of a learner on that day."),
        context={
            "title": "Progress at a date",
            "subtitle": "Qualifications as they were recorded then; officers, tags and statuses are today's.",
            "note": f"At the end of {then}",
            "breadcrumbs": [Link("Learners", reverse("learners:learner-list"))],
        },
    )
