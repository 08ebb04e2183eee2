"""The list of what a run changed here, to be put back step by step, or one field of many."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.template.loader import render_to_string
from django.utils.html import format_html

from learners.filters import search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.journal_table import SubjectColumn
from onefile_integration.models import Step
from onefile_integration.presenters.addresses import undo_address
from onefile_integration.presenters.held_fields import FIELDS
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.undo import groups
from onefile_integration.presenters.words import when
from onefile_integration.rules.undo import WHOLE, WHOLE_KINDS
from onefile_integration.tables import SubjectFilter
from picsweb.tables import ChoiceColumn, PageTable, SortedColumn

ADDED = f"review.{WHOLE}"
EVERY = [*FIELDS, (ADDED, "Reviews added or removed")]


class UndoTable(PageTable):
    """Steps that can be put back, each with ``judged``; ``only`` names the field of the filter."""

    caption = "What can be put back"

    chosen = ChoiceColumn("step", accessor="pk")
    subject = SubjectColumn(verbose_name="Name", accessor="plan__subject", by=["subject_sort"], attrs=ROOMY)
    ident = SubjectColumn(verbose_name="Ident", accessor="plan__subject__ident", by=["subject_ident"], attrs=NOWRAP)
    title = SortedColumn(verbose_name="Step", by=["title"])
    values = SortedColumn(verbose_name="Now, and before the run", accessor="pk", by=["kind"])
    ended_at = SortedColumn(verbose_name="When", by=["ended_at"], attrs=NOWRAP)

    sight = Sight(sees_sensitive=False)
    only = ""

    class Meta(PageTable.Meta):
        order_by = "subject"

    def render_chosen(self, value: Any, record: Step) -> str:
        """A step; where the list is narrowed to one field, that field of it."""
        text = '<input type="checkbox" name="step" value="{}" aria-label="Choose {}: {}">'
        return format_html(text, f"{value}:{self.only}" if self.only else value, record.plan.subject, record.title)

    def render_subject(self, record: Step) -> str:
        subject = record.plan.subject
        return format_html('<a href="{}" data-window>{}</a>', undo_address(record.plan, subject), subject)

    def render_values(self, record: Any) -> str:
        shown = [part for group in groups(record.judged, self.sight) for part in group.parts]
        return render_to_string("onefile_integration/_undo_cell.html", {"parts": shown})

    def render_ended_at(self, value: Any) -> str:
        return when(value)


class UndoFilter(SubjectFilter):
    path = "plan__"
    q = search_field("Name or Ident")
    field = filters.ChoiceFilter(label="Field", method="with_field", choices=EVERY, empty_label="All")

    class Meta:
        model = Step
        fields: list[str] = []

    def with_field(self, queryset: Any, name: str, value: str) -> Any:
        if value == ADDED:
            return queryset.filter(kind__in=WHOLE_KINDS)
        return queryset.exclude(kind__in=WHOLE_KINDS).with_field(value)
