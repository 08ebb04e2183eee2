from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from onefile_sandbox.models import (
    AimStatus,
    Classroom,
    Customer,
    LearnerStatus,
    Organisation,
    Placement,
    Standard,
)


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "token"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _StatusInline(admin.TabularInline):
    extra = 0


class LearnerStatusInline(_StatusInline):
    model = LearnerStatus


class AimStatusInline(_StatusInline):
    model = AimStatus


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["id", "name"]
    list_display_links = ["name"]
    inlines = [LearnerStatusInline, AimStatusInline]


@admin.register(Placement)
class PlacementAdmin(admin.ModelAdmin):
    list_display = ["id", "name", "misid", "organisation", "active"]
    list_display_links = ["name"]
    list_filter = ["organisation", "active"]
    search_fields = ["name", "misid"]


@admin.register(Classroom)
class ClassroomAdmin(admin.ModelAdmin):
    list_display = ["id", "name", "organisation"]
    list_display_links = ["name"]
    list_filter = ["organisation"]
    search_fields = ["name"]
    filter_horizontal = ["standards"]


@admin.register(Standard)
class StandardAdmin(admin.ModelAdmin):
    list_display = ["id", "title", "elements", "organisation"]
    list_display_links = ["title"]
    list_filter = ["organisation"]
    search_fields = ["title"]
