"""Where a learner's employers and work placements belong: within the episode, from status to status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from learners.files.ilr.episodes import Episode
from learners.files.ilr.records import Employment
from learners.words import PlacementType

EMPLOYED = "10"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    type: PlacementType
    employer: str
    start: date
    end: date | None


def places_of(episode: Episode, employments: Sequence[Employment]) -> list[Place]:
    """Of two at one employer from one day the first counts: a record can hold one."""
    places: dict[tuple[str, date], Place] = {}
    for place in [*_employers(episode, employments), *_hosts(episode)]:
        places.setdefault((place.employer, place.start), place)
    return list(places.values())


def _employers(episode: Episode, employments: Sequence[Employment]) -> Iterator[Place]:
    for status, end in _employed(employments):
        begins_after = episode.actual_end and status.on > episode.actual_end
        if status.employer and not begins_after and (end is None or end >= episode.start):
            yield Place(PlacementType.EMPLOYER, status.employer, status.on, end)


def _employed(statuses: Sequence[Employment]) -> Iterator[tuple[Employment, date | None]]:
    """Each status of being employed, with its last day: the day before the next status."""
    latest = {status.on: status for status in statuses}  # of two on one day the later in the file counts
    ordered = [latest[day] for day in sorted(latest)]
    for place, status in enumerate(ordered):
        end = ordered[place + 1].on - DAY if place + 1 < len(ordered) else None
        if status.status == EMPLOYED:
            yield status, end


def _hosts(episode: Episode) -> Iterator[Place]:
    for place in episode.work_places:
        end = place.end if place.end and place.end >= place.start else None
        yield Place(PlacementType.WORK_PLACEMENT, place.employer, place.start, end)
