"""Lists of runs, and of those who are exchanged in a run."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from learners.filters import PageFilter, search_field
from learners.tables import NOWRAP, ROOMY
from learners.values import folded
from onefile_integration.models import ExchangePlan, Run
from onefile_integration.models.journal import SUBJECTS
from onefile_integration.presenters.addresses import plan_address
from onefile_integration.presenters.words import looked_at_badge, many_badge, run_words, when, whole_badge
from onefile_integration.words import FailureKind, PlanState, RowOutcome, RunKind, RunState
from picsweb.tables import LinkedColumn, PageTable, SortedColumn

ASKS = [(RowOutcome.QUESTION, "Would be asked, in a dry run")]


class RunTable(PageTable):
    caption = "Runs"

    started = LinkedColumn(
        verbose_name="Started", by=["started_at"], href_of=lambda run: reverse("onefile:run", args=[run.pk])
    )
    kind = SortedColumn(verbose_name="What", by=["kind"])
    state = SortedColumn(verbose_name="State", by=["state"])
    planned = SortedColumn(verbose_name="Learners", by=["planned"])
    failed = SortedColumn(verbose_name="Failed", by=["failed"])
    calls = SortedColumn(verbose_name="Calls", by=["calls"])
    asked_by = SortedColumn(verbose_name="Asked by", by=["asked_by"])
    finished_at = SortedColumn(verbose_name="Finished", by=["finished_at"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "-started"

    def render_started(self, record: Run) -> str:
        return format_html('<a href="{}">{}</a>', reverse("onefile:run", args=[record.pk]), when(record.started_at))

    def render_kind(self, record: Run) -> str:
        return run_words(record)

    def render_state(self, record: Run) -> str:
        return render_to_string("components/badge.html", {"badge": whole_badge(record)})

    def render_finished_at(self, value: Any) -> str:
        return when(value)


class RunFilter(PageFilter):
    q = search_field("Asked by")
    kind = filters.ChoiceFilter(label="What", choices=RunKind.choices, empty_label="All")
    state = filters.ChoiceFilter(label="State", choices=RunState.choices, empty_label="All")

    class Meta:
        model = Run
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(asked_by__icontains=value)


class EnrolmentTable(PageTable):
    """Lists of learners to be enrolled, and the runs that came of them."""

    caption = "Enrolments"

    started = LinkedColumn(
        verbose_name="Started", by=["started_at"], href_of=lambda run: reverse("onefile:many", args=[run.pk])
    )
    kind = SortedColumn(verbose_name="What", by=["kind"])
    asked_by = SortedColumn(verbose_name="Who", by=["asked_by"])
    planned = SortedColumn(verbose_name="Learners", by=["planned"])
    ready = SortedColumn(verbose_name="Ready", by=["ready"])
    created = SortedColumn(verbose_name="Created", by=["created"])
    left = SortedColumn(verbose_name="Not looked at yet, or left", by=["left"])
    state = SortedColumn(verbose_name="State", by=["state"])

    class Meta(PageTable.Meta):
        order_by = "-started"

    def render_started(self, record: Run) -> str:
        return format_html('<a href="{}">{}</a>', reverse("onefile:many", args=[record.pk]), when(record.started_at))

    def render_kind(self, record: Run) -> str:
        return "List" if record.kind == RunKind.PREVIEW else "Creating"

    def render_ready(self, record: Any) -> str:
        return str(record.ready) if record.kind == RunKind.PREVIEW else ""

    def render_created(self, record: Any) -> str:
        return str(record.created) if record.kind == RunKind.ENROL else ""

    def render_state(self, record: Run) -> str:
        return render_to_string("components/badge.html", {"badge": many_badge(record)})


class EnrolmentFilter(PageFilter):
    q = search_field("Who")

    class Meta:
        model = Run
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(asked_by__icontains=value)


def named(plan: ExchangePlan, text: str = "") -> str:
    """Leads to the exchange; an officer and an organisation say what they are."""
    subject = plan.subject
    what = "" if plan.learner_id else f" ({subject._meta.verbose_name})"
    return format_html('<a href="{}" data-window>{}</a>', plan_address(plan, subject), text or f"{subject}{what}")


class PlanTable(PageTable):
    """The learners, officers and organisations of one run; the rows come from ``with_subject``."""

    caption = "Exchanges of the run"

    subject = SortedColumn(verbose_name="Name", by=["subject_sort"], attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", accessor="subject_ident", by=["subject_ident"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="State", by=["state"])
    failure_kind = SortedColumn(verbose_name="Failure", accessor="pk", by=["failure_kind", "noted_kind"])
    said = SortedColumn(verbose_name="What was said", accessor="pk", by=["failure_message"])
    ended_at = SortedColumn(verbose_name="Ended", by=["ended_at"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "subject"

    def render_subject(self, record: ExchangePlan) -> str:
        return named(record)

    def render_state(self, record: ExchangePlan) -> str:
        return render_to_string("components/badge.html", {"badge": looked_at_badge(record.state, record.dry)})

    def render_said(self, record: ExchangePlan) -> str:
        lines = [record.failure_message, *(note["text"] for note in record.notes)]
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines if line))

    def render_failure_kind(self, record: ExchangePlan) -> str:
        return str(record.get_failure_kind_display() or record.get_noted_kind_display())

    def render_ended_at(self, value: Any) -> str:
        return when(value)


def search_words(text: str, path: str = "") -> Q:
    """All words stand in the search key; ``path`` leads to the record."""
    return Q(*(Q(**{f"{path}search_key__contains": word}) for word in folded(text).split()))


class SubjectFilter(PageFilter):
    """Found by name, Ident or email of the learner, officer or organisation; ``path`` leads to the plan."""

    path = ""

    def search(self, queryset: Any, name: str, value: str) -> Any:
        found = [search_words(value, f"{self.path}{kind}__") for kind in SUBJECTS]
        return queryset.filter(found[0] | found[1] | found[2])


class PlanFilter(SubjectFilter):
    q = search_field("Name, Ident or email")
    state = filters.ChoiceFilter(label="State", choices=PlanState.choices, empty_label="All")
    failure = filters.ChoiceFilter(label="Failure", choices=FailureKind.choices, empty_label="All", method="by_failure")
    asks = filters.ChoiceFilter(label="Question", field_name="outcome", choices=ASKS, empty_label="Either")

    class Meta:
        model = ExchangePlan
        fields: list[str] = []

    def by_failure(self, queryset: Any, name: str, value: str) -> Any:
        """Of the whole, or of a part of it."""
        return queryset.filter(Q(failure_kind=value) | Q(failure_kind="", noted_kind=value))


class DryPlanFilter(PlanFilter):
    """Says the states as the rows of a dry run do."""

    state = filters.ChoiceFilter(
        label="State", choices=[(state, looked_at_badge(state, True).text) for state in PlanState], empty_label="All"
    )
