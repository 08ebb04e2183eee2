"""The groups of picsweb/permissions.py, kept in step with it after each migrate."""

from __future__ import annotations

from typing import Any

from picsweb.permissions import GROUPS


def set_up_groups(**kwargs: Any) -> None:
    """Each group gets the permissions it lacks; those given to it by hand stay.

    Runs after each app, as permissions appear app by app.
    """
    from django.contrib.auth.models import Group, Permission

    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in wanted if permission in known))
