"""Who may use the OneFile windows: the integration is on, and the user holds a licence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from onefile_integration.models import Licence, Settings
from picsweb.permissions import Permission, View


@dataclass(frozen=True)
class Access:
    """What one request may see of OneFile, read once."""

    settings: Settings
    has_licence: bool
    may_use: bool
    is_administrator: bool
    sees_sensitive: bool

    @property
    def why_not(self) -> str:
        """Why the OneFile windows are closed to this user, or blank."""
        if not self.settings.enabled:
            return "The OneFile integration is switched off."
        if not self.has_licence:
            return "Your account does not hold the OneFile Integration licence."
        return ""

    @property
    def uses_onefile(self) -> bool:
        return self.may_use and not self.why_not

    @property
    def sees_links(self) -> bool:
        """Administrators set the ids up, licence or not."""
        return self.settings.enabled and (self.uses_onefile or self.is_administrator)

    @property
    def environment(self) -> str:
        return self.settings.environment


def access(request: HttpRequest) -> Access:
    known: Access | None = getattr(request, "onefile_access", None)
    if known is None:
        known = _read(request)
        request.onefile_access = known  # type: ignore[attr-defined]
    return known


def _read(request: HttpRequest) -> Access:
    user = request.user
    return Access(
        settings=Settings.objects.current(),
        has_licence=user.is_authenticated and Licence.objects.filter(user=user).exists(),
        may_use=user.has_perm(Permission.USE_ONEFILE),
        is_administrator=user.has_perm(Permission.ADMINISTER_ONEFILE),
        sees_sensitive=user.has_perm(Permission.VIEW_SENSITIVE),
    )


def licensed(view: View) -> View:
    """Stands below ``requires``. Whatever the method, others get the 403 page, which says why."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if why := access(request).why_not:
            raise PermissionDenied(why)
        return view(request, *args, **kwargs)

    return guarded
