"""Forms of the OneFile windows. They check what is typed; only the exchange and its configuration write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.contrib.auth.models import User

from learners.officer_roles import OFFICER_ROLES
from onefile_integration.exchange import links
from onefile_integration.exchange.connection import is_on
from onefile_integration.models import Settings
from onefile_integration.presenters.settings import WORDS
from onefile_integration.rules.settings import TABLE, Setting, on_off
from onefile_integration.words import Environment
from picsweb.forms import PageForm


class IdForm(PageForm, forms.Form):
    """A OneFile ID as people paste it."""

    onefile_id = forms.CharField(
        label="OneFile ID",
        max_length=40,
        help_text="Digits only, normally 6 or 7. It stands in the address of the record's page in OneFile.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        strip=False,
    )

    def clean_onefile_id(self) -> int:
        try:
            return links.parse_id(self.cleaned_data["onefile_id"])
        except links.BadLink as why:
            raise forms.ValidationError(str(why)) from None

    @property
    def number(self) -> int:
        number: Any = self.cleaned_data["onefile_id"]
        return int(number)


class SettingsForm(PageForm, forms.Form):
    """Built from the table of settings."""

    grouping = [
        ("Connection", ["enabled", "environment", "switch", "customer_token", "calls_per_minute", "people_share"]),
        ("Updates", ["learner_mode", "officer_mode", "organisation_mode", "push_main_officer", "push_employer"]),
        ("Creating learners", ["classroom_from_main_tag", "default_classroom", "send_officer_email"]),
        ("Additional Assessors", ["additional_assessors"]),
        ("Reviews", ["upload_reviews", "upload_reviews_from", "visit_type", "download_reviews"]),
        ("The nightly run", ["nightly_at", "months_after_end", "paused_until", "guard_share", "guard_least"]),
        ("Alerts", ["alerts_to"]),
    ]

    customer_token = forms.CharField(
        label="Customer Token",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept encrypted and never shown. Left blank, the token that is set stays. "
        "It belongs to the environment chosen above.",
        max_length=4000,
    )

    def clean(self) -> dict[str, Any]:
        """The field ``switch`` is there only where another environment is asked for."""
        values = self.cleaned_data
        if "switch" in self.fields and not values.get("switch"):
            again = " Type the token again, too." if values.get("customer_token") else ""
            self.add_error("switch", f"Nothing is saved yet. Read above what it means, and tick this.{again}")
        return values

    @property
    def switches_to(self) -> str:
        """The other environment that is asked for, or blank."""
        return str(self.cleaned_data.get("environment", "")) if "switch" in self.fields else ""

    def texts(self) -> dict[str, str]:
        """As the table reads them."""
        return {row.key: _text(self.cleaned_data[row.key]) for row in TABLE}


def settings_form(data: Any, settings: Settings) -> SettingsForm:
    """The form with a field for each row of the table, filled with what is set now. On a copy of another installation
    the integration is off: who saves anything else there does not switch it on.
    """
    now = {row.key: getattr(settings, row.key) for row in TABLE} | {"enabled": is_on(settings)}
    fields = {row.key: _setting_field(row, now[row.key]) for row in TABLE}
    asked = data.get("environment", "") if data else ""
    if asked in Environment and asked != settings.environment:
        name = Environment(asked).label
        fields["switch"] = forms.BooleanField(label=f"Yes, switch the environment to {name}", required=False)
    form: SettingsForm = type("FilledSettingsForm", (SettingsForm,), fields)(data)
    return form


HELP = {
    "environment": "Live for a live system; Practice or Beta to train. Links of another environment are never used.",
    "learner_mode": "Push: what is changed here is sent. Update: OneFile's values come here. A blank erases nothing; "
    "the page What is exchanged lists the fields.",
    "push_main_officer": "The first exchange after it is switched on only notes what both sides have.",
    "push_employer": "The first exchange after it is switched on only notes what both sides have.",
    "default_classroom": "A name, looked up in the chosen centre.",
    "send_officer_email": "Off, assessors are created by name alone. An account without an email cannot log in to "
    "OneFile until somebody adds one there; OneFile may also refuse to create it.",
    "upload_reviews_from": "Left blank, it is the day on which Upload Reviews is switched on.",
    "months_after_end": "For so long after its end a learner is still exchanged.",
    "paused_until": "No nightly run begins before this day. Refresh and Synchronise now still work.",
    "guard_share": "A run is held for an answer where a larger part would lose a value, get another name, birth date "
    "or email, be unknown to OneFile, or be created there.",
    "guard_least": "So many never hold a run, however large their part.",
    "calls_per_minute": "The lower of this and the environment's limit holds.",
    "people_share": "This part of the limit the nightly run leaves to people who click.",
    "alerts_to": "Mail addresses, parted by commas. Each gets one mail when something needs a person (a night that "
    "failed, is held or did not run, a token that is refused, OneFile out of reach), and one when it is over.",
    "additional_assessors": "Officers of these roles are assigned to the whole portfolio at creation.",
}


def _setting_field(row: Setting, value: Any) -> forms.Field:
    common: dict[str, Any] = {
        "label": row.label,
        "initial": value,
        "help_text": HELP.get(row.key, ""),
        "required": False,
    }
    if isinstance(value, bool):
        return forms.BooleanField(**common)
    if row.words:
        choices = [(word, WORDS.get(word, word)) for word in row.words]
        return forms.ChoiceField(**{**common, "required": True}, choices=choices)
    if row.key == "additional_assessors":
        choices = [(role, role) for role in OFFICER_ROLES]
        return forms.MultipleChoiceField(**common, choices=choices, widget=forms.CheckboxSelectMultiple)
    if row.key in ("upload_reviews_from", "paused_until"):
        return forms.DateField(**common)
    if row.key == "nightly_at":
        return forms.TimeField(**{**common, "required": True})
    if isinstance(value, int):
        return forms.IntegerField(**{**common, "required": True}, min_value=0)
    if row.key == "alerts_to":
        return forms.CharField(**common, max_length=4000)
    return forms.CharField(**common, max_length=200)


def _text(value: Any) -> str:
    match value:
        case bool():
            return on_off(value)
        case list():
            return "*".join(value)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case None:
            return ""
    return str(value)


class LicenceForm(PageForm, forms.Form):
    user = forms.ModelChoiceField(
        User.objects.filter(is_active=True, onefile_licence=None).order_by("username"), label="User"
    )


class EnrolManyForm(PageForm, forms.Form):
    """For all of a list: the centre, and the classroom where it is not left to the rule."""

    centre = forms.TypedChoiceField(
        label="OneFile Organisation",
        coerce=int,
        help_text="A centre of OneFile's, kept there. It is none of the organisations of this system.",
    )
    classroom = forms.TypedChoiceField(label="Classroom", coerce=int, required=False, empty_value=None)

    def __init__(
        self,
        data: Any,
        *,
        centres: Mapping[int, str],
        classrooms: Mapping[int, Mapping[int, str]],
        settings: Settings,
    ) -> None:
        """``classrooms``: names by OneFile's ids, by centre."""
        super().__init__(data)
        self.classrooms = classrooms
        fields: dict[str, Any] = self.fields
        first = [] if len(centres) == 1 else [("", "Choose the centre")]
        fields["centre"].choices = [*first, *centres.items()]
        several = len(classrooms) > 1
        rooms = [
            (number, f"{name} – {centres[centre]}" if several else name)
            for centre, names in classrooms.items()
            for number, name in names.items()
        ]
        fields["classroom"].choices = [("", _classroom_rule(settings)), *rooms]

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        classroom, centre = values.get("classroom"), values.get("centre")
        if classroom and centre and classroom not in self.classrooms.get(centre, {}):
            self.add_error("classroom", "This classroom is of another centre.")
        return values


def _classroom_rule(settings: Settings) -> str:
    default = f"the default classroom, {settings.default_classroom}" if settings.default_classroom else ""
    if settings.classroom_from_main_tag:
        return f"By main tag, else {default}" if default else "By main tag"
    return f"{default[0].upper()}{default[1:]}" if default else "Choose a classroom for all, or one by one in the list"


class HoldForm(PageForm, forms.Form):
    """``fields``: records with what of them can be held, as a drop-down has groups."""

    field = forms.ChoiceField(label="Field")
    why = forms.CharField(label="Why", max_length=300)

    def __init__(self, data: Any, *, fields: list[tuple[str, list[tuple[str, str]]]]) -> None:
        super().__init__(data)
        field: Any = self.fields["field"]
        field.choices = [("", "Choose the field"), *fields]
