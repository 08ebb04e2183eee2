from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.files.guard import explained
from learners.files.ilr.importing import import_ilr
from learners.files.ilr.outcome import IlrOutcome
from picsweb.commands import JsonCommand, Progress, Refused, Result, Status

SHOWN = 20


class Command(JsonCommand):
    help = "Read an ILR file (XML, or one XML in a zip). Learners that cannot be loaded are listed; the others are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Say what would change; change nothing.")
        parser.add_argument(
            "--go-on", action="store_true", help="Import although many learners get another surname or birth date."
        )
        parser.add_argument(
            "--same-person",
            metavar="LRN",
            nargs="+",
            default=[],
            help="Learners who are those of our records, though name, birth date or ULN differ.",
        )

    def run(self, options: dict[str, Any]) -> Result:
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                outcome = _imported(stream, path.name, options)
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from None
        return Result(
            outcome.as_data(), text=_text(outcome, options), status=_status(outcome), messages=_messages(outcome)
        )


def _imported(stream: BinaryIO, name: str, options: dict[str, Any]) -> IlrOutcome:
    bar = Progress("import", 0)

    def progress(done: int, total: int) -> None:
        bar.total = total
        bar.at(done)

    chosen = {name: options[name] for name in ("dry_run", "go_on", "same_person")}
    outcome = import_ilr(stream, by=Actor.command(), name=name, progress=progress, **chosen)
    bar.end()
    return outcome


def _status(outcome: IlrOutcome) -> Status:
    if outcome.refused or outcome.held:
        return Status.REFUSED
    return Status.WITH_FAULTS if outcome.error_count else Status.WELL


def _text(outcome: IlrOutcome, options: dict[str, Any]) -> str:
    if _status(outcome) == Status.REFUSED:
        return ""
    said = f"created {outcome.created}, updated {outcome.updated}, unchanged {outcome.unchanged}"
    return f"{said}, faults {outcome.error_count}" + (" (dry run)" if options["dry_run"] else "")


def _messages(outcome: IlrOutcome) -> Iterator[str]:
    yield from map(str, outcome.errors)
    if more := outcome.error_count - len(outcome.errors):
        yield f"... and {more} more faults."
    yield from map(str, outcome.notes)
    if outcome.conflicts:
        refs = " ".join(f'"{conflict.ref}"' for conflict in outcome.conflicts[:SHOWN])
        yield f"Where number and person are the same after all, name them: --same-person {refs}"
    yield from explained(outcome.held)
    if outcome.held:
        yield "If that is right, say --go-on."
    if _status(outcome) == Status.REFUSED:
        yield "Nothing was changed."
