"""A page whose pieces change while it is open: only those that have changed come anew, so focus and ticks stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import cached_property

STOP_POLLING = 286  # htmx's own status for it
LIVE = "live"  # id of the element that asks
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')  # another one each time


@dataclass(frozen=True)
class Piece:
    """What stands inside the element ``id``; ``in_table`` where that is a row of a table."""

    id: str
    html: str
    in_table: bool = False

    @cached_property
    def version(self) -> str:
        return hashlib.sha256(_TOKEN.sub("", self.html).encode()).hexdigest()[:6]


def piece(request: HttpRequest, name: str, template: str, context: dict[str, Any], *, in_table: bool = False) -> Piece:
    """Without what every page needs, which would be asked for again with each row."""
    values = {"csrf_token": get_token(request), **context}
    return Piece(name, render_to_string(f"onefile_integration/{template}", values), in_table)


def answer(
    request: HttpRequest, template: str, pieces: Sequence[Piece], *, is_live: bool, context: dict[str, Any]
) -> HttpResponse:
    """The page; for one that is open, those pieces that it does not have as they are now."""
    values = {"is_live": is_live, "have": " ".join(f"{each.id}={each.version}" for each in pieces)}
    if request.headers.get("HX-Target") != LIVE:
        parts = {each.id.replace("-", "_"): each.html for each in pieces if not each.in_table}
        rows = [each for each in pieces if each.in_table]
        address = request.get_full_path()
        return render(request, template, {**values, "address": address, "parts": parts, "rows": rows, **context})
    has = set(request.GET.get("have", "").split())
    changed = [each for each in pieces if f"{each.id}={each.version}" not in has]
    if is_live and not changed:
        return HttpResponse(status=204)
    status = 200 if is_live else STOP_POLLING
    return render(request, "onefile_integration/_live.html", {**values, "changed": changed}, status=status)
