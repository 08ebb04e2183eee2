"""To what many learners are changed. The names are prefixed: they stand in one address with the list's filters."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from learners.forms.pickers import organisation_field
from learners.models import Officer, Tag
from learners.words import OfficerStatus, PlacementType, SystemStatus
from picsweb.forms import PageForm

PREFIX = "to"


class BulkForm(PageForm, forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=PREFIX, **kwargs)


def _officers(form: BulkForm, name: str) -> forms.ModelChoiceField[Officer]:
    return cast("forms.ModelChoiceField[Officer]", form.fields[name])


def _live_officers() -> QuerySet[Officer]:
    return Officer.objects.filter(status=OfficerStatus.LIVE)


class MainOfficerForm(BulkForm):
    main_officer = forms.ModelChoiceField(queryset=Officer.objects.none(), label="Main officer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _officers(self, "main_officer").queryset = _live_officers()


class TagForm(BulkForm):
    tag = forms.ModelChoiceField(queryset=Tag.objects.all(), label="Tag")


class BulkPlacementForm(BulkForm):
    organisation = organisation_field(label="Organisation", help_text="Its Ident or its name.")
    type = forms.ChoiceField(choices=PlacementType.choices, label="Type")
    start = forms.DateField(label="Start")
    ends_current = forms.BooleanField(
        required=False,
        label="End current placements of this type on the day before",
        help_text="Whoever has one that starts on that day or later is left as is, and listed.",
    )


class SystemStatusForm(BulkForm):
    system_status = forms.ChoiceField(choices=SystemStatus.choices, label="Status")


class CaseloadForm(BulkForm):
    to = forms.ModelChoiceField(queryset=Officer.objects.none(), label="New officer")
    lines = forms.BooleanField(required=False, initial=True, label="Assessor of qualifications that have not ended")
    reviews = forms.BooleanField(required=False, initial=True, label="Officer of reviews from today on")
    roles = forms.BooleanField(required=False, initial=True, label="Other roles with learners, such as Mentor")

    grouping = [("Besides main officer, hand over", ["lines", "reviews", "roles"])]

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _officers(self, "to").queryset = _live_officers().exclude(pk=officer.pk)
