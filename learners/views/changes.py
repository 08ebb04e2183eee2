"""The history of a record on its page, and of a learner as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.history import Change, changes_of, changes_of_record
from learners.models import Learner
from learners.presenters.changes import HEADS, ChangeChoice, history_grid, history_rows
from learners.views.downloads import FORMS, download
from picsweb.display import Link
from picsweb.permissions import Permission, requires

CHANGES_ON_A_PAGE = 50


def history_context(request: HttpRequest, record: Model) -> dict[str, Any]:
    """For ``learners/history.html``."""
    page = changes_page(request, changes_of_record(record))
    return {"history": history_grid(page.object_list, sees_sensitive=False), "history_page": page}


def changes_page(request: HttpRequest, changes: list[Change]) -> Any:
    return Paginator(changes, CHANGES_ON_A_PAGE).get_page(request.GET.get("page"))


@requires(Permission.EXPORT_DATA, Permission.VIEW_LEARNERS)
@require_safe
def history_download(request: HttpRequest, ident: str, form: str) -> StreamingHttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    changes = ChangeChoice.of(request.GET).among(changes_of(learner))
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    rows = history_rows(changes, sees_sensitive=sees_sensitive)
    return download(form, "History", HEADS, rows, name=f"history-{learner.ident}")


def history_links(request: HttpRequest, learner: Learner) -> list[Link]:
    if not request.user.has_perm(Permission.EXPORT_DATA):
        return []
    asked = {name: request.GET[name] for name in ("who", "field") if request.GET.get(name)}
    return [
        Link(words, f"{reverse('learners:history-download', args=[learner.ident, form])}?{urlencode(asked)}")
        for form, (words, _, _) in FORMS.items()
    ]
