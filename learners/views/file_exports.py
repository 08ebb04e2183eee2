"""Whole kinds of records out, in the columns that import takes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learners.files.exporting import all_rows
from learners.files.kinds import kind_named, kind_names
from learners.presenters import file_imports as present
from learners.views.downloads import download
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
    rows = all_rows(found, form, with_sensitive=request.user.has_perm(Permission.VIEW_SENSITIVE))
    return download(form, kind, found.headings(), rows)
