"""The records in Django's admin. It writes through the services as every page does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from learners import models
from learners.forms.records import LLDD_CHOICES, ROLE_CHOICES
from learners.parts import locked_fields
from learners.sensitive import SENSITIVE_FIELDS
from learners.services import (
    breaks,
    delivery,
    learner_officers,
    learners,
    officers,
    organisations,
    placements,
    qualifications,
    reviews,
    tags,
)
from learners.services.tombstones import refuse_erased
from learners.values import folded
from learners.views.acting import acting
from picsweb.looking import LookOnly, NarrowedAsOffered
from picsweb.permissions import Permission

ModelAdmin: Any = admin.ModelAdmin  # generic in its stubs, not when it runs


class ServiceAdmin(NarrowedAsOffered, SimpleHistoryAdmin):
    """``create``, ``update`` and ``remove`` are services; without ``remove`` nothing is deleted here."""

    create: Any
    update: Any = None
    remove: Any = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(Permission.VIEW_LEARNERS)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(Permission.VIEW_LEARNERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(Permission.EDIT_LEARNERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.update is not None and request.user.has_perm(Permission.EDIT_LEARNERS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.remove is not None and request.user.has_perm(Permission.EDIT_LEARNERS)

    def get_actions(self, request: HttpRequest) -> Any:
        """Deleting many at once changes many records at once."""
        actions = super().get_actions(request)
        if not request.user.has_perm(Permission.MANAGE_DATA):
            actions.pop("delete_selected", None)
        return actions

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The library would save what is sent to it by whoever may look."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("An old version is only looked at. A record is changed on its own page.")
        return super().history_form_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not (self.has_change_permission(request, obj) if change else self.has_add_permission(request)):
            raise PermissionDenied
        concrete = {field.name for field in obj._meta.concrete_fields}
        values = {name: value for name, value in form.cleaned_data.items() if name in concrete}
        by = acting(request)
        if change:
            type(self).update(obj, by=by, **values)
        else:
            obj.__dict__.update(type(self).create(by=by, **values).__dict__)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        type(self).remove(obj, by=acting(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for record in queryset:
            self.delete_model(request, record)


class FoldedSearch:
    """Finds by the folded key, as the lists do."""

    search_fields = ("search_key",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, folded(search_term))  # type: ignore[misc]


def of_learner(create: Callable[..., Any]) -> Any:
    """``create`` takes its learner first; the admin gives it by name."""
    return staticmethod(lambda *, learner, by, **values: create(learner, by=by, **values))


class LearnerAdminForm(forms.ModelForm):  # type: ignore[type-arg]
    lldd_others = forms.TypedMultipleChoiceField(
        required=False, choices=LLDD_CHOICES, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> Any:
        """Here already: what a service refuses after the form has been taken cannot be said on it."""
        values = super().clean()
        if self.instance.pk is None and values:
            refuse_erased(**{name: values.get(name) or "" for name in ("ident", "ukprn", "lrn")})
        return values


@admin.register(models.Learner)
class LearnerAdmin(FoldedSearch, ServiceAdmin):
    form = LearnerAdminForm
    create, update = staticmethod(learners.create), staticmethod(learners.update)
    list_display = ("ident", "__str__", "system_status", "start", "planned_end", "main_officer")
    list_filter = ("system_status", "main_tag", "main_officer", "held_from_sync")
    list_select_related = ("main_officer",)
    autocomplete_fields = ("main_officer", "main_tag", "tags")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if request.user.has_perm(Permission.VIEW_SENSITIVE) else SENSITIVE_FIELDS

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in self.get_exclude(request, obj):
            form.base_fields.pop(name, None)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        learners.set_tags(form.instance, form.cleaned_data["tags"], by=acting(request))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        _refuse_without_sensitive(request)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        _refuse_without_sensitive(request)
        return super().history_form_view(request, *args, **kwargs)


def _refuse_without_sensitive(request: HttpRequest) -> None:
    if not request.user.has_perm(Permission.VIEW_SENSITIVE):
        raise PermissionDenied("This history holds special category data. The tab History of the page is for you.")


class OfficerAdminForm(forms.ModelForm):  # type: ignore[type-arg]
    roles = forms.MultipleChoiceField(required=False, choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "surname" in self.fields:  # not where the page is only looked at
            self.fields["surname"].required = True


@admin.register(models.Officer)
class OfficerAdmin(FoldedSearch, ServiceAdmin):
    form = OfficerAdminForm
    create, update = staticmethod(officers.create), staticmethod(officers.update)
    list_display = ("ident", "__str__", "email", "status")
    list_filter = ("status",)


@admin.register(models.Organisation)
class OrganisationAdmin(FoldedSearch, ServiceAdmin):
    create, update = staticmethod(organisations.create), staticmethod(organisations.update)
    list_display = ("ident", "__str__", "postcode", "edrs", "status")
    list_filter = ("status",)


@admin.register(models.Qualification)
class QualificationAdmin(ServiceAdmin):
    create, update = staticmethod(qualifications.create), staticmethod(qualifications.update)
    list_display = ("vq_reference", "title", "level", "awarding_body", "status")
    list_filter = ("status", "level", "awarding_body")
    search_fields = ("vq_reference", "title")


@admin.register(models.Tag)
class TagAdmin(ServiceAdmin):
    create = staticmethod(lambda *, name, by: tags.get_or_create(name, by=by))
    update = staticmethod(tags.rename)
    list_display = ("name",)
    search_fields = ("name",)


class PartAdmin(FoldedSearch, ServiceAdmin):
    """What hangs on a learner."""

    autocomplete_fields: Any = ("learner",)
    search_fields: Any = ("learner__search_key",)
    list_select_related: Any = ("learner",)


@admin.register(models.DeliveryPlanLine)
class DeliveryPlanLineAdmin(PartAdmin):
    create, update = of_learner(delivery.create_line), staticmethod(delivery.update_line)
    remove = staticmethod(delivery.delete_line)
    list_display = ("learner", "qualification", "start", "planned_end", "actual_end", "assessor")
    list_filter = ("qualification", "start")
    list_select_related = ("learner", "qualification", "assessor")
    autocomplete_fields = ("learner", "qualification", "assessor")
    search_fields = ("learner__search_key", "qualification__vq_reference")


@admin.register(models.Unit)
class UnitAdmin(ServiceAdmin):
    create = staticmethod(lambda *, line, by, **values: delivery.create_unit(line, by=by, **values))
    update, remove = staticmethod(delivery.update_unit), staticmethod(delivery.delete_unit)
    list_display = ("reference", "title", "line", "actual_end")
    list_select_related = ("line__qualification",)
    search_fields = ("reference", "title", "line__learner__search_key")
    list_filter = ("actual_end",)
    autocomplete_fields = ("line",)


@admin.register(models.Review)
class ReviewAdmin(PartAdmin):
    create, update = of_learner(reviews.create), staticmethod(reviews.update)
    remove = staticmethod(reviews.delete)
    list_display = ("learner", "type", "scheduled_date", "start_time", "officer", "attended", "actual_date")
    list_filter = ("type", "attended", "scheduled_date")
    list_select_related = ("learner", "officer")
    autocomplete_fields = ("learner", "officer")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return tuple(locked_fields(obj))


@admin.register(models.Placement)
class PlacementAdmin(PartAdmin):
    create, update = of_learner(placements.create), staticmethod(placements.update)
    remove = staticmethod(placements.delete)
    list_display = ("learner", "organisation", "type", "start", "end")
    list_filter = ("type",)
    list_select_related = ("learner", "organisation")
    autocomplete_fields = ("learner", "organisation")
    search_fields = ("learner__search_key", "organisation__search_key")


@admin.register(models.LearnerOfficer)
class LearnerOfficerAdmin(PartAdmin):
    create = of_learner(lambda learner, *, by, **values: learner_officers.add(learner, by=by, **values)[0])
    remove = staticmethod(learner_officers.remove)
    list_display = ("learner", "officer", "role")
    list_filter = ("role",)
    list_select_related = ("learner", "officer")
    autocomplete_fields = ("learner", "officer")


@admin.register(models.Break)
class BreakAdmin(PartAdmin):
    create, update = of_learner(breaks.create), staticmethod(breaks.update)
    remove = staticmethod(breaks.delete)
    list_display = ("learner", "from_date", "to_date")
    list_filter = ("from_date",)


@admin.register(models.AccessRequest)
class AccessRequestAdmin(LookOnly, ModelAdmin):
    permission = Permission.MANAGE_DATA
    list_display = ("learner", "answered_at", "answered_by")
    list_select_related = ("learner",)
    search_fields = ("learner__search_key", "answered_by")


@admin.register(models.Erasure)
class ErasureAdmin(LookOnly, ModelAdmin):
    permission = Permission.ERASE_LEARNERS
    list_display = ("erased_at", "erased_by")
    search_fields = ("erased_by",)
