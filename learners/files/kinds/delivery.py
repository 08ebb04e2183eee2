from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from learners.actor import Actor
from learners.files.cells import DAY, NUMBER, TEXT, Cell
from learners.files.faults import CellFault
from learners.files.kind import Column, Key, Kind, Row
from learners.files.kinds.people import NAMED
from learners.models import DeliveryPlanLine, Unit
from learners.services import delivery
from learners.services.saving import Changes

# Found in capitals: the case of a VQ Reference is of no meaning.
REFERENCE = Cell(
    read=str.upper,
    write=lambda qualification: qualification.vq_reference,
    form="VQ Reference of a qualification that is here",
)

LinesOf = dict[tuple[str, str], list[DeliveryPlanLine]]


def lines_of(rows: Sequence[Row]) -> LinesOf:
    """The lines of the rows' learners by (Ident, VQ Reference), the latest last."""
    lines = DeliveryPlanLine.objects.filter(learner__in={row.found["IDENT"] for row in rows})
    found: LinesOf = defaultdict(list)
    for line in lines.select_related("learner", "qualification", "assessor").order_by("start"):
        found[line.learner.ident, line.qualification.vq_reference.upper()].append(line)
    return found


class Delivery(Kind):
    name = "delivery"
    noun = "Delivery plan line"
    columns = (
        Column("IDENT", "learner", NAMED, key=True, needed=True, finds="learner"),
        Column("VQREF", "qualification", REFERENCE, key=True, needed=True, finds="qualification"),
        Column("ASSESSOR", "assessor", NAMED, finds="officer"),
        Column("START", "start", DAY, key=True, needed=True),
        Column("EXPECTEDEND", "planned_end", DAY),
        Column("ACTUALEND", "actual_end", DAY),
        Column("TOTALELEMENTS", "total_elements", NUMBER),
        Column("ELEMENTSDONE", "elements_done", NUMBER),
        Column("REGNUMBER", "registration_number", TEXT),
        Column("REGDATE", "registration_date", DAY),
        Column("CERTAPPLIED", "certificate_applied", DAY),
        Column("CERTRECEIVED", "certificate_received", DAY),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.lines = lines_of(rows)
        self.keys = keys

    def find(self, row: Row) -> DeliveryPlanLine | None:
        """The line of that start; else the latest line, if it is open and no row of the file names it."""
        lines = self.lines[row.values["IDENT"], row.values["VQREF"]]
        start = row.values["START"]
        exact = next((line for line in lines if line.start == start), None)
        if exact or not lines:
            return exact
        latest = lines[-1]
        named = (row.values["IDENT"], row.values["VQREF"], latest.start) in self.keys
        return None if latest.actual_end or named else latest

    def create(self, row: Row, *, by: Actor) -> DeliveryPlanLine:
        line = delivery.create_line(by=by, **self.fields(row))
        lines = self.lines[row.values["IDENT"], row.values["VQREF"]]
        lines.append(line)
        lines.sort(key=lambda each: each.start)
        return line

    def change(self, record: DeliveryPlanLine, row: Row, *, by: Actor) -> Changes:
        return delivery.update_line(record, by=by, **self.fields(row))

    def records(self) -> Iterable[DeliveryPlanLine]:
        shown = DeliveryPlanLine.objects.select_related("learner", "qualification", "assessor")
        return shown.order_by("learner__ident", "qualification__vq_reference", "start").iterator(chunk_size=500)


class Units(Kind):
    """Units of the latest line of a qualification; those of earlier lines are not in files."""

    name = "units"
    noun = "Unit"
    columns = (
        Column("IDENT", "learner", NAMED, path="line.learner", key=True, needed=True, finds="learner"),
        Column(
            "VQREF",
            "qualification",
            REFERENCE,
            path="line.qualification",
            key=True,
            needed=True,
            finds="qualification",
        ),
        Column("UNITREF", "reference", TEXT, key=True, needed=True),
        Column("TITLE", "title", TEXT),
        Column("UNITEND", "actual_end", DAY, optional=True),
    )

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.lines = lines_of(rows)
        latest = [lines[-1] for lines in self.lines.values()]
        self.there = {(unit.line_id, unit.reference): unit for unit in Unit.objects.filter(line__in=latest)}

    def find(self, row: Row) -> Unit | None:
        return self.there.get((self._line(row).pk, row.values["UNITREF"]))

    def create(self, row: Row, *, by: Actor) -> Unit:
        return delivery.create_unit(self._line(row), by=by, **self.fields(row))

    def change(self, record: Unit, row: Row, *, by: Actor) -> Changes:
        return delivery.update_unit(record, by=by, **self.fields(row))

    def _line(self, row: Row) -> DeliveryPlanLine:
        lines = self.lines.get((row.values["IDENT"], row.values["VQREF"]))
        if not lines:
            raise CellFault("The learner's delivery plan has no line of this qualification.", "VQREF")
        return lines[-1]

    def records(self) -> Iterable[Unit]:
        shown = Unit.objects.filter(line__in=_latest_lines()).select_related("line__learner", "line__qualification")
        shown = shown.order_by("line__learner__ident", "line__qualification__vq_reference", "reference")
        return shown.iterator(chunk_size=500)


def _latest_lines() -> Iterable[int]:
    from django.db.models import Exists, F, OuterRef

    later = DeliveryPlanLine.objects.filter(
        learner=OuterRef("learner"), qualification=OuterRef("qualification"), start__gt=OuterRef("start")
    )
    return DeliveryPlanLine.objects.filter(~Exists(later)).values_list(F("pk"), flat=True)
