from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from learners.actor import Actor
from learners.files.cells import IDENT, ROLES, TEXT
from learners.files.kind import Column, Key, Kind, Row
from learners.files.lookups import qualifications as qualifications_by_reference
from learners.models import Officer, Organisation, Qualification
from learners.services import officers, organisations, qualifications
from learners.services.saving import Changes


class Officers(Kind):
    name = "officers"
    noun = "Officer"
    columns = (
        Column("IDENT", "ident", IDENT, key=True, needed=True),
        Column("FIRSTNAME", "forenames", TEXT),
        Column("SURNAME", "surname", TEXT, needed=True),
        Column("EMAIL", "email", TEXT),
        Column("PHONE", "telephone", TEXT),
        Column("MOBILE", "mobile", TEXT),
        Column("ROLES", "roles", ROLES),
    )
    extra_columns = {"OTHER_SYSTEM_ID": False}

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.there = Officer.objects.in_bulk([row.values["IDENT"] for row in rows], field_name="ident")

    def find(self, row: Row) -> Officer | None:
        return self.there.get(row.values["IDENT"])

    def create(self, row: Row, *, by: Actor) -> Officer:
        return officers.create(by=by, **self.fields(row))

    def change(self, record: Officer, row: Row, *, by: Actor) -> Changes:
        return officers.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Officer]:
        return Officer.objects.order_by("ident").iterator(chunk_size=500)


class Organisations(Kind):
    name = "organisations"
    noun = "Organisation"
    ident_column = "EMPCODE"
    columns = (
        Column("EMPCODE", "ident", IDENT, key=True, needed=True),
        Column("EMPNAME", "name", TEXT),
        *(Column(f"EMPADDR{line}", f"address{line}", TEXT) for line in range(1, 6)),
        Column("EMPPOSTCODE", "postcode", TEXT),
        Column("EMPPHONE", "telephone", TEXT),
        Column("EMPEMAIL", "email", TEXT),
        Column("EMPWEBSITE", "website", TEXT),
        Column("EMPEDRS", "edrs", TEXT),
        Column("EMPCONTACT", "contact", TEXT, optional=True),
    )
    extra_columns = {"ADDITIONAL_ID": False}

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.there = Organisation.objects.in_bulk([row.values["EMPCODE"] for row in rows], field_name="ident")

    def find(self, row: Row) -> Organisation | None:
        return self.there.get(row.values["EMPCODE"])

    def create(self, row: Row, *, by: Actor) -> Organisation:
        return organisations.create(by=by, **self.fields(row))

    def change(self, record: Organisation, row: Row, *, by: Actor) -> Changes:
        return organisations.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Organisation]:
        return Organisation.objects.order_by("ident").iterator(chunk_size=500)


class Qualifications(Kind):
    name = "qualifications"
    noun = "Qualification"
    ident_column = "VQREF"
    columns = (
        Column("VQREF", "vq_reference", TEXT, key=True, needed=True),
        Column("TITLE", "title", TEXT),
        Column("LEVEL", "level", TEXT),
        Column("AWARDINGBODY", "awarding_body", TEXT),
    )

    def key(self, row: Row) -> Key:
        return (row.values.get("VQREF", "").upper(),)

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.there = qualifications_by_reference(row.values["VQREF"].upper() for row in rows)

    def find(self, row: Row) -> Qualification | None:
        found: Qualification | None = self.there.get(row.values["VQREF"].upper())
        return found

    def fields(self, row: Row) -> dict[str, Any]:
        """The case of a VQ Reference is of no meaning: the one that is there stays."""
        there = self.find(row)
        return super().fields(row) | ({"vq_reference": there.vq_reference} if there else {})

    def create(self, row: Row, *, by: Actor) -> Qualification:
        made = qualifications.create(by=by, **self.fields(row))
        self.there[made.vq_reference.upper()] = made
        return made

    def change(self, record: Qualification, row: Row, *, by: Actor) -> Changes:
        return qualifications.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Qualification]:
        return Qualification.objects.order_by("vq_reference").iterator(chunk_size=500)
