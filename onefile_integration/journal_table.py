"""The journal as a list: the steps of a run, of a learner, of all, with their values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from learners.filters import search_field
from learners.tables import NOWRAP, ROOMY
from onefile_integration.models import ExchangePlan, Step
from onefile_integration.models.journal import SUBJECT_MODELS, SUBJECTS, subject_columns
from onefile_integration.presenters.exchanged import field_choices, names_of_field
from onefile_integration.presenters.kinds import KIND_CHOICES
from onefile_integration.presenters.steps import Sight, changes_grid
from onefile_integration.presenters.words import SIDES, outcome_badge, run_words, when
from onefile_integration.tables import SubjectFilter, named, search_words
from onefile_integration.words import RunKind, StepState
from picsweb.tables import PageTable, SortedColumn

FEW = 200  # people of a search
RUN_KINDS = [each for each in RunKind.choices if each[0] != RunKind.PREVIEW]


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class SubjectColumn(SortedColumn):
    """What it is sorted by is asked for only then: it would be joined for every count, too."""

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        return super().order(queryset.annotate(**subject_columns("plan__")), is_descending)


class ChangeTable(PageTable):
    """The steps of one run. ``sight_of`` says of each how the reader sees its values; ``only`` names the fields asked
    for.
    """

    caption = "What was changed"

    subject = SubjectColumn(verbose_name="Name", accessor="plan__subject", by=["subject_sort"], attrs=ROOMY)
    ident = SubjectColumn(verbose_name="Ident", accessor="plan__subject__ident", by=["subject_ident"], attrs=NOWRAP)
    title = SortedColumn(verbose_name="Step", by=["title"])
    values = SortedColumn(verbose_name="Values", accessor="pk", by=["kind"])
    side = SortedColumn(verbose_name="Side", by=["side"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="Outcome", by=["state"])
    begun_at = SortedColumn(verbose_name="When", by=["begun_at"], attrs=NOWRAP)

    sight_of: Callable[[Step], Sight] = staticmethod(lambda step: Sight(sees_sensitive=False))
    only: Collection[str] = ()

    class Meta(PageTable.Meta):
        order_by: str | None = "begun_at"

    def render_subject(self, record: Step) -> str:
        return named(record.plan)

    def render_values(self, record: Step) -> str:
        grid = changes_grid(record, self.sight_of(record), self.only)
        return render_to_string("onefile_integration/_changes_cell.html", {"grid": grid, "message": record.message})

    def render_side(self, value: str, record: Step) -> str:
        return SIDES[record.side]

    def render_state(self, record: Step) -> str:
        return render_to_string("components/badge.html", {"badge": outcome_badge(record.state, record.plan.dry)})

    def render_begun_at(self, value: Any) -> str:
        return when(value)


class TimeColumn(SortedColumn):
    """Of rows that all have it: sorted as the index is, or a million rows would be sorted for one page."""

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        keys = [F(name).desc() if is_descending else F(name).asc() for name in self.by]
        return queryset.order_by(*keys, "-pk" if is_descending else "pk"), True


class JournalTable(ChangeTable):
    """The steps of many runs, each with its run and who asked for that."""

    begun_at = TimeColumn(verbose_name="When", by=["begun_at"], attrs=NOWRAP)
    run = SortedColumn(verbose_name="Run", accessor="plan__run", by=["plan__run_id"])
    asked_by = SortedColumn(verbose_name="Asked by", accessor="plan__run__asked_by", by=["plan__run__asked_by"])

    class Meta(PageTable.Meta):
        order_by = "-begun_at"

    def render_run(self, record: Step) -> str:
        run = record.plan.run
        return format_html('<a href="{}">{}</a> {}', reverse("onefile:run", args=[run.pk]), run.pk, run_words(run))


class LearnerJournalTable(JournalTable):
    """For staff, who may see their learner's exchanges and no whole run."""

    class Meta(JournalTable.Meta):
        exclude = ("subject", "ident")

    def render_run(self, record: Step) -> str:
        return named(record.plan, text=f"{record.plan.run_id} {run_words(record.plan.run)}")


class ChangeFilter(SubjectFilter):
    path = "plan__"
    q = search_field("Name, Ident or step")
    field = filters.ChoiceFilter(label="Field", choices=field_choices, method="with_field", empty_label="All")
    side = filters.ChoiceFilter(label="Side", choices=list(SIDES.items()), empty_label="Both")
    state = filters.ChoiceFilter(label="Outcome", choices=StepState.choices, empty_label="All")
    kind = filters.ChoiceFilter(label="Kind of step", choices=KIND_CHOICES, empty_label="All")
    day_from = filters.DateFilter(label="From", method="since", widget=day_input())
    day_to = filters.DateFilter(label="To", method="until", widget=day_input())

    more: Sequence[str] = ("kind", "day_from", "day_to")

    class Meta:
        model = Step
        fields: list[str] = []

    @property
    def only(self) -> tuple[str, ...]:
        """The names of the field that is asked for."""
        return names_of_field(self.form.cleaned_data.get("field") or "") if self.form.is_valid() else ()

    def search(self, queryset: Any, name: str, value: str) -> Any:
        by_subject = super().search(queryset, name, value)
        return queryset.filter(Q(pk__in=by_subject.values("pk")) | Q(title__icontains=value))

    def with_field(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.with_field(*names_of_field(value))

    def since(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(begun_at__gte=midnight(value))

    def until(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(begun_at__lt=midnight(value + timedelta(days=1)))


class JournalFilter(ChangeFilter):
    """Over a million rows: who is found by the records, what by its kind and field."""

    q = search_field("Name, Ident or email")
    run = filters.NumberFilter(label="Run", field_name="plan__run", widget=forms.NumberInput(attrs={"min": 1}))
    run_kind = filters.ChoiceFilter(label="Kind of run", choices=RUN_KINDS, method="of_kind", empty_label="All")

    more = ("kind", "run", "run_kind", "day_from", "day_to")

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """Few are named by their keys: the database would look for them through the whole journal, day by day."""
        named = [model._default_manager.filter(search_words(value)).values("pk") for model in SUBJECT_MODELS]
        keys = [[row["pk"] for row in each[: FEW + 1]] for each in named]
        are_few = all(len(each) <= FEW for each in keys)
        each = [Q(**{f"{kind}__in": found}) for kind, found in zip(SUBJECTS, keys if are_few else named, strict=True)]
        plans = ExchangePlan.objects.filter(each[0] | each[1] | each[2]).order_by()
        return queryset.filter(plan__in=plans) if any(keys) else queryset.none()

    def of_kind(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Exists(ExchangePlan.objects.filter(pk=OuterRef("plan"), kind=value)))


class LearnerJournalFilter(JournalFilter):
    q = search_field("Step")

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(title__icontains=value)


def midnight(day: date) -> datetime:
    """London's."""
    return timezone.make_aware(datetime.combine(day, time.min))
