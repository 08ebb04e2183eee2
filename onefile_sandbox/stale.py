"""A server that reads from an older copy: for some seconds after an update GET shows what was before."""

import time
from collections.abc import Callable

from django.http import HttpResponse

from onefile_sandbox import switches

_before: dict[str, tuple[float, HttpResponse]] = {}


def remember(path: str, read: Callable[[], HttpResponse]) -> None:
    """Called before an update of the record at this path."""
    seconds = switches.get("stale_seconds")
    if seconds and shown(path) is None:
        _before[path.lower()] = (time.monotonic() + seconds, read())


def shown(path: str) -> HttpResponse | None:
    until, answer = _before.get(path.lower(), (0.0, None))
    return answer if time.monotonic() < until else None


def forget() -> None:
    _before.clear()
