from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from onefile_integration.api.errors import OneFileError
from onefile_integration.exchange import questions, typed_ids
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.models import Question, Settings
from onefile_integration.words import Lane
from picsweb.commands import JsonCommand, Refused, Result, whole_number


def _check(options: dict[str, Any]) -> None:
    """An id that is typed, where OneFile can be asked now. Raises BadAnswer."""
    question = Question.objects.filter(pk=options["question"], answered_at=None).first()
    if question is None or not typed_ids.is_typed(question, options["answer"]):
        return
    with suppress(NotReady, OneFileError):
        client = connect(Settings.objects.current(), Lane.PEOPLE)
        try:
            typed_ids.refuse_another_learners(question, options["value"], client)
        finally:
            client.close()


class Command(JsonCommand):
    help = "Answer a question, by the answer's word or its number (see onefile_status)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question", type=whole_number, metavar="QUESTION", help="its id")
        parser.add_argument("answer", metavar="ANSWER", help="the word, or its number in the list, from 1")
        parser.add_argument(
            "value", nargs="?", default="", metavar="VALUE", help="the OneFile ID, where ANSWER is: typed ID"
        )

    def run(self, options: dict[str, Any]) -> Result:
        try:
            _check(options)
            answered = questions.answer(options["question"], options["answer"], options["value"], by=Actor.command())
        except questions.BadAnswer as why:
            raise Refused(str(why), message=str(why)) from None
        return Result(data={"ok": True, "message": answered.message}, text=answered.message)
