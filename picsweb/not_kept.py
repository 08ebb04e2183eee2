"""What a signed-in person saw is kept by no browser and no proxy: the next one at the desk may press *Back*."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class NotKept:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if request.user.is_authenticated:
            answer["Cache-Control"] = "no-store"
        return answer
