"""Officers and employers: linked, matched, asked about or created; never twice, never somebody else's."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from learners.models import Learner, Officer, Organisation
from onefile_integration.exchange.reading.lookups import Lookups
from onefile_integration.models import ExchangePlan, Link, Question
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another, onefile_id, soon
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

TALLIS = {"Role": 5, "OrganisationID": 101, "FirstName": "Bryn", "LastName": "Tallis"}
JOINERY = {"OrganisationID": 101, "Name": "Pitt & Sons' Joinery"}


def enrolled(ident: str = "AB12C", *more: str) -> str:
    return str(command("onefile_enrol", ident, *more).data["results"][0]["outcome"])


def answer(word: str) -> Any:
    return command("onefile_answer", str(Question.objects.open().get().pk), word)


def staff(onefile: SandboxProcess, **values: Any) -> int:
    return int(onefile.seed(users=[TALLIS | values])["users"][0])


def assessors(onefile: SandboxProcess) -> list[str]:
    return sorted(user["MISID"] for user in onefile.state()["users"] if user["Role"] in (4, 5))


def linked(record: Officer | Organisation, number: int) -> Link:
    return make.a_link(**{record._meta.model_name or "": record}, onefile_id=number)


def test_what_another_exchange_links_meanwhile_is_linked(
    connected: SandboxProcess, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our look at the links and OneFile's answer: the record found is held by the very officer it is of."""
    officer, employer = learner.main_officer, learner.placements.get().organisation
    assert officer
    number = staff(connected, MISID="OF001")
    (placement,) = connected.seed(placements=[JOINERY | {"MISID": "EM001"}])["placements"]
    asked_of = {name: getattr(Lookups, name) for name in ("_assessors", "_placements")}

    def meanwhile(name: str, record: Any, onefile_id: int) -> None:
        def ask(self: Lookups, centre: int) -> Any:
            if not Link.objects.of(record).exists():
                linked(record, onefile_id)
            return asked_of[name](self, centre)

        monkeypatch.setattr(Lookups, name, ask)

    meanwhile("_assessors", officer, number)
    meanwhile("_placements", employer, placement)

    assert enrolled() == "enrolled"
    assert not Question.objects.exists()
    assert assessors(connected) == ["OF001", "OF002"] and len(connected.state()["placements"]) == 1


# ---- one so named, without a MIS Value


def test_an_assessor_with_our_name_and_no_mis_value_is_ours(connected: SandboxProcess, learner: Learner) -> None:
    """A provider whose assessors have no MIS Values would else get every one of them twice."""
    number = staff(connected, FirstName="bryn", LastName="TALLIS ", Email="b@x.example")
    assert enrolled() == "question"
    assert Question.objects.get().facts == [[f"Email of {number}", "of001@provider.example", "b@x.example"]]
    assert assessors(connected) == [""] and "has no MIS Value" in Question.objects.get().text

    assert answer(str(number)).status == 0
    assert enrolled() == "enrolled"
    assert assessors(connected) == ["", "OF002"]
    user = next(user for user in connected.state()["users"] if user["ID"] == onefile_id(connected))
    assert user["DefaultAssessorID"] == number


@pytest.mark.parametrize(
    "other",
    [{"FirstName": "Bryony"}, {"LastName": "Tallis-Rees"}, {"MISID": "OF009"}, {"Role": 10}, {"Archived": True}],
)
def test_one_who_only_looks_like_ours_is_not_asked_about(
    connected: SandboxProcess, learner: Learner, other: dict[str, Any]
) -> None:
    staff(connected, **other)
    assert enrolled() == "enrolled"
    assert len([user for user in connected.state()["users"] if user["MISID"] == "OF001"]) == 1


def test_a_list_that_keeps_to_nothing_brings_no_stranger(connected: SandboxProcess, learner: Learner) -> None:
    """Filters that OneFile ignores: a learner and the assessor of another centre have our officer's name."""
    connected.seed(
        organisations=[{"ID": 102, "Name": "Port Ennis", "CustomerID": 11}],
        users=[TALLIS | {"Role": 1}, TALLIS | {"OrganisationID": 102}],
    )
    connected.switches(search_filter="ignored")
    assert enrolled("AB12C", "--centre", "101", "--another-person") == "enrolled"
    assert not Question.objects.exists()


def test_rows_that_do_not_say_the_mis_value_are_read(connected: SandboxProcess, learner: Learner) -> None:
    first, second = connected.seed(placements=[JOINERY | {"MISID": "XX001"}, JOINERY | {"MISID": "EM001"}])[
        "placements"
    ]
    connected.switches(row_misid="absent")
    assert enrolled() == "enrolled"
    assert Link.objects.get(organisation__ident="EM001").onefile_id == second != first


def test_of_many_so_named_ten_are_read_and_the_rest_are_asked_about(
    connected: SandboxProcess, learner: Learner
) -> None:
    many = connected.seed(placements=[JOINERY | {"MISID": f"XX{n:03}"} for n in range(12)])["placements"]
    connected.switches(row_misid="absent")
    connected.clear_calls()
    assert enrolled() == "question"
    read = [call for call in connected.calls() if call["path"].startswith("/Placement/9")]
    assert len(read) == 10
    assert [word for word, _ in Question.objects.get().answers] == [*map(str, many[10:]), "create"]


# ---- an answer does not stay in force for ever


def test_create_was_said_of_those_who_stood_there(connected: SandboxProcess, learner: Learner) -> None:
    staff(connected)
    enrolled()
    assert answer("create").status == 0
    assert command("onefile_enrol", "AB12C", "--dry-run").data["results"][0]["outcome"] == "ready"
    staff(connected)
    assert enrolled() == "question"


def test_an_open_question_is_put_anew_about_others(connected: SandboxProcess, learner: Learner) -> None:
    """Whoever still has the first one on the screen does not answer for the second record."""
    first = staff(connected)
    enrolled()
    asked = Question.objects.get()
    second = staff(connected)
    assert enrolled() == "question"
    (now,) = Question.objects.open()
    assert now.pk != asked.pk and [word for word, _ in now.answers] == [str(first), str(second), "create"]
    assert command("onefile_answer", str(asked.pk), "create").status == 2
    assert enrolled() == "question" and Question.objects.count() == 1
    answer(str(second))
    assert enrolled() == "enrolled"


def test_after_the_link_was_removed_it_is_asked_again(connected: SandboxProcess, learner: Learner) -> None:
    number = staff(connected)
    enrolled()
    answer("create")
    assert enrolled() == "enrolled"
    assert assessors(connected) == ["", "OF001", "OF002"]
    made = Link.objects.get(officer__ident="OF001").onefile_id
    connected.edit("users", made, Archived=True)
    command("onefile_unlink", "officer", "OF001")

    another(learner, "CD34E")
    assert enrolled("CD34E") == "question"
    assert answer(str(number)).status == 0
    assert enrolled("CD34E") == "enrolled"
    assert Link.objects.live().get(officer__ident="OF001").onefile_id == number


def test_said_after_the_link_was_removed_it_counts(connected: SandboxProcess, learner: Learner) -> None:
    linked(learner.main_officer, staff(connected, MISID="T1"))
    command("onefile_unlink", "officer", "OF001")
    staff(connected)
    enrolled()
    answer("create")
    assert enrolled() == "enrolled"


# ---- an officer who has left


def test_a_leaver_is_neither_created_nor_assigned(connected: SandboxProcess, learner: Learner) -> None:
    command("onefile_settings", "upload_reviews=on")
    leaver = Officer.objects.get(ident="OF002")
    Officer.objects.filter(pk=leaver.pk).update(status="Archived")
    review = factories.ReviewFactory(learner=learner, officer=leaver, scheduled_date=soon(), start_time=time(9, 0))

    made = command("onefile_enrol", "AB12C")

    assert made.status == 0 and made.data["results"][0]["outcome"] == "enrolled"
    state = connected.state()
    assert assessors(connected) == ["OF001"] and state["assignments"] == []
    assert [each["AssessorID"] for each in state["reviews"]] == [onefile_id(connected, "OF001")]
    review.refresh_from_db()
    assert review.officer == learner.main_officer
    notes = [note["text"] for note in ExchangePlan.objects.get().notes]
    assert any("Meera Chandran, is archived" in note for note in notes), notes
    assert command("onefile_sync").data["changes"] == []
