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


def page(request: HttpRequest) -> dict[str, Any]:
    """The menu, and whether this answer goes into a window that is open over another page."""
    in_window = getattr(getattr(request, "htmx", None), "target", None) == WINDOW
    main = [] if in_window else menu(request)
    configuration = [] if in_window else configuration_menu(request)
    return {
        "in_window": in_window,
        "window_base": "components/window_bare.html" if in_window else "base.html",
        "installation": settings.INSTALLATION,
        "banners": [] if in_window else banners(request),
        "menu": main,
        "configuration_menu": configuration,
        "current_menu_href": nearest(request.path, [*main, *configuration]),
    }


def menu(request: HttpRequest) -> list[Item]:
    if not _signed_in(request):
        return []
    items = []
    if request.user.has_perm(Permission.VIEW_LEARNERS):
        items = [
            _item("Learners", "learners:learner-list"),
            _item("Reviews", "learners:review-list"),
            _item("Officers", "learners:officer-list"),
            _item("Organisations", "learners:organisation-list"),
            _item("Qualifications", "learners:qualification-list"),
            _item("Tags", "learners:tag-list"),
        ]
    if request.user.has_perm(Permission.MANAGE_DATA):
        items.append(_item("Imports", "learners:import-list"))
    if request.user.has_perm(Permission.EXPORT_DATA):
        items.append(_item("Exports", "learners:export-list"))
    return items + _added(request, configuration=False)


def nearest(path: str, items: list[Item]) -> str:
    """The address of the one item that the page lies under, the longest where one lies within another."""
    return max((item.href for item in items if path.startswith(item.href)), key=len, default="")


def banners(request: HttpRequest) -> list[str]:
    if not _signed_in(request):
        return []
    return [text for text in (say(request) for say in registry.banners) if text]


def configuration_menu(request: HttpRequest) -> list[Item]:
    if not _signed_in(request):
        return []
    items = _added(request, configuration=True)
    if request.user.is_staff:
        items.append(_item("Django admin", "admin:index"))
    return items


def _signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated


def _added(request: HttpRequest, *, configuration: bool) -> list[Item]:
    chosen = [item for item in registry.menu if item.configuration == configuration and item.shown(request)]
    return [_item(item.label(request), item.url_name) for item in chosen]


def _item(text: str, url_name: str) -> Item:
    return Item(text=text, href=reverse(url_name))
