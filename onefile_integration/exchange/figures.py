"""Off-the-job hours and overall progress, read on a Refresh. Two calls; whatever goes wrong with them is a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from onefile_integration.api import errors
from onefile_integration.api.client import OneFile
from onefile_integration.exchange.failures import explained
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import Link, PortfolioFigure
from onefile_integration.words import Figure, LinkState

NO_HOURS = "OneFile gave no off-the-job hours of this learner."
NOT_ANSWERED = (errors.NotSent, errors.Refused, errors.Unreachable, errors.BadAnswer)
HOURS = {
    Figure.PLANNED: "planned_otj",
    Figure.DONE: "cached_actual_hours",
    Figure.PERCENT: "percent_of_planned",
    Figure.MINIMUM: "minimum_otj",
}


@dataclass(frozen=True)
class Read:
    """What an answer held: its numbers, and which were there and were none."""

    values: Mapping[Figure, float | None]
    unreadable: tuple[Figure, ...] = ()


def refresh(work: Work) -> None:
    """Keeps what OneFile gives and says what it does not give. Raises SignInFailed."""
    if work.plan.learner_id is None:  # an officer or organisation that is tried again has none
        return
    links = Link.objects.within(work.environment).exclude(state=LinkState.CREATING)
    link = links.filter(learner=work.plan.learner_id).first()
    if link is None or link.onefile_id is None:
        return
    notes = [*_asked(link, _progress, work.client), *_asked(link, _hours, work.client)]
    fresh = [{"kind": "note", "text": text} for text in notes]
    work.plan.notes = [*work.plan.notes, *(note for note in fresh if note not in work.plan.notes)]
    work.plan.save(update_fields=["notes"])


def _asked(link: Link, ask: Callable[[OneFile, int], Read], client: OneFile) -> list[str]:
    assert link.onefile_id is not None
    try:
        read = ask(client, link.onefile_id)
    except errors.NotFound:
        return [NO_HOURS] if ask is _hours else ["OneFile gave no overall progress of this learner."]
    except NOT_ANSWERED as error:
        what = "Off-the-job hours" if ask is _hours else "Overall progress"
        return [f"{what} could not be read. {explained(error)}"]
    return _kept(link, read, timezone.now())


def _progress(client: OneFile, number: int) -> Read:
    user = client.user(number)
    return Read({Figure.PROGRESS: user.progress}, (Figure.PROGRESS,) if user.progress_unreadable else ())


def _hours(client: OneFile, number: int) -> Read:
    found = client.off_the_job(number)
    values = {figure: getattr(found, member) for figure, member in HOURS.items()}
    return Read(values, tuple(figure for figure, member in HOURS.items() if member in found.unreadable))


def _kept(link: Link, read: Read, now: datetime) -> list[str]:
    """Notes on those that are not there: what was kept of them before stays, with its time."""
    for figure, value in read.values.items():
        if value is not None:
            PortfolioFigure.objects.update_or_create(link=link, name=figure, defaults={"value": value, "read_at": now})
    absent = [figure for figure, value in read.values.items() if value is None and figure not in read.unreadable]
    if set(absent) == set(HOURS):
        return [NO_HOURS]
    said = [f"OneFile gave no {figure.label}." for figure in absent]
    return [*said, *(f"OneFile's {figure.label} cannot be read as a number." for figure in read.unreadable)]
