"""Held fields: all of them, those of one record, held by hand and freed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from learners.models import Learner, Officer, Organisation
from learners.views.acting import acting
from learners.views.downloads import download
from learners.views.listing import list_page
from onefile_integration.access import licensed
from onefile_integration.exchange import held_fields as exchange
from onefile_integration.exchange.held_fields import CannotHold
from onefile_integration.forms import HoldForm
from onefile_integration.held_fields_table import HeldFieldFilter, HeldFieldTable
from onefile_integration.models import HeldField
from onefile_integration.models.journal import Subject
from onefile_integration.presenters.addresses import held_fields_address, record_page, subject_link
from onefile_integration.presenters.held_fields import (
    badge,
    choices,
    field_words,
    freed_grid,
    held_grid,
    record_words,
)
from picsweb.display import Empty
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

METHODS = ["GET", "HEAD", "POST"]
MEANING = "A held field is neither sent to OneFile nor brought from it. It is exchanged again once it is freed."
NONE = Empty(
    "No field is held", "Hold a field on a learner's Delivery Plan, OneFile Integration, or undo what a run changed."
)
COLUMNS = ["KIND", "IDENT", "NAME", "RECORD", "FIELD", "STATE", "HELD", "HELD_BY", "WHY", "FREED", "FREED_BY"]
PARTNERS: dict[str, Any] = {"officer": Officer, "organisation": Organisation}
AT_ONCE = 500


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def held_fields(request: HttpRequest) -> HttpResponse:
    class Table(HeldFieldTable):
        names: dict[str, str] = {}

    def complete(rows: Any, asked: Any) -> None:
        Table.names = exchange.names_of(rows)

    export = f"{reverse('onefile:held-fields-csv')}?{request.GET.urlencode()}"
    csv = PageLink("CSV", export, about="file of all held fields found")
    return list_page(
        request,
        HeldField.objects.with_subject(),
        kind="held fields",
        table_class=Table,
        filter_class=HeldFieldFilter,
        empty=NONE,
        choice_actions=[PageLink("Free", reverse("onefile:held-fields-free"))],
        complete=complete,
        context={
            "title": "OneFile held fields",
            "breadcrumbs": [],
            "actions": [],
            "downloads": [csv] if request.user.has_perm(Permission.EXPORT_DATA) else [],
        },
    )


@requires(Permission.USE_ONEFILE, Permission.EXPORT_DATA)
@licensed
@require_safe
def held_fields_csv(request: HttpRequest) -> StreamingHttpResponse:
    """As filtered on the page."""
    rows = HeldFieldFilter(request.GET, queryset=HeldField.objects.with_subject()).qs
    return download("csv", "OneFile held fields", COLUMNS, _lines(rows), name="onefile-held-fields")


def _lines(rows: Any) -> Iterator[list[str]]:
    some: list[HeldField] = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            yield from _some_lines(some)
            some = []
    yield from _some_lines(some)


def _some_lines(rows: list[HeldField]) -> Iterator[list[str]]:
    names = exchange.names_of(rows)
    for row in rows:
        subject = row.subject
        what = [record_words(row, names), field_words(row), badge(row).text]
        freed, held = _moment(row.freed_at), _moment(row.held_at)
        of = [str(subject._meta.model_name), subject.ident, str(subject)]
        yield [*of, *what, held, row.held_by, row.why, freed, row.freed_by]


def _moment(moment: datetime | None) -> str:
    """London's, as in the other files."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def free(request: HttpRequest) -> HttpResponse:
    """One or many, by ``held`` in the address."""
    pks = [int(pk) for pk in request.GET.getlist("held") if pk.isascii() and pk.isdigit()]
    rows = list(HeldField.objects.held().filter(pk__in=pks).with_subject())
    back = reverse("onefile:held-fields")
    if "back" in request.GET and rows:
        back = held_fields_address(rows[0].subject)
    if not rows:
        messages.info(request, "None of these is held any more. Nothing was changed.")
        return redirect(back)
    if request.method == "POST":
        count = exchange.free([row.pk for row in rows], by=acting(request))
        messages.success(request, "The field is free." if count == 1 else f"{count} fields are free.")
        return redirect(back)
    names = exchange.names_of(rows)
    context = {
        "title": "Free a held field?" if len(rows) == 1 else f"Free {len(rows)} held fields?",
        "kicker": "OneFile held fields",
        "breadcrumbs": [PageLink("Held fields", back)],
        "question": ["With the next exchange the rules decide again: OneFile's value may come, or ours be sent."],
        "lines": [f"{row.subject}: {field_words(row)}, {record_words(row, names)}" for row in rows],
        "confirm": "Yes, free",
        "harmless": True,
        "cancel": back,
    }
    return render(request, "onefile_integration/held_fields_free.html", context)


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def of_learner(request: HttpRequest, ident: str) -> HttpResponse:
    return _of(request, get_object_or_404(Learner, ident=ident))


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def of_partner(request: HttpRequest, kind: str, ident: str) -> HttpResponse:
    return _of(request, get_object_or_404(PARTNERS[kind], ident=ident))


def _of(request: HttpRequest, subject: Subject) -> HttpResponse:
    """What is held of one record, and the form that holds more."""
    rows = list(HeldField.objects.of(subject).with_subject())
    held = [row for row in rows if not row.freed_at]
    names = exchange.parts(subject)
    form = HoldForm(
        request.POST if request.method == "POST" else None,
        fields=choices(names.items(), {(row.record, row.field) for row in held}),
    )
    if request.method == "POST" and form.is_valid():
        record, _, field = form.cleaned_data["field"].partition(" ")
        try:
            exchange.hold(subject, record, field, why=form.cleaned_data["why"], by=acting(request))
        except CannotHold as why:
            form.add_error("field", str(why))
        else:
            messages.success(request, "The field is held from now on.")
            return redirect(held_fields_address(subject))
    return render(request, "onefile_integration/held_fields.html", _context(subject, rows, names, form))


def _context(subject: Subject, rows: Iterable[HeldField], names: dict[str, str], form: HoldForm) -> dict[str, Any]:
    of = list(rows)
    return {
        "title": "Held fields",
        "kicker": f"{subject.ident} {subject}",
        "breadcrumbs": [subject_link(subject)],
        "said": MEANING,
        "held": held_grid([row for row in of if not row.freed_at], names),
        "freed": freed_grid([row for row in of if row.freed_at], names),
        "form": form,
        "submit": "Hold",
        "cancel": record_page(subject),
        "reload_on_close": True,
    }
