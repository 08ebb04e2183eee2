"""Forms about the episodes of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q

from learners import rules
from learners.forms.pickers import learner_field
from learners.models import DeliveryPlanLine, Learner, Officer, Placement, Tag
from learners.presenters.records import line_words, placement_words
from learners.words import OfficerStatus
from picsweb.forms import PageForm, dress


class TieForm(PageForm, forms.Form):
    """Asks whether one is sure only where there is a doubt."""

    ident = learner_field(
        label="The other episode", help_text="The Ident of the same person's other record, or a name to find it by."
    )
    sure = forms.BooleanField(required=False, label="Yes, they are the same person", widget=forms.HiddenInput)

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        faults = list(rules.tie_faults(self.learner, values["ident"])) if "ident" in values else []
        if faults:
            self.fields["sure"].widget = forms.CheckboxInput()
            dress(self.fields["sure"])
        for name, message in faults:
            if not values["sure"]:
                self.add_error(name, message)
        return values


class UntieForm(PageForm, forms.Form):
    reason = forms.CharField(max_length=60, label="Reason", help_text="It stands in the history of the record.")


class NewEpisodeForm(PageForm, forms.Form):
    start = forms.DateField(label="Start")
    planned_end = forms.DateField(required=False, label="Planned end")
    main_officer = forms.ModelChoiceField(queryset=Officer.objects.none(), required=False, label="Main officer")
    main_tag = forms.ModelChoiceField(queryset=Tag.objects.all(), required=False, label="Main tag")
    lines = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Qualifications that begin anew with it"
    )
    placement = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, learner: Learner, lines: Sequence[DeliveryPlanLine], placed: Placement | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        live = Q(status=OfficerStatus.LIVE) | Q(pk=learner.main_officer_id)
        officers = cast("forms.ModelChoiceField[Officer]", self.fields["main_officer"])
        officers.queryset = Officer.objects.filter(live)
        self._offer(lines, placed)

    def _offer(self, lines: Sequence[DeliveryPlanLine], placed: Placement | None) -> None:
        choices = cast("forms.MultipleChoiceField", self.fields["lines"])
        choices.choices = [(str(line.pk), line_words(line)) for line in lines]
        if not lines:
            del self.fields["lines"]
        if placed is None:
            del self.fields["placement"]
        else:
            self.fields["placement"].label = f"Begins anew with it: {placement_words(placed)}"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, planned_end = values.get("start"), values.get("planned_end")
        if start and planned_end and planned_end < start:
            self.add_error("planned_end", "The planned end lies before the start.")
        return values
