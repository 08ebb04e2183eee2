"""A learner's own details after the creation: pushed, pulled, asked, and quiet the next time."""

from __future__ import annotations

import time
from typing import Any

import pytest

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners
from onefile_integration.api.client import OneFile
from onefile_integration.models import Question
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import onefile_id, writes
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")


def account(onefile: SandboxProcess, ident: str = "AB12C") -> dict[str, Any]:
    return next(user for user in onefile.state()["users"] if user["MISID"] == ident)


@pytest.fixture
def quiet(enrolled: SandboxProcess) -> SandboxProcess:
    """AB12C is in OneFile; reviews are left out of it."""
    assert command("onefile_settings", "upload_reviews=off", "download_reviews=off").status == 0
    return enrolled


def mode(word: str) -> None:
    assert command("onefile_settings", f"learner_mode={word}").status == 0


def test_pushed_once_then_quiet(quiet: SandboxProcess, learner: Learner) -> None:
    mode("push")
    changed = {"surname": "Lane", "nino": "CE123456A", "address1": "17 Mill Lane", "postcode": "NM1 4AB", "mobile": ""}
    learners.update(learner, by=BY, forenames="Amara  Rose", **changed)  # OneFile gives back one space
    before = account(quiet)

    first = command("onefile_sync")

    after = account(quiet)
    assert (first.status, first.data["learners"]["changed"]) == (0, 1)
    assert (after["LastName"], after["NINO"], after["HomeAddress"]) == ("Lane", "CE123456A", "17 Mill Lane\nNM1 4AB")
    assert after["FirstName"] == "Amara Rose"
    same = set(before) - {"FirstName", "LastName", "NINO", "HomeAddress", "LastModified"}
    assert {name: before[name] for name in same} == {name: after[name] for name in same}
    assert {each["side"] for each in first.data["changes"]} == {"onefile"}
    quiet.clear_calls()
    again = command("onefile_sync")
    assert again.data["learners"]["unchanged"] == 1 and writes(quiet) == []


def test_pulled_once_then_quiet(quiet: SandboxProcess, learner: Learner) -> None:
    mode("pull")
    number = onefile_id(quiet)
    quiet.edit("users", number, LastName="Lane", NINO="CE999999A", Telephone="0161 496 0001", MobileNumber="")
    quiet.edit("users", number, HomeAddress="Flat 2\n17 Mill Lane\nNorthmoor\nNM1 4AB")
    history = learner.history.count()

    first = command("onefile_sync")

    learner.refresh_from_db()
    assert (learner.surname, learner.telephone, learner.nino) == ("Lane", "0161 496 0001", "")
    assert (learner.address1, learner.address2, learner.address3) == ("Flat 2", "17 Mill Lane", "Northmoor")
    assert (learner.address4, learner.postcode) == ("", "NM1 4AB")
    assert {each["field"] for each in first.data["changes"]} == {"surname", "telephone", "address"}
    assert learner.history.count() == history + 1
    assert command("onefile_sync").data["learners"]["unchanged"] == 1
    assert learner.history.count() == history + 1 and writes(quiet) == []


def test_another_email_waits_for_an_answer(quiet: SandboxProcess, learner: Learner) -> None:
    mode("push")
    learners.update(learner, by=BY, email="new@example.org", surname="Lane")

    assert command("onefile_sync").status == 1
    assert (account(quiet)["Email"].lower(), account(quiet)["LastName"]) == ("amara.lane@example.org", "Lane")
    question = Question.objects.get()
    assert question.kind == "replace_email" and "@" not in question.about
    assert command("onefile_answer", str(question.pk), "replace").status == 0
    command("onefile_sync")
    assert account(quiet)["Email"] == "new@example.org"
    assert command("onefile_sync").status == 0 and Question.objects.count() == 1


def test_kept_it_is_not_asked_again(quiet: SandboxProcess, learner: Learner) -> None:
    mode("push")
    learners.update(learner, by=BY, email="new@example.org")
    command("onefile_sync")
    assert command("onefile_answer", str(Question.objects.get().pk), "keep").status == 0
    quiet.clear_calls()
    assert command("onefile_sync").status == 0
    assert writes(quiet) == [] and account(quiet)["Email"].lower() == "amara.lane@example.org"


def test_a_lost_reply_is_read_again(quiet: SandboxProcess, learner: Learner, quick_settling: None) -> None:
    mode("push")
    learners.update(learner, by=BY, surname="Lane")
    quiet.fault("lost_after", f"User/{onefile_id(quiet)}$", "POST", nth=1, times=1)
    assert command("onefile_sync").data["outcome"] == "stopped"
    time.sleep(1.1)
    assert command("onefile_sync").data["outcome"] == "finished"
    assert account(quiet)["LastName"] == "Lane"
    assert command("onefile_sync").data["learners"]["unchanged"] == 1


def test_a_value_that_cannot_be_kept_here_is_refused_by_its_field(quiet: SandboxProcess, learner: Learner) -> None:
    mode("pull")
    quiet.edit("users", onefile_id(quiet), Email="not an address")
    synced = command("onefile_sync")
    assert synced.status == 1
    assert "Email" in synced.data["failures"][0]["message"]
    learner.refresh_from_db()
    assert learner.email.endswith("example.org")


def test_an_answer_for_another_account_is_never_applied(
    quiet: SandboxProcess, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode("pull")
    stranger = quiet.seed(users=[{"Role": 1, "OrganisationID": 101, "FirstName": "Zo", "LastName": "Brandt"}])
    read = OneFile.user
    monkeypatch.setattr(OneFile, "user", lambda client, number: read(client, stranger["users"][0]))
    synced = command("onefile_sync")
    assert [each["kind"] for each in synced.data["failures"]] == ["wrong_learner"]
    learner.refresh_from_db()
    assert learner.surname == "Okafor-Lane"
