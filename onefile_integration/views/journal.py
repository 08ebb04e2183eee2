"""The journal: what runs changed, as pages and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from learners.models import Officer, Organisation
from learners.views.downloads import csv_attachment
from learners.views.listing import list_page
from onefile_integration.access import access
from onefile_integration.journal_table import ChangeFilter, ChangeTable
from onefile_integration.models import Centre, Run, Standard, Step
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.words import SIDES, label_of
from onefile_integration.views.runs import run_crumbs
from picsweb.display import Empty
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

COLUMNS = ["KIND", "IDENT", "NAME", "STEP", "SIDE", "FIELD", "OLD", "NEW", "OUTCOME", "WHEN", "MESSAGE"]


def _steps(record: Run) -> Any:
    return Step.objects.filter(plan__run=record).with_subject()


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run_changes(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    names = names_of(record)

    class Table(ChangeTable):
        sight = Sight(access(request).sees_sensitive, names)

    export = f"{reverse('onefile:run-csv', args=[record.pk])}?{request.GET.urlencode()}"
    return list_page(
        request,
        _steps(record),
        kind="steps",
        table_class=Table,
        filter_class=ChangeFilter,
        empty=Empty("Nothing was changed", "Both sides agreed, or nobody was eligible."),
        context={
            "title": f"What run {record.pk} changed",
            "breadcrumbs": run_crumbs(record),
            "actions": [PageLink("Download as CSV", export)],
        },
    )


def names_of(record: Run) -> dict[str, str]:
    """All officers, employers, centres and standards that the run's values can name, in four queries."""
    names = {f"officer:{each.pk}": str(each) for each in Officer.objects.all()}
    employers = Organisation.objects.filter(placements__learner__onefile_plans__run=record).distinct()
    names |= {f"organisation:{each.pk}": str(each) for each in employers}
    names |= {f"centre:{each.onefile_id}": each.name for each in Centre.objects.filter(environment=record.environment)}
    standards = Standard.objects.filter(centre__environment=record.environment)
    return names | {f"standard_id:{each.onefile_id}": each.title for each in standards}


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """One row a value, as filtered on the page; safe to open in a spreadsheet."""
    record = get_object_or_404(Run, pk=pk)
    steps = ChangeFilter(request.GET, queryset=_steps(record)).qs
    sight = Sight(access(request).sees_sensitive, names_of(record))
    return csv_attachment(COLUMNS, _csv_rows(steps, sight), f"onefile-run-{record.pk}")


def _csv_rows(steps: Any, sight: Sight) -> Iterator[list[str]]:
    for step in steps.iterator(chunk_size=500):
        subject = step.plan.subject
        start = [str(subject._meta.model_name), subject.ident, str(subject), step.title, SIDES[step.side]]
        end = [step.state, step.ended_at.isoformat(timespec="seconds") if step.ended_at else "", step.message]
        for change in step.changes or [{"field": "", "old": None, "new": None}]:
            name = change["field"]
            values = [sight.text(name, change["old"]), sight.text(name, change["new"])]
            yield [*start, label_of(step.record, name) if name else "", *values, *end]
