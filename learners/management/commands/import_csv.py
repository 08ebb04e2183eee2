from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.files.faults import Outcome
from learners.files.guard import explained
from learners.files.importing import import_csv
from learners.files.kind import Kind
from learners.files.kinds import kind_named, kind_names
from picsweb.commands import JsonCommand, Progress, Refused, Result, Status


class Command(JsonCommand):
    help = "Read a CSV or XLSX file of one kind. One bad row refuses the whole file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(kind_names()))
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change; change nothing.")
        parser.add_argument(
            "--go-on", action="store_true", help="Let through many other surnames or birth dates, which are held else."
        )

    def run(self, options: dict[str, Any]) -> Result:
        path: Path = options["file"]
        kind = kind_named(options["kind"])
        if kind is None:
            raise Refused(f"Unknown kind {options['kind']}. Kinds: {', '.join(kind_names())}.")
        try:
            outcome = self._import(kind, path, dry_run=options["dry_run"], go_on=options["go_on"])
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from None
        if outcome.refused:
            more = outcome.error_count - len(outcome.errors)
            messages = [*map(str, outcome.errors), *([f"... and {more} more."] if more else [])]
            return _refusal(outcome, *messages)
        if outcome.held:
            return _refusal(outcome, *explained(outcome.held), "If that is right, say --go-on.")
        said = f"created {outcome.created}, updated {outcome.updated}, unchanged {outcome.unchanged}"
        return Result(outcome.as_data(), text=f"{said} (dry run)" if options["dry_run"] else said)

    def _import(self, kind: Kind, path: Path, *, dry_run: bool, go_on: bool) -> Outcome:
        bar = Progress("import", 0)

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.at(done)

        with path.open("rb") as stream:
            outcome = import_csv(kind, stream, by=Actor.command(), dry_run=dry_run, go_on=go_on, progress=progress)
        bar.end()
        return outcome


def _refusal(outcome: Outcome, *messages: str) -> Result:
    return Result(outcome.as_data(), status=Status.REFUSED, messages=[*messages, "Nothing was changed."])
