"""What is told of a file: who stays out and why, and what someone should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from learners.files.ilr.basedata import BaseData
from learners.files.ilr.records import IlrLearner, Note
from learners.files.ilr.survey import IlrFile
from learners.models import DeliveryPlanLine, Learner

LONGEST_REF = 12
SHOWN = 20


def refusal_of(learner: IlrLearner, file: IlrFile) -> list[Note]:
    """Why the learner is not loaded; empty where it may be."""
    ref, shown = learner.ref, learner.ref[:SHOWN]
    if not ref:
        return [Note(learner.line, "LearnRefNumber", "The learner has no LearnRefNumber; not loaded.")]
    if ref in file.repeated:
        message = f"LearnRefNumber {shown} stands twice (first on line {file.first_lines[ref]}); not loaded."
        return [Note(learner.line, "LearnRefNumber", message)]
    if len(ref) > LONGEST_REF:
        message = f"LearnRefNumber {shown} is longer than {LONGEST_REF} characters; not loaded."
        return [Note(learner.line, "LearnRefNumber", message)]
    if not learner.aims:
        note = Note(learner.line, "LearningDelivery", "no aim that can be loaded; not loaded.")
        return [*learner.faults, learner.named(note)]
    return []


class Ulns:
    """A national number under more than one LearnRefNumber: told, never merged, for it is no proof of one person."""

    def __init__(self) -> None:
        self.refs: dict[str, str] = {}  # of the file, so far
        self.records: dict[str, list[Learner]] = {}  # ours, of a chunk

    def read(self, chunk: Sequence[IlrLearner]) -> None:
        self.records = defaultdict(list)
        for record in Learner.objects.filter(uln__in={_uln(learner) for learner in chunk} - {""}):
            self.records[record.uln].append(record)

    def shared(self, learner: IlrLearner, ours: Sequence[Learner]) -> Iterator[Note]:
        uln = _uln(learner)
        if not uln:
            return
        others = [record for record in self.records.get(uln, []) if record.lrn != learner.ref]
        other = self.refs.setdefault(uln, learner.ref)
        if other == learner.ref and others and not ours:
            other = f"the record {others[0].ident}"
        if other != learner.ref:
            line, column = learner.lines["uln"]
            yield learner.named(Note(line, column, f"has the ULN of {other}: perhaps one person."))


def _uln(learner: IlrLearner) -> str:
    return str(learner.values.get("uln", ""))


def on_base_data(base: BaseData) -> Iterator[Note]:
    if new := sorted(base.new_qualifications):
        message = f"{len(new)} qualifications are new here, give them titles: {', '.join(new)}"
        yield Note(0, "LearnAimRef", message)


def on_records(file: IlrFile, named: Collection[str]) -> Iterator[Note]:
    """What is here and not in the file, in the file and not here."""
    ours = set(Learner.objects.filter(ukprn=file.ukprn).values_list("lrn", flat=True))
    if missing := sorted(ours - file.first_lines.keys() - {""}):
        message = f"{len(missing)} in the MIS, not in this file (left as they are): {_listed(missing)}"
        yield Note(0, "LearnRefNumber", message)
    if unknown := sorted(set(named) - file.first_lines.keys()):
        yield Note(0, "LearnRefNumber", f"Named as the same person, but not in this file: {_listed(unknown)}")


def on_order(file: IlrFile) -> Iterator[Note]:
    """Asked before the first change: whether a later file than this one has been here already."""
    end = date(int(file.year[:4]) + 1, 7, 31)
    if DeliveryPlanLine.objects.filter(learner__ukprn=file.ukprn, start__gt=end).exists():
        message = f"Some learning here began after {file.year}, the year of this file. Where it speaks of the same "
        yield Note(0, "Message", message + "as a later file, this one counts now; import the later one again.")


def _listed(refs: Sequence[str]) -> str:
    return ", ".join(refs[:SHOWN]) + (" ..." if len(refs) > SHOWN else "")
