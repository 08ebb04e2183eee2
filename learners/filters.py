"""How lists are narrowed, from the address of the page."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from learners.models import DeliveryPlanLine, FileImport, Learner, Officer, Organisation, Qualification, Tag
from learners.presenters.file_imports import kind_choices
from learners.registry import registry
from learners.values import folded
from learners.words import (
    FileImportState,
    OfficerStatus,
    OrganisationStatus,
    ProgrammeStatus,
    QualificationStatus,
    SystemStatus,
)


def search_field(label: str) -> filters.CharFilter:
    attrs = {"type": "search", "data-search-key": "", "autocomplete": "off"}
    return filters.CharFilter(label=label, method="search", widget=forms.TextInput(attrs=attrs))


class PageFilter(filters.FilterSet):
    """Bootstrap's classes on the fields; the search field comes first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            name = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = name

    @property
    def in_use(self) -> bool:
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else bool(self.data)


class LearnerFilter(PageFilter):
    q = search_field("Name, Ident, LRN, email or postcode")
    system_status = filters.ChoiceFilter(label="Status", choices=SystemStatus.choices, empty_label="All but Deleted")
    programme_status = filters.ChoiceFilter(
        label="Programme", field_name="programme_status_then", choices=ProgrammeStatus.choices, empty_label="All"
    )
    main_officer = filters.ModelChoiceFilter(label="Main officer", queryset=Officer.objects.all(), empty_label="All")
    tag = filters.ModelChoiceFilter(label="Tag", queryset=Tag.objects.all(), method="with_tag", empty_label="All")
    qualification = filters.ModelChoiceFilter(
        label="Qualification", queryset=Qualification.objects.all(), method="on_qualification", empty_label="All"
    )

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

    def with_tag(self, queryset: Any, name: str, tag: Tag) -> Any:
        tagged = Learner.tags.through.objects.filter(learner=OuterRef("pk"), tag=tag)
        return queryset.filter(Q(main_tag=tag) | Exists(tagged))

    def on_qualification(self, queryset: Any, name: str, qualification: Qualification) -> Any:
        lines = DeliveryPlanLine.objects.filter(learner=OuterRef("pk"), qualification=qualification)
        return queryset.filter(Exists(lines))


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
