"""A record that is typed rather than chosen from a drop-down: there are too many for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from learners.models import Learner, Organisation
from learners.values import cleaned, folded

OFFERED = 20
SORT_KEY_LENGTH = 250


class PickerInput(forms.TextInput):
    """Suggestions come as people type where there is JavaScript; ``offered`` stand there from the start."""

    def __init__(self, *, address: Any) -> None:
        super().__init__({"autocomplete": "off"})
        self.address = address
        self.offered: list[str] = []

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_offered"
        box = super().render(name, value, {**(attrs or {}), **self._suggesting(name, list_id)}, renderer)
        offered = render_to_string("components/picker.html", {"list_id": list_id, "offered": self.offered})
        return format_html("{}{}", box, offered)

    def _suggesting(self, name: str, list_id: str) -> dict[str, str]:
        return {
            "list": list_id,
            "hx-get": f"{self.address}?field={name}",
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{list_id}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
            "hx-push-url": "false",
        }


class PickerField(forms.CharField):
    """Found by its Ident, by "Ident Name" as offered, or by its whole name where only one has it."""

    def __init__(self, *, noun: str, records: Callable[[], QuerySet[Any]], address: str, **kwargs: Any) -> None:
        super().__init__(widget=PickerInput(address=reverse_lazy(address)), max_length=200, **kwargs)
        self.noun = noun
        self.records = records

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = self.records().filter(pk=value).first()
        return picker_words(value) if isinstance(value, Model) else value

    def clean(self, value: Any) -> Any:
        text = cleaned(super().clean(value))
        if not text:
            return None
        found = _meant(self.records(), text)
        if found is None:
            self._refuse(text)
        return found

    def _refuse(self, text: str) -> None:
        offered = [picker_words(record) for record in suggested(self.records(), text)]
        assert isinstance(self.widget, PickerInput)
        self.widget.offered = offered
        if not offered:
            raise forms.ValidationError(f"There is no {self.noun} with this Ident or name.")
        raise forms.ValidationError(f"Say which {self.noun}, by its Ident: {'; '.join(offered)}.")


def picker_words(record: Any) -> str:
    return f"{record.ident} {record}"


def suggested(records: QuerySet[Any], text: str) -> Iterable[Any]:
    """The first that hold every word that is typed."""
    for word in folded(text).split():
        records = records.filter(search_key__contains=word)
    return records[:OFFERED]


def _meant(records: QuerySet[Any], text: str) -> Any:
    by_ident = records.filter(ident=text[:5].upper()).first()
    if by_ident and folded(text) in (folded(by_ident.ident), folded(picker_words(by_ident))):
        return by_ident
    same_name = list(records.filter(sort_key=folded(text)[:SORT_KEY_LENGTH])[:2])
    return same_name[0] if len(same_name) == 1 else None


def organisation_field(**kwargs: Any) -> PickerField:
    return PickerField(
        noun="organisation", records=Organisation.objects.all, address="learners:organisation-choices", **kwargs
    )


def learner_field(**kwargs: Any) -> PickerField:
    return PickerField(noun="learner", records=Learner.objects.all, address="learners:learner-choices", **kwargs)
