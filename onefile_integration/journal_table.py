"""What runs changed, as a list."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.template.loader import render_to_string

from learners.filters import search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.models import Step
from onefile_integration.presenters.steps import Sight, changes_grid
from onefile_integration.presenters.words import SIDES, step_badge, when
from onefile_integration.tables import SubjectFilter, named
from onefile_integration.words import StepState
from picsweb.tables import PageTable, SortedColumn


class ChangeTable(PageTable):
    """The steps of one run, with their values. ``sight`` says who looks."""

    caption = "What was changed"

    subject = SortedColumn(verbose_name="Name", accessor="plan__subject", by=["subject_sort"], attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", accessor="subject_ident", by=["subject_ident"], attrs=NOWRAP)
    title = SortedColumn(verbose_name="Step", by=["title"])
    values = SortedColumn(verbose_name="Values", accessor="pk", by=["kind"])
    side = SortedColumn(verbose_name="Side", by=["side"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="Outcome", by=["state"])
    ended_at = SortedColumn(verbose_name="When", by=["ended_at"], attrs=NOWRAP)

    sight = Sight(sees_sensitive=False)

    class Meta(PageTable.Meta):
        order_by = "ended_at"

    def render_subject(self, record: Step) -> str:
        return named(record.plan)

    def render_values(self, record: Step) -> str:
        grid = changes_grid(record, self.sight)
        return render_to_string("onefile_integration/_changes_cell.html", {"grid": grid, "message": record.message})

    def render_side(self, value: str, record: Step) -> str:
        return SIDES[record.side]

    def render_state(self, record: Step) -> str:
        return render_to_string("components/badge.html", {"badge": step_badge(record.state)})

    def render_ended_at(self, value: Any) -> str:
        return when(value)


class ChangeFilter(SubjectFilter):
    path = "plan__"
    q = search_field("Name, Ident or step")
    side = filters.ChoiceFilter(label="Side", choices=list(SIDES.items()), empty_label="Both")
    state = filters.ChoiceFilter(label="Outcome", choices=StepState.choices, empty_label="All")

    class Meta:
        model = Step
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        by_subject = super().search(queryset, name, value)
        return queryset.filter(Q(pk__in=by_subject.values("pk")) | Q(title__icontains=value))
