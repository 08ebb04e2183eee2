"""What every page needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from learners.registry import registry
from picsweb.permissions import Permission

WINDOW = "window"  # id of the element that shows windows


@dataclass(frozen=True)
class Item:
    text: str
    href: str
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """The menu, and whether this answer goes into a window that is open over another page."""
    in_window = getattr(getattr(request, "htmx", None), "target", None) == WINDOW
    return {
        "in_window": in_window,
        "window_base": "components/window_bare.html" if in_window else "base.html",
        "installation": settings.INSTALLATION,
        "banners": [] if in_window else banners(request),
        "menu": [] if in_window else menu(request),
        "configuration_menu": [] if in_window else configuration_menu(request),
    }


def menu(request: HttpRequest) -> list[Item]:
    if not _signed_in(request):
        return []
    items = []
    if request.user.has_perm(Permission.VIEW_LEARNERS):
        items = [
            _item(request, "Learners", "learners:learner-list"),
            _item(request, "Officers", "learners:officer-list"),
            _item(request, "Organisations", "learners:organisation-list"),
            _item(request, "Qualifications", "learners:qualification-list"),
        ]
    return items + _added(request, configuration=False)


def banners(request: HttpRequest) -> list[str]:
    if not _signed_in(request):
        return []
    return [text for text in (say(request) for say in registry.banners) if text]


def configuration_menu(request: HttpRequest) -> list[Item]:
    if not _signed_in(request):
        return []
    items = _added(request, configuration=True)
    if request.user.is_staff:
        items.append(_item(request, "Django admin", "admin:index"))
    return items


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _added(request: HttpRequest, *, configuration: bool) -> list[Item]:
    chosen = [item for item in registry.menu if item.configuration == configuration and item.shown(request)]
    return [_item(request, item.label(request), item.url_name) for item in chosen]


def _item(request: HttpRequest, text: str, url_name: str) -> Item:
    href = reverse(url_name)
    return Item(text=text, href=href, current=request.path.startswith(href))
