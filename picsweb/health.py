"""Whether the installation works, for a watchdog: no sign-in, no personal data."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from learners.registry import registry

PATIENCE = 2.0  # seconds; a watchdog asks often


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    answer = report()
    return JsonResponse(answer, status=200 if answer["ok"] else 503)


def report() -> dict[str, Any]:
    """``ok`` only where database and Redis answer and no hook says otherwise."""
    if not _database_answers():
        return {"ok": False, "database": False}
    redis = _redis_answers()
    answer: dict[str, Any] = {"ok": redis, "database": True, "redis": redis}
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


def _redis_answers() -> bool:
    """Without it no worker hears of work, and nobody calls OneFile."""
    store = Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )
    try:
        return bool(store.ping())
    except RedisError:
        return False
    finally:
        store.close()
