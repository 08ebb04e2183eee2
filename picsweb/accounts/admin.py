"""Django's admin shows accounts; they are changed under Configuration > Users, by its rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

from picsweb.permissions import Permission

Shown: Any = UserAdmin  # generic in its stubs, not when it runs

admin.site.unregister(User)


@admin.register(User)
class LookedAtUserAdmin(Shown):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(Permission.MANAGE_USERS)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(Permission.MANAGE_USERS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
