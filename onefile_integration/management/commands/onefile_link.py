from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import OneFileError
from onefile_integration.exchange import configuration, links
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.models import Link, Settings
from onefile_integration.words import Lane
from picsweb.commands import JsonCommand, Refused, Result, whole_number

MODELS: dict[str, Any] = {"learner": Learner, "officer": Officer, "organisation": Organisation}


class Command(JsonCommand):
    help = "Link a record with what OneFile holds already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=MODELS)
        parser.add_argument("ident", metavar="IDENT")
        parser.add_argument("onefile_id", metavar="ONEFILE_ID")
        parser.add_argument("--centre", type=whole_number, help="OneFile's id of the centre; else the one it names")
        parser.add_argument("--move", action="store_true", help="from another episode of the same person")

    def run(self, options: dict[str, Any]) -> Result:
        record = record_named(options["kind"], options["ident"])
        if options["move"] and not isinstance(record, Learner):
            raise refused("--move is for learners: from another episode of the same person.")
        try:
            number = links.parse_id(options["onefile_id"])
            settings = configuration.require_ready()
            link, message = self._link(record, number, settings, options["centre"], move=options["move"])
        except (links.BadLink, NotReady) as why:
            raise refused(str(why)) from None
        data = {"ok": True, "state": link.state, "message": message}
        return Result(data=data, text=message)

    def _link(
        self, record: Any, number: int, settings: Settings, centre: int | None, *, move: bool
    ) -> tuple[Link, str]:
        environment, by = settings.environment, Actor.command()
        client = connect(settings, Lane.PEOPLE)
        try:
            if isinstance(record, Learner):
                found = self._checked(record, number, client)
                if move and (other := links.to_move(record, number, environment)):
                    link = links.move(record, other, found=found, by=by)
                    return link, f"Moved from {other.record.ident}. {_said(link, found)}"
                link = links.set_learner_link(
                    record, number, environment=environment, found=found, by=by, centre=centre
                )
                return link, _said(link, found)
            found = links.check_partner(record, number, client)
            where = centre if centre is not None else found.centre
            link = links.link_partner(record, number, environment=environment, centre=where, by=by)
            return link, f"{record.ident} is linked with OneFile's {number}."
        except OneFileError:
            raise refused("OneFile could not be asked, so nothing was linked. Try again later.") from None
        finally:
            client.close()

    def _checked(self, learner: Learner, number: int, client: OneFile) -> links.Found | None:
        """None while OneFile is down: a learner's link is made all the same, to be compared by the next exchange."""
        try:
            return links.check_learner(learner, number, client)
        except OneFileError:
            return None


def refused(message: str) -> Refused:
    """With the keys that a link made has too."""
    return Refused(message, state=None, message=message)


def _said(link: Link, found: links.Found | None) -> str:
    if found is None:
        return "OneFile could not be asked; the next exchange compares name and birth date first."
    if not found.is_listed:
        return "Linked, but OneFile's own search does not list it: it is probably archived there."
    return f"Linked with OneFile's {link.onefile_id}; the next exchange compares name and birth date first."


def record_named(kind: str, ident: str) -> Any:
    record = MODELS[kind].objects.filter(ident=ident.strip().upper()).first()
    if record is None:
        raise refused(f"There is no {kind} {ident.strip().upper()}.")
    return record
