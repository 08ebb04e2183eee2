"""What Django's admin shows, and by what it may be narrowed. LookOnly: records that are written elsewhere, by rules of
their own.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from picsweb.permissions import Permission


class NarrowedAsOffered:
    """For a class of the admin: its list is narrowed by the filters on the page. Django takes every field of the record
    in an address, those that a page hides too: how many are found would tell them.
    """

    list_filter: Any

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        django: Any = super()
        offered = {name.partition("__")[0] for name in self.list_filter}
        return lookup.partition("__")[0] in offered and bool(django.lookup_allowed(lookup, value, request))


class LookOnly(NarrowedAsOffered):
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
