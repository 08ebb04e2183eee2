"""Parts of pages that other apps add."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from learners.registry import Panel


def rendered(panels: Iterable[Panel], request: HttpRequest, record: Any) -> list[str]:
    """Each panel that appears for this request and record, as markup."""
    found = [(panel.template, panel.context(request, record)) for panel in panels]
    return [render_to_string(name, values, request) for name, values in found if values is not None]
