from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from onefile_sandbox import clock, records
from onefile_sandbox.models import Learner, LearningAim, Review, Role, Staff, User

NAMES = ["first_name", "last_name", "email", "misid", "username"]
Fields = list[str | list[str] | tuple[str, ...]]
FEW: Fields = ["first_name", "last_name", "email", ("misid", "username"), ("organisation", "placement")]
MANY: Fields = ["telephone", "mobile_number", "website", "home_address", "work_address", "company_name"]
DATA: Fields = ["episode_name", "nino", "l12", "l13", "l14", "l15", "l16", "primary_lldd_code", "secondary_lldd_codes"]

OFF_THE_JOB: Fields = [("otj_planned", "otj_actual", "otj_minimum"), ("contracted_hours", "otj_weeks", "otj_method")]


class AimInline(admin.TabularInline):
    model = LearningAim
    extra = 0
    fields = ["standard", "elements_completed", "total_elements", "shown_progress", "registration_number"]
    show_change_link = True  # dates and the rest, which would make the row too wide
    readonly_fields = ["shown_progress"]
    autocomplete_fields = ["standard"]

    @admin.display(description="progress")
    def shown_progress(self, aim: LearningAim) -> str:
        return f"{aim.progress} %" if aim.pk else "–"


class ReviewInline(admin.TabularInline):
    model = Review
    fk_name = "learner"
    extra = 0
    fields = ["scheduled_for", "started_on", "assessor_signed_on", "learner_signed_on", "employer_signed_on"]
    show_change_link = True


class _PersonAdmin(admin.ModelAdmin):
    list_display = ["id", "last_name", "first_name"]
    list_display_links = ["last_name"]
    search_fields = NAMES
    autocomplete_fields = ["placement", "classroom", "default_assessor", "default_employer"]
    readonly_fields = ["created_on", "last_modified"]
    actions = ["archive", "unarchive"]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """The user's own fields move LastModified; archiving, aims and reviews do not."""
        if not change or set(form.changed_data) - {"archived"}:
            obj.last_modified = clock.now()
        super().save_model(request, obj, form, change)

    @admin.action(description="Archive")
    def archive(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        messages.success(request, f"Archived: {chosen.update(archived=True)}")

    @admin.action(description="Take out of the archive")
    def unarchive(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        messages.success(request, f"Taken out of the archive: {chosen.update(archived=False)}")


@admin.register(Learner)
class LearnerAdmin(_PersonAdmin):
    list_display = ["id", "last_name", "first_name", "misid", "classroom", "default_assessor", "shown_progress"]
    list_display += ["archived"]
    list_filter = ["archived", "organisation", "classroom"]
    list_select_related = ["classroom", "default_assessor"]
    inlines = [AimInline, ReviewInline]
    fieldsets = [
        (None, {"fields": [*FEW, ("classroom", "default_assessor"), "archived"]}),
        ("Learner", {"fields": [("dob", "uln"), ("start_on", "planned_end_date"), "learner_status"]}),
        ("Off the job", {"fields": OFF_THE_JOB}),
        ("Contact", {"classes": ["collapse"], "fields": MANY}),
        ("More", {"classes": ["collapse"], "fields": [*DATA, "created_on", "last_modified"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).filter(role=Role.LEARNER)

    @admin.display(description="progress")
    def shown_progress(self, learner: User) -> str:
        return f"{learner.progress} %"

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        obj.role = Role.LEARNER
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for record in [*formset.new_objects, *(obj for obj, _ in formset.changed_objects)]:
            records.touch_learner(record)


@admin.register(Staff)
class StaffAdmin(_PersonAdmin):
    list_display = ["id", "last_name", "first_name", "role", "misid", "organisation", "archived"]
    list_filter = ["role", "organisation", "archived"]
    fieldsets = [
        (None, {"fields": ["role", *FEW, "archived"]}),
        ("Contact", {"classes": ["collapse"], "fields": [*MANY, "created_on", "last_modified"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).exclude(role=Role.LEARNER)


@admin.register(User)
class EverybodyAdmin(_PersonAdmin):
    """For the look-up fields of the other pages only."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(LearningAim)
class LearningAimAdmin(admin.ModelAdmin):
    list_display = ["id", "user", "standard", "elements_completed", "total_elements", "shown_progress"]
    list_display_links = ["user"]
    list_editable = ["elements_completed"]
    list_filter = ["standard"]
    list_select_related = ["user", "standard"]
    search_fields = ["user__first_name", "user__last_name", "user__misid", "standard__title"]
    autocomplete_fields = ["user", "standard"]

    @admin.display(description="progress")
    def shown_progress(self, aim: LearningAim) -> str:
        return f"{aim.progress} %"

    def save_model(self, request: HttpRequest, obj: LearningAim, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        records.touch_learner(obj)
