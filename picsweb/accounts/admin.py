"""Django's admin shows accounts; they are changed under Configuration > Users, by its rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from picsweb.looking import LookOnly
from picsweb.permissions import Permission

Shown: Any = UserAdmin  # generic in its stubs, not when it runs

admin.site.unregister(User)


@admin.register(User)
class LookedAtUserAdmin(LookOnly, Shown):
    permission = Permission.MANAGE_USERS
