"""Add a series of reviews: asked for, looked at, made, and taken back while nobody has touched them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from learners.forms.series import SeriesForm
from learners.models import Learner, Review
from learners.presenters.records import delivery_plan, learner_link
from learners.presenters.series import count_words, made_grid, preview_grid
from learners.services import review_series as service
from learners.views.acting import acting
from picsweb.display import Link
from picsweb.permissions import Permission, requires

SALT = "learners.review_series"


@requires(Permission.EDIT_LEARNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_new(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner.objects.select_related("main_officer"), ident=ident)
    form = SeriesForm(request.POST or None, learner=learner)
    if not form.is_valid():
        return _page(request, learner, form)
    days, taken = form.cleaned_data["days"], _taken(learner, form.cleaned_data["days"])
    free = [day for day in days if day not in taken]
    if free and "create" in request.POST and form.cleaned_data["shown"] == _as_shown(free):
        try:
            made = service.create(learner, free, by=acting(request), **form.review_values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{count_words(len(made))} scheduled.")
            return redirect("learners:series-made", ident=learner.ident, token=signing.dumps(_pks(made), salt=SALT))
    return _page(request, learner, form, preview=_preview(form, days, taken, free))


@requires(Permission.EDIT_LEARNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def series_made(request: HttpRequest, ident: str, token: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    made = _made(learner, token)
    if request.method == "POST":
        gone = service.take_back(made, by=acting(request))
        messages.success(request, f"{count_words(gone)} taken back.{_kept(len(made) - gone)}")
        return redirect(delivery_plan(learner, "reviews"))
    untouched = service.untouched(made)
    context = {
        "title": "Reviews scheduled",
        "kicker": f"{learner.ident} {learner}",
        "breadcrumbs": _crumbs(learner),
        "grid": made_grid(made, untouched),
        "take_back": f"Take back {count_words(len(untouched))}" if untouched else "",
        "back": delivery_plan(learner, "reviews"),
    }
    return render(request, "learners/series_made.html", context)


def _page(
    request: HttpRequest, learner: Learner, form: SeriesForm, preview: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "title": "Add a series of reviews",
        "kicker": f"{learner.ident} {learner}",
        "cancel": delivery_plan(learner, "reviews"),
        "breadcrumbs": _crumbs(learner),
        "preview": preview,
    }
    return render(request, "learners/series_new.html", context)


def _preview(form: SeriesForm, days: Sequence[date], taken: set[date], free: Sequence[date]) -> dict[str, Any]:
    return {
        "grid": preview_grid(days, taken, form.cleaned_data["start_time"]),
        "shown": _as_shown(free),
        "create": f"Schedule {count_words(len(free))}" if free else "",
    }


def _taken(learner: Learner, days: Sequence[date]) -> set[date]:
    found = learner.reviews.filter(scheduled_date__in=days).values_list("scheduled_date", flat=True)
    return {day for day in found if day}


def _as_shown(days: Sequence[date]) -> str:
    """Only what was looked at is made, even where the form or the learner's reviews have changed since."""
    return " ".join(day.isoformat() for day in days)


def _pks(made: Sequence[Review]) -> list[int]:
    return [review.pk for review in made]


def _made(learner: Learner, token: str) -> list[Review]:
    try:
        pks = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404 from None
    return list(learner.reviews.filter(pk__in=pks).select_related("officer").order_by("scheduled_date"))


def _kept(number: int) -> str:
    return f" {count_words(number)} stayed: someone has changed them since." if number else ""


def _crumbs(learner: Learner) -> list[Link]:
    return [learner_link(learner), Link("Reviews", delivery_plan(learner, "reviews"))]


def series_link(learner: Learner) -> Link:
    return Link("Add a series", reverse("learners:series-new", args=[learner.ident]), window=True)
