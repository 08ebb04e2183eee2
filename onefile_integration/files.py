"""The file kind `links`: moving in with records that OneFile holds already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from learners.actor import Actor
from learners.files.cells import IDENT, NUMBER, word
from learners.files.faults import CellFault
from learners.files.kind import Column, Key, Kind, Row
from learners.files.lookups import not_found
from learners.models import Learner, Officer, Organisation
from learners.services.saving import Changes
from onefile_integration.exchange import links
from onefile_integration.models import Link, Settings

MODELS: dict[str, Any] = {"learner": Learner, "officer": Officer, "organisation": Organisation}


class LinksFile(Kind):
    """Of the environment that is set now. Learners arrive unverified: the next exchange compares them first."""

    name = "links"
    noun = "OneFile link"
    columns = (
        Column(
            "KIND",
            "kind",
            word(MODELS),
            key=True,
            needed=True,
            show=lambda link: link.record._meta.model_name or "",
        ),
        Column("IDENT", "ident", IDENT, key=True, needed=True, show=lambda link: link.record.ident),
        Column("ONEFILE_ID", "onefile_id", NUMBER, needed=True),
        Column("CENTRE", "centre", NUMBER, key=True),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.environment = Settings.objects.current().environment
        self.there: dict[str, dict[str, Any]] = {}
        for kind, model in MODELS.items():
            idents = [row.values["IDENT"] for row in rows if row.values["KIND"] == kind]
            self.there[kind] = model.objects.in_bulk(idents, field_name="ident")

    def fields(self, row: Row) -> dict[str, Any]:
        return {}  # a link that is there is never changed by a file

    def find(self, row: Row) -> Link | None:
        record = self._record(row)
        number = row.values.get("ONEFILE_ID")
        if number is None:
            raise CellFault("This cannot be blank.", "ONEFILE_ID")
        centre = None if isinstance(record, Learner) else row.values.get("CENTRE")
        link = links.live_link(record, self.environment, centre)
        return link if link and link.onefile_id == number else None

    def create(self, row: Row, *, by: Actor) -> Link:
        record, number, centre = self._record(row), row.values["ONEFILE_ID"], row.values.get("CENTRE")
        try:
            if isinstance(record, Learner):
                return links.set_learner_link(
                    record, number, environment=self.environment, found=None, by=by, centre=centre
                )
            return links.link_partner(record, number, environment=self.environment, centre=centre, by=by)
        except links.UnknownCentre as why:
            raise CellFault(str(why), "CENTRE") from None
        except links.BadLink as why:
            raise CellFault(str(why), "ONEFILE_ID") from None

    def change(self, record: Link, row: Row, *, by: Actor) -> Changes:
        return {}

    def records(self) -> Iterable[Link]:
        environment = Settings.objects.current().environment
        live = Link.objects.within(environment).filter(onefile_id__isnull=False)
        return live.select_related("learner", "officer", "organisation").order_by("pk").iterator(chunk_size=500)

    def _record(self, row: Row) -> Any:
        kind, ident = row.values["KIND"], row.values["IDENT"]
        if ident not in self.there[kind]:
            raise CellFault(not_found(kind, ident), "IDENT")
        return self.there[kind][ident]
