"""The rows of `tests/cases/enrolment.json` as records: ours, and what stands in OneFile before anybody enrols.

Each row has a learner, an officer, an employer and a qualification of its own, so that all rows of as many centres
stand in one OneFile together. Beside what a row names stand look-alikes that must be left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from onefile_integration.exchange import links
from tests import factories
from tests.sandbox_process import SandboxProcess

OWN, OTHER = 101, 102
CLASSROOM = 3001
BY = Actor(label="test")
START, END, BORN = date(2026, 9, 7), date(2028, 9, 4), date(2007, 7, 14)
ELEMENTS = 10


@dataclass
class Row:
    """A row with its records. ``there``: what stands in OneFile, by the words of the table."""

    number: int
    case: dict[str, Any]
    there: dict[tuple[str, str], int] = field(default_factory=dict)
    learner: Learner = field(init=False)
    officer: Officer = field(init=False)
    employer: Organisation = field(init=False)

    @property
    def name(self) -> str:
        return ", ".join(f"{what}: {self.case[what]}" for what in ("officer", "employer", "qualification"))

    @property
    def reference(self) -> str:
        return f"60{self.number:02d}/X"


def build(cases: list[dict[str, Any]], onefile: SandboxProcess) -> list[Row]:
    rows = [Row(number, case) for number, case in enumerate(cases)]
    for row in rows:
        _here(row)
        _officer(row, onefile)
        _employer(row, onefile)
        _standards(row, onefile)
    return rows


def _here(row: Row) -> None:
    archived = row.case["officer"] == "archived here"
    row.officer = factories.OfficerFactory(ident=f"OF{row.number:03d}", status="Archived" if archived else "Live")
    row.employer = factories.OrganisationFactory(ident=f"EM{row.number:03d}")
    if row.case["employer"] == "without a name":
        row.employer = factories.OrganisationFactory(ident=f"UN{row.number:03d}", name="", status="Unapproved")
    nobody = row.case["officer"] == "none"
    row.learner = factories.LearnerFactory(
        ident=f"LR{row.number:03d}",
        date_of_birth=BORN,
        start=START,
        planned_end=END,
        main_officer=None if nobody else row.officer,
    )
    if row.case["employer"] != "none":
        factories.PlacementFactory(learner=row.learner, organisation=row.employer, start=START)
    factories.DeliveryPlanLineFactory(
        learner=row.learner,
        qualification=factories.QualificationFactory(vq_reference=row.reference),
        assessor=None if nobody else row.officer,
        start=START,
        planned_end=END,
    )


# ---- what stands in OneFile


def _officer(row: Row, onefile: SandboxProcess) -> None:
    ident, said = row.officer.ident, row.case["officer"]
    ours = {"Role": 5, "OrganisationID": OWN, "FirstName": "Somebody", "LastName": f"Else-{row.number}"}
    mine, so_named = ours | {"MISID": ident}, {"FirstName": row.officer.forenames, "LastName": row.officer.surname}
    wanted: dict[str, dict[str, Any]] = {
        "the longer MIS Value": mine | {"MISID": f"{ident}1"},
        "the IQA": mine | {"Role": 10},
        "the namesake with another MIS Value": ours | so_named | {"MISID": f"X{ident}"},
    }
    if said.startswith("linked"):
        wanted["the linked one"] = ours | {"Archived": "archived" in said}
    if said in ("linked", "one match", "two matches"):
        wanted["the match"] = mine
    if said == "two matches":
        wanted["the second match"] = mine | {"Role": 4}
    if said == "same name there":
        wanted["the so named"] = ours | so_named
    if row.case["centres"] == 2:
        wanted["the other centre's"] = mine | so_named | {"OrganisationID": OTHER}
    _put(row, "officer", onefile, "users", wanted)
    _link(row.officer, row, "officer")


def _employer(row: Row, onefile: SandboxProcess) -> None:
    ident, name, said = row.employer.ident, row.employer.name, row.case["employer"]
    ours = {"OrganisationID": OWN, "Name": f"Elsewhere {row.number}", "Active": True}
    mine = ours | {"MISID": ident}
    wanted: dict[str, dict[str, Any]] = {"the longer MIS Value": mine | {"MISID": f"{ident}1"}}
    if name:
        wanted["the namesake with another MIS Value"] = ours | {"Name": name, "MISID": f"X{ident}"}
    if said.startswith("linked"):
        wanted["the linked one"] = ours | {"Active": "inactive" not in said}
    if said in ("linked", "one match", "two matches", "match, inactive there"):
        wanted["the match"] = mine | {"Active": "inactive" not in said}
    if said == "two matches":
        wanted["the second match"] = mine
    if said == "same name there":
        wanted["the so named"] = ours | {"Name": name.upper()}
    if row.case["centres"] == 2:
        wanted["the other centre's"] = mine | {"Name": name or "Elsewhere", "OrganisationID": OTHER}
    _put(row, "employer", onefile, "placements", wanted)
    _link(row.employer, row, "employer")


def _standards(row: Row, onefile: SandboxProcess) -> None:
    code = row.reference
    wanted = {"nearly": {"OrganisationID": OWN, "Title": f"Nearly [1{code}]", "Elements": ELEMENTS}}
    for part in row.case["qualification"].split(", "):
        where, _, many = part.partition(": ")
        for number in range({"one": 1, "two": 2}.get(many, 0)):
            values = {"OrganisationID": OWN if where == "own" else OTHER, "Title": f"Pathway {number + 1} [{code}]"}
            wanted[f"{where} {number + 1}"] = values | {"Elements": ELEMENTS}
    _put(row, "standard", onefile, "standards", wanted)


def _put(row: Row, what: str, onefile: SandboxProcess, kind: str, wanted: dict[str, dict[str, Any]]) -> None:
    numbers = onefile.seed(**{kind: list(wanted.values())})[kind]
    row.there |= {(what, name): number for name, number in zip(wanted, numbers, strict=True)}


def _link(record: Officer | Organisation, row: Row, what: str) -> None:
    """In the own centre where the table says so; of every second row also in the other centre."""
    where = {OWN: row.there.get((what, "the linked one"))}
    if row.number % 2:
        where[OTHER] = row.there.get((what, "the other centre's"))
    for centre, number in where.items():
        if number is not None:
            links.link_partner(record, number, environment="practice", centre=centre, by=BY)
