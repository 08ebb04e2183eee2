"""Whole kinds of records out, in the columns that import takes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.files.exporting import csv_lines, workbook_blocks
from learners.files.kinds import kind_named, kind_names
from learners.presenters import file_imports as present
from learners.views.file_imports import XLSX, attachment
from picsweb.permissions import Permission, requires


@requires(Permission.EXPORT_DATA, Permission.VIEW_LEARNERS)
@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    context = {
        "title": "Exports",
        "exports": present.exports(kind_names()),
        "note": "" if sees_sensitive else "NI number, ethnicity and disability are left blank in your files.",
    }
    return render(request, "learners/export_list.html", context)


@requires(Permission.EXPORT_DATA, Permission.VIEW_LEARNERS)
@require_safe
def export_kind(request: HttpRequest, kind: str, form: str) -> StreamingHttpResponse:
    found = kind_named(kind)
    if found is None:
        raise Http404
    with_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    name = f"{kind}-{timezone.localdate():%Y-%m-%d}.{form}"
    if form == "xlsx":
        return attachment(workbook_blocks(found, with_sensitive=with_sensitive), XLSX, name)
    lines = csv_lines(found, with_sensitive=with_sensitive)
    return attachment((line.encode() for line in lines), "text/csv; charset=utf-8", name)
