"""Who may do what: every view names one of these, and a test walks the addresses to see that it does."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class Permission(StrEnum):
    """Values are Django's own permission names."""

    VIEW_LEARNERS = "learners.view_learner"
    EDIT_LEARNERS = "learners.change_learner"
    VIEW_SENSITIVE = "learners.view_sensitive"
    USE_ONEFILE = "onefile_integration.use_onefile"
    ADMINISTER_ONEFILE = "onefile_integration.administer_onefile"


VIEWER, STAFF, DATABASE_ADMINISTRATOR = "Viewer", "Staff", "Database Administrator"
GROUPS: dict[str, list[Permission]] = {
    VIEWER: [Permission.VIEW_LEARNERS],
    STAFF: [Permission.VIEW_LEARNERS, Permission.EDIT_LEARNERS, Permission.USE_ONEFILE],
    DATABASE_ADMINISTRATOR: list(Permission),
}

View = Callable[..., HttpResponseBase]


def requires(permission: Permission) -> Callable[[View], View]:
    """Let a view be used only by those who hold ``permission``; others get the 403 page that names it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise PermissionDenied(f"Your account does not hold the permission {permission.name}.")
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate
