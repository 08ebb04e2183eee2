"""OneFile IDs in the MIS's files: moving in, the two id columns, reviews by id, the export of a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from learners.models import Learner, Officer, Review
from onefile_integration.models import Centre, Link, RemoteReview
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.sandbox_process import SandboxProcess

HEADING = "KIND,IDENT,ONEFILE_ID,CENTRE\n"


def import_links(folder: Path, rows: str) -> Answer:
    file = folder / "links.csv"
    file.write_text(HEADING + rows)
    return command("import_csv", "links", str(file))


def test_links_are_made_and_a_second_import_changes_nothing(learner: Learner, tmp_path: Path) -> None:
    rows = "learner,AB12C,700100,101\nofficer,OF001,500101,101\norganisation,EM001,900010,101\n"

    first, second = import_links(tmp_path, rows), import_links(tmp_path, rows)

    assert (first.status, first.data["created"]) == (0, 3)
    assert (second.data["created"], second.data["unchanged"]) == (0, 3)
    states = dict(Link.objects.values_list("onefile_id", "state"))
    assert states == {700100: "unverified", 500101: "verified", 900010: "verified"}


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ("learner,ZZZZZ,700100,101\n", "IDENT"),
        ("officer,OF001,500101,999\n", "CENTRE"),
        ("officer,OF001,500101,101\nofficer,OF002,500101,101\n", "ONEFILE_ID"),
        ("learner,AB12C,not a number,101\n", "ONEFILE_ID"),
    ],
)
def test_one_bad_link_refuses_the_file(learner: Learner, tmp_path: Path, rows: str, column: str) -> None:
    refused = import_links(tmp_path, rows)

    assert refused.status == 2
    assert [error["column"] for error in refused.data["errors"]] == [column]
    assert not Link.objects.exists()


def officers_file(folder: Path, number: str) -> str:
    file = folder / "officers.csv"
    heading = "IDENT,FIRSTNAME,SURNAME,EMAIL,PHONE,MOBILE,ROLES,OTHER_SYSTEM_ID\n"
    file.write_text(f"{heading}OF001,Bryn,Tallis,,,,,{number}\n")
    return str(file)


def test_an_officers_id_makes_a_link_where_one_centre_is_known(learner: Learner, tmp_path: Path) -> None:
    officer = Officer.objects.get(ident="OF001")

    made = command("import_csv", "officers", officers_file(tmp_path, "500101"))
    again = command("import_csv", "officers", officers_file(tmp_path, "500101"))
    other = command("import_csv", "officers", officers_file(tmp_path, "500102"))

    assert (made.status, again.data["unchanged"], other.status) == (0, 1, 2)
    assert Link.objects.get(officer=officer).onefile_id == 500101


def test_with_several_centres_the_column_is_refused_and_links_named(learner: Learner, tmp_path: Path) -> None:
    first = Centre.objects.get()
    Centre.objects.create(environment="practice", onefile_id=102, name="Harbour", fetched_at=first.fetched_at)

    refused = command("import_csv", "officers", officers_file(tmp_path, "500101"))

    assert refused.status == 2 and "links" in refused.data["errors"][0]["message"]


def test_a_review_is_found_by_its_onefile_id(learner: Learner, connected: SandboxProcess, tmp_path: Path) -> None:
    command("onefile_enrol", "AB12C")
    review = factories.ReviewFactory(learner=learner)
    RemoteReview.objects.create(link=Link.objects.get(learner=learner), review=review, onefile_id=88001)
    file = tmp_path / "reviews.csv"
    heading = "IDENT,TYPE,SCHEDULED,STARTTIME,OFFICER,ATTENDED,ACTUAL,ONEFILE_SYSTEM_ID\n"
    file.write_text(f"{heading}AB12C,Normal,2027-02-03,09:15,,Unknown,,88001\n")

    changed = command("import_csv", "reviews", str(file))

    assert (changed.status, changed.data["updated"]) == (0, 1)
    assert Review.objects.get().scheduled_date.isoformat() == "2027-02-03"


def test_a_persons_export_holds_what_was_exchanged(learner: Learner, connected: SandboxProcess) -> None:
    command("onefile_enrol", "AB12C")

    held = command("learner_export", "AB12C").data

    assert held["onefile_id"] == Link.objects.get(learner=learner).onefile_id
    kinds = {step["kind"] for step in held["onefile_exchanges"]}
    assert {"create_learner", "assign_standard"} <= kinds
    assert {line["vq_reference"]: line["total_elements"] for line in held["delivery"]}["196AS"] == 42
