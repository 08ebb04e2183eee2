"""Forms as ``components/form.html`` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

GroupTitles = list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Group:
    title: str
    fields: list[forms.BoundField]


class PageForm:
    """Mixed into a form: Bootstrap's classes, native date and time fields, fields in titled groups."""

    grouping: GroupTitles = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            dress(field)

    def add_error(self, field: str | None, error: Any) -> None:
        """Faults of fields that this form does not show stand above the form instead of being lost."""
        if field is None and hasattr(error, "error_dict"):
            for name, faults in error.error_dict.items():
                super().add_error(name if name in self.fields else None, faults)  # type: ignore[misc,attr-defined]
        else:
            super().add_error(field, error)  # type: ignore[misc]

    @property
    def marks_required(self) -> bool:
        """Where every field is required nothing needs a mark."""
        return any(not field.required for field in self.fields.values())  # type: ignore[attr-defined]

    def groups(self) -> Iterator[Group]:
        titled = {name for _, names in self.grouping for name in names}
        rest = [field for field in self.visible_fields() if field.name not in titled]  # type: ignore[attr-defined]
        if rest:
            yield Group("", rest)
        for title, names in self.grouping:
            fields = [self[name] for name in names if name in self.fields]  # type: ignore[index,attr-defined]
            if fields:
                yield Group(title, fields)


def dress(field: forms.Field) -> None:
    match field:
        case forms.DateField():
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={**field.widget.attrs, "type": "date"})
        case forms.TimeField():
            field.widget = forms.TimeInput(format="%H:%M", attrs={**field.widget.attrs, "type": "time"})
    match field.widget:
        case forms.CheckboxInput():
            name = "form-check-input"
        case forms.CheckboxSelectMultiple() | forms.RadioSelect():
            name = "choices"
        case forms.Select():
            name = "form-select"
        case _:
            name = "form-control"
    field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} {name}".strip()
    if isinstance(field.widget, forms.DateInput | forms.TimeInput | forms.Select):
        field.widget.is_required = field.required


class SignInForm(PageForm, AuthenticationForm):
    pass


class SetPasswordForm(PageForm, PasswordChangeForm):
    pass
