"""The list of incidents."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.urls import reverse

from learners.filters import PageFilter, search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.models import Incident
from onefile_integration.presenters.incidents import TO_DO, mails_words
from onefile_integration.presenters.words import when
from onefile_integration.words import IncidentKind
from picsweb.display import Link
from picsweb.tables import PageTable, RowLinks, SortedColumn

STATES = [("open", "Open"), ("over", "Over")]


def links_of(incident: Any) -> list[Link]:
    if incident.kind == IncidentKind.FAULT and incident.closed_at is None:
        return [Link("Settings", reverse("onefile:settings"), window=True)]
    if incident.run_id is None:
        return []
    return [Link(f"Run {incident.run_id}", reverse("onefile:run", args=[incident.run_id]))]


class IncidentTable(PageTable):
    caption = "Incidents"

    kind = SortedColumn(verbose_name="What", by=["kind"])
    opened_at = SortedColumn(verbose_name="Noticed", by=["opened_at"], attrs=NOWRAP)
    closed_at = SortedColumn(verbose_name="Over", by=["closed_at"], attrs=NOWRAP, empty_values=())
    text = SortedColumn(verbose_name="What was wrong", by=["text"], attrs=ROOMY)
    mails = SortedColumn(verbose_name="Mails", accessor="pk", by=["sent"])
    links = RowLinks(links_of)

    class Meta(PageTable.Meta):
        order_by = "-opened_at"

    def render_kind(self, record: Incident) -> str:
        return str(record.get_kind_display())

    def render_text(self, record: Incident) -> str:
        return record.text if record.closed_at else f"{record.text} {TO_DO[record.kind]}"

    def render_opened_at(self, value: Any) -> str:
        return when(value)

    def render_closed_at(self, value: Any) -> str:
        return when(value) or "Not yet"

    def render_mails(self, record: Any) -> str:
        return mails_words(record.sent, record.unsent)


class IncidentFilter(PageFilter):
    q = search_field("Words of the text")
    kind = filters.ChoiceFilter(label="What", choices=IncidentKind.choices, empty_label="All")
    state = filters.ChoiceFilter(label="State", choices=STATES, empty_label="All", method="by_state")

    class Meta:
        model = Incident
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(text__icontains=value)

    def by_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(closed_at__isnull=value == "open")
