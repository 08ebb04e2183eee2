"""An ILR file into the records: first read whole, then looked at by the guard, then a chunk of learners at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.files.faults import FileFault
from learners.files.guard import IDENTITY, ImportGuard
from learners.files.ilr.archive import opened
from learners.files.ilr.basedata import BaseData
from learners.files.ilr.matching import OursByRef, conflict_of
from learners.files.ilr.outcome import IlrOutcome
from learners.files.ilr.parsing import elements
from learners.files.ilr.reading import LearnerReader
from learners.files.ilr.records import IlrLearner, Note
from learners.files.ilr.survey import IlrFile, survey
from learners.files.ilr.telling import Ulns, on_base_data, on_order, on_records, refusal_of
from learners.files.ilr.writing import Arrangement, ChunkWriter
from learners.models import Erasure, Learner
from learners.services.tombstones import erased_references, words

CHUNK = 100


def import_ilr(
    stream: BinaryIO,
    *,
    by: Actor,
    dry_run: bool = False,
    go_on: bool = False,
    same_person: Collection[str] = (),
    name: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> IlrOutcome:
    """``go_on`` lets through what the guard would hold. ``same_person``: LearnRefNumbers that are our records of the
    number, though name, birth date or ULN differ. ``name`` is the file's. ``progress``: learners done, of so many.
    """
    try:
        with opened(stream) as whole:
            job = _Import(whole, survey(whole, name), by, progress, frozenset(same_person))
            with transaction.atomic() if dry_run else nullcontext():
                job.run(go_on=go_on, dry_run=dry_run)
                if dry_run:
                    transaction.set_rollback(True)
            return job.outcome
    except FileFault as fault:
        note = Note(fault.line, fault.column, str(fault))
        return IlrOutcome(errors=[note], error_count=1, refused=True)


class _Import:
    def __init__(
        self,
        stream: BinaryIO,
        file: IlrFile,
        by: Actor,
        progress: Callable[[int, int], None],
        same_person: frozenset[str],
    ) -> None:
        self.stream, self.file, self.progress, self.same_person = stream, file, progress, same_person
        self.outcome = IlrOutcome()
        self.base = BaseData(by, self.outcome.preview)
        self.writer = ChunkWriter(self.base, self.outcome, by)
        self.ulns = Ulns()
        self.erased: dict[str, Erasure] = {}

    def run(self, *, go_on: bool, dry_run: bool) -> None:
        self.file.notes += on_order(self.file)
        self.outcome.held = {} if go_on else self._looked_at()
        if self.outcome.held and not dry_run:
            return
        done = 0
        for chunk in self._chunks():
            self._write(chunk)
            done += len(chunk)
            self.progress(done, self.file.learners)
        for note in [*self.file.notes, *on_base_data(self.base), *on_records(self.file, self.same_person)]:
            self.outcome.note(note)
        self.outcome.errors.sort(key=lambda note: note.line)

    def _chunks(self) -> Iterator[list[IlrLearner]]:
        learners = (LearnerReader(each).learner() for each in elements(self.stream) if each.name == "Learner")
        while chunk := list(islice(learners, CHUNK)):
            yield chunk

    # The guard's look, before the first change

    def _looked_at(self) -> dict[str, int]:
        guard = ImportGuard()
        if Learner.objects.filter(ukprn=self.file.ukprn).exists():
            for chunk in self._chunks():
                ours = OursByRef(self.file.ukprn, chunk, self.file.first_lines, whole=False)
                for learner in chunk:
                    self._look(learner, ours.records_of(learner), guard)
        return guard.held

    def _look(self, learner: IlrLearner, ours: Sequence[Learner], guard: ImportGuard) -> None:
        """Who is left out overwrites nothing; whom a person has named has been looked at."""
        is_named = learner.ref in self.same_person
        if not ours or refusal_of(learner, self.file) or (not is_named and conflict_of(learner, ours)):
            return
        given = {} if is_named else {name: learner.values[name] for name in IDENTITY if name in learner.values}
        here = [(name, getattr(record, name), new) for name, new in given.items() for record in ours]
        guard.see({name: (old, new) for name, old, new in here if old != new})

    # The writing

    def _write(self, chunk: Sequence[IlrLearner]) -> None:
        ours = OursByRef(self.file.ukprn, chunk, self.file.first_lines, whole=True)
        self.ulns.read(chunk)
        refs = {ref for learner in chunk for ref in (learner.ref, learner.previous_ref)}
        self.erased = erased_references(self.file.ukprn, refs)
        arranged = [self._arranged(learner, ours) for learner in chunk]
        self.writer.write([each for each in arranged if each])

    def _arranged(self, learner: IlrLearner, ours: OursByRef) -> Arrangement | None:
        """None where the learner stays out."""
        if faults := refusal_of(learner, self.file):
            for fault in faults:
                self.outcome.fault(fault)
            return None
        records = ours.records_of(learner)
        if self._is_another_person(learner, records) or self._was_erased(learner, records):
            return None
        settled, known = learner.ref in self.same_person, self._erasure_of(learner) is None
        try:
            arranged = Arrangement(self.file.ukprn, learner, records, is_settled=settled, may_be_new=known)
        except ValidationError as error:
            self.outcome.refuse(learner, "Learner", f"cannot be loaded: {' '.join(error.messages)}")
            return None
        arranged.notes += [*self.ulns.shared(learner, records), *ours.doubts_of(learner)]
        return arranged

    def _is_another_person(self, learner: IlrLearner, records: Sequence[Learner]) -> bool:
        conflict = conflict_of(learner, records) if learner.ref not in self.same_person else None
        if conflict:
            self.outcome.refuse_conflict(conflict)
        return conflict is not None

    def _was_erased(self, learner: IlrLearner, records: Sequence[Learner]) -> bool:
        """Whole, or else the file still tells of records that are here."""
        erasure = self._erasure_of(learner) if not records else None
        if erasure:
            column = "LearnRefNumber" if learner.ref in self.erased else "PrevLearnRefNumber"
            self.outcome.refuse(learner, column, f"{words(erasure)}; not loaded.")
        return erasure is not None

    def _erasure_of(self, learner: IlrLearner) -> Erasure | None:
        return self.erased.get(learner.ref) or self.erased.get(learner.previous_ref)
