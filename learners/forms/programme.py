"""Forms of a learner's programme: break, return, end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from learners import rules
from learners.models import DeliveryPlanLine, Placement
from learners.presenters.records import line_words, placement_words
from picsweb.forms import PageForm, dress


class StartBreakForm(PageForm, forms.Form):
    from_date = forms.DateField(label="From", help_text="The first day of the break.")


class ReturnForm(PageForm, forms.Form):
    last_day = forms.DateField(label="Last day of the break", help_text="The learner is back on the day after.")


class EndForm(PageForm, forms.Form):
    """The programme's end, and a tick with a day of its own for each line and placement that is open."""

    actual_end = forms.DateField(label="Actual end", help_text="The last day of the programme.")

    def __init__(
        self, *args: Any, lines: Sequence[DeliveryPlanLine], placed: Sequence[Placement], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"line_{line.pk}": line for line in lines}
        self.placed = {f"placement_{placement.pk}": placement for placement in placed}
        self.parts: dict[str, DeliveryPlanLine | Placement] = {**self.lines, **self.placed}
        titles = {name: f"Qualification {line_words(line)}" for name, line in self.lines.items()}
        titles |= {name: placement_words(placement) for name, placement in self.placed.items()}
        self.grouping = [(title, [name, f"{name}_on"]) for name, title in titles.items()]
        for name in titles:
            self._add(name)

    def _add(self, name: str) -> None:
        self.fields[name] = forms.BooleanField(required=False, label="Ends with the programme")
        self.fields[f"{name}_on"] = forms.DateField(required=False, label="Its last day, if it is another one")
        dress(self.fields[name])
        dress(self.fields[f"{name}_on"])

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name, last in self._ended(self.parts).items():
            for field, message in rules.part_end_faults(f"{name}_on", self.parts[name].start, last):
                self.add_error(field, message)
        return values

    def ended(self) -> dict[str, Any]:
        """As the service takes them."""
        return {
            "actual_end": self.cleaned_data["actual_end"],
            "lines": {self.lines[name]: last for name, last in self._ended(self.lines).items()},
            "placed": {self.placed[name]: last for name, last in self._ended(self.placed).items()},
        }

    def _ended(self, names: Iterable[str]) -> dict[str, date]:
        """The last day of each part that is ticked; where none is typed, that of the programme."""
        on = {name: self.cleaned_data.get(f"{name}_on") for name in names if self.cleaned_data.get(name)}
        last = {name: day or self.cleaned_data.get("actual_end") for name, day in on.items()}
        return {name: day for name, day in last.items() if day}
