"""Before a create: whoever OneFile may hold already is named, staff decide, and what they decided is remembered."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from learners.models import Learner
from learners.services import episodes
from onefile_integration.models import Link, Question
from tests.integration.onefile.conftest import BY, Kept, command
from tests.integration.onefile.story import another, enrol, onefile_id, writes
from tests.sandbox_process import SandboxProcess

IONA = {"Role": 1, "OrganisationID": 101, "FirstName": "Iona", "LastName": "Okafor-Lane", "DOB": "2008-02-29T00:00:00Z"}


def result(*words: str) -> Any:
    return command("onefile_enrol", *words).data["results"][0]


def message(found: Any) -> str:
    assert found["outcome"] == "duplicate", found
    return " ".join(problem["message"] for problem in found["problems"])


@pytest.fixture
def sister(connected: SandboxProcess, learner: Learner) -> int:
    """Iona shares Amara's address."""
    (number,) = connected.seed(users=[IONA | {"Email": "AMARA.lane@example.org"}])["users"]
    return number


def test_an_answer_is_remembered_and_only_for_that_account(
    learner: Learner, connected: SandboxProcess, sister: int
) -> None:
    assert str(sister) in message(result("AB12C"))
    assert not Question.objects.exists(), "nothing was decided"
    assert result("AB12C", "--another-person", "--dry-run")["outcome"] == "ready"
    assert not Question.objects.exists(), "a dry run decides nothing"
    assert result("AB12C", "--another-person")["outcome"] == "enrolled"

    question = Question.objects.get()
    assert (question.kind, question.answer) == ("possible_duplicate", "another_person")
    assert question.about == f"learner:{learner.pk} {sister}" and question.answered_by.startswith("command:")
    assert question.facts == [
        ["First Name", "Amara", "another one"],
        ["Surname", "Okafor-Lane", "Okafor-Lane"],
        ["DOB", "2007-07-14", "another one"],
    ], "nothing of Iona's is kept"

    own = onefile_id(connected)
    connected.remove("users", own)
    command("onefile_unlink", "learner", "AB12C")
    assert result("AB12C", "--dry-run")["outcome"] == "ready", "the sister is not asked about again"
    connected.seed(users=[IONA | {"ID": 709999, "FirstName": "Isla", "Email": "amara.lane@example.org"}])
    assert "709999" in message(result("AB12C")) and str(sister) not in message(result("AB12C"))


def test_what_becomes_equal_later_asks_again(learner: Learner, connected: SandboxProcess, sister: int) -> None:
    """A shared address was answered; a shared ULN was not."""
    connected.edit("classrooms", 3001, Name="Elsewhere")
    assert result("AB12C", "--another-person", "--classroom", "3001")["outcome"] == "enrolled"
    own = onefile_id(connected)
    command("onefile_unlink", "learner", "AB12C")
    connected.remove("users", own)
    connected.edit("users", sister, ULN=learner.uln)

    assert f"{sister} may be this person. It has the same ULN and email." in message(
        result("AB12C", "--classroom", "3001")
    )


def test_twins_with_one_address_become_two_accounts_and_nothing_crosses(
    learner: Learner, connected: SandboxProcess
) -> None:
    twins = [
        another(learner, ident, forenames=name, surname="Mackintosh-Bell", email="home@example.org", uln=uln,
                date_of_birth=date(2008, 2, 29), mobile=mobile)
        for ident, name, uln, mobile in (
            ("IO11A", "Iona", "6345678904", "07700900111"), ("IS22B", "Isla", "7345678902", "07700900222"))
    ]  # fmt: skip
    assert result("IO11A")["outcome"] == "enrolled"
    before = connected.state()
    warned = message(result("IS22B"))
    assert "IO11A" in warned and "email" in warned and connected.state() == before
    assert result("IS22B", "--another-person")["outcome"] == "enrolled"

    after = {user["MISID"]: user for user in connected.state()["users"] if user["Role"] == 1}
    assert {ident: (user["FirstName"], user["MobileNumber"], user["ULN"]) for ident, user in after.items()} == {
        "IO11A": ("Iona", "07700900111", "6345678904"),
        "IS22B": ("Isla", "07700900222", "7345678902"),
    }
    assert after["IO11A"] == next(user for user in before["users"] if user["MISID"] == "IO11A")
    assert command("onefile_sync").status == 0
    assert [Learner.objects.get(pk=twin.pk).mobile for twin in twins] == ["07700900111", "07700900222"]


@pytest.mark.parametrize("shown_there", [True, False])
def test_two_people_with_one_uln(learner: Learner, connected: SandboxProcess, shown_there: bool) -> None:
    """The second names the first, also where OneFile's account does not show the ULN; staff can go on."""
    second = another(learner, "CD34E", forenames="Zofia", surname="Brandt", uln=learner.uln, email="z@example.org")
    enrol()
    if not shown_there:
        connected.edit("users", onefile_id(connected), ULN=None)

    warned = message(result("CD34E"))

    assert "AB12C" in warned and "ULN" in warned
    assert not Link.objects.filter(learner=second).exists()
    assert result("CD34E", "--another-person")["outcome"] == "enrolled"


def test_a_server_that_keeps_to_no_filter_does_not_hide_the_one(learner: Learner, connected: SandboxProcess) -> None:
    connected.switches(search_filter="ignored")
    crowd = [IONA | {"ID": 700200 + n, "FirstName": "Zofia", "LastName": f"Brandt-{n}"} for n in range(30)]
    connected.seed(users=[*crowd, {"ID": 709999, "Role": 1, "OrganisationID": 101, "FirstName": "AMARA",
                                   "LastName": "okafor-lane", "DOB": "2007-07-14T00:00:00Z"}])  # fmt: skip
    connected.clear_calls()

    assert "709999" in message(result("AB12C"))
    read = [call["path"] for call in connected.calls() if re.search(r"User/\d+$", call["path"])]
    assert len(read) == 10 and writes(connected) == []


def test_every_centre_is_searched(learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(
        organisations=[{"ID": 102, "Name": "Harbour Campus", "CustomerID": 11}],
        users=[IONA | {"ID": 709999, "OrganisationID": 102, "MISID": "ab12c"}],
    )
    command("onefile_check")
    assert "709999" in message(result("AB12C", "--centre", "101"))


# ---- accounts that were linked earlier


@pytest.fixture
def returner(learner: Learner, connected: SandboxProcess, kept: Kept) -> int:
    """AB12C was linked, the link was removed, the account archived, and nothing of it is equal any more."""
    kept("returner", lambda: _leave(connected))
    return next(int(user["ID"]) for user in connected.state()["users"] if user["Archived"])


def _leave(onefile: SandboxProcess) -> None:
    enrol()
    number = onefile_id(onefile)
    assert command("onefile_unlink", "learner", "AB12C").status == 0
    onefile.edit("users", number, Archived=True, MISID=None, Email="old@example.org", ULN=None, LastName="Okafor")


def test_an_archived_account_of_earlier_is_found_by_its_id(
    learner: Learner, connected: SandboxProcess, returner: int
) -> None:
    before = connected.state()

    warned = message(result("AB12C"))

    assert str(returner) in warned and "linked with this learner earlier" in warned and "archived" in warned
    assert connected.state() == before and not Link.objects.live().filter(learner=learner).exists()
    assert result("AB12C", "--new-episode")["outcome"] == "enrolled"
    assert Question.objects.get(kind="possible_duplicate").answer == "new_episode"


def test_one_that_was_linked_by_mistake_is_another_person(
    learner: Learner, connected: SandboxProcess, returner: int
) -> None:
    assert result("AB12C", "--another-person")["outcome"] == "enrolled"


def test_another_episode_and_a_learner_with_the_same_uln_had_it(
    learner: Learner, connected: SandboxProcess, returner: int
) -> None:
    episode = another(learner, "CD34E", surname=learner.surname)
    assert result("CD34E", "--dry-run")["outcome"] == "ready"
    Learner.objects.filter(pk=episode.pk).update(uln=learner.uln)
    assert "ULN" in message(result("CD34E"))
    episodes.tie(Learner.objects.get(pk=episode.pk), to=learner, by=BY, sure=True)
    assert "AB12C" in message(result("CD34E")) and "another episode" in message(result("CD34E"))


def test_an_account_that_is_gone_there_is_said_and_stands_in_nobodys_way(
    learner: Learner, connected: SandboxProcess, returner: int
) -> None:
    connected.switches(archived_get="missing")
    assert result("AB12C")["outcome"] == "enrolled"


def test_links_of_another_environment_are_not_asked_about(
    learner: Learner, connected: SandboxProcess, returner: int
) -> None:
    Link.objects.filter(learner=learner).update(environment="beta")
    connected.clear_calls()
    assert result("AB12C")["outcome"] == "enrolled"
    assert not [call for call in connected.calls() if call["path"].endswith(f"User/{returner}")], "nor even read"


def test_an_episode_gets_a_portfolio_of_its_own_and_that_is_remembered(
    learner: Learner, connected: SandboxProcess
) -> None:
    enrol()
    episode = another(learner, "CD34E", person=learner.person, surname=learner.surname)
    warned = message(result("CD34E"))
    assert "AB12C" in warned and "another episode" in warned
    assert result("CD34E", "--another-person")["outcome"] == "duplicate", "it is the same person"
    assert result("CD34E", "--new-episode")["outcome"] == "enrolled"
    assert Link.objects.live().filter(learner__in=[learner, episode]).count() == 2
    number = onefile_id(connected, "CD34E")
    command("onefile_unlink", "learner", "CD34E")
    connected.remove("users", number)
    assert result("CD34E", "--dry-run")["outcome"] == "ready"
