"""An ILR file into the records: first read whole, then a learner at a time, each by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.files.faults import FileFault
from learners.files.ilr.matching import Conflict, OursByRef
from learners.files.ilr.parsing import IlrFile, elements, local, survey
from learners.files.ilr.reading import LearnerReader
from learners.files.ilr.records import IlrLearner, Note
from learners.files.ilr.writing import BaseData, LearnerWriter
from learners.files.reading import seekable
from learners.models import Learner

CHUNK = 100
LISTED = 1000


@dataclass
class IlrOutcome:
    """Counts of Learner records. ``errors`` are for someone to put right, ``notes`` only to be known."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    error_count: int = 0
    refused: bool = False

    def fault(self, note: Note) -> None:
        self.error_count += 1
        if len(self.errors) < LISTED:
            self.errors.append(note)

    def note(self, note: Note) -> None:
        if len(self.notes) < LISTED:
            self.notes.append(note)

    def as_data(self) -> dict[str, Any]:
        data = asdict(self)
        del data["refused"]
        return data


def import_ilr(
    stream: BinaryIO,
    *,
    by: Actor,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda learners: None,
) -> IlrOutcome:
    """``progress`` is told how many learners are done."""
    with seekable(stream) as whole:
        try:
            file = survey(whole)
        except FileFault as fault:
            note = Note(fault.line, fault.column, str(fault))
            return IlrOutcome(errors=[note], error_count=1, refused=True)
        job = _Import(whole, file, by, progress)
        with transaction.atomic() if dry_run else nullcontext():
            job.run()
            if dry_run:
                transaction.set_rollback(True)
        return job.outcome


class _Import:
    def __init__(self, stream: BinaryIO, file: IlrFile, by: Actor, progress: Callable[[int], None]) -> None:
        self.stream, self.file, self.by, self.progress = stream, file, by, progress
        self.base = BaseData(by)
        self.outcome = IlrOutcome()
        self.refs_by_uln: dict[str, str] = {}

    def run(self) -> None:
        learners, done = self._learners(), 0
        while chunk := list(islice(learners, CHUNK)):
            ours = OursByRef(self.file.ukprn, chunk)
            for learner in chunk:
                self._do(learner, ours)
            done += len(chunk)
            self.progress(done)
        if new := sorted(self.base.new_qualifications):
            message = f"{len(new)} qualifications are new here, give them titles: {', '.join(new)}"
            self.outcome.note(Note(0, "LearnAimRef", message))
        self._note_missing()
        self.outcome.errors.sort(key=lambda note: note.line)

    def _learners(self) -> Iterator[IlrLearner]:
        for _, element in elements(self.stream):
            if local(element) == "Learner":
                yield LearnerReader(element).learner()

    def _do(self, learner: IlrLearner, ours: OursByRef) -> None:
        if reason := self._reason_to_refuse(learner):
            self.outcome.fault(Note(learner.line, "LearnRefNumber", reason))
            return
        self._note_shared_uln(learner)
        writer = LearnerWriter(self.file.ukprn, learner, self.base, self.by)
        try:
            with transaction.atomic():
                counts = writer.write(ours.records_of(learner))
        except Conflict as conflict:
            self._refuse(learner, conflict.column, str(conflict))
        except ValidationError as error:
            self.base.forget()
            self._refuse(learner, "Learner", f"cannot be loaded: {' '.join(error.messages)}")
        else:
            self._count(learner, writer, counts)

    def _count(self, learner: IlrLearner, writer: LearnerWriter, counts: Counter[str]) -> None:
        self.base.keep()
        for name, count in counts.items():
            setattr(self.outcome, name, getattr(self.outcome, name) + count)
        for note in [*learner.notes, *writer.faults]:
            self.outcome.fault(note)
        for note in writer.notes:
            self.outcome.note(note)

    def _reason_to_refuse(self, learner: IlrLearner) -> str:
        if not learner.ref:
            return "The learner has no LearnRefNumber; not loaded."
        if learner.ref in self.file.repeated:
            first = self.file.first_lines[learner.ref]
            return f"LearnRefNumber {learner.ref} stands twice (first on line {first}); not loaded."
        if len(learner.ref) > 12:
            return f"LearnRefNumber {learner.ref[:20]} is longer than 12 characters; not loaded."
        if not learner.aims:
            return f"LearnRefNumber {learner.ref}: no aim that can be loaded; not loaded."
        return ""

    def _refuse(self, learner: IlrLearner, column: str, message: str) -> None:
        line, _ = learner.lines.get(column, (learner.line, ""))
        shown = learner.lines.get(column, (0, column))[1]
        self.outcome.fault(Note(line, shown, f"LearnRefNumber {learner.ref}: {message}"))

    def _note_shared_uln(self, learner: IlrLearner) -> None:
        """A national number is no proof of one person: told, never merged."""
        uln = str(learner.values.get("uln", ""))
        other = self.refs_by_uln.setdefault(uln, learner.ref) if uln else learner.ref
        if other != learner.ref:
            line, column = learner.lines["uln"]
            message = f"LearnRefNumber {learner.ref} has the ULN of {other}: perhaps one person."
            self.outcome.note(Note(line, column, message))

    def _note_missing(self) -> None:
        ours = Learner.objects.filter(ukprn=self.file.ukprn).values_list("lrn", flat=True)
        missing = sorted(set(ours) - set(self.file.first_lines) - {""})
        if missing:
            shown = ", ".join(missing[:20]) + (" ..." if len(missing) > 20 else "")
            message = f"{len(missing)} in the MIS, not in this file (left as they are): {shown}"
            self.outcome.note(Note(0, "LearnRefNumber", message))
