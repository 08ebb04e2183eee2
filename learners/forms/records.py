"""Forms of the records. They check what is typed; only services write."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import Q

from learners.forms.pickers import organisation_field
from learners.lldd import LLDD_NAMES
from learners.models import (
    Break,
    DeliveryPlanLine,
    Learner,
    LearnerOfficer,
    Officer,
    Organisation,
    Placement,
    Qualification,
    Review,
    Tag,
    Unit,
)
from learners.officer_roles import OFFICER_ROLES
from learners.sensitive import SENSITIVE_FIELDS
from learners.values import cleaned
from learners.words import (
    LLDD_CATEGORIES,
    OfficerStatus,
    QualificationStatus,
    ReviewType,
)
from picsweb.forms import PageForm

ROLE_CHOICES = [(role, role) for role in OFFICER_ROLES]
LLDD_CHOICES = [(code, f"{code} {LLDD_NAMES[code]}") for code in LLDD_CATEGORIES]


class RecordForm(PageForm, forms.ModelForm):  # type: ignore[type-arg]
    """A form of one record. Drop-downs offer what is live, and what the record already has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("main_officer", "assessor", "officer"):
            if name in self.fields:
                held = getattr(self.instance, f"{name}_id")
                _choice(self, name).queryset = Officer.objects.filter(Q(status=OfficerStatus.LIVE) | Q(pk=held))
        if "qualification" in self.fields:
            live = Q(status=QualificationStatus.LIVE) | Q(pk=self.instance.qualification_id)
            _choice(self, "qualification").queryset = Qualification.objects.filter(live)

    def validate_unique(self) -> None:
        """Left to the services, which know the whole record."""

    def validate_constraints(self) -> None:
        """Left to the services, too."""


def _choice(form: RecordForm, name: str) -> forms.ModelChoiceField[Any]:
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


class LearnerForm(RecordForm):
    ident = forms.CharField(
        required=False, max_length=5, label="Ident", help_text="Five letters or digits. Left blank, one is made."
    )
    uln = forms.CharField(required=False, max_length=20, label="ULN")
    nino = forms.CharField(required=False, max_length=20, label="NI number")
    lldd_primary = forms.TypedChoiceField(
        required=False,
        label="Primary LLDD category",
        choices=[("", "---------"), *LLDD_CHOICES],
        coerce=int,
        empty_value=None,
    )
    lldd_others = forms.TypedMultipleChoiceField(
        required=False,
        label="Other LLDD categories",
        choices=LLDD_CHOICES,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    grouping = [
        ("Person", ["ident", "forenames", "surname", "date_of_birth", "sex", "uln", "nino"]),
        ("Contact", ["email", "telephone", "mobile"]),
        ("Address", ["address1", "address2", "address3", "address4", "postcode"]),
        (
            "Programme",
            ["system_status", "start", "planned_end", "actual_end", "main_officer", "main_tag", "tags"],
        ),
        ("Numbers of the ILR", ["ukprn", "lrn"]),
        ("Monitoring", ["ethnicity", "lldd", "lldd_primary", "lldd_others"]),
        ("Synchronisation", ["held_from_sync", "held_reason"]),
    ]

    class Meta:
        model = Learner
        fields = [
            *("ident", "forenames", "surname", "date_of_birth", "sex", "uln", "nino"),
            *("email", "telephone", "mobile"),
            *("address1", "address2", "address3", "address4", "postcode"),
            *("system_status", "start", "planned_end", "actual_end", "main_officer", "main_tag", "tags"),
            *("ukprn", "lrn", "ethnicity", "lldd", "lldd_primary", "lldd_others"),
            *("held_from_sync", "held_reason"),
        ]
        labels = {
            "address1": "Address line 1",
            "address2": "Address line 2",
            "address3": "Address line 3",
            "address4": "Address line 4",
            "lldd": "Learning difficulty, disability or health problem (LLDD)",
            "held_from_sync": "Hold from synchronisation",
            "held_reason": "Why it is held",
        }
        widgets = {"tags": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, sees_sensitive: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gone = () if sees_sensitive else SENSITIVE_FIELDS
        for name in (*gone, *(["ident"] if self.instance.pk else [])):
            del self.fields[name]
        if not self.instance.pk:
            for name in ("forenames", "surname", "start"):
                self.fields[name].required = True

    def clean_ident(self) -> str:
        return _unspaced(self.cleaned_data["ident"])

    def clean_uln(self) -> str:
        return _unspaced(self.cleaned_data["uln"])

    def clean_nino(self) -> str:
        return _unspaced(self.cleaned_data["nino"])


def _unspaced(text: str) -> str:
    return "".join(cleaned(text).split()).upper()


class OfficerForm(RecordForm):
    roles = forms.MultipleChoiceField(required=False, choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Officer
        fields = ["forenames", "surname", "email", "telephone", "mobile", "status", "roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["surname"].required = True


class OrganisationForm(RecordForm):
    grouping = [
        ("Address", ["address1", "address2", "address3", "address4", "address5", "postcode"]),
        ("Contact", ["contact", "telephone", "email", "website"]),
    ]

    class Meta:
        model = Organisation
        fields = [
            *("name", "edrs", "status"),
            *("address1", "address2", "address3", "address4", "address5", "postcode"),
            *("contact", "telephone", "email", "website"),
        ]
        labels = {f"address{number}": f"Address line {number}" for number in range(1, 6)}


class QualificationForm(RecordForm):
    class Meta:
        model = Qualification
        fields = ["vq_reference", "title", "level", "awarding_body", "status"]
        help_texts = {"vq_reference": "The code that stands in square brackets at the end of OneFile's standard."}


class TagForm(RecordForm):
    class Meta:
        model = Tag
        fields = ["name"]


class TagMergeForm(PageForm, forms.Form):
    into = forms.ModelChoiceField(label="Into", queryset=Tag.objects.none(), help_text="The tag that stays.")

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Any]", self.fields["into"]).queryset = Tag.objects.exclude(pk=tag.pk)


class PartForm(RecordForm):
    """A form of what hangs on ``learner``.

    ``locked`` names fields that another system keeps: they are not in the form, so no request changes them.
    """

    def __init__(self, *args: Any, learner: Learner, locked: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        for name in locked:
            self.fields.pop(name, None)


class LineForm(PartForm):
    grouping = [
        ("Progress", ["total_elements", "elements_done"]),
        (
            "Registration and certificate",
            ["registration_number", "registration_date", "certificate_applied", "certificate_received"],
        ),
    ]

    class Meta:
        model = DeliveryPlanLine
        fields = [
            *("qualification", "assessor", "start", "planned_end", "actual_end"),
            *("total_elements", "elements_done"),
            *("registration_number", "registration_date", "certificate_applied", "certificate_received"),
        ]


class UnitForm(PartForm):
    class Meta:
        model = Unit
        fields = ["line", "reference", "title", "actual_end"]
        labels = {"line": "Qualification"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["line"]
        else:
            _choice(self, "line").queryset = self.learner.delivery_plan.select_related("qualification")


class ReviewForm(PartForm):
    type = forms.ChoiceField(choices=ReviewType.choices)
    grouping = [
        ("Scheduled", ["scheduled_date", "start_time", "officer"]),
        ("What happened", ["attended", "actual_date", "actual_time"]),
        ("Signed on", ["trainee_signed", "officer_signed", "employer_signed"]),
        ("Notes", ["notes"]),
    ]

    class Meta:
        model = Review
        fields = [
            *("type", "scheduled_date", "start_time", "officer"),
            *("attended", "actual_date", "actual_time"),
            *("trainee_signed", "officer_signed", "employer_signed", "notes"),
        ]
        labels = {
            "trainee_signed": "Trainee signed",
            "officer_signed": "Officer signed",
            "employer_signed": "Employer signed",
        }


class PlacementForm(PartForm):
    organisation = organisation_field(help_text="Its Ident, or words of its name to find it by.")

    class Meta:
        model = Placement
        fields = ["organisation", "type", "start", "end"]


class BreakForm(PartForm):
    class Meta:
        model = Break
        fields = ["from_date", "to_date"]
        help_texts = {
            "from_date": "The first day of the break.",
            "to_date": "The last day of the break. Blank: nobody knows yet.",
        }


class LearnerOfficerForm(PartForm):
    role = forms.ChoiceField(choices=[("", "---------"), *ROLE_CHOICES])

    class Meta:
        model = LearnerOfficer
        fields = ["officer", "role"]
