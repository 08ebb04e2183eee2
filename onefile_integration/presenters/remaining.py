"""How long a run still takes, in words. Nothing here asks the database."""

from __future__ import annotations

from onefile_integration.models import Run
from onefile_integration.words import RunState


def left_words(run: Run, minutes: int | None) -> str:
    """Blank for a run that is over."""
    if not run.is_open:
        return ""
    if run.cancelled_at:
        return "What has begun goes on to its end"
    if run.state == RunState.HELD:
        return "Waits for an answer"
    if run.paused_at:
        return "Paused: nobody else is begun until it is resumed"
    if run.stop_reason:
        return "Stopped for now; it goes on by itself"
    return "Not known yet" if minutes is None else duration(minutes)


def duration(minutes: int) -> str:
    if minutes <= 1:
        return "About a minute"
    if minutes < 90:
        return f"About {minutes} minutes"
    return f"About {minutes // 60} h {minutes % 60:02} min"
