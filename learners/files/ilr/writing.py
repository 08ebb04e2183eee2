"""One learner of the file into our records, through the services."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.files.ilr.episodes import Episode, Gap, Line, episodes_of
from learners.files.ilr.matching import pair
from learners.files.ilr.records import Employment, IlrLearner, Note
from learners.files.kind import differs
from learners.files.lookups import qualifications as qualifications_by_reference
from learners.models import DeliveryPlanLine, Learner, Organisation, Placement, Qualification
from learners.services import breaks, delivery, learners, organisations, placements, qualifications
from learners.words import OrganisationStatus, PlacementType

EMPLOYED = "10"
DAY = timedelta(days=1)
# A learner is loaded without one of these where it is wrong; without any other, not at all.
NOT_NEEDED = frozenset(
    ["uln", "nino", "email", "telephone", "date_of_birth", "postcode", "forenames", "surname"]
    + [f"address{line}" for line in range(1, 5)]
)


class BaseData:
    """Qualifications and employers that aims and statuses name, made where they are not there."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self.new_qualifications: set[str] = set()
        self.brought: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """What a refused learner brought in was taken back with it."""
        self.qualifications: dict[str, Qualification] = {}
        self.employers: dict[str, Organisation] = {}
        self.brought.clear()

    def keep(self) -> None:
        """The learner is in, with the qualifications that came with it."""
        self.new_qualifications |= self.brought
        self.brought.clear()

    def qualification(self, reference: str) -> Qualification:
        if reference not in self.qualifications:
            found = qualifications_by_reference([reference]).get(reference)
            if found is None:
                found = qualifications.create(vq_reference=reference, by=self.by)
                self.brought.add(reference)
            self.qualifications[reference] = found
        return self.qualifications[reference]

    def employer(self, number: str) -> Organisation:
        """By its number; a new one has no name yet."""
        if number not in self.employers:
            found = Organisation.objects.filter(edrs=number).order_by("status", "pk").first()
            self.employers[number] = found or organisations.create(
                edrs=number, status=OrganisationStatus.UNAPPROVED, by=self.by
            )
        return self.employers[number]


class LearnerWriter:
    """``faults`` and ``notes`` tell what was left out and what was in doubt."""

    def __init__(self, ukprn: str, learner: IlrLearner, base: BaseData, by: Actor) -> None:
        self.ukprn, self.learner, self.base, self.by = ukprn, learner, base, by
        self.values: dict[str, Any] = learners.tidied(dict(learner.values))
        self.faults: list[Note] = []
        self.notes: list[Note] = []

    def write(self, ours: Sequence[Learner]) -> Counter[str]:
        """How many Learner records were created, updated, unchanged."""
        episodes, notes = episodes_of(self.learner.aims)
        self.notes += [self._named(note) for note in notes]
        person = ours[0].person if ours else uuid.uuid4()
        return Counter(self._episode(episode, record, person) for episode, record in pair(episodes, ours))

    def _episode(self, episode: Episode, record: Learner | None, person: uuid.UUID) -> str:
        dates = {"start": episode.start, "planned_end": episode.planned_end, "actual_end": episode.actual_end}
        values = {**dates, "ukprn": self.ukprn, "lrn": self.learner.ref}
        if record is None:
            record = self._create(values | {"person": person})
            self._parts(record, episode)
            return "created"
        changed = self._update(record, values)
        return "updated" if self._parts(record, episode) or changed else "unchanged"

    def _create(self, values: Mapping[str, Any]) -> Learner:
        try:
            return learners.create(by=self.by, **self.values, **values)
        except ValidationError as error:
            self._leave_out(error)
            return learners.create(by=self.by, **self.values, **values)

    def _update(self, record: Learner, values: Mapping[str, Any]) -> bool:
        if not differs(record, {**self.values, **values}):
            return False
        try:
            return bool(learners.update(record, by=self.by, **self.values, **values))
        except ValidationError as error:
            self._leave_out(error)
            return bool(learners.update(record, by=self.by, **self.values, **values))

    def _leave_out(self, error: ValidationError) -> None:
        """Take the wrong fields out of the values, each with a fault; what is needed raises again."""
        wrong = error.message_dict if hasattr(error, "error_dict") else {}
        if not wrong or not wrong.keys() <= NOT_NEEDED & self.values.keys():
            raise error
        for name, messages in wrong.items():
            del self.values[name]
            line, column = self.learner.lines[name]
            message = f"loaded without it. {' '.join(messages)}"
            self.faults.append(self._named(Note(line, column, message)))

    def _named(self, note: Note) -> Note:
        return Note(note.line, note.column, f"LearnRefNumber {self.learner.ref}: {note.message}")

    # What hangs on the record

    def _parts(self, record: Learner, episode: Episode) -> bool:
        changed = [self._line(record, line) for line in episode.lines]
        changed += [self._break(record, gap) for gap in episode.breaks]
        changed += [self._placement(record, *place) for place in self._places(episode)]
        return any(changed)

    def _line(self, record: Learner, line: Line) -> bool:
        ends = {"planned_end": line.planned_end, "actual_end": line.actual_end}
        there = self._line_there(record, line)
        if there is None:
            qualification = self.base.qualification(line.vq_reference)
            delivery.create_line(record, qualification=qualification, start=line.start, by=self.by, **ends)
            return True
        return differs(there, ends) and bool(delivery.update_line(there, by=self.by, **ends))

    def _line_there(self, record: Learner, line: Line) -> DeliveryPlanLine | None:
        for there in record.delivery_plan.all():
            if there.start == line.start and there.qualification.vq_reference.upper() == line.vq_reference:
                return there
        return None

    def _break(self, record: Learner, gap: Gap) -> bool:
        first, last = gap
        there = next((pause for pause in record.breaks.all() if pause.from_date == first), None)
        if there:
            return bool(there.to_date != last and breaks.update(there, to_date=last, by=self.by))
        try:
            with transaction.atomic():
                breaks.create(record, from_date=first, to_date=last, by=self.by)
        except ValidationError:
            message = f"a break from {first:%Y-%m-%d} overlaps one that is there; left out."
            self.notes.append(self._named(Note(self.learner.line, "CompStatus", message)))
            return False
        return True

    def _places(self, episode: Episode) -> Iterator[tuple[str, str, Any, Any]]:
        """(type, employer's number, start, end): employers within the episode, then work places."""
        for status, end in _employed(self.learner.employments):
            begins_after = episode.actual_end and status.on > episode.actual_end
            if status.employer and not begins_after and (end is None or end >= episode.start):
                yield PlacementType.EMPLOYER, status.employer, status.on, end
        for place in episode.work_places:
            yield PlacementType.WORK_PLACEMENT, place.employer, place.start, place.end

    def _placement(self, record: Learner, type_: str, number: str, start: Any, end: Any) -> bool:
        end = end if end is None or end >= start else None
        there = self._placement_there(record, type_, number, start)
        if there is None:
            employer = self.base.employer(number)
            placements.create(record, organisation=employer, type=type_, start=start, end=end, by=self.by)
            return True
        if there.organisation.name:
            return False  # a person has settled it
        return bool(there.end != end and placements.update(there, end=end, by=self.by))

    def _placement_there(self, record: Learner, type_: str, number: str, start: Any) -> Placement | None:
        """The same employer from that day; or a named one that a person has put in its place."""
        for there in record.placements.filter(start=start).select_related("organisation"):
            if there.organisation.edrs == number or (there.type == type_ and there.organisation.name):
                return there
        return None


def _employed(statuses: Sequence[Employment]) -> Iterator[tuple[Employment, Any]]:
    """Each status of being employed, with its last day: the day before the next status."""
    latest = {status.on: status for status in statuses}  # of two on one day the later in the file counts
    ordered = [latest[day] for day in sorted(latest)]
    for place, status in enumerate(ordered):
        end = ordered[place + 1].on - DAY if place + 1 < len(ordered) else None
        if status.status == EMPLOYED:
            yield status, end
