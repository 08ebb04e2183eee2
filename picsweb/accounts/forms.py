from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import Group, User

from picsweb.forms import PageForm

# Generic in their stubs, not when they run.
ModelForm: Any = forms.ModelForm
DjangosForm: Any = SetPasswordForm
GROUPS_HELP = (
    "Viewers look. Staff also change learners, and use OneFile with a licence. Data Managers also see special category "
    "data, import files and change many records at once. Database Administrators do everything."
)


class UserForm(PageForm, ModelForm):
    field_order = ["username", "first_name", "last_name", "member_of"]
    member_of = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        required=False,
        label="Groups",
        help_text=GROUPS_HELP,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "is_staff", "is_active"]
        help_texts = {"is_staff": "", "is_active": "", "username": "Letters, digits and @ . + - _"}
        labels = {"is_staff": "May open the Django admin", "is_active": "Active: may sign in"}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["username"]
            self.initial["member_of"] = self.instance.groups.all()
        else:
            del self.fields["is_active"]

    def validate_unique(self) -> None:
        """Left to the service, which ignores case."""


class NewPasswordForm(PageForm, DjangosForm):
    pass
