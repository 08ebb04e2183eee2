"""A list page: filters from the address, a table, a page of it; for htmx only the part that changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_tables2 import RequestConfig

from learners.filters import PageFilter
from learners.lists import Complete
from learners.tables import list_columns, with_list_columns
from learners.views.downloads import download_links
from picsweb.display import Empty, Link
from picsweb.tables import ChoiceColumn, PageTable

PAGE_SIZES = (25, 50, 100)
RESULTS = "results"  # id of the part that changes


def list_page(
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    kind: str,
    name: str = "",
    table_class: type[PageTable],
    filter_class: type[PageFilter],
    empty: Empty,
    context: dict[str, Any],
    choice_actions: Sequence[Link] = (),
    found_actions: Callable[[int], Sequence[Link]] = lambda count: (),
    complete: Complete | None = None,
) -> HttpResponse:
    """``kind`` is the plural of what is listed, in lower case; ``name`` that of ``lists.LISTS``, if it stands there.

    ``choice_actions`` take the Idents of chosen rows, ``found_actions`` all that the filter finds: so many.
    """
    chosen = filter_class(request.GET, queryset=with_list_columns(queryset, kind, request))
    table = table_class(chosen.qs, **_columns(request, table_class, kind, choice_actions))
    size = page_size(request)
    RequestConfig(request, paginate={"per_page": size, "silent": True}).configure(table)
    if complete:
        complete([row.record for row in table.page.object_list], request.GET)
    values = {
        "filter": chosen,
        "table": table,
        "count": table.paginator.count,
        "kind": kind,
        "choice_actions": choice_actions,
        "found_actions": found_actions(table.paginator.count),
        "page_size": size,
        "page_sizes": PAGE_SIZES,
        "downloads": download_links(request, name),
        "search_keys": ("Ctrl", "K"),
        "empty": no_match(request, kind) if chosen.in_use else empty,
        **context,
    }
    part = request.htmx.target == RESULTS  # type: ignore[attr-defined]
    response = render(request, "learners/list_results.html" if part else "learners/list.html", values)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _columns(
    request: HttpRequest, table_class: type[PageTable], kind: str, choice_actions: Sequence[Link]
) -> dict[str, Any]:
    """A table that is chosen from by something else than the Ident brings its own tick boxes."""
    added = list_columns(kind, request)
    if not choice_actions or "chosen" in table_class.base_columns:
        return {"extra_columns": added}
    chosen = ("chosen", ChoiceColumn(kind[:-1], accessor="ident"))
    return {"extra_columns": [chosen, *added], "sequence": ("chosen", "...")}


def page_size(request: HttpRequest) -> int:
    asked = request.GET.get("per_page", "")
    return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]


def no_match(request: HttpRequest, kind: str) -> Empty:
    return Empty(
        f"No {kind} match",
        "Check the spelling, use fewer words, or take away a filter.",
        Link("Clear search and filters", request.path),
    )
