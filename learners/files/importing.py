"""The one engine of file import: a first reading finds the keys and what is wrong in the cells, a second
changes records in one transaction, which is taken back if a single row is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.files.cells import CLEAR, plain
from learners.files.faults import CellFault, Faults, FileFault, Outcome, RawCell
from learners.files.guard import ImportGuard
from learners.files.kind import Column, Key, Kind, Row, differs
from learners.files.lookups import LOOKUPS, not_found
from learners.files.preview import Preview
from learners.files.reading import Rows, opened
from learners.registry import ExtraColumn
from learners.services.saving import Changes
from learners.values import cleaned

CHUNK = 500
MOST_ROWS = 500_000
# Of a longer file with a fault in its cells no more is tried: each row costs time, and nothing of it would be kept.
MOST_TRIED = 5_000

Progress = Callable[[int, int], None]  # rows done, of so many


def import_csv(
    kind: Kind,
    stream: BinaryIO,
    *,
    by: Actor,
    dry_run: bool = False,
    go_on: bool = False,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Take in the whole file, CSV or XLSX, or nothing of it; ``go_on`` lets through what the guard would hold."""
    job = _Import(kind, by, progress)
    try:
        with opened(stream) as rows:
            job.rows = rows
            job.read_keys()
            job.apply(keep=not dry_run, go_on=go_on)
    except FileFault as fault:
        job.faults.add(fault.line, fault.column, str(fault))
    return job.outcome()


class _Import:
    rows: Rows

    def __init__(self, kind: Kind, by: Actor, progress: Progress) -> None:
        self.kind, self.by, self.progress = kind, by, progress
        self.columns = {column.name: column for column in kind.columns}
        self.extras = kind.extras()
        self.faults = Faults()
        self.wrong: set[int] = set()  # lines that are left out of the second reading
        self.keys: dict[Key, int] = {}
        self.counts = {"created": 0, "updated": 0, "unchanged": 0}
        self.guard = ImportGuard() if kind.is_guarded else None
        self.held: dict[str, int] = {}
        self.preview = Preview()

    def outcome(self) -> Outcome:
        if self.faults.count:
            listed = sorted(self.faults.listed, key=lambda fault: fault.row)
            return Outcome(errors=listed, error_count=self.faults.count)
        counts = (self.counts["created"], self.counts["updated"], self.counts["unchanged"])
        return Outcome(*counts, held=self.held, preview=self.preview)

    # First reading

    def read_keys(self) -> None:
        for row in self._rows(report=True):
            key = self.kind.key(row)
            first = self.keys.setdefault(key, row.line)
            if first != row.line:
                self._refuse(row.line, "", f"The same key stands in row {first}.")
            if self.faults.too_many:
                return

    # Second reading

    def apply(self, *, keep: bool, go_on: bool) -> None:
        if self.faults.too_many or (self.faults.count and len(self.keys) > MOST_TRIED):
            return
        rows = (row for row in self._rows(report=False) if row.line not in self.wrong)
        with transaction.atomic():
            done = 0
            while not self.faults.too_many and (chunk := list(islice(rows, CHUNK))):
                self._apply_chunk(chunk)
                done += len(chunk)
                self.progress(done, len(self.keys))
            self.held = self.guard.held if self.guard and not go_on else {}
            if self.faults.count or self.held or not keep:
                transaction.set_rollback(True)

    def _apply_chunk(self, chunk: list[Row]) -> None:
        self._find_named(chunk)
        good = [row for row in chunk if row.line not in self.wrong]
        self.kind.load(good, self.keys)
        for row in good:
            try:
                self.counts[self._apply_row(row)] += 1
            except CellFault as fault:
                self._refuse(row.line, fault.column, str(fault))
            except ValidationError as error:
                self._refuse_fields(row.line, error)
        if not self.faults.count:  # else nothing is kept anyway
            self.kind.keep(by=self.by)

    def _apply_row(self, row: Row) -> str:
        record = self.kind.find(row)
        self._check_extras(record, row)
        if record is None:
            self._need(row)
            record = self.kind.create(row, by=self.by)
            if record.pk is None and any(name in self.extras for name, _ in self._extra_cells(row)):
                self.kind.keep(by=self.by)
            self._write_extras(record, row)
            self.preview.created(self.kind.ident_of(row), self.kind.noun, str(record))
            return "created"
        changes = self.kind.change(record, row, by=self.by) if differs(record, self.kind.fields(row)) else {}
        if self.guard:
            self.guard.see(changes)
        changes = changes | self._write_extras(record, row)
        self.preview.changed(self.kind.ident_of(row), self.kind.noun, changes)
        return "updated" if changes else "unchanged"

    def _need(self, row: Row) -> None:
        missing = [column.name for column in self.kind.columns if column.needed and column.name not in row.values]
        if missing:
            raise CellFault("A new record needs a value here.", missing[0])

    def _check_extras(self, record: Any, row: Row) -> None:
        for name, text in self._extra_cells(row):
            if name in self.extras:
                with _told_of(name):
                    self.extras[name].check(record, text)
            elif text:
                raise CellFault("Nothing here keeps this value: leave the cell blank.", name)

    def _write_extras(self, record: Any, row: Row) -> Changes:
        written: Changes = {}
        for name, text in self._extra_cells(row):
            extra: ExtraColumn | None = self.extras.get(name)
            if extra and (old := extra.read(record)) != text:
                with _told_of(name):
                    if extra.write(record, text, self.by):
                        written[name] = (old, text)
        return written

    def _extra_cells(self, row: Row) -> Iterator[tuple[str, str]]:
        return ((name, text) for name, text in row.values.items() if name not in self.columns)

    def _find_named(self, chunk: list[Row]) -> None:
        """Turn the Idents in cells into records, one query a table."""
        finding = [column for column in self.kind.columns if column.finds]
        for table in {column.finds for column in finding}:
            columns = [column for column in finding if column.finds == table]
            wanted = {row.values[each.name] for row in chunk for each in columns if row.values.get(each.name)}
            found = LOOKUPS[table](wanted)
            for column in columns:
                self._put_found(chunk, column, found)

    def _put_found(self, chunk: list[Row], column: Column, found: dict[str, Any]) -> None:
        for row in chunk:
            wanted = row.values.get(column.name)
            if wanted and wanted in found:
                row.found[column.name] = found[wanted]
            elif wanted:
                self._refuse(row.line, column.name, not_found(column.finds, wanted))

    # Both readings

    def _rows(self, *, report: bool) -> Iterator[Row]:
        lines = self.rows()
        first = next(lines, (1, []))
        headings = self._headings(*first)
        for count, (line, cells) in enumerate(lines, start=1):
            if count > MOST_ROWS:
                raise FileFault(f"The file has more than {MOST_ROWS:,} rows. Part it.", line=line)
            row = Row(line, {})
            faults = list(self._fill(row, headings, cells))
            for name, message in faults if report else ():
                self._refuse(line, name, message)
            if not faults:
                yield row

    def _headings(self, line: int, cells: Sequence[RawCell]) -> list[str]:
        found = [cleaned(str(cell)).upper() for cell in cells]
        while found and not found[-1]:
            found.pop()
        if not found:
            raise FileFault("The file is empty: its first line must name the columns.")
        known = self.kind.headings()
        for place, name in enumerate(found, start=1):
            if name not in known:
                raise FileFault(_unknown(name, place, known), line=line, column=name)
            if name in found[: place - 1]:
                raise FileFault(f"The column {name} stands twice.", line=line, column=name)
        missing = [name for name in known if name not in found and name not in self.kind.optional()]
        if missing:
            raise FileFault(f"Missing column {', '.join(missing)}.", line=line, column=missing[0])
        return found

    def _fill(self, row: Row, headings: Sequence[str], cells: Sequence[RawCell]) -> Iterator[tuple[str, str]]:
        """Read the cells into ``row``; yields what is wrong with them as (column, message)."""
        if len(cells) < len(headings) or any(str(cell).strip() for cell in cells[len(headings) :]):
            yield "", f"The row has {len(cells)} cells where the heading has {len(headings)}."
            return
        wrong = set()
        for name, cell in zip(headings, cells, strict=False):
            try:
                self._fill_cell(row, name, cell)
            except CellFault as fault:
                wrong.add(name)
                yield name, str(fault)
        for column in self.kind.columns:
            if column.key and column.needed and column.name not in row.values and column.name not in wrong:
                yield column.name, "This is part of the key and cannot be blank."

    def _fill_cell(self, row: Row, name: str, cell: RawCell) -> None:
        if isinstance(cell, CellFault):
            raise cell
        text = plain(cell)
        column = self.columns.get(name)
        if not text:
            return
        if cleaned(cell) != CLEAR:
            row.values[name] = column.cell.read(text) if column else text
        elif column is None:
            row.values[name] = ""
        elif column.needed or column.key:
            raise CellFault("This cannot be cleared.")
        else:
            row.values[name] = column.cell.empty

    def _refuse(self, line: int, column: str, message: str) -> None:
        self.wrong.add(line)
        self.faults.add(line, column, message)

    def _refuse_fields(self, line: int, error: ValidationError) -> None:
        names = {column.field: column.name for column in self.kind.columns}
        names |= {"lldd_primary": "LLDD", "lldd_others": "LLDD"}
        by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, messages in by_field.items():
            for message in messages:
                self._refuse(line, names.get(field, ""), message)


def _unknown(name: str, place: int, known: list[str]) -> str:
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if separator in name:
            return f"The columns are parted by {word}. Save the file as CSV UTF-8 parted by commas."
    said = f"Unknown column {name}" if name else f"Column {place} has no heading"
    return f"{said}. Known: {', '.join(known)}."


@contextmanager
def _told_of(column: str) -> Iterator[None]:
    """What another app finds wrong with its cell is told under the column's name."""
    try:
        yield
    except ValueError as error:
        raise CellFault(str(error), column) from None
