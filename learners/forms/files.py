"""The form that takes a file in."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms

from learners.files.jobs import ILR
from learners.files.reading import LARGEST_FILE
from learners.files.streams import MEGABYTE
from learners.presenters.file_imports import kind_choices
from picsweb.forms import PageForm


def _choices() -> list[tuple[str, str]]:
    return [("", "Choose"), *kind_choices()]


class UploadForm(PageForm, forms.Form):
    kind = forms.ChoiceField(label="What the file holds", choices=_choices)
    file = forms.FileField(
        label="File",
        max_length=200,
        help_text=f"CSV (UTF-8) or Excel (.xlsx); for the ILR its XML. {LARGEST_FILE // MEGABYTE} MB at most.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xml,.zip"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(f"The file is larger than {LARGEST_FILE // MEGABYTE} MB. Part it.")
        return file

    def clean(self) -> None:
        file, kind = self.cleaned_data.get("file"), self.cleaned_data.get("kind")
        if not file or not kind:
            return
        is_xml = PurePath(file.name).suffix.lower() == ".xml"
        if is_xml and kind != ILR:
            self.add_error("kind", "An XML file is an ILR: choose that, or a CSV or Excel file.")
        if kind == ILR and PurePath(file.name).suffix.lower() in (".csv", ".xlsx"):
            self.add_error("file", "An ILR is an XML file. For a CSV or Excel file choose what it holds.")
