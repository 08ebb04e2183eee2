"""How lists are narrowed, from the address of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from learners.models import (
    DeliveryPlanLine,
    FileImport,
    Learner,
    Officer,
    Organisation,
    Qualification,
    Review,
    Tag,
)
from learners.pace import NOT_KNOWN, paces
from learners.presenters.file_imports import kind_choices
from learners.registry import registry
from learners.services.lacking import rules as rules_of_lacking
from learners.then import end_of
from learners.values import folded
from learners.words import (
    REVIEWS_TO_DO,
    FileImportState,
    Lacking,
    OfficerStatus,
    OrganisationStatus,
    Pace,
    ProgrammeStatus,
    QualificationStatus,
    ReviewState,
    ReviewType,
    SystemStatus,
)

ANY = "all"
DUE_WITHIN = 28  # days


def search_field(label: str) -> filters.CharFilter:
    attrs = {"type": "search", "data-search-key": "", "autocomplete": "off"}
    return filters.CharFilter(label=label, method="search", widget=forms.TextInput(attrs=attrs))


def day_field(label: str, lookup: str) -> filters.DateFilter:
    field, _, expression = lookup.rpartition("__")
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return filters.DateFilter(label=label, field_name=field, lookup_expr=expression, widget=widget)


class PageFilter(filters.FilterSet):
    """Bootstrap's classes on the fields; the search field comes first. ``more`` are folded away until used."""

    more: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            name = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = name

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form if field.name not in self.more]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.more]

    @property
    def more_in_use(self) -> bool:
        return any(self.data.get(name) for name in self.more)

    @property
    def in_use(self) -> bool:
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else bool(self.data)


class LearnerFilter(PageFilter):
    q = search_field("Name, Ident, LRN, email or postcode")
    system_status = filters.ChoiceFilter(label="Status", choices=SystemStatus.choices, empty_label="All but Deleted")
    programme_status = filters.ChoiceFilter(
        label="Programme", field_name="programme_status_then", choices=ProgrammeStatus.choices, empty_label="All"
    )
    main_officer = filters.ModelChoiceFilter(
        label="Main officer", queryset=Officer.objects.all(), empty_label="All", null_label="No officer"
    )
    tag = filters.ModelChoiceFilter(label="Tag", queryset=Tag.objects.all(), method="with_tag", empty_label="All")
    qualification = filters.ModelChoiceFilter(
        label="Qualification", queryset=Qualification.objects.all(), method="on_qualification", empty_label="All"
    )

    lacks = filters.ChoiceFilter(label="Lacks", choices=Lacking.choices, method="lacking", empty_label="Not asked")
    held = filters.ChoiceFilter(
        label="Held from sync", field_name="held_from_sync", choices=[(True, "Yes"), (False, "No")], empty_label="All"
    )
    pace = filters.ChoiceFilter(
        label="Pace today", choices=[*Pace.choices, (NOT_KNOWN, "Not known")], method="with_pace", empty_label="All"
    )
    start_from = day_field("Start from", "start__gte")
    start_to = day_field("Start to", "start__lte")
    planned_end_from = day_field("Planned end from", "planned_end__gte")
    planned_end_to = day_field("Planned end to", "planned_end__lte")

    more: Sequence[str] = ("lacks", "held", "pace", "start_from", "start_to", "planned_end_from", "planned_end_to")

    class Meta:
        model = Learner
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("system_status"):
            found = found.exclude(system_status=SystemStatus.DELETED)
        return found

    def search(self, queryset: Any, name: str, value: str) -> Any:
        known_elsewhere = {pk for hook in registry.learner_search for pk in hook(value)}
        by_text = Learner.objects.found_by(value)
        return queryset.filter(Q(pk__in=by_text.values("pk")) | Q(pk__in=known_elsewhere))

    def lacking(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(rules_of_lacking()[Lacking(value)])

    def with_pace(self, queryset: Any, name: str, value: str) -> Any:
        """Worked out here, of those who have come through the filters before it."""
        found = paces(queryset, timezone.localdate())
        return queryset.filter(pk__in=[pk for pk, pace in found.items() if pace == value])

    def with_tag(self, queryset: Any, name: str, tag: Tag) -> Any:
        tagged = Learner.tags.through.objects.filter(learner=OuterRef("pk"), tag=tag)
        return queryset.filter(Q(main_tag=tag) | Exists(tagged))

    def on_qualification(self, queryset: Any, name: str, qualification: Qualification) -> Any:
        lines = DeliveryPlanLine.objects.filter(learner=OuterRef("pk"), qualification=qualification)
        return queryset.filter(Exists(lines))


def as_at(asked: Mapping[str, Any]) -> date:
    """The day that is asked for, today where none is that makes sense."""
    today = timezone.localdate()
    try:
        return min(date.fromisoformat(asked.get("as_at", "")), today)
    except ValueError:
        return today


class PaceFilter(LearnerFilter):
    """Whose pace is counted."""

    pace = None
    lacks = held = start_from = start_to = planned_end_from = planned_end_to = None
    more = ()


class ProgressFilter(LearnerFilter):
    """Learners whose record was there on the day ``as_at``. Their pace then stands in the list; today's is another."""

    pace = None
    more = tuple(name for name in LearnerFilter.more if name != "pace")

    as_at = filters.DateFilter(label="As at", method="then", widget=forms.DateInput(attrs={"type": "date"}))

    def filter_queryset(self, queryset: Any) -> Any:
        day = as_at(self.data)
        return super().filter_queryset(queryset.recorded_before(end_of(day)).with_programme_status(day))

    def then(self, queryset: Any, name: str, value: date) -> Any:
        """Done for the whole list."""
        return queryset


class ReviewFilter(PageFilter):
    """Gives each review its ``state``; unless another is asked for, those that someone must act on."""

    q = search_field("Learner's name, Ident, LRN or email")
    state = filters.ChoiceFilter(
        label="State",
        choices=[*ReviewState.choices, (ANY, "All")],
        method="in_state",
        empty_label="All that is to do",
    )
    within = filters.ChoiceFilter(
        label="Due within",
        choices=[(7, "1 week"), (14, "2 weeks"), (56, "8 weeks"), (84, "12 weeks")],
        method="due_within",
        empty_label="4 weeks",
    )
    officer = filters.ModelChoiceFilter(
        label="Officer", queryset=Officer.objects.all(), empty_label="All", null_label="No officer"
    )
    type = filters.ChoiceFilter(label="Type", choices=ReviewType.choices, empty_label="All")
    scheduled_from = day_field("Scheduled from", "scheduled_date__gte")
    scheduled_to = day_field("Scheduled to", "scheduled_date__lte")

    class Meta:
        model = Review
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        asked, today = self.form.cleaned_data, timezone.localdate()
        due_by = today + timedelta(days=int(asked.get("within") or DUE_WITHIN))
        is_to_do = asked.get("state", "") in ("", *REVIEWS_TO_DO)
        return super().filter_queryset((queryset.to_do if is_to_do else queryset.with_state)(today, due_by))

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(learner__in=Learner.objects.found_by(value))

    def in_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset if value == ANY else queryset.filter(state=value)

    def due_within(self, queryset: Any, name: str, value: str) -> Any:
        """Each state depends on it already."""
        return queryset


class FoldedFilter(PageFilter):
    """Records with a ``search_key``."""

    def search(self, queryset: Any, name: str, value: str) -> Any:
        for word in folded(value).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset


class OfficerFilter(FoldedFilter):
    q = search_field("Name, Ident or email")
    status = filters.ChoiceFilter(label="Status", choices=OfficerStatus.choices, empty_label="All")

    class Meta:
        model = Officer
        fields: list[str] = []


class OrganisationFilter(FoldedFilter):
    q = search_field("Name, Ident, postcode or EDRS")
    status = filters.ChoiceFilter(label="Status", choices=OrganisationStatus.choices, empty_label="All")

    class Meta:
        model = Organisation
        fields: list[str] = []


class TagFilter(PageFilter):
    q = search_field("Name")

    class Meta:
        model = Tag
        fields: list[str] = []

    def search(self, queryset: QuerySet[Tag], name: str, value: str) -> QuerySet[Tag]:
        for word in value.split():
            queryset = queryset.filter(name__icontains=word)
        return queryset


class QualificationFilter(PageFilter):
    q = search_field("VQ Reference or title")
    status = filters.ChoiceFilter(label="Status", choices=QualificationStatus.choices, empty_label="All")

    class Meta:
        model = Qualification
        fields: list[str] = []

    def search(self, queryset: QuerySet[Qualification], name: str, value: str) -> QuerySet[Qualification]:
        for word in value.split():
            queryset = queryset.filter(Q(vq_reference__icontains=word) | Q(title__icontains=word))
        return queryset


class FileImportFilter(PageFilter):
    q = search_field("File or person")
    kind = filters.ChoiceFilter(label="What it holds", choices=kind_choices, empty_label="All")
    state = filters.ChoiceFilter(label="Outcome", choices=FileImportState.choices, empty_label="All")

    class Meta:
        model = FileImport
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(file_name__icontains=value) | Q(uploaded_by__icontains=value))
