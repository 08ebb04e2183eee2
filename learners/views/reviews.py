"""Reviews that someone must act on: overdue, due and unsigned, by officer."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.lists import REVIEWS
from learners.presenters.reviews import count_name, reviews_overview
from learners.views.listing import list_page
from learners.words import REVIEWS_TO_DO, ReviewState
from picsweb.display import Empty, Link, Overview
from picsweb.permissions import Permission, requires

NOT_OF_THE_OVERVIEW = ("officer", "state", "sort", "page")


@requires(Permission.VIEW_LEARNERS)
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    return list_page(
        request,
        **REVIEWS.parts(),
        empty=Empty(
            "No review waits for anybody",
            "Nothing is overdue, due within 4 weeks or unsigned. Reviews are scheduled on a learner's Delivery Plan.",
            Link("All reviews", f"{request.path}?state=all"),
        ),
        context={"title": "Reviews", "overview": _overview(request)},
    )


def _overview(request: HttpRequest) -> Overview:
    """Under the filters that are set, but for all officers and all that is to do."""
    asked = request.GET.copy()
    for name in NOT_OF_THE_OVERVIEW:
        asked.pop(name, None)
    return reviews_overview(_counts(asked), lambda officer, state: _address(asked, officer, state))


def _counts(asked: QueryDict) -> Any:
    reviews = REVIEWS.filter_class(asked, queryset=REVIEWS.records()).qs
    counts = {count_name(state): Count("pk", filter=Q(state=state)) for state in REVIEWS_TO_DO}
    officer = ("officer_id", "officer__forenames", "officer__surname", "officer__ident", "officer__sort_key")
    return reviews.order_by().values(*officer).annotate(**counts).order_by(F("officer__sort_key").asc(nulls_first=True))


def _address(asked: QueryDict, officer: str, state: ReviewState) -> str:
    query = asked.copy()
    query["officer"], query["state"] = officer, state.value
    return f"{reverse('learners:review-list')}?{query.urlencode()}"
