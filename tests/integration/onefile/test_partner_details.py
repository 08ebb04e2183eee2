"""Officers' and organisations' own details in a whole run: pushed, pulled, asked, and quiet the next time."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from learners.services import officers, organisations
from onefile_integration.exchange.basedata import the_only_centre
from onefile_integration.models import ExchangePlan, Link, Question, Step
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.integration.onefile.story import writes
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")
SOUTH = 102


@pytest.fixture
def quiet(enrolled: SandboxProcess) -> SandboxProcess:
    """AB12C is in OneFile with OF001, OF002 and EM001; reviews and everything else are left out of it."""
    assert command("onefile_settings", "upload_reviews=off", "download_reviews=off").status == 0
    return enrolled


def modes(**words: str) -> None:
    assert command("onefile_settings", *(f"{name}_mode={word}" for name, word in words.items())).status == 0


def there(onefile: SandboxProcess, kind: str, ident: str) -> dict[str, Any]:
    return next(each for each in onefile.state()[kind] if each["MISID"] == ident)


def officer(ident: str = "OF001") -> Officer:
    return Officer.objects.get(ident=ident)


def employer() -> Organisation:
    return Organisation.objects.get(ident="EM001")


@pytest.fixture
def filled(quiet: SandboxProcess) -> SandboxProcess:
    """Everything that OF001 and EM001 can have is set here."""
    officers.update(officer(), by=BY, email="Bryn@Provider.example", telephone="0161 496 0001", mobile="07700 900001")
    organisations.update(
        employer(),
        by=BY,
        address1="Unit 5",
        address2="Mill Lane, Northside",
        address5="Northmoor",
        postcode="NM1 4AB",
        telephone="0161 496 0002",
        email="Office@Pitt.example",
        website="https://pitt.example/",
        contact="Ada  Pitt",
    )
    return quiet


def changes(synced: Answer) -> set[tuple[str, str, str, str]]:
    return {(each["ident"], each["record"], each["field"], each["side"]) for each in synced.data["changes"]}


def all_but(state: dict[str, list[dict[str, Any]]], *ids: int) -> dict[str, list[dict[str, Any]]]:
    return {kind: [each for each in rows if each["ID"] not in ids] for kind, rows in state.items()}


def test_pushed_once_then_quiet(filled: SandboxProcess) -> None:
    modes(officer="push", organisation="push")
    before, bryn, pitt = filled.state(), there(filled, "users", "OF001"), there(filled, "placements", "EM001")

    first = command("onefile_sync")

    assert first.status == 0, first.data
    assert changes(first) == {
        *(("OF001", "officer OF001", name, "onefile") for name in ("email", "telephone", "mobile")),
        *(
            ("EM001", "organisation EM001", name, "onefile")
            for name in ("address", "telephone", "email", "website", "contact")
        ),
        ("OF002", "officer OF002", "email", "onefile"),
    }
    assert first.data["learners"] == {"planned": 1, "changed": 0, "unchanged": 1, "failed": 0, "skipped": 0}
    now = there(filled, "users", "OF001")
    assert (now["Email"], now["Telephone"], now["MobileNumber"]) == (
        "bryn@provider.example",
        "0161 496 0001",
        "07700 900001",
    )
    assert there(filled, "placements", "EM001") == pitt | {
        "Address": "Unit 5\nMill Lane, Northside\nNorthmoor\nNM1 4AB",
        "Telephone": "0161 496 0002",
        "Email": "office@pitt.example",
        "Web": "https://pitt.example/",
        "Contact": "Ada Pitt",
    }
    assert set(now) == set(bryn)
    meera = there(filled, "users", "OF002")["ID"]
    assert all_but(before, bryn["ID"], pitt["ID"], meera) == all_but(filled.state(), bryn["ID"], pitt["ID"], meera)
    filled.clear_calls()
    again = command("onefile_sync")
    assert (again.status, again.data["changes"], writes(filled)) == (0, [], [])


def test_the_name_and_the_mis_value_are_pushed_and_never_pulled(quiet: SandboxProcess) -> None:
    number = there(quiet, "placements", "EM001")["ID"]
    quiet.edit("placements", number, Name="Pitt and Sons", MISID="OLD1")
    modes(organisation="pull")
    assert command("onefile_sync").data["changes"] == []
    assert (employer().name, employer().ident) == ("Pitt & Sons' Joinery", "EM001")

    modes(organisation="push")
    assert {each[2] for each in changes(command("onefile_sync"))} >= {"name", "mis_value"}

    assert there(quiet, "placements", "EM001")["Name"] == "Pitt & Sons' Joinery"
    assert command("onefile_sync").data["changes"] == []


def test_pulled_once_then_quiet(filled: SandboxProcess) -> None:
    modes(officer="pull", organisation="pull")
    bryn, pitt = there(filled, "users", "OF001")["ID"], there(filled, "placements", "EM001")["ID"]
    filled.edit("users", bryn, LastName="Tallis-Rowe", Email="Rowe@Provider.example", Telephone="", MobileNumber="07")
    filled.edit("placements", pitt, Address="1 The Quay\nPort\nNM2 5CD", Contact="", Web="pitt.example")
    rows = officer().history.count(), employer().history.count()
    before = filled.state()

    first = command("onefile_sync")

    assert first.status == 0, first.data
    assert changes(first) == {
        *(("OF001", "officer OF001", name, "mis") for name in ("surname", "email", "mobile")),
        *(("EM001", "organisation EM001", name, "mis") for name in ("address", "website")),
    }
    now = officer()
    assert (now.surname, now.email, now.telephone) == ("Tallis-Rowe", "rowe@provider.example", "0161 496 0001")
    firm = employer()
    assert (firm.address1, firm.address2, firm.address3, firm.postcode) == ("1 The Quay", "Port", "", "NM2 5CD")
    assert (firm.website, firm.contact) == ("pitt.example", "Ada  Pitt")
    assert (now.history.count(), firm.history.count()) == (rows[0] + 1, rows[1] + 1)
    assert now.history.latest().history_change_reason.startswith("run ")
    assert filled.state() == before
    filled.clear_calls()
    again = command("onefile_sync")
    assert (again.data["changes"], writes(filled)) == ([], [])
    assert (officer().history.count(), employer().history.count()) == (rows[0] + 1, rows[1] + 1)


def test_a_dry_run_says_the_same_and_does_nothing(filled: SandboxProcess) -> None:
    modes(officer="push", organisation="push")
    before = filled.state()
    dry = command("onefile_sync", "--dry-run")
    assert filled.state() == before and writes(filled) == []
    real = command("onefile_sync")
    assert dry.data["changes"] == real.data["changes"] != []


def test_another_email_of_an_officer_waits_for_an_answer(quiet: SandboxProcess) -> None:
    modes(officer="push", organisation="push")
    bryn, pitt = there(quiet, "users", "OF001")["ID"], there(quiet, "placements", "EM001")["ID"]
    quiet.edit("users", bryn, Email="old@provider.example")
    quiet.edit("placements", pitt, Email="old@pitt.example")
    officers.update(officer(), by=BY, email="new@provider.example", mobile="07700 900001")
    organisations.update(employer(), by=BY, email="new@pitt.example")

    asked = command("onefile_sync")

    assert asked.status == 1
    assert [(each["ident"], each["kind"]) for each in asked.data["questions"]] == [("OF001", "replace_email")]
    now = there(quiet, "users", "OF001")
    assert (now["Email"], now["MobileNumber"]) == ("old@provider.example", "07700 900001")
    assert there(quiet, "placements", "EM001")["Email"] == "new@pitt.example", "nobody signs in with it"
    assert command("onefile_status").data["questions"][0]["ident"] == "OF001"
    assert command("onefile_answer", str(Question.objects.get().pk), "replace").status == 0
    assert command("onefile_sync").status == 0
    assert there(quiet, "users", "OF001")["Email"] == "new@provider.example"
    assert command("onefile_sync").data["changes"] == [] and Question.objects.count() == 1


@pytest.fixture
def two_centres(filled: SandboxProcess) -> SandboxProcess:
    """OF001 and EM001 stand in a second centre too, as they are in the first."""
    modes(officer="push", organisation="push")
    assert command("onefile_sync").status == 0
    bryn, pitt = there(filled, "users", "OF001"), there(filled, "placements", "EM001")
    own = ("FirstName", "LastName", "Email", "Telephone", "MobileNumber", "Role")
    made = filled.seed(
        organisations=[{"ID": SOUTH, "Name": "Southmoor College", "CustomerID": 11}],
        users=[{name: bryn[name] for name in own} | {"OrganisationID": SOUTH}],
        placements=[{k: v for k, v in pitt.items() if k != "ID"} | {"OrganisationID": SOUTH, "MISID": "EM001"}],
    )
    assert command("onefile_check").status == 0 and the_only_centre("practice") is None
    for kind, ident, number in (
        ("officer", "OF001", made["users"][0]),
        ("organisation", "EM001", made["placements"][0]),
    ):
        assert command("onefile_link", kind, ident, str(number), "--centre", str(SOUTH)).status == 0
    filled.clear_calls()
    return filled


def in_south(onefile: SandboxProcess, kind: str) -> int:
    return next(each["ID"] for each in onefile.state()[kind] if each["OrganisationID"] == SOUTH)


def test_pushed_to_each_centre_by_itself(two_centres: SandboxProcess) -> None:
    south = in_south(two_centres, "users")
    two_centres.edit("users", south, MobileNumber="07")
    officers.update(officer(), by=BY, telephone="0161 496 0009")

    synced = command("onefile_sync")

    assert synced.status == 0, synced.data
    plan = ExchangePlan.objects.get(officer=officer(), run=synced.data["run"])
    sent = {step.record.split(":")[2]: {each["field"] for each in step.changes} for step in plan.steps.all()}
    assert sent == {"101": {"telephone"}, "102": {"telephone", "mobile"}}
    for each in two_centres.state()["users"]:
        if each["LastName"] == "Tallis":
            assert (each["Telephone"], each["MobileNumber"]) == ("0161 496 0009", "07700 900001")
    assert command("onefile_sync").data["changes"] == []


def test_centres_that_differ_are_asked_about_once(two_centres: SandboxProcess) -> None:
    modes(officer="pull", organisation="pull")
    two_centres.edit("users", in_south(two_centres, "users"), Telephone="0161 496 0009", MobileNumber="")
    two_centres.edit("users", there(two_centres, "users", "OF001")["ID"], MobileNumber="07700 900002")

    asked = command("onefile_sync")

    assert asked.status == 1
    assert [(each["ident"], each["kind"]) for each in asked.data["questions"]] == [("OF001", "centres_differ")]
    assert asked.data["questions"][0]["answers"] == ["centre:101", "centre:102", "keep"]
    assert (officer().telephone, officer().mobile) == ("0161 496 0001", "07700 900002"), "a blank is no difference"
    assert command("onefile_answer", str(Question.objects.get().pk), "centre:102").status == 0
    assert command("onefile_sync").status == 0
    assert officer().telephone == "0161 496 0009"
    again = command("onefile_sync")
    assert (again.status, again.data["changes"], Question.objects.count()) == (0, [], 1)
    two_centres.edit("users", in_south(two_centres, "users"), Telephone="0161 496 0010")
    assert command("onefile_sync").status == 1, "about other values it is asked anew"


def test_a_question_whose_values_have_changed_is_withdrawn(two_centres: SandboxProcess) -> None:
    modes(officer="pull")
    south = in_south(two_centres, "users")
    two_centres.edit("users", south, Telephone="0161 496 0009")
    assert command("onefile_sync").status == 1
    two_centres.edit("users", south, Telephone="0161 496 0001")
    assert command("onefile_sync").status == 0
    assert not Question.objects.exists()


def test_one_of_two_is_gone_the_other_is_exchanged(two_centres: SandboxProcess) -> None:
    two_centres.remove("users", in_south(two_centres, "users"))
    officers.update(officer(), by=BY, telephone="0161 496 0009")
    synced = command("onefile_sync")
    assert synced.status == 1
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("OF001", "not_found")]
    assert there(two_centres, "users", "OF001")["Telephone"] == "0161 496 0009"
    assert Link.objects.live().filter(officer=officer()).count() == 2


@pytest.mark.parametrize(
    ("kind", "ident", "edit", "said"),
    [
        ("users", "OF001", None, "not_found"),
        ("users", "OF001", {"Archived": True}, "archived"),
        ("users", "OF001", {"Role": 1}, "bad_answer"),
        ("placements", "EM001", None, "not_found"),
        ("placements", "EM001", {"Active": False}, "archived"),
    ],
)
def test_what_cannot_be_exchanged_is_reported_and_left(
    filled: SandboxProcess, kind: str, ident: str, edit: dict[str, Any] | None, said: str
) -> None:
    learner = Learner.objects.get()
    number = there(filled, kind, ident)["ID"]
    if edit is None:
        filled.remove(kind, number)
    else:
        filled.edit(kind, number, **edit)
    before = filled.state()
    history = officer().history.count(), employer().history.count()
    for word in ("push", "pull"):
        modes(**{"officer" if kind == "users" else "organisation": word})
        synced = command("onefile_sync")
        failures = [(each["ident"], each["kind"]) for each in synced.data["failures"]]
        assert (synced.status, failures) == (1, [(ident, said)])
        assert synced.data["learners"]["failed"] == 0
    assert (officer().history.count(), employer().history.count()) == history
    assert [each for each in filled.state()[kind] if each["ID"] == number] == [
        each for each in before[kind] if each["ID"] == number
    ]
    assert Link.objects.live().filter(onefile_id=number).exists() and learner.pk


def test_who_is_archived_or_not_live_here_is_left_out(filled: SandboxProcess) -> None:
    modes(officer="push", organisation="push")
    officers.update(officer(), by=BY, status="Archived")
    organisations.update(employer(), by=BY, status="Unapproved")
    run = command("onefile_sync").data["run"]
    assert not ExchangePlan.objects.filter(run=run, officer=officer()).exists()
    assert not ExchangePlan.objects.filter(run=run, organisation__isnull=False).exists()
    assert ExchangePlan.objects.filter(run=run, officer__ident="OF002").exists()


def test_without_a_mode_nobody_is_read(filled: SandboxProcess) -> None:
    number = there(filled, "users", "OF001")["ID"]
    command("onefile_sync")
    assert not ExchangePlan.objects.filter(learner=None).exists()
    assert not [call for call in filled.calls() if re.search(rf"User/{number}$", call["path"])]


def test_one_read_a_link_and_one_list_a_centre(filled: SandboxProcess) -> None:
    for number in range(3, 8):
        person = factories.OfficerFactory(ident=f"OF00{number}", email="", telephone="", mobile="")
        seeded = {"FirstName": person.forenames, "LastName": person.surname, "Role": 5, "OrganisationID": 101}
        (made,) = filled.seed(users=[seeded])["users"]
        assert command("onefile_link", "officer", person.ident, str(made)).status == 0
    modes(officer="pull", organisation="pull")
    filled.clear_calls()
    command("onefile_sync")
    paths = [call["path"] for call in filled.calls()]
    accounts = [path for path in paths if re.search(r"User/[0-9]+$", path)]
    assert len(accounts) == len(set(accounts)) == 7, "OF001 to OF007, and not the learner"
    assert len([path for path in paths if re.search(r"Placement/[0-9]+$", path)]) == 1
    threads = 4
    assert 0 < len([path for path in paths if path.endswith("User/Search")]) <= 3 * threads
    assert not [path for path in paths if path.endswith("Placement/Search")]


def test_a_lost_reply_is_read_again(filled: SandboxProcess, quick_settling: None) -> None:
    modes(officer="push", organisation="push")
    for kind, path in (("users", "User"), ("placements", "Placement")):
        number = there(filled, kind, "OF001" if kind == "users" else "EM001")["ID"]
        filled.fault("lost_after", f"{path}/{number}$", "POST", nth=1, times=1)
    first = command("onefile_sync")
    assert first.data["outcome"] == "stopped"
    assert {each["ident"] for each in command("onefile_status").data["unfinished"]} == {"OF001", "EM001"}
    time.sleep(1.1)
    assert command("onefile_sync").data["outcome"] == "finished"
    assert there(filled, "users", "OF001")["Telephone"] == "0161 496 0001"
    assert there(filled, "placements", "EM001")["Contact"] == "Ada Pitt"
    assert command("onefile_sync").data["changes"] == []
    assert not Step.objects.unsettled().exists()


def test_a_value_that_cannot_be_kept_here_is_refused_by_its_field(filled: SandboxProcess) -> None:
    modes(officer="pull")
    filled.edit("users", there(filled, "users", "OF001")["ID"], Email="not an address")
    synced = command("onefile_sync")
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("OF001", "bad_answer")]
    assert "Email" in synced.data["failures"][0]["message"] and "not an" not in synced.data["failures"][0]["message"]
    assert officer().email == "Bryn@Provider.example"
