"""One of our records, made to say what the file says of its episode. A person's words win where they may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from learners.actor import Actor
from learners.files.ilr.basedata import BaseData
from learners.files.ilr.episodes import DAY, Episode, Gap, Line
from learners.files.ilr.placing import Place
from learners.files.ilr.records import Note
from learners.files.kind import differs
from learners.files.preview import Preview
from learners.models import Break, DeliveryPlanLine, Learner, Placement
from learners.services import breaks, delivery, learners, placements
from learners.services.saving import Changes
from learners.words import PlacementType


class RecordUpdater:
    """``others``: the learner's other records, which may hold lines of this episode from other files."""

    def __init__(self, record: Learner, others: Sequence[Learner], base: BaseData, preview: Preview, by: Actor) -> None:
        self.record, self.others, self.base, self.preview, self.by = record, others, base, preview, by
        self.changed = False
        self.notes: list[Note] = []

    def update(self, values: Mapping[str, Any], episode: Episode, places: Sequence[Place]) -> bool:
        """Whether anything changed."""
        for line in episode.lines:
            self._line(line)
        self.change_learner({**values, **self._dates(episode)})
        self._breaks(episode)
        for place in places:
            self._place(place, [each.employer for each in places])
        self._end_before(places)
        return self.changed

    def _tell(self, record: str, changes: Changes) -> None:
        self.changed = self.changed or bool(changes)
        self.preview.changed(self.record.ident, record, changes)

    def _created(self, record: str, words: str) -> None:
        self.changed = True
        self.preview.created(self.record.ident, record, words)

    # The learner's own fields

    def change_learner(self, values: Mapping[str, Any]) -> bool:
        """Whether anything changed."""
        if differs(self.record, values):
            self._tell("Learner", learners.update(self.record, by=self.by, **values))
        return self.changed

    def _dates(self, episode: Episode) -> dict[str, date | None]:
        """Where the file tells only of a part of the episode, the other lines count too."""
        start = episode.start
        if self.record.start and any(line.is_resumed for line in episode.lines):
            start = min(start, self.record.start)
        if not (episode.is_own and self._has_other_lines(episode)):
            return {"start": start, "planned_end": episode.planned_end, "actual_end": episode.actual_end}
        lines = list(self.record.delivery_plan.all())
        planned = [each for each in (self.record.planned_end, episode.planned_end) if each]
        ends = [line.actual_end for line in lines if line.actual_end]
        return {
            "start": min(start, self.record.start or start),
            "planned_end": max(planned, default=None),
            "actual_end": self.record.actual_end or (max(ends) if len(ends) == len(lines) else None),
        }

    def _has_other_lines(self, episode: Episode) -> bool:
        told = {line.vq_reference for line in episode.lines}
        return any(_reference(line) not in told for line in self.record.delivery_plan.all())

    # Lines

    def _line(self, line: Line) -> None:
        ends = {"planned_end": line.planned_end, "actual_end": line.actual_end}
        there = self._line_there(line)
        if there is None:
            qualification = self.base.qualifications[line.vq_reference]
            delivery.create_line(self.record, qualification=qualification, start=line.start, by=self.by, **ends)
            self._created("Delivery plan line", str(qualification))
        elif differs(there, ends):
            self._tell(f"Line {line.vq_reference}", delivery.update_line(there, by=self.by, **ends))

    def _line_there(self, line: Line) -> DeliveryPlanLine | None:
        """Of that start; after a break that the file does not tell of, the latest that began before."""
        same = [each for each in self._all_lines() if _reference(each) == line.vq_reference]
        exact = next((each for each in same if each.start == line.start), None)
        if exact or not line.is_resumed:
            return exact
        return max((each for each in same if each.start < line.start), key=lambda each: each.start, default=None)

    def _all_lines(self) -> Iterator[DeliveryPlanLine]:
        for record in (self.record, *self.others):
            yield from record.delivery_plan.all()

    # Breaks

    def _breaks(self, episode: Episode) -> None:
        ours = list(self.record.breaks.all())
        for back in episode.returns:
            for pause in ours:
                if pause.to_date is None and pause.from_date < back:
                    self._change_break(pause, pause.from_date, back - DAY)
        for gap in episode.breaks:
            self._gap(gap, ours)

    def _gap(self, gap: Gap, ours: list[Break]) -> None:
        first, last = gap
        met = [each for each in ours if _meet(each, gap)]
        if not met:
            ours.append(breaks.create(self.record, from_date=first, to_date=last, by=self.by))
            self._created("Break", str(ours[-1]))
        elif len(met) > 1:
            message = f"a break from {first:%Y-%m-%d} overlaps several that are there; left out."
            self.notes.append(Note(0, "CompStatus", message))
        elif last is None and met[0].to_date:
            message = f"a break from {first:%Y-%m-%d} is open in the file and has ended here; left as it is."
            self.notes.append(Note(0, "CompStatus", message))
        else:
            self._change_break(met[0], first, last)

    def _change_break(self, pause: Break, first: date, last: date | None) -> None:
        values = {"from_date": first, "to_date": last}
        if differs(pause, values):
            self._tell("Break", breaks.update(pause, by=self.by, **values))

    # Placements

    def _place(self, place: Place, numbers: Sequence[str]) -> None:
        there = self._placement_there(place, numbers)
        if there is None:
            employer = self.base.employers[place.employer]
            placements.create(
                self.record, organisation=employer, type=place.type, start=place.start, end=place.end, by=self.by
            )
            self._created("Placement", str(employer))
        elif there.type == place.type:
            self._change_placement(there, place)

    def _change_placement(self, there: Placement, place: Place) -> None:
        """With an employer that a person has named only the end is filled in, where it has none."""
        values: dict[str, Any] = {}
        if not there.organisation.name or there.end is None:
            values["end"] = place.end
        if not there.organisation.name and place.type == PlacementType.EMPLOYER:
            values["organisation"] = self.base.employers[place.employer]
        if differs(there, values):
            self._tell("Placement", placements.update(there, by=self.by, **values))

    def _placement_there(self, place: Place, numbers: Sequence[str]) -> Placement | None:
        """With that employer from that day; else one of that type and day: an employer put in its place by a
        person, or the one that an earlier file named.
        """
        begun = [each for each in self.record.placements.all() if each.start == place.start]
        for each in begun:
            if each.organisation.edrs == place.employer:
                return each
        for each in begun:
            is_free = each.type == place.type and each.organisation.edrs not in numbers
            if is_free and (each.organisation.name or place.type == PlacementType.EMPLOYER):
                return each
        return None

    def _end_before(self, places: Sequence[Place]) -> None:
        """Another employer in a later file: the one before, which the file no longer names, has ended."""
        starts = [place.start for place in places if place.type == PlacementType.EMPLOYER]
        first = min(starts, default=date.min)
        for there in self.record.placements.all():
            is_of_a_file = there.type == PlacementType.EMPLOYER and not there.organisation.name
            if is_of_a_file and there.end is None and there.start < first:
                self._tell("Placement", placements.update(there, by=self.by, end=first - DAY))


def _reference(line: DeliveryPlanLine) -> str:
    return line.qualification.vq_reference.upper()


def _meet(pause: Break, gap: Gap) -> bool:
    first, last = gap
    return (pause.to_date is None or pause.to_date >= first) and (last is None or pause.from_date <= last)
