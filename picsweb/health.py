"""Whether the installation works, for a watchdog: no sign-in, no personal data."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from learners.registry import registry


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    answer = report()
    return JsonResponse(answer, status=200 if answer["ok"] else 503)


def report() -> dict[str, Any]:
    """``ok`` only where the database answers and no hook says otherwise."""
    if not _database_answers():
        return {"ok": False, "database": False}
    answer: dict[str, Any] = {"ok": True, "database": True}
    for hook in registry.health:
        part = hook()
        answer |= part | {"ok": answer["ok"] and part.get("ok", True)}
    return answer


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
