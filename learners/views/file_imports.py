"""Files in: upload, preview, import, and the list of earlier ones."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from learners.files import jobs
from learners.files.kinds import kind_named, kind_names
from learners.files.live_progress import told
from learners.files.reading import LARGEST_FILE
from learners.files.streams import MEGABYTE
from learners.files.templates import csv_template, workbook_template
from learners.filters import FileImportFilter
from learners.forms.files import UploadForm
from learners.models import FileImport
from learners.presenters import file_imports as present
from learners.services import file_imports as service
from learners.services import lacking
from learners.tables import FileImportTable
from learners.views.acting import acting
from learners.views.downloads import attachment, download
from learners.views.listing import list_page
from learners.words import FileImportState
from picsweb.bodies import takes_file
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

PART = "import-part"  # id of the part that changes
STOP_POLLING = 286  # htmx's own status for it
BRINGS_LEARNERS = (jobs.ILR, "learners")


@requires(Permission.MANAGE_DATA)
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    new = Link("Import a file", reverse("learners:import-new"))
    return list_page(
        request,
        FileImport.objects.defer("preview", "conflicts", "errors", "notes"),
        kind="imports",
        table_class=FileImportTable,
        filter_class=FileImportFilter,
        empty=Empty("No imports yet", "Upload an ILR, CSV or Excel file; nothing changes before you agree.", new),
        context={"title": "Imports", "actions": [new]},
    )


@takes_file(LARGEST_FILE)
@requires(Permission.MANAGE_DATA)
def import_new(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        job = service.upload(
            kind=form.cleaned_data["kind"],
            file_name=file.name,
            blocks=file.chunks(chunk_size=MEGABYTE),
            by=acting(request),
        )
        jobs.ring(job.pk)
        return redirect(present.address(job))
    context = {
        "title": "Import a file",
        "breadcrumbs": _crumbs(),
        "form": form,
        "multipart": True,
        "submit": "Upload and preview",
        "cancel": reverse("learners:import-list"),
        "templates": present.templates(kind_names()),
    }
    return render(request, "learners/import_new.html", context)


@requires(Permission.MANAGE_DATA)
@require_safe
def file_import(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(FileImport, pk=pk)
    context = _part(request, job)
    text = render_to_string("learners/_import.html", context, request)
    seen = hashlib.sha256(present.seen(job, context["bar"]).encode()).hexdigest()[:16]
    values = {**context, "part": text, "seen": seen}
    if request.headers.get("HX-Target") == PART:
        if job.is_at_work and request.GET.get("seen") == seen:
            return HttpResponse(status=204)  # so that focus stays and no screen reader repeats itself
        status = 200 if job.is_at_work else STOP_POLLING
        return render(request, "learners/_import_polled.html", values, status=status)
    around = {"title": str(job), "kicker": f"Import {job.pk}", "breadcrumbs": _crumbs(), "actions": []}
    return render(request, "learners/import.html", {**values, **around, "address": present.address(job)})


def _part(request: HttpRequest, job: FileImport) -> dict[str, Any]:
    sees_sensitive = request.user.has_perm(Permission.VIEW_SENSITIVE)
    is_in = job.state == FileImportState.IMPORTED
    return {
        "job": job,
        "is_live": job.is_at_work,
        "badge": present.state_badge(job),
        "bar": present.bar(job, told(job.pk) if job.claim else None),
        "words": present.words(job),
        "facts": present.facts(job),
        "counts": present.counts(job),
        "held": present.held(job),
        "conflicts": present.conflicts(job),
        "changes": present.changes(job, sees_sensitive=sees_sensitive),
        "changes_note": present.changes_note(job),
        "errors": present.errors(job),
        "errors_words": present.errors_words(job),
        "errors_link": present.errors_link(job),
        "lacking": present.lacking(lacking.counted() if is_in and job.kind in BRINGS_LEARNERS else {}),
        "decides": job.state == FileImportState.READ,
        "may_discard": job.state in (FileImportState.TO_READ, FileImportState.READ),
        "approve": reverse("learners:import-approve", args=[job.pk]),
        "discard": reverse("learners:import-discard", args=[job.pk]),
        "again": Link("Import another file", reverse("learners:import-new")),
    }


@requires(Permission.MANAGE_DATA)
@require_POST
def import_approve(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(FileImport, pk=pk)
    go_on = "go_on" in request.POST
    if job.held and not go_on:
        messages.error(request, "Nothing was imported: tick that you have checked what is held, or discard the file.")
        return redirect(present.address(job))
    in_conflict = {conflict["ref"] for conflict in job.conflicts}
    same_person = in_conflict & set(request.POST.getlist("same_person"))
    if service.approve(job, by=acting(request), go_on=go_on, same_person=same_person):
        jobs.ring(job.pk)
    return redirect(present.address(job))


@requires(Permission.MANAGE_DATA)
@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(FileImport, pk=pk)
    if not service.discard(job, by=acting(request)):
        messages.error(request, "It is too late to discard this: see below what became of it.")
    return redirect(present.address(job))


@requires(Permission.MANAGE_DATA)
@require_safe
def import_errors(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    job = get_object_or_404(FileImport, pk=pk)
    rows = ((error["row"], error["column"], error["message"]) for error in job.errors)
    return download("csv", "Faults", ["ROW", "COLUMN", "MESSAGE"], rows, name=f"import-{job.pk}-faults")


@requires(Permission.MANAGE_DATA)
@require_safe
def import_template(request: HttpRequest, kind: str, form: str) -> StreamingHttpResponse:
    found = kind_named(kind)
    if found is None:
        raise Http404
    template = workbook_template(found) if form == "xlsx" else csv_template(found).encode()
    return attachment(form, iter([template]), f"{kind}-template")


def _crumbs() -> list[Link]:
    return [Link("Imports", reverse("learners:import-list"))]
