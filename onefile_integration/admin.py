"""The integration in Django's admin: to look at, and, for OneFile IDs, to change with the same checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from learners.models import Learner, Officer, Organisation
from learners.views.acting import acting
from onefile_integration.exchange import links
from onefile_integration.exchange.links import BadLink, Found
from onefile_integration.models import (
    Centre,
    ExchangePlan,
    Licence,
    Link,
    Question,
    RemoteAim,
    RemoteReview,
    Run,
    Settings,
    Standard,
    Step,
)
from onefile_integration.presenters.comparison import sides_of
from onefile_integration.views.asking import CannotAsk, Closed, asking
from onefile_integration.views.linking import refuse_edit
from onefile_integration.words import LinkState
from picsweb.looking import LookOnly
from picsweb.permissions import Permission

# Generic in their stubs, not when they run.
ModelForm: Any = forms.ModelForm
ModelAdmin: Any = admin.ModelAdmin
TabularInline: Any = admin.TabularInline
BaseInlineFormSet: Any = forms.BaseInlineFormSet


class DatabaseAdministratorsLook(LookOnly):
    permission = Permission.ADMINISTER_ONEFILE


class LinkForm(ModelForm):
    """Another OneFile ID for the same record, checked as in the windows. ``found`` is what OneFile said."""

    found: Found | None = None
    sure = forms.BooleanField(required=False, label="Save although OneFile's account differs")

    def clean_onefile_id(self) -> Any:
        number, link = self.cleaned_data["onefile_id"], self.instance
        if number is None:
            raise forms.ValidationError("Type the OneFile ID. A link is removed in its own window.")
        if number == link.onefile_id:
            return number
        try:
            refuse_edit(link.record, link, number, link.environment)
            self.found = self._asked(number)
        except (BadLink, CannotAsk) as why:
            raise forms.ValidationError(str(why)) from None
        return number

    def clean(self) -> Any:
        """A person has to look where the two sides differ, as in the window."""
        values = super().clean()
        differing = _differing(self.found)
        if differing and not values.get("sure"):
            self.add_error("sure", f"{' '.join(differing)} Tick this to save all the same.")
        return values

    def _asked(self, number: int) -> Found | None:
        """None while OneFile is down: a learner's link is made unverified all the same."""
        settings, record = Settings.objects.current(), self.instance.record
        if settings.environment != self.instance.environment:
            raise BadLink(f"The environment is {settings.environment} now; this link is of another.")
        try:
            with asking(settings) as client:
                if isinstance(record, Learner):
                    return links.check_learner(record, number, client)
                centre = Centre.objects.get(environment=settings.environment, onefile_id=self.instance.centre)
                return links.check_partner_in(record, number, client, centre)
        except Closed:
            raise
        except CannotAsk:
            if isinstance(record, Learner):
                return None
            raise


@admin.register(Link)
class LinkAdmin(DatabaseAdministratorsLook, ModelAdmin):
    form = LinkForm
    list_display = ("onefile_id", "record", "environment", "centre", "state", "origin", "made_at", "made_by")
    list_filter = ("environment", "state", "origin")
    list_select_related = ("learner", "officer", "organisation")
    search_fields = ("=onefile_id", "learner__search_key", "officer__search_key", "organisation__search_key")
    readonly_fields = tuple(
        field.name for field in Link._meta.concrete_fields if field.name not in ("id", "onefile_id", "plan")
    )
    exclude = ("plan",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A live link, and only its id."""
        if obj is not None and obj.state in (LinkState.REMOVED, LinkState.CREATING):
            return False
        return request.user.has_perm(Permission.ADMINISTER_ONEFILE)

    def save_model(self, request: HttpRequest, obj: Link, form: Any, change: bool) -> None:
        """The old link retires as history; the new one takes its place."""
        if "onefile_id" not in form.changed_data:
            return
        old, by, number = Link.objects.get(pk=obj.pk), acting(request), form.cleaned_data["onefile_id"]
        with transaction.atomic():
            links.remove(old, by=by)
            new = _linked(old, number, form.found, by)
        obj.__dict__.update(new.__dict__)


def _differing(found: Found | None) -> list[str]:
    """What stands against believing an id that was asked about, in words; nothing of what agrees."""
    if found is None:
        return []
    said = [
        f"{side.label}: {side.here or 'blank'} here, {side.there or 'blank'} in OneFile."
        for side in sides_of(found.facts)
        if side.badge.text == "Differs"
    ]
    return said if found.is_listed else [*said, "The account is probably archived in OneFile."]


def _linked(old: Link, number: int, found: Found | None, by: Any) -> Link:
    record = old.record
    if isinstance(record, Learner):
        return links.set_learner_link(record, number, environment=old.environment, found=found, by=by)
    return links.link_partner(record, number, environment=old.environment, centre=old.centre, by=by)


class LookOnlyFormSet(BaseInlineFormSet):
    """Takes nothing from what a browser sends, so that its owner can be saved without it."""

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.new_objects: list[Any] = []
        self.changed_objects: list[Any] = []
        self.deleted_objects: list[Any] = []

    def is_valid(self) -> bool:
        return True

    def save(self, commit: bool = True) -> list[Any]:
        return []


class LinkInline(DatabaseAdministratorsLook, TabularInline):
    """Each OneFile ID that a record has or had; *Change* leads to where it is edited."""

    model = Link
    formset = LookOnlyFormSet
    extra = 0
    show_change_link = True
    fields = ("onefile_id", "environment", "centre", "state", "origin", "made_at", "made_by", "removed_at")
    readonly_fields = fields
    verbose_name_plural = "OneFile IDs"


@admin.register(Run)
class RunAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("id", "kind", "environment", "state", "asked_by", "started_at", "finished_at", "calls")
    list_filter = ("kind", "state", "environment", "dry")
    search_fields = ("=id", "asked_by")


@admin.register(ExchangePlan)
class ExchangePlanAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("id", "learner", "kind", "state", "failure_kind", "failure_message", "created_at", "ended_at")
    list_filter = ("kind", "state", "failure_kind")
    list_select_related = ("learner",)
    search_fields = ("learner__search_key", "=run__id")


@admin.register(Step)
class StepAdmin(DatabaseAdministratorsLook, ModelAdmin):
    """Its values may be of special category: only for those who may see them."""

    list_display = ("title", "learner", "side", "state", "ended_at", "message")
    list_filter = ("kind", "side", "state")
    list_select_related = ("plan__learner",)
    search_fields = ("title", "plan__learner__search_key", "=plan__run__id")

    @admin.display(ordering="plan__learner__sort_key")
    def learner(self, step: Step) -> str:
        return str(step.plan.learner)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if request.user.has_perm(Permission.VIEW_SENSITIVE) else ("changes",)


@admin.register(Question)
class QuestionAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("text", "kind", "learner", "asked_at", "answer", "answered_by", "answered_at")
    list_filter = ("kind", "environment", "answered_at")
    list_select_related = ("learner",)
    search_fields = ("text", "learner__search_key")


@admin.register(Standard)
class StandardAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("code", "title", "centre", "onefile_id", "fetched_at")
    list_filter = ("centre",)
    list_select_related = ("centre",)
    search_fields = ("code", "title", "=onefile_id")


@admin.register(Centre)
class CentreAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("name", "environment", "onefile_id", "fetched_at")
    list_filter = ("environment",)
    search_fields = ("name", "=onefile_id")


@admin.register(RemoteAim)
class RemoteAimAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("onefile_id", "line", "link", "standard_id", "upload_due")
    list_select_related = ("line__qualification", "link__learner")
    search_fields = ("=onefile_id", "link__learner__search_key")


@admin.register(RemoteReview)
class RemoteReviewAdmin(DatabaseAdministratorsLook, ModelAdmin):
    list_display = ("onefile_id", "review", "link", "visit_onefile_id")
    list_select_related = ("review__learner", "link__learner")
    search_fields = ("=onefile_id", "link__learner__search_key")


@admin.register(Licence)
class LicenceAdmin(DatabaseAdministratorsLook, ModelAdmin):
    """Given and taken away on the page *Licences*, which knows how many there are."""

    list_display = ("user", "granted_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__first_name", "user__last_name")


for kind in (Learner, Officer, Organisation):
    owner: Any = admin.site.get_model_admin(kind)
    owner.inlines = [*owner.inlines, LinkInline]
