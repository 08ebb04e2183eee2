"""The list of records whose last exchange failed."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.urls import reverse
from django.utils.html import format_html

from learners.filters import search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.models import ExchangePlan
from onefile_integration.presenters.failing import kind_of, way
from onefile_integration.presenters.words import when
from onefile_integration.tables import SubjectFilter, named
from onefile_integration.words import FailureKind
from picsweb.tables import PageTable, SortedColumn


class FailureTable(PageTable):
    """Rows of ``failing`` and ``with_subject``. ``sees_runs``: whether the pages of runs are open to the reader."""

    caption = "Records whose last exchange failed"
    sees_runs = False

    subject = SortedColumn(verbose_name="Name", by=["subject_sort"], attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", accessor="subject_ident", by=["subject_ident"], attrs=NOWRAP)
    failed_kind = SortedColumn(verbose_name="Failure", by=["failed_kind"])
    failure_message = SortedColumn(verbose_name="What was said", accessor="pk", by=["failure_message"])
    way = SortedColumn(verbose_name="The way on", accessor="pk", by=["failed_kind"])
    run = SortedColumn(verbose_name="In", accessor="run_id", by=["run_id"], attrs=NOWRAP)
    ended_at = SortedColumn(verbose_name="When", by=["ended_at"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "subject"

    def render_subject(self, record: ExchangePlan) -> str:
        return named(record)

    def render_failed_kind(self, record: ExchangePlan) -> str:
        return str(FailureKind(kind_of(record)).label)

    def render_failure_message(self, record: ExchangePlan) -> str:
        return said(record)

    def render_way(self, record: ExchangePlan) -> str:
        return way(record)

    def render_run(self, record: ExchangePlan) -> str:
        words = f"Run {record.run_id}"
        if not self.sees_runs:
            return words
        return format_html('<a href="{}">{}</a>', reverse("onefile:run", args=[record.run_id]), words)

    def render_ended_at(self, value: Any) -> str:
        return when(value)


def said(plan: ExchangePlan) -> str:
    """Of a part that failed, what the notes say."""
    notes = [note["text"] for note in plan.notes if note["kind"] != "note"]
    return plan.failure_message or " ".join(notes)


class FailureFilter(SubjectFilter):
    q = search_field("Name, Ident or email")
    failure = filters.ChoiceFilter(
        label="Failure", field_name="failed_kind", choices=FailureKind.choices, empty_label="All"
    )

    class Meta:
        model = ExchangePlan
        fields: list[str] = []
