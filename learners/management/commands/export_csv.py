import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from learners.files.exporting import csv_lines, write_workbook
from learners.files.kind import Kind
from learners.files.kinds import kind_named, kind_names
from picsweb.commands import JsonCommand, Refused, Result


class Command(JsonCommand):
    help = "Write all records of one kind: as CSV to FILE or to standard output, as XLSX where FILE ends so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(kind_names()))
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?")

    def run(self, options: dict[str, Any]) -> Result:
        kind = kind_named(options["kind"])
        path: Path | None = options["file"]
        if kind is None:
            raise Refused(f"Unknown kind {options['kind']}. Kinds: {', '.join(kind_names())}.")
        if path is None:
            if options["json"]:
                raise Refused("Name a FILE: with --json standard output holds the JSON alone.")
            sys.stdout.writelines(csv_lines(kind))
            return Result({})
        try:
            written = _write(kind, path)
        except OSError as error:
            raise Refused(f"{path} cannot be written: {error.strerror}.") from None
        return Result({"exported": written, "file": str(path)}, text=f"exported {written} to {path}")


def _write(kind: Kind, path: Path) -> int:
    if path.suffix.lower() == ".xlsx":
        with path.open("wb") as workbook:
            return write_workbook(kind, workbook)
    written = -1  # the heading is no record
    with path.open("w", encoding="utf-8", newline="") as target:
        for line in csv_lines(kind):
            target.write(line)
            written += 1
    return written
