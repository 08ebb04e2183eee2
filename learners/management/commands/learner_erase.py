from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.management.learners import find
from learners.models import Learner
from learners.services import erasure
from picsweb.commands import JsonCommand, Refused, Result


class Command(JsonCommand):
    help = "Erase a learner for good: record, history and journal. Asks first, unless --yes is given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ident", metavar="IDENT")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")
        parser.add_argument("--all-episodes", action="store_true", help="Erase the person's other records, too.")

    def run(self, options: dict[str, Any]) -> Result:
        learner = find(options["ident"])
        others = list(learner.other_episodes().order_by("start", "pk"))
        going = [learner, *others] if options["all_episodes"] else [learner]
        if not options["yes"]:
            self._ask(going)
        try:
            remains = erasure.erase(going, by=Actor.command())
        except ValidationError as error:
            raise Refused(" ".join(error.messages)) from None
        message = said(going)
        if len(going) == 1:
            remains += [f"Another record of the person is left: {other.ident}." for other in others]
        return Result({"ok": True, "message": message}, text=message, messages=remains)

    def _ask(self, going: Sequence[Learner]) -> None:
        if not sys.stdin.isatty():
            raise Refused("Nothing was erased: say --yes where nobody can be asked.")
        for line in self._what_goes(going):
            self.stderr.write(line)
        self.stderr.write(f"Type {going[0].ident} to erase all this for good: ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().upper() != going[0].ident:
            raise Refused("Nothing was erased.")

    def _what_goes(self, going: Sequence[Learner]) -> Iterator[str]:
        for learner in going:
            found = erasure.extent(learner)
            yield f"{learner.ident} {learner}"
            yield from (f"  {count} {what}" for what, count in found.counts)
            yield from (f"  {line}" for line in [*found.refusals, *found.remains])


def said(erased: Sequence[Learner]) -> str:
    idents = ", ".join(learner.ident for learner in erased)
    return f"{idents} {'was' if len(erased) == 1 else 'were'} erased. Backups keep what they hold until they are old."
