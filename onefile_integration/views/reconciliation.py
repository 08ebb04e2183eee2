"""Configuration > OneFile > Reconciliation: ask for a report, watch it being made, read it, take it away as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from learners.views.acting import acting
from learners.views.downloads import csv_attachment
from learners.views.listing import list_page
from onefile_integration.access import access
from onefile_integration.exchange import configuration, reconciliation
from onefile_integration.exchange.connection import NotReady, is_on
from onefile_integration.models import Centre, Reconciliation
from onefile_integration.presenters.reconciliation import ADVICE, ENDED, KINDS, SHOWN_AS, Fixes, address, report_words
from onefile_integration.presenters.words import when
from onefile_integration.reconciliation_table import SEEN_TO, DifferenceFilter, DifferenceTable, rows_of
from onefile_integration.views.runs import crumbs
from onefile_integration.words import Difference, Partner, ReportState
from picsweb.display import Bar, Cell, Empty, Grid, GridRow, Overview
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

TITLE = "Reconciliation"
PART = "reconciliation-part"
SHOWN = 50
COLUMNS = [
    "DIFFERENCE",
    "WHAT",
    "IDENT",
    "NAME",
    "ONEFILE_ID",
    "NAME_IN_ONEFILE",
    "MIS_VALUE",
    "FACTS",
    "ADVICE",
    "SEEN_TO",
]
NO_LICENCE = "Your account does not hold the OneFile Integration licence, so the windows of learners are not offered."


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    here = access(request)
    made = Reconciliation.objects.filter(environment=here.environment).annotate(found=Count("rows"))[:SHOWN]
    context = {
        "title": TITLE,
        "kicker": "OneFile",
        "breadcrumbs": crumbs(),
        "centres": list(Centre.objects.known(here.environment).values_list("onefile_id", "name")),
        "is_on": is_on(here.settings),
        "grid": Grid("Reports", ["Asked", "Centre", "State", "Differences", "Asked by"], [_row(each) for each in made]),
        "empty": Empty("No report yet", "Choose a centre and make one: it takes a few calls, and changes nothing."),
        "kept": reconciliation.KEPT,
    }
    return render(request, "onefile_integration/reconciliation_list.html", context)


def _row(report: Any) -> GridRow:
    cells = [
        Cell(link=PageLink(when(report.asked_at), address(report)), short=True),
        Cell(report.centre_name),
        Cell(badge=ENDED[report.state]),
        Cell(str(report.found) if report.state == ReportState.DONE else ""),
        Cell(report.asked_by),
    ]
    return GridRow(cells)


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def report_start(request: HttpRequest) -> HttpResponse:
    """A second click leads to the first one's report."""
    environment, number = access(request).environment, request.POST.get("centre", "")
    known = Centre.objects.known(environment)
    centre = known.filter(onefile_id=int(number)).first() if number.isdecimal() and len(number) < 10 else None
    try:
        configuration.require_ready()
    except NotReady as why:
        messages.error(request, f"No report was begun. {why}")
        return redirect("onefile:reconciliations")
    if centre is None:
        messages.error(request, "Choose a centre. Where none is listed, refresh the qualification links first.")
        return redirect("onefile:reconciliations")
    report = reconciliation.start(centre, by=acting(request))
    if report.centre != centre.onefile_id:
        messages.info(request, f"The report of {report.centre_name} is being made; ask again when it is ready.")
    reconciliation.ring(report)
    return redirect(address(report))


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Reconciliation, pk=pk)
    if request.headers.get("HX-Target") == PART:
        return _polled(request, record)
    if record.state == ReportState.DONE:
        return _read(request, record)
    return render(request, "onefile_integration/reconciliation.html", {**_around(record), **_state(record)})


def _polled(request: HttpRequest, record: Reconciliation) -> HttpResponse:
    if record.is_open:
        return render(request, "onefile_integration/_reconciliation.html", _state(record))
    answer = HttpResponse()
    answer["HX-Refresh"] = "true"  # it has become a list, with its search and its pages
    return answer


def _around(record: Reconciliation) -> dict[str, Any]:
    return {
        "title": f"{TITLE}: {record.centre_name}",
        "kicker": record.get_environment_display(),
        "breadcrumbs": crumbs(PageLink(TITLE, reverse("onefile:reconciliations"))),
    }


def _state(record: Reconciliation) -> dict[str, Any]:
    words = report_words(record)
    return {
        "is_live": record.is_open,
        "badge": ENDED[record.state],
        "words": words,
        "bar": Bar("Reads of OneFile", record.done, record.total or 4, words) if record.is_open else None,
        "address": address(record),
        "again": record.centre,
    }


def _read(request: HttpRequest, record: Reconciliation) -> HttpResponse:
    fixing = Fixes(record.centre, access(request).uses_onefile)

    class Table(DifferenceTable):
        fixes = fixing

    export = f"{reverse('onefile:reconciliation-csv', args=[record.pk])}?{request.GET.urlencode()}"
    words = report_words(record)
    return list_page(
        request,
        rows_of(record),
        kind="differences",
        table_class=Table,
        filter_class=DifferenceFilter,
        empty=Empty("Both sides agree", "Every list was read whole, and nothing stands on one side only."),
        context={
            **_around(record),
            "subtitle": words if fixing.licensed else f"{words} {NO_LICENCE}",
            "actions": [],
            "downloads": [PageLink("CSV", export, about="file of all differences found")],
            "overview": _counts(record),
        },
    )


def _counts(record: Reconciliation) -> Overview:
    counted = record.rows.order_by().values_list("kind", "about").annotate(n=Count("pk"))
    counts = {(kind, about): n for kind, about, n in counted}
    numbers = {kind: [Cell(str(counts.get((kind, about), 0))) for about in Partner] for kind in map(Difference, KINDS)}
    there = {kind for kind, _ in counts}
    rows = [GridRow([Cell(link=_only(kind)), *cells]) for kind, cells in numbers.items() if kind in there]
    total = sum(counts.values())
    text = f"{total} difference{'' if total == 1 else 's'} by kind"
    return Overview(text, Grid(text, ["Difference", *(f"{name}s" for name in SHOWN_AS.values())], rows), open=True)


def _only(kind: Difference) -> PageLink:
    return PageLink(str(kind.label), f"?kind={kind.value}")


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def report_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """As filtered on the page; safe to open in a spreadsheet."""
    record = get_object_or_404(Reconciliation, pk=pk)
    found = DifferenceFilter(request.GET, queryset=rows_of(record)).qs.order_by("weight", "about", "pk")
    return csv_attachment(COLUMNS, _csv_rows(found), f"reconciliation-{record.centre}")


def _csv_rows(found: Any) -> Iterator[list[str]]:
    for row in found.iterator(chunk_size=500):
        ours = row.record
        yield [
            str(Difference(row.kind).label),
            SHOWN_AS[Partner(row.about)],
            ours.ident if ours else "",
            str(ours) if ours else "",
            str(row.onefile_id),
            row.name_there,
            row.mis_value,
            row.note,
            ADVICE[row.kind],
            SEEN_TO if Fixes.is_settled(row) else "",
        ]
