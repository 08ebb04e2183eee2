from __future__ import annotations

from django.http import HttpRequest

from learners.actor import Actor


def acting(request: HttpRequest) -> Actor:
    """Who is signed in. Every view is guarded, so there is somebody."""
    assert request.user.is_authenticated
    return Actor.of(request.user)
