import json
from typing import Any

from django.core.management.base import CommandParser

from learners.export import learner_export
from learners.models import Learner
from picsweb.commands import JsonCommand, Refused, Result, as_text


class Command(JsonCommand):
    help = "Everything held on a learner, history included, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ident", metavar="IDENT")

    def run(self, options: dict[str, Any]) -> Result:
        ident = options["ident"].strip().upper()
        learner = Learner.objects.select_related("main_officer", "main_tag").filter(ident=ident).first()
        if learner is None:
            raise Refused(f"No learner has the Ident {ident}.")
        data = learner_export(learner)
        return Result(data, text=json.dumps(data, default=as_text, indent=2, ensure_ascii=False))
