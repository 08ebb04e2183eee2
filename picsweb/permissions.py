"""Who may do what: every view names one of these, and a test walks the addresses to see that it does."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class Permission(StrEnum):
    """Values are Django's own permission names.

    MANAGE_DATA is for files in, changes of many records at once and answers to access requests; EXPORT_DATA lets
    whole lists out of the house.
    """

    VIEW_LEARNERS = "learners.view_learner"
    EDIT_LEARNERS = "learners.change_learner"
    VIEW_SENSITIVE = "learners.view_sensitive"
    EXPORT_DATA = "learners.export_data"
    MANAGE_DATA = "learners.manage_data"
    ERASE_LEARNERS = "learners.erase_learner"
    USE_ONEFILE = "onefile_integration.use_onefile"
    ADMINISTER_ONEFILE = "onefile_integration.administer_onefile"
    MANAGE_USERS = "auth.change_user"


# Each goes on from "Your account may not ".
WORDS: dict[Permission, str] = {
    Permission.VIEW_LEARNERS: "see learners",
    Permission.EDIT_LEARNERS: "change learners",
    Permission.VIEW_SENSITIVE: "see special category data and National Insurance numbers",
    Permission.EXPORT_DATA: "download whole lists",
    Permission.MANAGE_DATA: "load files, change many records at once or answer access requests",
    Permission.ERASE_LEARNERS: "erase learners",
    Permission.USE_ONEFILE: "use the OneFile windows",
    Permission.ADMINISTER_ONEFILE: "set up OneFile or look at its runs",
    Permission.MANAGE_USERS: "manage users",
}

VIEWER, STAFF, DATA_MANAGER, DATABASE_ADMINISTRATOR = "Viewer", "Staff", "Data Manager", "Database Administrator"
_STAFF = [Permission.VIEW_LEARNERS, Permission.EDIT_LEARNERS, Permission.EXPORT_DATA, Permission.USE_ONEFILE]
GROUPS: dict[str, list[Permission]] = {
    VIEWER: [Permission.VIEW_LEARNERS],
    STAFF: _STAFF,
    DATA_MANAGER: [*_STAFF, Permission.VIEW_SENSITIVE, Permission.MANAGE_DATA],
    DATABASE_ADMINISTRATOR: list(Permission),
}

View = Callable[..., HttpResponseBase]


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Let a view be used only by those who hold all ``permissions``; others get the 403 page that says which is the
    first that they lack, and which groups have it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            for permission in permissions:
                if not request.user.has_perm(permission):
                    raise PermissionDenied(_why_not(permission))
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def _why_not(permission: Permission) -> str:
    groups = [name for name, held in GROUPS.items() if permission in held]
    return f"Your account may not {WORDS[permission]}. Groups that may: {', '.join(groups)}."
