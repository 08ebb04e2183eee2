"""An ILR file's learner as plain values, each with the line it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

PROGRAMME = "ZPROG001"
STANDARD = "25"  # the ProgType of an apprenticeship standard


@dataclass(frozen=True)
class Note:
    """Something to tell: ``column`` is the field's name in the file. Never holds a personal value."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.line:
            return self.message
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True)
class WorkPlace:
    line: int
    start: date
    end: date | None
    employer: str


@dataclass(frozen=True)
class Employment:
    line: int
    on: date
    status: str
    employer: str


@dataclass(frozen=True)
class Aim:
    """A LearningDelivery. ``programme`` is the identity of the programme it says it belongs to."""

    line: int
    ref: str
    type: str
    start: date
    planned_end: date | None = None
    actual_end: date | None = None
    completion: str = "1"
    prog_type: str = ""
    std_code: str = ""
    framework: tuple[str, str] = ("", "")
    is_return: bool = False
    first_start: date | None = None
    work_places: tuple[WorkPlace, ...] = ()

    @property
    def is_programme(self) -> bool:
        return self.type == "1" or self.ref == PROGRAMME

    @property
    def is_alone(self) -> bool:
        return not self.prog_type

    @property
    def programme(self) -> tuple[str, ...]:
        if self.prog_type == STANDARD:
            return self.prog_type, self.std_code
        return self.prog_type, *self.framework

    @property
    def vq_reference(self) -> str:
        """The line it makes in a delivery plan; blank where it makes none."""
        if self.ref != PROGRAMME:
            return self.ref
        return f"{self.std_code}AS" if self.std_code else ""

    @property
    def ended_on(self) -> date | None:
        """Completed or withdrawn; a break (6) is no end."""
        return self.actual_end if self.completion in ("2", "3") else None

    @property
    def paused_on(self) -> date | None:
        return self.actual_end if self.completion == "6" else None


@dataclass(frozen=True)
class IlrLearner:
    """``values`` are the learner's own fields, those the file gives; ``lines`` where each field stands.

    ``faults`` tell what is missing or left out, ``doubts`` what is loaded as it stands but looks wrong.
    """

    line: int
    ref: str
    previous_ref: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    aims: tuple[Aim, ...] = ()
    employments: tuple[Employment, ...] = ()
    faults: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()

    def named(self, note: Note) -> Note:
        """For a list of all learners' notes."""
        return Note(note.line, note.column, f"LearnRefNumber {self.ref}: {note.message}")
