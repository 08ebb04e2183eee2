"""Who is ahead, on time and behind today, by main officer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.filters import PaceFilter
from learners.models import Learner
from learners.pace import caseloads
from learners.presenters.pictures import pace_grid, pace_picture
from learners.presenters.records import day
from learners.progress import ON_TIME_WITHIN
from learners.views.listing import no_match
from learners.words import ProgrammeStatus, SystemStatus
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

USUAL = {"system_status": SystemStatus.LIVE.value, "programme_status": ProgrammeStatus.IN_LEARNING.value}
TEXT = (
    "Progress of all qualifications together, against the part of the time that is over. "
    f"Up to {ON_TIME_WITHIN} points apart is on time."
)
NOBODY = Empty("Nobody is in learning", "No learner is Live and in learning today.")


@requires(Permission.VIEW_LEARNERS)
@require_safe
def pace(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    asked = _with_usual(request.GET)
    chosen = PaceFilter(asked, queryset=Learner.objects.with_programme_status(today))
    found = caseloads(chosen.qs, today)
    count = sum(each.total for each in found)
    context = {
        "title": "Pace by officer",
        "subtitle": TEXT,
        "breadcrumbs": [Link("Learners", reverse("learners:learner-list"))],
        "filter": chosen,
        "picture": pace_picture(found) if count else None,
        "grid": pace_grid(found, {name: asked.get(name, "") for name in PaceFilter.base_filters if asked.get(name)}),
        "count_words": f"{count} learner{'' if count == 1 else 's'} on {day(today)}",
        "empty": no_match(request, "learners") if request.GET else NOBODY,
    }
    return render(request, "learners/pace.html", context)


def _with_usual(asked: QueryDict) -> QueryDict:
    """Who is in learning, unless the form was used."""
    if asked:
        return asked
    query = asked.copy()
    query.update(USUAL)
    return query
