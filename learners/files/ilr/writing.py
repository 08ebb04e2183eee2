"""A chunk of learners into our records: those who are here one by one, those who are new all at once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.files.ilr.basedata import BaseData
from learners.files.ilr.episodes import Episode, Line, episodes_of
from learners.files.ilr.matching import IDENTITY, pair
from learners.files.ilr.outcome import IlrOutcome
from learners.files.ilr.placing import Place, places_of
from learners.files.ilr.records import IlrLearner, Note
from learners.files.ilr.updating import RecordUpdater
from learners.models import Learner
from learners.services import arrivals
from learners.services.arrivals import Arrival
from learners.services.learners import tidied

# A learner is loaded without one of these where it is wrong; without any other, not at all.
NOT_NEEDED = frozenset(
    ["uln", "nino", "email", "telephone", "date_of_birth", "postcode", "forenames", "surname"]
    + [f"address{line}" for line in range(1, 5)]
)


@dataclass(frozen=True)
class Part:
    """An episode of the file, the record that it is (None: a new one), and the places that go with it."""

    episode: Episode
    record: Learner | None
    places: Sequence[Place]

    @property
    def lines(self) -> list[Line]:
        return self.episode.lines


class Arrangement:
    """One learner of the file beside our records; reads only.

    ``is_settled``: a person has said that they are one. Not ``may_be_new``: what is not here was erased.
    """

    def __init__(
        self, ukprn: str, learner: IlrLearner, ours: Sequence[Learner], *, is_settled: bool, may_be_new: bool
    ) -> None:
        self.learner, self.ours, self.is_settled = learner, ours, is_settled
        episodes, notes = episodes_of(learner.aims)
        self.notes = [*map(learner.named, notes), *learner.doubts]
        self.faults = list(learner.faults)
        self.values = {**self._sound_values(), "ukprn": ukprn, "lrn": learner.ref}
        pairs = pair(episodes, ours)
        if not may_be_new and any(record is None for _, record in pairs):
            note = Note(learner.line, "LearnRefNumber", "an episode that was erased is left out.")
            self.notes.append(learner.named(note))
        self.parts = [
            Part(episode, record, places_of(episode, learner.employments))
            for episode, record in pairs
            if record or may_be_new
        ]
        self.person = ours[0].person if ours else uuid.uuid4()

    def _sound_values(self) -> dict[str, Any]:
        values = tidied(dict(self.learner.values))
        for name, messages in arrivals.wrong_values(values).items():
            if name not in NOT_NEEDED:
                raise ValidationError(messages)
            del values[name]
            line, column = self.learner.lines[name]
            note = Note(line, column, f"loaded without it. {' '.join(messages)}")
            self.faults.append(self.learner.named(note))
        return values

    @property
    def new(self) -> list[Part]:
        return [part for part in self.parts if part.record is None]

    @property
    def apart(self) -> list[Learner]:
        """Records of episodes that the file does not tell of."""
        return [record for record in self.ours if all(record is not part.record for part in self.parts)]


class ChunkWriter:
    def __init__(self, base: BaseData, outcome: IlrOutcome, by: Actor) -> None:
        self.base, self.outcome, self.by = base, outcome, by

    @transaction.atomic
    def write(self, chunk: Sequence[Arrangement]) -> None:
        self.base.prepare(
            (line.vq_reference for each in chunk for part in each.parts for line in part.lines),
            (place.employer for each in chunk for part in each.parts for place in part.places),
        )
        idents = arrivals.idents(sum(len(each.new) for each in chunk))
        new = [arrival for each in chunk for arrival in self._learner(each, idents)]
        arrivals.keep(new, by=self.by)

    def _learner(self, each: Arrangement, idents: Iterator[str]) -> list[Arrival]:
        """Update what is here; what is new is returned."""
        try:
            with transaction.atomic(savepoint=bool(each.ours)):
                counts = Counter(self._update(each, part) for part in each.parts if part.record)
                counts.update(self._settle(each) if each.is_settled else [])
            new = [self._arrival(each, part, next(idents)) for part in each.new]
        except ValidationError as error:
            self.outcome.refuse(each.learner, "Learner", f"cannot be loaded: {' '.join(error.messages)}")
            return []
        self.outcome.count(counts + Counter(created=len(new)), each.faults, each.notes)
        return new

    def _update(self, each: Arrangement, part: Part) -> str:
        assert part.record
        others = [record for record in each.ours if record is not part.record]
        updater = RecordUpdater(part.record, others, self.base, self.outcome.preview, self.by)
        changed = updater.update(each.values, part.episode, part.places)
        each.notes += [each.learner.named(Note(each.learner.line, note.column, note.message)) for note in updater.notes]
        return "updated" if changed else "unchanged"

    def _settle(self, each: Arrangement) -> Iterator[str]:
        """Who they are is said on all their records, or the next file would ask again."""
        identity = {name: each.values[name] for name in IDENTITY if name in each.values}
        for record in each.apart:
            if RecordUpdater(record, [], self.base, self.outcome.preview, self.by).change_learner(identity):
                yield "updated"

    def _arrival(self, each: Arrangement, part: Part, ident: str) -> Arrival:
        arrival = arrivals.arriving({**each.values, **_dates(part.episode), "ident": ident, "person": each.person})
        self._add_lines(arrival, each, part)
        for first, last in part.episode.breaks:
            arrival.add_break(from_date=first, to_date=last)
        for place in part.places:
            organisation = self.base.employers[place.employer]
            arrival.add_placement(organisation=organisation, type=place.type, start=place.start, end=place.end)
        self._tell(arrival)
        return arrival

    def _add_lines(self, arrival: Arrival, each: Arrangement, part: Part) -> None:
        """A line that another of the learner's records holds is not made a second time."""
        there = {
            (line.qualification.vq_reference.upper(), line.start)
            for record in each.ours
            for line in record.delivery_plan.all()
        }
        for line in part.lines:
            if (line.vq_reference, line.start) not in there:
                qualification = self.base.qualifications[line.vq_reference]
                ends = {"planned_end": line.planned_end, "actual_end": line.actual_end}
                arrival.add_line(qualification=qualification, start=line.start, **ends)

    def _tell(self, arrival: Arrival) -> None:
        ident, preview = arrival.learner.ident, self.outcome.preview
        preview.created(ident, "Learner", arrival.learner.full_name)
        for line in arrival.lines:
            preview.created(ident, "Delivery plan line", str(line.qualification))
        for pause in arrival.breaks:
            preview.created(ident, "Break", str(pause))
        for placement in arrival.placements:
            preview.created(ident, "Placement", str(placement.organisation))


def _dates(episode: Episode) -> Mapping[str, Any]:
    return {"start": episode.start, "planned_end": episode.planned_end, "actual_end": episode.actual_end}
