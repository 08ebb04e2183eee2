"""What every page needs."""

from typing import Any

from django.http import HttpRequest

from learners.registry import registry


def menu(request: HttpRequest) -> dict[str, Any]:
    """Menu items that other apps add, for whom they are meant."""
    if not request.user.is_authenticated:
        return {}
    return {"extra_menu": [(i.label(request), i.url_name) for i in registry.menu if i.shown(request)]}
