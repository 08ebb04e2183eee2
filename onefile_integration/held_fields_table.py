"""The list of held fields."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html

from learners.filters import search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.models import HeldField
from onefile_integration.presenters.addresses import held_fields_address
from onefile_integration.presenters.held_fields import FIELDS, badge, field_words, freed_words, held_words, record_words
from onefile_integration.tables import SubjectFilter
from picsweb.tables import ChoiceColumn, PageTable, SortedColumn


class HeldFieldTable(PageTable):
    """``names``: of lines and reviews, by key; the rows come from ``with_subject``."""

    caption = "Held fields"

    chosen = ChoiceColumn("held", accessor="pk")
    subject = SortedColumn(verbose_name="Name", by=["subject_sort"], attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", accessor="subject_ident", by=["subject_ident"], attrs=NOWRAP)
    record = SortedColumn(verbose_name="Of", by=["record"])
    field = SortedColumn(verbose_name="Field", by=["field"])
    state = SortedColumn(verbose_name="State", accessor="pk", by=["freed_at"])
    held_at = SortedColumn(verbose_name="Held", by=["held_at"])
    why = SortedColumn(verbose_name="Why", by=["why"])
    freed_at = SortedColumn(verbose_name="Freed", by=["freed_at"])

    names: dict[str, str] = {}

    class Meta(PageTable.Meta):
        order_by = "-held_at"

    def render_chosen(self, value: Any, record: HeldField) -> str:
        """Nothing where there is nothing left to free."""
        if record.freed_at:
            return ""
        text = '<input type="checkbox" name="held" value="{}" aria-label="Choose {} of {}">'
        return format_html(text, value, field_words(record), record.subject)

    def render_subject(self, record: HeldField) -> str:
        subject = record.subject
        return format_html('<a href="{}" data-window>{}</a>', held_fields_address(subject), subject)

    def render_record(self, record: HeldField) -> str:
        return record_words(record, self.names)

    def render_field(self, record: HeldField) -> str:
        return field_words(record)

    def render_state(self, record: HeldField) -> str:
        return render_to_string("components/badge.html", {"badge": badge(record)})

    def render_held_at(self, record: HeldField) -> str:
        return held_words(record)

    def render_freed_at(self, record: HeldField) -> str:
        return freed_words(record)


class HeldFieldFilter(SubjectFilter):
    q = search_field("Name, Ident, reason or who")
    field = filters.ChoiceFilter(label="Field", method="with_field", choices=FIELDS, empty_label="All")
    state = filters.ChoiceFilter(
        label="State", method="with_state", choices=[("held", "Held"), ("freed", "Freed")], empty_label="All"
    )

    class Meta:
        model = HeldField
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        by_subject = super().search(queryset, name, value)
        said = Q(why__icontains=value) | Q(held_by__icontains=value) | Q(freed_by__icontains=value)
        return queryset.filter(Q(pk__in=by_subject.values("pk")) | said)

    def with_field(self, queryset: Any, name: str, value: str) -> Any:
        record, _, field = value.partition(".")
        return queryset.filter(record__startswith=f"{record}:", field=field)

    def with_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(freed_at__isnull=value == "held")
