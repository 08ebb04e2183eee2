"""Every pair of {1, 2 centres}, {officer}, {employer} and {qualification} of `tests/cases/enrolment.json`, enrolled.

A row of the table says what stands here and in OneFile, what the command must say of it, what staff answer, and
what the learner hangs on in the end (null: it may not be created). The whole state of OneFile and all our links are
compared, so that also what a row does not mention must stay as it was. Not every combination has a row, as the
factors do not look at each other; each two values of two factors meet in one.

Where a qualification is only in another centre than the learner's, OneFile is taken to accept that; the last test
shows the other case.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from learners.models import DeliveryPlanLine
from onefile_integration.models import ExchangePlan, Link, Question
from tests.integration.onefile import enrolment_world as world
from tests.integration.onefile.conftest import command
from tests.integration.onefile.enrolment_world import OTHER, OWN, Row
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
CASES = json.loads((Path(__file__).resolve().parents[2] / "cases" / "enrolment.json").read_text())
FACTORS = ("centres", "officer", "employer", "qualification")
GIVEN_BY_ONEFILE = ("ID", "Username", "CreatedOn", "LastModified")
BLANK: tuple[Any, ...] = (None, "", [], False)


@pytest.fixture
def unlimited(connected: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    """The table needs more calls than a minute has."""
    monkeypatch.setattr(django_settings, "ONEFILE_CALLS_PER_MINUTE", 100_000)
    assert command("onefile_settings", "calls_per_minute=100000").status == 0
    return connected


def table(centres: int, onefile: SandboxProcess, only: str = "") -> list[Row]:
    """The rows of so many centres, with their records; ``only`` those of one qualification."""
    onefile.seed(organisations=[{"ID": OTHER, "Name": "Harbour Campus", "CustomerID": 11}] if centres == 2 else [])
    onefile.switches(cross_centre="accepted")
    assert command("onefile_check").status == 0
    rows = world.build(
        [case for case in CASES if case["centres"] == centres and only in ("", case["qualification"])], onefile
    )
    assert command("onefile_check").status == 0
    return rows


def enrol(rows: list[Row], *options: str) -> dict[int, dict[str, Any]]:
    """What the command says of each row."""
    answer = command("onefile_enrol", *(row.learner.ident for row in rows), "--centre", str(OWN), *options)
    results = dict(zip([row.number for row in rows], answer.data["results"], strict=True))
    well = all(each["outcome"] in ("enrolled", "already_linked") for each in results.values())
    assert answer.status == (0 if well else 1)
    return results


# ---- what the table expects


def expected_first(row: Row) -> dict[str, Any]:
    return {
        "outcome": row.case["outcome"],
        "problems": sorted(row.case["problems"]),
        "asked": asked_of(row, first=True),
    }


def asked_of(row: Row, *, first: bool) -> list[str]:
    """The partners about whom the staff must be asked; not while something else stands in the way."""
    if first and row.case["outcome"] != "question":
        return []
    return sorted(each for each in row.case["answers"] if each != "pathway")


def expected_end(row: Row, made: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What is new in OneFile because of this row, kind by kind, without what OneFile gives by itself."""
    case = row.case
    new: dict[str, list[dict[str, Any]]] = {"users": [], "placements": [], "aims": []}
    if case["assessor"] is None:
        return new
    officer, employer, learner = row.officer, row.employer, row.learner
    if case["assessor"] == "a new one":
        name = {"FirstName": officer.forenames, "LastName": officer.surname}
        new["users"].append({"OrganisationID": OWN, "Role": 5, "MISID": officer.ident, **name})
    if case["placement"] == "a new one":
        new["placements"].append(
            {"OrganisationID": OWN, "Name": employer.name, "MISID": employer.ident, "Active": True}
        )
    name = {"FirstName": learner.forenames, "LastName": learner.surname, "Email": learner.email}
    dates = {"DOB": moment(world.BORN), "StartOn": moment(world.START), "PlannedEndDate": moment(world.END)}
    around = {"PlacementID": placement_of(row, made), "DefaultAssessorID": assessor_of(row, made)}
    place = {"OrganisationID": OWN, "Role": 1, "MISID": learner.ident, "ClassroomID": world.CLASSROOM}
    new["users"].append(place | name | dates | around)
    if case["standard"] != "not assigned":
        dates = {"StartDate": moment(world.START), "PlannedEnd": moment(world.END)}
        standard = {"StandardID": row.there["standard", case["standard"]], "TotalElements": world.ELEMENTS}
        new["aims"].append({"UserID": made_id(made["users"], learner.ident), **dates, **standard})
    return new


def moment(day: Any) -> str:
    return f"{day}T00:00:00.000Z"


def assessor_of(row: Row, made: dict[str, list[dict[str, Any]]]) -> int | None:
    return row.there.get(("officer", row.case["assessor"])) or made_id(made["users"], row.officer.ident)


def placement_of(row: Row, made: dict[str, list[dict[str, Any]]]) -> int | None:
    return row.there.get(("employer", row.case["placement"])) or made_id(made["placements"], row.employer.ident)


def made_id(records: list[dict[str, Any]], ident: str) -> int | None:
    return next((each["ID"] for each in records if each["MISID"] == ident), None)


def expected_links(row: Row, made: dict[str, list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
    """(our record, centre, OneFile's id, how it came)."""
    where = {}
    for what, record in (("officer", row.officer), ("employer", row.employer)):
        if number := row.there.get((what, "the linked one")):
            where[record.ident, OWN] = (number, "set by hand")
        if row.number % 2 and row.case["centres"] == 2:
            where[record.ident, OTHER] = (row.there[what, "the other centre's"], "set by hand")
    if row.case["assessor"] is not None:
        where[row.learner.ident, OWN] = (made_id(made["users"], row.learner.ident), "created")
        partners = (("officer", row.officer, assessor_of), ("employer", row.employer, placement_of))
        for what, record, number_of in partners:
            number = number_of(row, made)
            where.setdefault((record.ident, OWN), (number, origin_of(row, what, number)))
    return {(*key, *value) for key, value in where.items()}


def origin_of(row: Row, what: str, number: int | None) -> str:
    if number not in row.there.values():
        return "created"
    return "set by hand" if what in row.case["answers"] else "matched"


# ---- what came of it


def said(row: Row, result: dict[str, Any]) -> dict[str, Any]:
    problems = sorted(problem["code"] for problem in result["problems"])
    return {"outcome": result["outcome"], "problems": problems, "asked": sorted(open_questions(row))}


def open_questions(row: Row) -> dict[str, Question]:
    """By what they are about: officer, employer."""
    about = {
        f"officer:{row.officer.pk} centre:{OWN}": "officer",
        f"organisation:{row.employer.pk} centre:{OWN}": "employer",
    }
    asked = Question.objects.open().filter(learner=row.learner)
    assert {each.kind for each in asked} <= {"which_record"}
    return {about[each.about]: each for each in asked}


def answer(row: Row) -> None:
    asked = open_questions(row)
    assert sorted(asked) == asked_of(row, first=False), row.name
    for what, question in asked.items():
        word = row.case["answers"][what]
        number = row.there.get((what, word))
        assert command("onefile_answer", str(question.pk), str(number) if number else "create").status == 0


def pathways(rows: list[Row]) -> list[str]:
    chosen = [(row.reference, row.there["standard", row.case["answers"]["pathway"]])
              for row in rows if "pathway" in row.case["answers"]]  # fmt: skip
    return [word for reference, number in chosen for word in ("--pathway", f"{reference}={number}")]


def made_since(before: dict[str, list[Any]], onefile: SandboxProcess) -> dict[str, list[dict[str, Any]]]:
    """The records that are new, by kind; what was there before must be as it was."""
    now, made = onefile.state(), {}
    for kind, records in now.items():
        known = {each["ID"] for each in before[kind]}
        assert [each for each in records if each["ID"] in known] == before[kind], kind
        made[kind] = [each for each in records if each["ID"] not in known]
    return made


def filled(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k not in GIVEN_BY_ONEFILE and v not in BLANK and v != 0}


def of_row(row: Row, made: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    idents = {row.learner.ident, row.officer.ident, row.employer.ident}
    number = made_id(made["users"], row.learner.ident)
    return {
        "users": [filled(each) for each in made["users"] if each["MISID"] in idents],
        "placements": [filled(each) for each in made["placements"] if each["MISID"] in idents],
        "aims": [filled(each) for each in made["aims"] if each["UserID"] == number],
    }


def link_rows(row: Row) -> Iterator[tuple[Any, ...]]:
    for record in (row.learner, row.officer, row.employer):
        for link in Link.objects.filter(state="verified").of(record):
            yield record.ident, link.centre, link.onefile_id, link.origin


# ---- the tests


def test_each_two_values_of_two_factors_meet() -> None:
    for centres in (1, 2):
        rows = [case for case in CASES if case["centres"] == centres]
        assert len({tuple(row[each] for each in FACTORS) for row in rows}) == len(rows)
    for one, other in itertools.combinations(FACTORS, 2):
        met = {(row[one], row[other]) for row in CASES}
        wanted = set(itertools.product({row[one] for row in CASES}, {row[other] for row in CASES}))
        needs_two = {(1, row["qualification"]) for row in CASES if "other" in row["qualification"]}
        assert wanted - met <= needs_two, (one, other)


@pytest.mark.parametrize("centres", [1, 2])
def test_the_table(unlimited: SandboxProcess, centres: int) -> None:
    rows = table(centres, unlimited)
    before = unlimited.state()

    first = enrol(rows)
    assert {row.name: said(row, first[row.number]) for row in rows} == {row.name: expected_first(row) for row in rows}

    chosen = enrol_those(rows, "choice_needed")
    assert chosen == {row.name: outcome_then(row) for row in rows if row.case["outcome"] == "choice_needed"}
    asked = [row for row in rows if row.case["assessor"] and asked_of(row, first=False)]
    for row in asked:
        answer(row)
    assert {each["outcome"] for each in enrol(asked, *pathways(asked)).values()} == {"enrolled"}
    assert_whole(rows, before, unlimited)

    state = unlimited.state()
    whole = [row for row in rows if row.case["assessor"]]
    assert {each["outcome"] for each in enrol(whole).values()} == {"already_linked"}
    assert unlimited.state() == state


def enrol_those(rows: list[Row], outcome: str) -> dict[str, str]:
    """The rows of which the table says so, with their pathways chosen."""
    wanted = [row for row in rows if row.case["outcome"] == outcome]
    results = enrol(wanted, *pathways(wanted))
    return {row.name: results[row.number]["outcome"] for row in wanted}


def outcome_then(row: Row) -> str:
    return "question" if asked_of(row, first=False) else "enrolled"


def assert_whole(rows: list[Row], before: dict[str, list[Any]], onefile: SandboxProcess) -> None:
    made = made_since(before, onefile)
    ours = {row.name: of_row(row, made) for row in rows}
    assert ours == {row.name: expected_end(row, made) for row in rows}
    counts = {kind: sum(len(each.get(kind, [])) for each in ours.values()) for kind in made}
    assert counts == {kind: len(records) for kind, records in made.items()}, "something nobody expects"
    links = {row.name: set(link_rows(row)) for row in rows}
    assert links == {row.name: expected_links(row, made) for row in rows}
    assert Link.objects.count() == sum(map(len, links.values()))
    assert not Question.objects.open().exists() and not ExchangePlan.objects.open().exists()
    for row in rows:
        elements = DeliveryPlanLine.objects.get(learner=row.learner).total_elements
        assert elements == (None if row.case["standard"] in (None, "not assigned") else world.ELEMENTS), row.name


def test_with_two_centres_one_must_be_chosen(unlimited: SandboxProcess) -> None:
    rows = table(2, unlimited, only="nowhere")
    before = unlimited.state()
    asked = command("onefile_enrol", *(row.learner.ident for row in rows))
    assert asked.status == 1
    for result in asked.data["results"]:
        assert (result["outcome"], [each["code"] for each in result["problems"]]) == (
            "choice_needed",
            ["centre_needed"],
        )
    assert unlimited.state() == before and not Question.objects.exists()


def test_a_qualification_of_another_centre_that_onefile_refuses(unlimited: SandboxProcess) -> None:
    """All else is done; what was refused is told in OneFile's words, and goes on where OneFile lets it."""
    rows = [row for row in table(2, unlimited, only="other: one") if row.case["outcome"] == "enrolled"]
    assert rows
    before = unlimited.state()
    unlimited.switches(cross_centre="refused")

    for result in enrol(rows).values():
        assert result["outcome"] == "failed"
        assert [(each["code"], "another centre" in each["message"]) for each in result["problems"]] == [
            ("refused", True)
        ]
    made = made_since(before, unlimited)
    assert made["aims"] == []
    for row in rows:
        assert of_row(row, made) == expected_end(row, made) | {"aims": []}, row.name

    unlimited.switches(cross_centre="accepted")
    assert {each["outcome"] for each in enrol(rows).values()} == {"enrolled"}
    made = made_since(before, unlimited)
    assert {row.name: of_row(row, made) for row in rows} == {row.name: expected_end(row, made) for row in rows}
