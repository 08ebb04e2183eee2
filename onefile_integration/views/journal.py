"""The journal: what was changed, by run, by learner, by field; as pages and as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.lists import sorting
from learners.models import Learner
from learners.presenters.records import learner_link
from learners.views.downloads import NOT_OF_A_FILE, csv_attachment
from learners.views.listing import list_page
from onefile_integration.access import access, licensed
from onefile_integration.journal_table import (
    ChangeFilter,
    ChangeTable,
    JournalFilter,
    JournalTable,
    LearnerJournalFilter,
    LearnerJournalTable,
)
from onefile_integration.models import ExchangePlan, Run, Step
from onefile_integration.presenters.steps import Sight, changes_of
from onefile_integration.presenters.words import SIDES, label_of
from onefile_integration.views.progress import names_in
from onefile_integration.views.runs import crumbs, nothing, only_planned, run_crumbs
from onefile_integration.words import StepState
from picsweb.display import Empty
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

COLUMNS = [
    *("KIND", "IDENT", "NAME", "STEP", "SIDE", "FIELD", "OLD", "NEW", "OUTCOME", "WHEN", "MESSAGE"),
    *("RUN", "RUN_KIND", "ENVIRONMENT", "ASKED_BY"),
]
WOULD_BE_DONE = "would_be_done"
CHUNK = 500
NO_CHANGE = {"field": "", "old": None, "new": None}
NOTHING_YET = Empty("Nothing was exchanged yet", "Each creation, refresh and synchronisation leaves its steps here.")


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    context = {"title": "OneFile journal", "breadcrumbs": crumbs()}
    export = reverse("onefile:journal-csv")
    return _page(request, _carried_out(), JournalTable, JournalFilter, export, NOTHING_YET, context)


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def journal_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _csv(request, _carried_out(), JournalTable, JournalFilter, "onefile-journal")


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run_changes(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    did = "would change" if only_planned(record) else "changed"
    context = {"title": f"What run {record.pk} {did}", "breadcrumbs": run_crumbs(record)}
    empty = Empty(nothing(record), "Both sides agreed, or nobody was eligible.")
    export = reverse("onefile:run-csv", args=[record.pk])
    return _page(request, _of_run(record), ChangeTable, ChangeFilter, export, empty, context)


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def run_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    record = get_object_or_404(Run, pk=pk)
    return _csv(request, _of_run(record), ChangeTable, ChangeFilter, f"onefile-run-{record.pk}")


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def learner_changes(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    kicker = f"{learner.ident} {learner}"
    context: dict[str, Any] = {"title": "OneFile journal", "kicker": kicker, "breadcrumbs": [learner_link(learner)]}
    export = reverse("onefile:learner-csv", args=[learner.ident])
    return _page(request, _of_learner(learner), LearnerJournalTable, LearnerJournalFilter, export, NOTHING_YET, context)


@requires(Permission.USE_ONEFILE, Permission.EXPORT_DATA)
@licensed
@require_safe
def learner_csv(request: HttpRequest, ident: str) -> StreamingHttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    name = f"onefile-journal-{learner.ident}"
    return _csv(request, _of_learner(learner), LearnerJournalTable, LearnerJournalFilter, name)


@requires(Permission.USE_ONEFILE, Permission.EXPORT_DATA)
@licensed
@require_safe
def plan_csv(request: HttpRequest, run: int, ident: str) -> StreamingHttpResponse:
    """What one exchange of a learner changed or, where it was dry, would change."""
    plan = get_object_or_404(ExchangePlan, run=run, learner__ident=ident)
    steps = Step.objects.filter(plan=plan).with_subject()
    return _csv(request, steps, ChangeTable, ChangeFilter, f"onefile-run-{run}-{ident}")


# ---- whose steps


def _carried_out() -> QuerySet[Step]:
    return Step.objects.carried_out().with_subject()


def _of_run(record: Run) -> QuerySet[Step]:
    return Step.objects.filter(plan__run=record).with_subject()


def _of_learner(learner: Learner) -> QuerySet[Step]:
    return _carried_out().filter(plan__learner=learner)


# ---- one way to show them, one to write them out


def _page(
    request: HttpRequest,
    steps: QuerySet[Step],
    table: type[ChangeTable],
    filter_class: type[ChangeFilter],
    export: str,
    empty: Empty,
    context: dict[str, Any],
) -> HttpResponse:
    only = filter_class(request.GET, queryset=steps).only
    of_this_page: type[ChangeTable] = type(table.__name__, (table,), {"Meta": table.Meta, "only": only})

    def complete(page: Sequence[Step], asked: Any) -> None:
        of_this_page.sight_of = staticmethod(_sights(request, page))

    download = PageLink("CSV", f"{export}?{_asked(request)}", about="file of all steps found")
    return list_page(
        request,
        steps,
        kind="steps",
        table_class=of_this_page,
        filter_class=filter_class,
        empty=empty,
        complete=complete,
        context={**context, "downloads": [download] if request.user.has_perm(Permission.EXPORT_DATA) else []},
    )


def _asked(request: HttpRequest) -> str:
    asked = request.GET.copy()
    for other in NOT_OF_A_FILE:
        asked.pop(other, None)
    return asked.urlencode()


def _sights(request: HttpRequest, steps: Iterable[Step]) -> Callable[[Step], Sight]:
    """How the reader sees the values of these: records are named in a constant number of queries."""
    by_environment: dict[str, list[Step]] = {}
    for step in steps:
        by_environment.setdefault(step.plan.run.environment, []).append(step)
    sees = access(request).sees_sensitive
    sights = {name: Sight(sees, names_in(those, name)) for name, those in by_environment.items()}
    return lambda step: sights[step.plan.run.environment]


def _csv(
    request: HttpRequest, steps: QuerySet[Step], table: type[ChangeTable], filter_class: type[ChangeFilter], name: str
) -> StreamingHttpResponse:
    """One row a value, as filtered and sorted on the page."""
    chosen = filter_class(request.GET, queryset=steps)
    found = table(chosen.qs, order_by=sorting(request.GET)).data.data
    return csv_attachment(COLUMNS, _rows(request, found, chosen.only), name)


def _rows(request: HttpRequest, found: QuerySet[Step], only: Sequence[str]) -> Iterator[list[str]]:
    rest = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rest, CHUNK)):
        sight_of = _sights(request, chunk)
        for step in chunk:
            yield from _rows_of(step, sight_of(step), only)


def _rows_of(step: Step, sight: Sight, only: Sequence[str]) -> Iterator[list[str]]:
    subject, run = step.plan.subject, step.plan.run
    start = [str(subject._meta.model_name), subject.ident, str(subject), step.title, SIDES[step.side]]
    at = timezone.localtime(step.begun_at).isoformat(timespec="seconds") if step.begun_at else ""
    outcome = WOULD_BE_DONE if step.plan.dry and step.state == StepState.WAITING else step.state
    end = [outcome, at, step.message, str(run.pk), run.kind, run.environment, run.asked_by]
    for change in changes_of(step, only) or [NO_CHANGE]:
        name = change["field"]
        values = [sight.text(name, change["old"]), sight.text(name, change["new"])]
        yield [*start, label_of(step.record, name) if name else "", *values, *end]
