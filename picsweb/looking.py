"""Records that Django's admin only shows: they are written elsewhere, by rules of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from picsweb.permissions import Permission


class LookOnly:
    """For a class of the admin: shown to those who hold ``permission``, changed by nobody."""

    permission: Permission

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(self.permission)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
