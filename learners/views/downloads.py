"""Files that go out: streamed, named after what they hold and the day, never kept by a browser's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners import lists
from learners.files.sheets import csv_lines, workbook_blocks
from picsweb.display import Link
from picsweb.permissions import Permission, requires

CSV_FOR_EXCEL = "\ufeff"  # without the mark Excel takes UTF-8 for something else
NOT_OF_A_FILE = ("page", "per_page")


def _csv(title: str, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    yield CSV_FOR_EXCEL.encode()
    for line in csv_lines(heading, rows):
        yield line.encode()


Write = Callable[[str, Sequence[str], Iterable[Sequence[Any]]], Iterator[bytes]]
FORMS: dict[str, tuple[str, str, Write]] = {
    "csv": ("CSV", "text/csv; charset=utf-8", _csv),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook_blocks),
}


def download(
    form: str, title: str, heading: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str = ""
) -> StreamingHttpResponse:
    _, _, write = FORMS[form]
    return attachment(form, write(title, heading, rows), f"{name or title.lower()}-{timezone.localdate():%Y-%m-%d}")


def attachment(form: str, blocks: Iterator[bytes], name: str) -> StreamingHttpResponse:
    _, content_type, _ = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingHttpResponse(blocks, content_type=content_type, headers=headers)


def csv_attachment(heading: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """Plain CSV, as other programs read it; safe to open in a spreadsheet. ``name`` gets the day."""
    lines = (line.encode() for line in csv_lines(heading, rows))
    return attachment("csv", lines, f"{name}-{timezone.localdate():%Y-%m-%d}")


@requires(Permission.EXPORT_DATA, Permission.VIEW_LEARNERS)
@require_safe
def list_download(request: HttpRequest, name: str, form: str) -> StreamingHttpResponse:
    """All that is found, not only the page that shows."""
    chosen = lists.LISTS[name]
    table = chosen.found(request)
    rows = lists.rows(table, request.GET, chosen.complete)
    return download(form, name.capitalize(), lists.headings(table), rows)


def download_links(request: HttpRequest, name: str) -> list[Link]:
    """The list as the page shows it now, for those who may take it out of the house."""
    if name not in lists.LISTS or not request.user.has_perm(Permission.EXPORT_DATA):
        return []
    asked = request.GET.copy()
    for other in NOT_OF_A_FILE:
        asked.pop(other, None)
    query = f"?{asked.urlencode()}" if asked else ""
    about = f"file of all {lists.LISTS[name].kind} found"
    return [
        Link(words, reverse("learners:list-download", args=[name, form]) + query, about=about)
        for form, (words, _, _) in FORMS.items()
    ]
