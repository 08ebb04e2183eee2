from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from onefile_integration.exchange import questions
from picsweb.commands import JsonCommand, Refused, Result, whole_number


class Command(JsonCommand):
    help = "Answer a question, by the answer's word or its number (see onefile_status)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", type=whole_number, metavar="QUESTION")
        parser.add_argument("answer", metavar="ANSWER")
        parser.add_argument("value", nargs="?", default="", metavar="VALUE")

    def run(self, options: dict[str, Any]) -> Result:
        try:
            answered = questions.answer(options["question"], options["answer"], options["value"], by=Actor.command())
        except questions.BadAnswer as why:
            raise Refused(str(why), message=str(why)) from None
        return Result(data={"ok": True, "message": answered.message}, text=answered.message)
