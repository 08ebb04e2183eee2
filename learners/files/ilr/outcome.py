"""What came of an ILR file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from learners.files.ilr.matching import Conflict
from learners.files.ilr.records import IlrLearner, Note
from learners.files.preview import Preview

LISTED = 1000


@dataclass(frozen=True)
class IlrConflict:
    """A learner who was left out because the number is another person's here. ``facts``: (label, ours, the file's),
    personal, for the screen of the person who decides.
    """

    line: int
    ref: str
    ident: str
    facts: list[tuple[str, str, str]]


@dataclass
class IlrOutcome:
    """Counts of Learner records. ``errors`` are for someone to put right, ``notes`` only to be known.

    ``held`` says why the guard wants a person to agree first. A dry run counts and previews all the same.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    error_count: int = 0
    conflicts: list[IlrConflict] = field(default_factory=list)
    preview: Preview = field(default_factory=Preview)
    held: dict[str, int] = field(default_factory=dict)
    refused: bool = False

    def fault(self, note: Note) -> None:
        self.error_count += 1
        if len(self.errors) < LISTED:
            self.errors.append(note)

    def note(self, note: Note) -> None:
        if len(self.notes) < LISTED:
            self.notes.append(note)

    def count(self, counts: Counter[str], faults: Iterable[Note], notes: Iterable[Note]) -> None:
        """A learner who is in."""
        self.created += counts["created"]
        self.updated += counts["updated"]
        self.unchanged += counts["unchanged"]
        for note in faults:
            self.fault(note)
        for note in notes:
            self.note(note)

    def refuse(self, learner: IlrLearner, column: str, message: str) -> None:
        """A learner who stays out; ``column`` is our name of the field, or the file's."""
        line, shown = learner.lines.get(column, (learner.line, column))
        self.fault(learner.named(Note(line, shown, message)))

    def refuse_conflict(self, conflict: Conflict) -> None:
        learner, ident = conflict.learner, conflict.record.ident
        message = f"differs from the record {ident}: held for a decision, nothing was changed."
        self.refuse(learner, conflict.differs, message)
        if len(self.conflicts) < LISTED:
            line, _ = learner.lines[conflict.differs]
            self.conflicts.append(IlrConflict(line, learner.ref, ident, conflict.facts))

    def as_data(self) -> dict[str, Any]:
        """For scripts: what has been changed, which is nothing where the file is held."""
        counts = {name: 0 if self.held else getattr(self, name) for name in ("created", "updated", "unchanged")}
        data = {**counts, "errors": [asdict(error) for error in self.errors]}
        return {**data, "held": self.held} if self.held else data
