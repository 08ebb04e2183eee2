"""What is wrong with a file, as far as people can put it right."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from learners.files.preview import Preview

LISTED = 100  # faults told one by one
COUNTED = 10_000  # after so many, reading on would tell nobody anything


class CellFault(ValueError):
    """A cell that cannot be taken; ``column`` is blank where the whole row is meant."""

    def __init__(self, message: str, column: str = "") -> None:
        super().__init__(message)
        self.column = column


RawCell = str | CellFault  # as read: a workbook has cells that cannot be read at all
Line = tuple[int, list[RawCell]]  # its number in the file, and its cells


class FileFault(Exception):
    """The file cannot be read on from here."""

    def __init__(self, message: str, *, line: int = 1, column: str = "") -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True)
class RowFault:
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}" if self.column else f"row {self.row}: {self.message}"


@dataclass
class Faults:
    """The first faults in full, all of them as a count."""

    listed: list[RowFault] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, column: str, message: str) -> None:
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append(RowFault(row, column, message))

    @property
    def too_many(self) -> bool:
        return self.count >= COUNTED


@dataclass
class Outcome:
    """What a file changed, or would change where it is held; all noughts where it was refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowFault] = field(default_factory=list)
    error_count: int = 0
    held: dict[str, int] = field(default_factory=dict)
    preview: Preview = field(default_factory=Preview)

    @property
    def refused(self) -> bool:
        return bool(self.error_count)

    def as_data(self) -> dict[str, Any]:
        """For scripts: what has been changed, which is nothing where the file is held."""
        counts = {name: 0 if self.held else getattr(self, name) for name in ("created", "updated", "unchanged")}
        data = {**counts, "errors": [asdict(error) for error in self.errors], "error_count": self.error_count}
        return {**data, "held": self.held} if self.held else data
