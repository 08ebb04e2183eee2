from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.files.importing import import_csv
from learners.files.kinds import kind_named, kind_names
from picsweb.commands import JsonCommand, Progress, Refused, Result, Status


class Command(JsonCommand):
    help = "Read a CSV file of one kind. One bad row refuses the whole file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(kind_names()))
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change; change nothing.")

    def run(self, options: dict[str, Any]) -> Result:
        path: Path = options["file"]
        kind = kind_named(options["kind"])
        if kind is None:
            raise Refused(f"Unknown kind {options['kind']}. Kinds: {', '.join(kind_names())}.")
        try:
            with path.open("rb") as stream:
                progress = Progress("import", path.stat().st_size)
                outcome = import_csv(kind, stream, by=Actor.command(), dry_run=options["dry_run"], progress=progress.at)
                progress.end()
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from None
        if outcome.refused:
            more = outcome.error_count - len(outcome.errors)
            messages = [*map(str, outcome.errors), *([f"... and {more} more."] if more else [])]
            messages.append("Nothing was changed.")
            return Result(outcome.as_data(), status=Status.REFUSED, messages=messages)
        said = f"created {outcome.created}, updated {outcome.updated}, unchanged {outcome.unchanged}"
        return Result(outcome.as_data(), text=f"{said} (dry run)" if options["dry_run"] else said)
