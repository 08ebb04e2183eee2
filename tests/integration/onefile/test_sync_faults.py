"""One bad record stops nothing, and nothing odd is ever taken for an empty answer."""

from __future__ import annotations

from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.models import Link, Run, Settings, Token
from tests.integration.onefile.conftest import Kept, command
from tests.integration.onefile.story import aim, another, enrol, line, onefile_id, review_there
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def three(enrolled: SandboxProcess, learner: Learner, kept: Kept) -> SandboxProcess:
    """Three learners in OneFile, each with progress that is not known here yet."""
    kept("three", lambda: _enrol_two_more(enrolled, learner))
    return enrolled


def _enrol_two_more(enrolled: SandboxProcess, learner: Learner) -> None:
    another(learner, "AB12D")
    another(learner, "AB12E")
    enrol(("AB12D", "AB12E"))
    for each in enrolled.state()["aims"]:
        enrolled.edit("aims", each["ID"], ElementsCompleted=9)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unreadable": ({"action": "status", "status": 200, "body": {"ID": "x", "Progress": []}}, "bad_answer"),
    "down": ({"action": "status", "status": 500, "times": 0}, "unreachable"),
    "web page": ({"action": "html", "times": 0}, "bad_answer"),
    "empty": ({"action": "empty", "times": 0}, "bad_answer"),
    "truncated": ({"action": "truncated", "times": 0}, "unreachable"),
    "refused": ({"action": "status", "status": 400, "body": {"code": -3, "message": "no"}}, "refused"),
}


@pytest.mark.parametrize("fault", BAD)
def test_one_bad_learner_stops_nothing(three: SandboxProcess, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onefile_integration.api.calls.ATTEMPTS", 1)
    options, kind = BAD[fault]
    bad = aim(three, 4001, onefile_id(three, "AB12D"))
    three.fault(path=f"^LearningAim/{bad}$", method="GET", **options)

    synced = command("onefile_sync")

    assert synced.status == 1 and synced.data["outcome"] == "finished"
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("AB12D", kind)]
    assert synced.data["failures"][0]["message"]
    assert synced.data["learners"]["failed"] == 1 and synced.data["learners"]["changed"] == 2
    done = {each.ident: line(each).elements_done for each in Learner.objects.all()}
    assert done == {"AB12C": 9, "AB12D": 0, "AB12E": 9}
    three.clear_faults()
    assert command("onefile_sync").status == 0
    assert {line(each).elements_done for each in Learner.objects.all()} == {9}


def test_a_value_that_is_too_long_here_is_that_records_fault_only(three: SandboxProcess) -> None:
    three.edit("aims", aim(three, 4001, onefile_id(three, "AB12D")), RegistrationNumber="R" * 400)
    synced = command("onefile_sync")
    assert {line(each).elements_done for each in Learner.objects.exclude(ident="AB12D")} == {9}
    (failure,) = synced.data["failures"]
    assert (synced.status, failure["ident"], failure["kind"]) == (1, "AB12D", "bad_answer")
    assert "Registration number" in failure["message"] and "R" * 10 not in failure["message"]


def test_an_answer_for_another_learner_is_never_applied(three: SandboxProcess) -> None:
    number, stranger = aim(three, 4001, onefile_id(three, "AB12D")), onefile_id(three, "AB12E")
    three.edit("aims", number, UserID=stranger)
    synced = command("onefile_sync")
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("AB12D", "wrong_learner")]
    assert line(Learner.objects.get(ident="AB12D")).elements_done == 0


def test_a_review_of_another_learner_is_never_applied(enrolled: SandboxProcess, learner: Learner) -> None:
    number = review_there(enrolled)
    command("onefile_sync")
    (stranger,) = enrolled.seed(users=[{"Role": 1, "OrganisationID": 101, "FirstName": "Z", "LastName": "B"}])["users"]
    enrolled.edit("reviews", number, LearnerID=stranger, StartedOn="2026-11-01T10:00:00.000Z")

    synced = command("onefile_sync", "--learner", "AB12C")

    assert synced.status == 1 and synced.data["changes"] == []
    assert learner.reviews.get().attended == "Unknown"


def test_a_review_listed_and_gone(enrolled: SandboxProcess, learner: Learner) -> None:
    number = review_there(enrolled)
    command("onefile_sync")
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=9)
    enrolled.fault(
        "status", f"^Review/{number}$", "GET", status=404, body={"code": -1, "message": "not found"}, times=0
    )

    synced = command("onefile_sync", "--learner", "AB12C")

    assert synced.status == 1
    assert [each["kind"] for each in synced.data["failures"]] == ["not_found"]
    assert line(learner).elements_done == 9 and learner.reviews.count() == 1


def test_an_aim_that_is_gone(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("aims", aim(enrolled, 4002), ElementsCompleted=9)
    command("onefile_sync")
    enrolled.remove("aims", aim(enrolled, 4001))

    synced = command("onefile_sync")

    assert (synced.status, [each["kind"] for each in synced.data["failures"]]) == (1, ["not_found"])
    assert (line(learner).total_elements, line(learner, "603/2954/9").elements_done) == (42, 9)


def test_a_review_deleted_in_onefile_is_kept_and_told(enrolled: SandboxProcess, learner: Learner) -> None:
    number = review_there(enrolled, StartedOn="2026-11-01T10:00:00.000Z")
    command("onefile_sync")
    enrolled.remove("reviews", number)
    synced = command("onefile_sync")
    assert (synced.status, [each["kind"] for each in synced.data["failures"]]) == (1, ["not_found"])
    assert learner.reviews.get().attended == "Yes"


def test_an_archived_learner(three: SandboxProcess) -> None:
    three.edit("users", onefile_id(three, "AB12D"), Archived=True)
    synced = command("onefile_sync")
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("AB12D", "archived")]
    assert line(Learner.objects.get(ident="AB12D")).elements_done == 0
    assert line(Learner.objects.get(ident="AB12E")).elements_done == 9


def test_a_deleted_learner(three: SandboxProcess) -> None:
    three.remove("users", onefile_id(three, "AB12D"))
    synced = command("onefile_sync")
    assert [(each["ident"], each["kind"]) for each in synced.data["failures"]] == [("AB12D", "not_found")]
    assert Link.objects.live().filter(learner__ident="AB12D").exists()
    assert line(Learner.objects.get(ident="AB12E")).elements_done == 9


# ---- refused before the first change


def test_a_wrong_token_is_refused_before_anything(enrolled: SandboxProcess) -> None:
    enrolled.end_sessions()
    enrolled.fault("status", "^Authentication$", "POST", status=401, body={"code": -1, "message": "no"}, times=0)
    refused = command("onefile_sync")
    assert refused.status == 2 and "Customer Token" in refused.data["error"]
    assert not Run.objects.whole().exists()
    assert Token.objects.get().fault
    enrolled.clear_calls()
    assert command("onefile_sync").status == 2
    assert enrolled.calls() == []  # known to be wrong: nothing calls


def test_onefile_down_at_the_start(enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onefile_integration.api.calls.ATTEMPTS", 1)
    enrolled.fault("status", ".", status=503, times=0)
    for name in (("onefile_sync",), ("onefile_sync", "--learner", "AB12C"), ("onefile_enrol", "AB12C")):
        assert command(*name).status == 2
    assert not Run.objects.whole().exists()


def test_switched_off(enrolled: SandboxProcess) -> None:
    command("onefile_settings", "enabled=off")
    assert command("onefile_sync").status == 2
    assert command("onefile_enrol", "AB12C").status == 2


def test_nothing_is_held_to_go_on_with(enrolled: SandboxProcess) -> None:
    assert command("onefile_sync", "--go-on").status == 2
    assert command("onefile_sync", "--discard").status == 2


def test_links_of_another_environment_are_never_used(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=9)
    Settings.objects.update(environment="live")
    command("onefile_settings", "enabled=on")
    Token.objects.update(environment="live")
    enrolled.clear_calls()

    synced = command("onefile_sync")

    assert synced.data["learners"]["planned"] == 0 and synced.data["changes"] == []
    assert line(learner).elements_done == 0
    assert not any("LearningAim" in call["path"] or "User" in call["path"] for call in enrolled.calls())
    Settings.objects.update(environment="practice")
    Token.objects.update(environment="practice")
    assert command("onefile_sync").data["learners"]["changed"] == 1


def test_an_officer_of_another_environment_is_nobody(enrolled: SandboxProcess, learner: Learner) -> None:
    """The same number is another person in Beta: the review gets no officer from there."""
    (stranger,) = enrolled.seed(users=[{"Role": 5, "OrganisationID": 101, "FirstName": "X", "LastName": "Y"}])["users"]
    mine = Link.objects.get(officer__ident="OF002")
    Link.objects.filter(pk=mine.pk).update(environment="beta", onefile_id=stranger)
    review_there(enrolled, AssessorID=stranger)
    command("onefile_sync")
    assert learner.reviews.get().officer is None
