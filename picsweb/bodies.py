"""How much a browser may send. Decided by the length that it announces, before anything of it is read or stored: Django
takes a form in whole, whoever sends it, before a view or a form can refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from learners.files.streams import MEGABYTE

FORM = MEGABYTE  # a page of fields; and what stands around a file


def takes_file(largest: int) -> Callable[[Any], Any]:
    """For a view that takes a file of so many bytes from those who may use it."""

    def decorate(view: Any) -> Any:
        view.largest_file = largest
        return view

    return decorate


class LargestBody:
    """Stands before the middleware that looks for the form's token: that one reads the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
            return render(request, "411.html", status=411)
        if not length.isdecimal() or int(length) <= FORM:  # Django reads nothing where it is no number
            return None
        largest = _largest_file(request, view)
        if int(length) <= largest + FORM:
            return None
        return render(request, "413.html", {"megabytes": (largest or FORM) // MEGABYTE}, status=413)


def _largest_file(request: HttpRequest, view: Any) -> int:
    largest: int = getattr(view, "largest_file", 0)
    return largest if request.user.has_perms(getattr(view, "permissions", ())) else 0
