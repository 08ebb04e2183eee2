from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from learners.actor import Actor
from learners.files.cells import DAY, IDENT, LLDD, ROLE, TEXT, Cell, code, lldd_text, word
from learners.files.faults import CellFault
from learners.files.kind import Column, Key, Kind, Row
from learners.models import Break, Learner, LearnerOfficer, Placement, Tag
from learners.services import arrivals, breaks, learner_officers, learners, placements, tags
from learners.services.arrivals import Arrival
from learners.services.saving import Changes
from learners.services.tombstones import erased_idents, words
from learners.words import Ethnicity, PlacementType, Sex, SystemStatus


def _ident_of(record: Any) -> str:
    return record.ident if record else ""


def _tag(text: str) -> str:
    longest = Tag._meta.get_field("name").max_length or 0
    if len(text) > longest:
        raise CellFault(f"A tag has at most {longest} characters; this has {len(text)}.")
    return text


# A cell that names a record by its Ident.
NAMED = Cell(read=IDENT.read, write=_ident_of, form=f"{IDENT.form}, of a record that is here")
TAG = Cell(read=_tag, write=lambda tag: tag.name if tag else "", form="Text; a tag that is new is made")


def _lldd(learner: Learner) -> str:
    return lldd_text(learner.lldd, learner.lldd_primary, learner.lldd_others)


class Learners(Kind):
    name = "learners"
    noun = "Learner"
    is_guarded = True
    columns = (
        Column("IDENT", "ident", IDENT, key=True, needed=True),
        Column("FIRSTNAME", "forenames", TEXT, needed=True),
        Column("SURNAME", "surname", TEXT, needed=True),
        Column("EMAIL", "email", TEXT),
        Column("PHONE", "telephone", TEXT),
        Column("MOBILE", "mobile", TEXT),
        Column("BIRTHDATE", "date_of_birth", DAY),
        Column("MIAP_ULN", "uln", TEXT),
        Column("NINUMBER", "nino", TEXT, sensitive=True),
        Column("SEX", "sex", word(Sex.values, empty="")),
        Column("ETHNICORIGIN", "ethnicity", code(Ethnicity.values), sensitive=True),
        Column("LLDD", "lldd", LLDD, sensitive=True, show=_lldd),
        *(Column(f"ADDR{line}", f"address{line}", TEXT) for line in range(1, 5)),
        Column("POSTCODE", "postcode", TEXT),
        Column("START", "start", DAY, needed=True),
        Column("EXPECTEDEND", "planned_end", DAY),
        Column("ACTUALEND", "actual_end", DAY),
        Column("SYSTEM_STATUS", "system_status", word(SystemStatus.values), needed=True),
        Column("MAIN_OFFICER", "main_officer", NAMED, finds="officer"),
        Column("MAIN_TAG", "main_tag", TAG),
    )

    def __init__(self) -> None:
        self.tags: dict[str, Tag] = {}
        self.arrivals: list[Arrival] = []

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        there = Learner.objects.select_related("main_officer", "main_tag")
        self.there = there.in_bulk([row.values["IDENT"] for row in rows], field_name="ident")
        self.arrivals = []
        self.erased = erased_idents([row.values["IDENT"] for row in rows])
        self.tags = self.tags or {tag.name.casefold(): tag for tag in Tag.objects.all()}
        for row in rows:
            tag = self.tags.get((row.values.get("MAIN_TAG") or "").casefold())
            if tag:
                row.found["MAIN_TAG"] = tag

    def find(self, row: Row) -> Learner | None:
        return self.there.get(row.values["IDENT"])

    def create(self, row: Row, *, by: Actor) -> Learner:
        """Only prepared: a file brings thousands."""
        if erasure := self.erased.get(row.values["IDENT"]):
            raise CellFault(f"The learner with this Ident {words(erasure)}. Use another Ident.", "IDENT")
        self._make_tag(row, by)
        arrival = arrivals.arriving(self.fields(row))
        self.arrivals.append(arrival)
        return arrival.learner

    def keep(self, *, by: Actor) -> None:
        arrivals.keep(self.arrivals, by=by)
        self.arrivals = []

    def change(self, record: Learner, row: Row, *, by: Actor) -> Changes:
        self._make_tag(row, by)
        return learners.update(record, by=by, **self.fields(row))

    def fields(self, row: Row) -> dict[str, Any]:
        return learners.tidied(super().fields(row))

    def _make_tag(self, row: Row, by: Actor) -> None:
        """A tag that is not there is made with the first learner who has it."""
        name = row.values.get("MAIN_TAG")
        if name and not row.found.get("MAIN_TAG"):
            tag = self.tags.get(name.casefold()) or tags.get_or_create(name, by=by)
            row.found["MAIN_TAG"] = self.tags[name.casefold()] = tag

    def records(self) -> Iterable[Learner]:
        shown = Learner.objects.select_related("main_officer", "main_tag")
        return shown.order_by("ident").iterator(chunk_size=500)


class Breaks(Kind):
    name = "breaks"
    noun = "Break"
    columns = (
        Column("IDENT", "learner", NAMED, key=True, needed=True, finds="learner"),
        Column("FROM", "from_date", DAY, key=True, needed=True),
        Column("TO", "to_date", DAY),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        there = Break.objects.filter(learner__in={row.found["IDENT"] for row in rows}).select_related("learner")
        self.there = {(pause.learner.ident, pause.from_date): pause for pause in there}

    def find(self, row: Row) -> Break | None:
        return self.there.get((row.values["IDENT"], row.values["FROM"]))

    def create(self, row: Row, *, by: Actor) -> Break:
        return breaks.create(by=by, **self.fields(row))

    def change(self, record: Break, row: Row, *, by: Actor) -> Changes:
        return breaks.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Break]:
        shown = Break.objects.select_related("learner").order_by("learner__ident", "from_date")
        return shown.iterator(chunk_size=500)


class Placements(Kind):
    name = "placements"
    noun = "Placement"
    columns = (
        Column("IDENT", "learner", NAMED, key=True, needed=True, finds="learner"),
        Column("EMPCODE", "organisation", NAMED, key=True, needed=True, finds="organisation"),
        Column("TYPE", "type", word(PlacementType.values, empty=PlacementType.EMPLOYER.value)),
        Column("START", "start", DAY, key=True, needed=True),
        Column("END", "end", DAY),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        there = Placement.objects.filter(learner__in={row.found["IDENT"] for row in rows})
        self.there = {
            (each.learner.ident, each.organisation.ident, each.start): each
            for each in there.select_related("learner", "organisation")
        }

    def find(self, row: Row) -> Placement | None:
        return self.there.get(self.key(row))

    def create(self, row: Row, *, by: Actor) -> Placement:
        return placements.create(by=by, **self.fields(row))

    def change(self, record: Placement, row: Row, *, by: Actor) -> Changes:
        return placements.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Placement]:
        shown = Placement.objects.select_related("learner", "organisation")
        return shown.order_by("learner__ident", "start", "organisation__ident").iterator(chunk_size=500)


class LearnerOfficers(Kind):
    name = "learner_officers"
    noun = "Officer of the learner"
    columns = (
        Column("IDENT", "learner", NAMED, key=True, needed=True, finds="learner"),
        Column("OFFICER", "officer", NAMED, key=True, needed=True, finds="officer"),
        Column("ROLE", "role", ROLE, key=True, needed=True),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        there = LearnerOfficer.objects.filter(learner__in={row.found["IDENT"] for row in rows})
        self.there = {
            (each.learner.ident, each.officer.ident, each.role): each
            for each in there.select_related("learner", "officer")
        }

    def find(self, row: Row) -> LearnerOfficer | None:
        return self.there.get(self.key(row))

    def create(self, row: Row, *, by: Actor) -> LearnerOfficer:
        made, _ = learner_officers.add(by=by, **self.fields(row))
        return made

    def change(self, record: LearnerOfficer, row: Row, *, by: Actor) -> Changes:
        return {}  # the whole row is the key

    def records(self) -> Iterable[LearnerOfficer]:
        shown = LearnerOfficer.objects.select_related("learner", "officer")
        return shown.order_by("learner__ident", "officer__ident", "role").iterator(chunk_size=500)
