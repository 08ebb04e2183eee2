"""What all management commands share: ``--json``, three exit statuses, messages apart from results."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock_time
from enum import IntEnum
from functools import partial
from typing import Any, NoReturn, TextIO

from django.core.management.base import BaseCommand, CommandParser


class Status(IntEnum):
    WELL = 0
    WITH_FAULTS = 1  # done, but something is listed or was left for later
    REFUSED = 2  # nothing was changed


@dataclass(frozen=True)
class Result:
    """``data`` is what ``--json`` prints, ``text`` what people read instead, ``messages`` go to stderr."""

    data: dict[str, Any]
    text: str = ""
    status: Status = Status.WELL
    messages: Iterable[str] = field(default_factory=tuple)


class Refused(Exception):
    """Nothing was changed, for the reason given. ``data`` adds to the object that ``--json`` prints."""

    def __init__(self, message: str, /, **data: Any) -> None:
        super().__init__(message)
        self.data = data


class JsonCommand(BaseCommand):
    """A command that returns its ``Result`` from ``run``; raise ``Refused`` to end with status 2."""

    # The checks of the whole site say nothing on a command's input, and cost each call time.
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # In full or not at all: --dry must never be a run that is not dry in a later version.
        parser = super().create_parser(prog_name, subcommand, allow_abbrev=False, **kwargs)
        parser.add_argument("--json", action="store_true", help="Print one JSON object and nothing else.")
        parser.error = partial(self._usage_error, parser.error)  # type: ignore[method-assign]
        return parser

    def _usage_error(self, say: Callable[[str], NoReturn], message: str) -> NoReturn:
        """Wrong arguments are refused as other bad input is: also as JSON, where that was asked for."""
        if "--json" in sys.argv:
            self.stdout.write(json.dumps({"ok": False, "error": message}))
        say(message)

    def run(self, options: dict[str, Any]) -> Result:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.run(options)
        except Refused as refusal:
            data = {"ok": False, "error": str(refusal), **refusal.data}
            result = Result(data=data, status=Status.REFUSED, messages=[str(refusal)])
        self._print(result, as_json=options["json"])
        if result.status:
            sys.exit(result.status)

    def _print(self, result: Result, *, as_json: bool) -> None:
        for message in result.messages:
            self.stderr.write(message)
        if as_json:
            self.stdout.write(json.dumps(result.data, default=as_text))
        elif result.text:
            self.stdout.write(result.text)


def as_text(value: Any) -> str:
    """Dates as ISO, times as HH:MM, all else that JSON does not know as its text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, clock_time):
        return f"{value:%H:%M}"
    return str(value)


class Progress:
    """A bar on stderr, drawn on a terminal only and at most ten times a second."""

    def __init__(self, label: str, total: int, stream: TextIO = sys.stderr) -> None:
        self.label, self.total, self.stream = label, total, stream
        self.shown = stream.isatty()
        self.drawn_at = 0.0

    def at(self, done: int) -> None:
        if not self.shown or time.monotonic() - self.drawn_at < 0.1:
            return
        self.drawn_at = time.monotonic()
        share = min(done / self.total, 1) if self.total else 1
        bar = "#" * round(30 * share)
        self.stream.write(f"\r{self.label} [{bar:<30}] {share:4.0%}")
        self.stream.flush()

    def end(self) -> None:
        if self.shown and self.drawn_at:
            self.stream.write("\r\033[K")
            self.stream.flush()


def whole_number(text: str) -> int:
    """An argument that must be digits only: an id."""
    if not text.strip().isascii() or not text.strip().isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return int(text)
