from __future__ import annotations

from typing import Any

from django import forms

from learners.models import Learner
from learners.values import cleaned
from picsweb.forms import PageForm


class EraseForm(PageForm, forms.Form):
    """The Ident is typed, so that nobody erases by a slip of the finger."""

    ident = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    all_episodes = forms.BooleanField(required=False)

    def __init__(self, *args: Any, learner: Learner, episodes: list[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.learner = learner
        self.fields["ident"].label = f"Type {learner.ident} to confirm"
        self.fields["all_episodes"].label = f"Erase the other episodes too ({', '.join(e.ident for e in episodes)})"
        if not episodes:
            del self.fields["all_episodes"]

    def clean_ident(self) -> str:
        typed = cleaned(self.cleaned_data["ident"]).upper()
        if typed != self.learner.ident:
            raise forms.ValidationError("This is not the Ident of this learner. Nothing was erased.")
        return typed
