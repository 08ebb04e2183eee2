"""The integration's part of /health. It asks the facts themselves: a beat that is dead notices nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from onefile_integration.exchange import configuration, incidents, nightly, signs
from onefile_integration.models import Incident, Run, Settings
from onefile_integration.words import Lane, PlanState

LATE_AFTER = timedelta(hours=36)


def health_part() -> dict[str, Any]:
    """Not well where a person must act; no words about people, only words of the contract and moments."""
    settings, now = Settings.objects.current(), timezone.now()
    seen, since = signs.seen(), nightly.on_since(settings)
    last = nightly.last_finished(settings.environment)
    standing = Incident.objects.open().filter(environment=settings.environment)
    is_well = not (
        incidents.troubles(settings, now)
        or _is_late(settings, last, since, now)
        or any(signs.is_silent(seen.get(name), since, now) for name in (signs.TICK, Lane.NIGHT))
    )
    return {
        "onefile_enabled": settings.enabled,
        "onefile_fault": bool(configuration.fault(settings)),
        "last_successful_run": last.finished_at.isoformat() if last and last.finished_at else None,
        "last_night": _night(incidents.last_scheduled(settings.environment)),
        "last_tick_seconds": _age(seen, signs.TICK, now),
        "workers_seconds": {lane.value: _age(seen, lane, now) for lane in Lane},
        "incidents": [{"kind": each.kind, "since": each.opened_at.isoformat()} for each in standing],
        "ok": is_well,
    }


def _is_late(settings: Settings, last: Run | None, since: datetime | None, now: datetime) -> bool:
    """It is on, and no run has ended well for a day and a half."""
    if not settings.enabled or configuration.is_paused(settings):
        return False
    moment = last.finished_at if last else since
    return moment is not None and now - moment > LATE_AFTER


def _night(run: Run | None) -> dict[str, Any] | None:
    if run is None or run.scheduled_for is None:
        return None
    failed = run.plans.filter(state=PlanState.FAILED).count()
    return {"date": run.scheduled_for.isoformat(), "state": run.state, "failed": failed}


def _age(seen: Mapping[str, datetime], name: str, now: datetime) -> int | None:
    return max(0, round((now - seen[name]).total_seconds())) if name in seen else None
