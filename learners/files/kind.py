"""A kind of file: its columns, and how its rows become records. One table a kind, one engine for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Model

from learners.actor import Actor
from learners.files.cells import Cell
from learners.registry import ExtraColumn, registry
from learners.services import saving
from learners.services.saving import Changes

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """``field`` is the record's; ``path`` leads to it from the record where it is another's.

    ``finds`` names the table (files.lookups) that turns the cell into a record.
    """

    name: str
    field: str
    cell: Cell
    path: str = ""
    key: bool = False
    needed: bool = False  # by a new record, and never cleared
    optional: bool = False  # may be missing from the heading
    sensitive: bool = False
    finds: str = ""
    show: Callable[[Any], str] | None = None  # where a cell holds more than one field

    def text(self, record: Any) -> str:
        if self.show:
            return self.show(record)
        return self.cell.write(attrgetter(self.path or self.field)(record))


@dataclass
class Row:
    """``values`` by column name, for the cells that are not blank; ``found`` the records they name."""

    line: int
    values: dict[str, Any]
    found: dict[str, Any] = field(default_factory=dict)

    def get(self, column: str) -> Any:
        return self.found.get(column, self.values.get(column))


class Kind:
    """Subclasses say how a row finds its record, makes it and changes it, through the services only."""

    name: str
    noun: str  # one record of it, as the preview says
    columns: Sequence[Column]
    ident_column = "IDENT"  # by which people know whose record it is
    is_guarded = False  # held where it would give many learners another name or birth date
    # Columns of the contract that another app fills in: (name, optional).
    extra_columns: Mapping[str, bool] = {}

    def key(self, row: Row) -> Key:
        return tuple(row.values.get(column.name) for column in self.columns if column.key)

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        """Read at once what a chunk of rows will ask for; ``keys`` are those of the whole file."""

    def find(self, row: Row) -> Any:
        """The record the row is about, or None."""
        raise NotImplementedError

    def create(self, row: Row, *, by: Actor) -> Any:
        raise NotImplementedError

    def change(self, record: Any, row: Row, *, by: Actor) -> Changes:
        raise NotImplementedError

    def keep(self, *, by: Actor) -> None:
        """Insert what ``create`` has only prepared, at the end of a chunk."""

    def records(self) -> Iterable[Any]:
        """All records of the kind, in the order of the export, with what their cells need."""
        raise NotImplementedError

    def ident_of(self, row: Row) -> str:
        return str(row.values.get(self.ident_column, ""))

    def fields(self, row: Row) -> dict[str, Any]:
        """The record's own fields as the row gives them."""
        values: dict[str, Any] = {}
        for column in self.columns:
            if column.name in row.values and not column.path:
                value = row.get(column.name)
                values |= value if isinstance(value, dict) else {column.field: value}
        return values

    def extras(self) -> dict[str, ExtraColumn]:
        return {column.name: column for column in registry.file_columns.get(self.name, [])}

    def optional(self) -> set[str]:
        """Headings that a file may lack."""
        own = {column.name for column in self.columns if column.optional}
        extra = {name for name, optional in self.extra_columns.items() if optional}
        return own | extra | (self.extras().keys() - self.extra_columns.keys())

    def headings(self) -> list[str]:
        names = [column.name for column in self.columns] + list(self.extra_columns)
        return names + [name for name in self.extras() if name not in names]


def differs(record: Model, values: Mapping[str, Any]) -> bool:
    """Whether the service would change anything: most rows of a file say what is there already."""
    return bool(saving.differences(record, values))
