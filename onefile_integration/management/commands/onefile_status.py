from __future__ import annotations

from typing import Any

from django.utils import timezone

from onefile_integration.api.errors import NotSent
from onefile_integration.exchange import configuration, nightly, results
from onefile_integration.exchange.connection import NotReady, budget, is_on, limits
from onefile_integration.models import Question, Run, Settings
from picsweb.commands import JsonCommand, Result


class Command(JsonCommand):
    help = "What the OneFile integration is doing, and what waits for a person."

    def run(self, options: dict[str, Any]) -> Result:
        settings = Settings.objects.current()
        next_run = nightly.next_night(settings, timezone.now())
        data = {
            "enabled": is_on(settings),
            "environment": settings.environment,
            "fault": configuration.fault(settings) or None,
            "last_run": _last_run(),
            "next_run": next_run.isoformat() if next_run else None,
            "budget": _budget(settings),
            "unfinished": results.unfinished(),
            "questions": [results.question_as_json(each) for each in Question.objects.open()],
        }
        text = "\n".join(f"{key}: {value}" for key, value in data.items())
        return Result(data=data, text=text)


def _last_run() -> dict[str, Any] | None:
    run = Run.objects.whole().filter(dry=False).first()
    if run is None:
        return None
    return {
        "run": run.pk,
        "state": run.state,
        "started": run.started_at.isoformat(timespec="seconds"),
        "finished": run.finished_at.isoformat(timespec="seconds") if run.finished_at else None,
        "calls": run.calls,
        "stop_reason": run.stop_reason or None,
    }


def _budget(settings: Settings) -> dict[str, int]:
    """Nothing is used where nothing can be: without a token, or with Redis out of reach."""
    try:
        usage = budget(settings).usage(timezone.localdate().isoformat())
    except (NotReady, NotSent):
        return {"limit": limits(settings).limit, "used": 0, "today": 0}
    return {"limit": usage.limit, "used": usage.held_now, "today": usage.calls_today}
