"""Links made and removed by people: checked against OneFile and against each other, never silently replaced."""

from __future__ import annotations

from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.models import Link, Question
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import PERSON, another, onefile_id, writes
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def there(connected: SandboxProcess, learner: Learner) -> SandboxProcess:
    """OneFile has learners 700500 and 700501, an assessor 700600 and an employer 900500."""
    connected.seed(
        users=[
            {"ID": 700500, "Role": 1, "OrganisationID": 101, **PERSON},
            {"ID": 700501, "Role": 1, "OrganisationID": 101, "FirstName": "Zofia", "LastName": "Brandt"},
            {"ID": 700600, "Role": 5, "OrganisationID": 101, "FirstName": "Bryn", "LastName": "Tallis", "MISID": "T1"},
        ],
        placements=[{"ID": 900500, "OrganisationID": 101, "Name": "Somebody"}],
    )
    connected.clear_calls()
    return connected


def link(*words: str) -> Any:
    return command("onefile_link", *words)


def error(answer: Any) -> str:
    return str(answer.data.get("error") or answer.data.get("message"))


def test_a_link_made_while_onefile_was_down_learns_its_centre(there: SandboxProcess, learner: Learner) -> None:
    there.seed(organisations=[{"ID": 102, "Name": "Harbour Campus", "CustomerID": 11}])
    assert command("onefile_check").status == 0
    fault = there.fault("status", times=0, status=503)
    assert link("learner", "AB12C", "700500").status == 0 and fault
    assert Link.objects.get().centre is None
    there.clear_faults()
    assert command("onefile_sync", "--learner", "AB12C").status == 0
    made = Link.objects.get(learner=learner)
    assert (made.centre, made.state) == (101, "verified")


def test_a_learner_is_linked_unverified(there: SandboxProcess) -> None:
    made = link("learner", "ab12c", "\ufeff700500\u00a0")
    assert (made.status, made.data["ok"], made.data["state"]) == (0, True, "unverified")
    assert Link.objects.get().onefile_id == 700500 and writes(there) == []
    assert link("learner", "AB12C", "700500").status == 0  # the same again
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("learner", "AB12C", "799999"), "knows no learner"),
        (("learner", "AB12C", "700600"), "not a learner"),
        (("learner", "AB12C", "12 34"), "number"),
        (("learner", "AB12C", "0"), "number"),
        (("learner", "AB12C", "1E5"), "number"),
        (("learner", "ZZZZZ", "700500"), "no learner"),
        (("learner", "AB12C", "700500", "--centre", "999"), "centre"),
        (("officer", "OF001", "700500"), "not an assessor"),
        (("officer", "OF001", "799999"), "knows no assessor"),
        (("organisation", "EM001", "999999"), "knows no employer"),
    ],
)
def test_what_is_refused(there: SandboxProcess, words: tuple[str, ...], says: str) -> None:
    refused = link(*words)
    assert refused.status == 2 and says in error(refused), refused.data
    assert not Link.objects.exists()


def test_an_id_of_another_person_here_is_refused_and_named(there: SandboxProcess, learner: Learner) -> None:
    another(learner, "CD34E")
    assert link("learner", "AB12C", "700500").status == 0
    refused = link("learner", "CD34E", "700500")
    assert refused.status == 2 and "AB12C" in error(refused)


def test_a_link_is_never_silently_replaced(there: SandboxProcess) -> None:
    link("learner", "AB12C", "700500")
    refused = link("learner", "AB12C", "700501")
    assert refused.status == 2 and "700500" in error(refused)
    assert Link.objects.get().onefile_id == 700500


def test_partners_are_linked(there: SandboxProcess) -> None:
    assert link("officer", "OF001", "700600").data["state"] == "verified"
    assert link("organisation", "EM001", "900500").status == 0
    assert link("officer", "OF002", "700600").status == 2
    other = factories.OrganisationFactory(ident="EM002")
    assert link("organisation", other.ident, "900500").status == 2
    enrolled = command("onefile_enrol", "AB12C", "--another-person")
    assert enrolled.status == 0
    user = next(each for each in there.state()["users"] if each["ID"] == onefile_id(there))
    assert (user["DefaultAssessorID"], user["PlacementID"]) == (700600, 900500)


def test_while_onefile_is_down(there: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's link is made all the same, to be compared later; officers and employers wait."""
    monkeypatch.setattr("onefile_integration.api.calls.ATTEMPTS", 1)
    there.fault("status", ".", status=503, times=0)
    assert link("learner", "AB12C", "700500").data["state"] == "unverified"
    assert link("officer", "OF001", "700600").status == 2
    there.clear_faults()
    assert command("onefile_sync").status == 0
    assert Link.objects.get(learner__isnull=False).state == "verified"


def test_one_that_is_probably_archived_is_warned_about(there: SandboxProcess) -> None:
    there.edit("users", 700500, Archived=True)
    made = link("learner", "AB12C", "700500")
    assert made.status == 0 and "archived" in made.data["message"]


def test_removed_nothing_there_is_touched(there: SandboxProcess, learner: Learner) -> None:
    link("learner", "AB12C", "700500")
    command("onefile_sync")
    before = there.state()
    there.clear_calls()
    removed = command("onefile_unlink", "learner", "AB12C")
    assert (removed.status, removed.data["state"]) == (0, "removed")
    assert there.state() == before and there.calls() == []
    assert command("onefile_unlink", "learner", "AB12C").status == 2
    gone = Link.objects.get(learner=learner)
    assert (gone.state, gone.onefile_id, bool(gone.removed_by)) == ("removed", 700500, True)
    assert link("learner", "AB12C", "700500").status == 0


def test_an_employer_whose_mis_value_was_changed_there(there: SandboxProcess, learner: Learner) -> None:
    """EM001's link stands, EM002 is for a person, the other learners are done."""
    assert command("onefile_enrol", "AB12C", "--another-person").status == 0
    taken = Link.objects.get(organisation__ident="EM001").onefile_id
    there.edit("placements", taken, MISID="EM002")
    second = factories.OrganisationFactory(ident="EM002", name="Another")
    for ident in ("CD34E", "CD34F"):
        other = another(learner, ident)
        if ident == "CD34E":
            other.placements.update(organisation=second)

    enrolled = command("onefile_enrol", "CD34E", "CD34F")

    outcomes = {each["ident"]: each["outcome"] for each in enrolled.data["results"]}
    assert enrolled.status == 1 and outcomes["CD34F"] == "enrolled" and outcomes["CD34E"] != "enrolled"
    assert Link.objects.get(organisation__ident="EM001").onefile_id == taken
    assert not Link.objects.filter(organisation=second).exists()
    assert outcomes["CD34E"] == "question"
    (question,) = Question.objects.open()
    assert all(word in question.text for word in (str(taken), "EM001", "EM002")), question.text
    enrol_second = ("onefile_enrol", "CD34E")
    assert command("onefile_answer", str(question.pk), "again").status == 0
    assert command(*enrol_second).data["results"][0]["outcome"] == "question"  # nothing was put right: asked once more
    assert command("onefile_answer", str(Question.objects.open().get().pk), "create").status == 0
    assert command(*enrol_second).data["results"][0]["outcome"] == "enrolled"
    assert Link.objects.get(organisation=second).onefile_id != taken
    assert Link.objects.get(organisation__ident="EM001").onefile_id == taken


def test_an_officer_whose_mis_value_stands_on_anothers_account(there: SandboxProcess, learner: Learner) -> None:
    assert command("onefile_enrol", "AB12C", "--another-person").status == 0
    there.edit("users", onefile_id(there, "OF001"), MISID="OF009")
    taken = Link.objects.get(officer__ident="OF001").onefile_id
    newcomer = factories.OfficerFactory(ident="OF009")
    another(learner, "CD34E", main_officer=newcomer)

    assert command("onefile_enrol", "CD34E").data["results"][0]["outcome"] == "question"
    there.edit("users", taken, MISID="OF001")
    assert command("onefile_answer", str(Question.objects.open().get().pk), "again").status == 0
    assert command("onefile_enrol", "CD34E").data["results"][0]["outcome"] == "enrolled"
    assert Link.objects.get(officer=newcomer).onefile_id != taken
