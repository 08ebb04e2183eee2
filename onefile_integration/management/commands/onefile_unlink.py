from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from onefile_integration.exchange import links
from onefile_integration.management.commands.onefile_link import MODELS, record_named, refused
from onefile_integration.models import Link, Settings
from picsweb.commands import JsonCommand, Result, whole_number


class Command(JsonCommand):
    help = "Remove the link with OneFile. Nothing in OneFile is touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=MODELS)
        parser.add_argument("ident", metavar="IDENT")
        parser.add_argument("--centre", type=whole_number, help="OneFile's id of the centre, where there are several")

    def run(self, options: dict[str, Any]) -> Result:
        record = record_named(options["kind"], options["ident"])
        environment = Settings.objects.current().environment
        found = Link.objects.within(environment).of(record)
        if options["centre"] is not None:
            found = found.filter(centre=options["centre"])
        if len(found) != 1:
            raise refused(f"{record.ident} is not linked." if not found else "Several centres: say --centre.")
        try:
            links.remove(found[0], by=Actor.command())
        except links.BadLink as why:
            raise refused(str(why)) from None
        message = f"The link of {record.ident} was removed. The record in OneFile stays there."
        return Result(data={"ok": True, "state": "removed", "message": message}, text=message)
