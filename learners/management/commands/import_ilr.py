from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.files.ilr.importing import IlrOutcome, import_ilr
from picsweb.commands import JsonCommand, Progress, Refused, Result, Status


class Command(JsonCommand):
    help = "Read an ILR file (XML). Learners that cannot be loaded are listed; the others are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change; change nothing.")

    def run(self, options: dict[str, Any]) -> Result:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                outcome = self._import(stream, path.stat().st_size, dry_run=options["dry_run"])
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from None
        messages = [str(error) for error in outcome.errors] + [str(note) for note in outcome.notes]
        if outcome.refused:
            return Result(outcome.as_data(), status=Status.REFUSED, messages=[*messages, "Nothing was changed."])
        said = f"created {outcome.created}, updated {outcome.updated}, unchanged {outcome.unchanged}"
        return Result(
            outcome.as_data(),
            text=f"{said}, faults {outcome.error_count}" + (" (dry run)" if options["dry_run"] else ""),
            status=Status.WITH_FAULTS if outcome.error_count else Status.WELL,
            messages=messages,
        )

    def _import(self, stream: Any, size: int, *, dry_run: bool) -> IlrOutcome:
        progress = Progress("import", size)
        outcome = import_ilr(
            stream, by=Actor.command(), dry_run=dry_run, progress=lambda learners: progress.at(stream.tell())
        )
        progress.end()
        return outcome
