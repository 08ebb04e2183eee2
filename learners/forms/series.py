"""A series of reviews, as people ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django import forms

from learners import rules
from learners.models import Learner, Officer, Review
from learners.series import LONGEST, series_days
from learners.words import OfficerStatus, ReviewType
from picsweb.forms import PageForm


class SeriesForm(PageForm, forms.Form):
    first = forms.DateField(label="First review")
    start_time = forms.TimeField(label="Time", required=False)
    weeks = forms.IntegerField(label="Every so many weeks", min_value=1, max_value=26, initial=8)
    until = forms.DateField(label="Until", required=False, help_text="No review after that day.")
    count = forms.IntegerField(
        label="How many", required=False, min_value=1, max_value=LONGEST, help_text=f"At most {LONGEST}."
    )
    type = forms.ChoiceField(label="Type", choices=ReviewType.choices, initial=ReviewType.NORMAL)
    officer = forms.ModelChoiceField(
        label="Officer", required=False, queryset=Officer.objects.filter(status=OfficerStatus.LIVE)
    )
    off_weekends = forms.BooleanField(label="Move those on a weekend to the Monday after", required=False)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)  # the days that were looked at

    def __init__(self, *args: Any, learner: Learner, **kwargs: Any) -> None:
        initial = {"until": learner.planned_end, "officer": learner.main_officer}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            values["days"] = self._days(values)
        return values

    def review_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("type", "start_time", "officer")}

    def _days(self, values: dict[str, Any]) -> list[date]:
        if not values["until"] and not values["count"]:
            self.add_error("until", "Say until when, or how many reviews there shall be.")
            return []
        asked = {name: values[name] for name in ("weeks", "until", "count", "off_weekends")}
        days = series_days(values["first"], **asked)
        if not days:
            self.add_error("until", "This lies before the first review.")
        for field, message in _faults(days, values["start_time"]):
            self.add_error(field, message)
        return days


def _faults(days: Iterable[date], at: time | None) -> list[rules.Fault]:
    return [fault for day in days for fault in rules.review_faults(Review(scheduled_date=day, start_time=at))]
