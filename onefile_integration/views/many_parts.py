"""What the pages of an enrolment of many have in common: where they stand, sorted heads, counts, a page of rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.urls import reverse

from onefile_integration.models import Run
from onefile_integration.presenters import many as present
from onefile_integration.views.live import Piece, piece
from picsweb.display import Link as PageLink

ROWS_ON_A_PAGE = 100
SORTS = {"name": "learner__sort_key", "ident": "learner__ident"}
SORT_HEADS = {"name": "Learner", "ident": "Ident", "standing": "State"}


def crumbs(*more: PageLink) -> list[PageLink]:
    learners = PageLink("Learners", reverse("learners:learner-list"))
    return [learners, PageLink("Enrolments", reverse("onefile:many-list")), *more]


@dataclass(frozen=True)
class Head:
    text: str
    href: str = ""
    order: str = ""


def heads(request: HttpRequest, sorted_by: dict[str, str], plain: Iterable[str]) -> list[Head]:
    now = request.GET.get("sort", "")
    found = []
    for name, text in sorted_by.items():
        query = request.GET.copy()
        query["sort"] = f"-{name}" if now == name else name
        query.pop("page", None)
        query.pop("have", None)
        order = {name: "ascending", f"-{name}": "descending"}.get(now, "")
        found.append(Head(text, f"?{query.urlencode()}", order))
    return [*found, *(Head(text) for text in plain)]


def page_of(request: HttpRequest, rows: Any, word: str, in_order: Iterable[str]) -> Any:
    """The rows of one standing or of all, sorted, a page of them. ``in_order``: the standings, as they matter."""
    if show := request.GET.get("show", ""):
        rows = rows.filter(**{word: show})
    sort = request.GET.get("sort", "")
    if sort.removeprefix("-") == "standing":
        order = [When(**{word: each}, then=Value(number)) for number, each in enumerate(in_order)]
        rows = rows.annotate(standing_order=Case(*order, default=Value(len(order)), output_field=IntegerField()))
    names = {**SORTS, "standing": "standing_order"}
    key = names.get(sort.removeprefix("-"), "learner__sort_key")
    sign = "-" if sort.startswith("-") else ""
    return Paginator(rows.order_by(f"{sign}{key}", "learner__sort_key", "pk"), ROWS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )


def counts_piece(request: HttpRequest, run: Run, found: dict[str, int], labels: Any) -> Piece:
    links = present.counts(found, present.many_address(run), request.GET.get("show", ""), labels)
    return piece(request, "many-counts", "_many_counts.html", {"counts": links})
