"""The changes of many learners that were made: a list, one of them with its rows, and its undo."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.models import BulkChange
from learners.presenters import bulk as shown
from learners.services import bulk_changes as service
from learners.views.acting import acting
from learners.views.editing import confirm_page
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

CHANGES_ON_A_PAGE, ROWS_ON_A_PAGE = 50, 200


@requires(Permission.MANAGE_DATA)
@require_safe
def bulk_change_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(BulkChange.objects.all(), CHANGES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Bulk changes",
        "breadcrumbs": _crumbs()[:1],
        "page": page,
        "grid": shown.changes_grid(page.object_list),
        "empty": Empty(
            "No bulk changes yet",
            "Tick learners in their list and choose Change them: whatever is changed shows here, and can be undone.",
            Link("To the list of learners", reverse("learners:learner-list")),
        ),
    }
    return render(request, "learners/bulk_change_list.html", context)


@requires(Permission.MANAGE_DATA)
@require_safe
def bulk_change(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange, pk=pk)
    rows = change.rows.select_related("learner")
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    left = rows.exclude(left_because="")[:ROWS_ON_A_PAGE] if change.undone_at else []
    undo = Link("Undo", reverse("learners:bulk-change-undo", args=[pk]), window=True, about=str(change), danger=True)
    context = {
        "title": change.words,
        "kicker": f"Bulk change {change.pk}",
        "breadcrumbs": _crumbs(),
        "actions": [] if change.undone_at else [undo],
        "facts": shown.change_facts(change, left_count=rows.exclude(left_because="").count()),
        "page": page,
        "grid": shown.rows_grid(page.object_list),
        "left": shown.left_grid(left),
    }
    return render(request, "learners/bulk_change.html", context)


@requires(Permission.MANAGE_DATA)
def bulk_change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(BulkChange, pk=pk)
    return confirm_page(
        request,
        do=lambda: service.undo(change, by=acting(request)),
        title=f"Undo bulk change {change.pk}?",
        question=shown.undo_question(change, service.left_by_undo(change)),
        confirm="Yes, undo it",
        back=reverse("learners:bulk-change", args=[pk]),
        message=f"Bulk change {change.pk} is undone. What was left is listed here.",
        breadcrumbs=[*_crumbs(), Link(f"Bulk change {change.pk}", reverse("learners:bulk-change", args=[pk]))],
    )


def _crumbs() -> list[Link]:
    learners = Link("Learners", reverse("learners:learner-list"))
    return [learners, Link("Bulk changes", reverse("learners:bulk-change-list"))]
