import json
from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.export import learner_export
from learners.management.learners import find
from learners.services import access_requests
from picsweb.commands import JsonCommand, Result, as_text


class Command(JsonCommand):
    help = "Everything held on a learner, history included, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ident", metavar="IDENT")

    def run(self, options: dict[str, Any]) -> Result:
        learner = find(options["ident"])
        access_requests.note(learner, by=Actor.command())
        data = learner_export(learner)
        return Result(data, text=json.dumps(data, default=as_text, indent=2, ensure_ascii=False))
