"""Call log, faults and switches."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from onefile_sandbox import actions, calls, faults, switches
from onefile_sandbox.models import Call, FaultRule, Switches


@admin.register(Call)
class CallAdmin(admin.ModelAdmin):
    list_display = ["id", "at", "method", "path", "status", "milliseconds", "fault"]
    list_filter = ["status", "method", "fault"]
    search_fields = ["path"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls.flush()
        return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FaultForm(forms.ModelForm):
    action = forms.ChoiceField(choices=[(name, name.replace("_", " ")) for name in actions.ACTIONS])
    options = forms.JSONField(
        required=False,
        help_text="; ".join(f"{n}: {', '.join(a.options)}" for n, a in actions.ACTIONS.items() if a.options),
    )

    class Meta:
        model = FaultRule
        fields = ["action", "method", "path", "options", "nth", "times", "probability", "seed"]

    def clean_options(self) -> dict[str, Any]:
        return self.cleaned_data["options"] or {}

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            try:
                faults.check(FaultRule(**self.cleaned_data))
            except faults.BadFaultError as wrong:
                raise forms.ValidationError(str(wrong)) from wrong


@admin.register(FaultRule)
class FaultAdmin(admin.ModelAdmin):
    form = FaultForm
    list_display = ["id", "action", "method", "path", "options", "matched", "fired", "used_up"]
    list_display_links = ["action"]
    actions = ["again"]

    @admin.action(description="Play again from the start")
    def again(self, request: HttpRequest, chosen: QuerySet[FaultRule]) -> None:
        for rule in chosen:
            rule.matched, rule.fired, rule.used_up = 0, 0, False
            rule.save()
        messages.success(request, "They will be played again.")


class SwitchesForm(forms.ModelForm):
    """One field a switch, made from the table."""

    class Meta:
        model = Switches
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for switch in switches.TABLE:
            self.fields[switch.name] = field_of(switch)
            self.initial[switch.name] = switches.get(switch.name)

    def clean(self) -> None:
        super().clean()
        for name, value in list(self.cleaned_data.items()):
            try:
                switches.check(name, value)
            except switches.BadSwitchError as wrong:
                self.add_error(name, str(wrong))


def field_of(switch: switches.Switch) -> forms.Field:
    words: dict[str, Any] = {"label": switch.name.replace("_", " "), "help_text": switch.doc}
    if switch.values:
        first, *others = switch.values
        choices = [(first, f"{first} (default)"), *((value, value) for value in others)]
        return forms.ChoiceField(choices=choices, **words)
    if isinstance(switch.default, int):
        return forms.IntegerField(**words)
    return forms.JSONField(required=False, empty_value={}, **words)


@admin.register(Switches)
class SwitchesAdmin(admin.ModelAdmin):
    form = SwitchesForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": [switch.name for switch in switches.TABLE]})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The fields are not the model's, so Django must not look for them there."""
        return SwitchesForm

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one row: straight to it."""
        row, _ = Switches.objects.get_or_create(pk=1)
        return redirect(reverse("admin:sandbox_switches_change", args=[row.pk]))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        switches.change(form.cleaned_data)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
