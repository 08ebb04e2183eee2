"""A wrong id typed, another environment: no value of one person reaches another, and what happened can be seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from learners.models import Learner
from onefile_integration import personal
from onefile_integration.additions import learners_by_onefile_id
from onefile_integration.exchange import configuration
from onefile_integration.exchange.failing import failing
from onefile_integration.models import Link, Question
from onefile_integration.rules.duplicates import ANOTHER
from tests.integration.onefile.conftest import BY, Kept, command
from tests.integration.onefile.story import another, onefile_id
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make


def everything_of(learner: Learner) -> list[Any]:
    parts = (Learner.objects.filter(pk=learner.pk), learner.delivery_plan, learner.reviews, learner.history)
    return [list(rows.order_by("pk").values() if part else rows.values()) for part, rows in enumerate(parts)]


@pytest.fixture
def other(learner: Learner, enrolled: SandboxProcess, kept: Kept) -> Learner:
    """CD34E, with the same qualification, a birth date of her own, and progress in OneFile that nobody fetched yet."""
    kept("other", lambda: _enrol_another(learner, enrolled))
    return Learner.objects.get(ident="CD34E")


def _enrol_another(learner: Learner, enrolled: SandboxProcess) -> None:
    another(learner, "CD34E", date_of_birth=date(2008, 2, 29), email="zofia@example.org")
    assert command("onefile_enrol", "CD34E").status == 0
    for aim in enrolled.state()["aims"]:
        enrolled.edit("aims", aim["ID"], ElementsCompleted=7, RegistrationNumber=f"R{aim['UserID']}")


def with_anothers_id(enrolled: SandboxProcess) -> int:
    """CD34E's account is free, and AB12C gets it."""
    number = onefile_id(enrolled, "CD34E")
    for words in (("onefile_unlink", "learner", "CD34E"), ("onefile_unlink", "learner", "AB12C")):
        assert command(*words).status == 0
    assert command("onefile_link", "learner", "AB12C", str(number)).data["state"] == "unverified"
    return number


def test_another_persons_id_exchanges_nothing_and_asks(
    learner: Learner, other: Learner, enrolled: SandboxProcess
) -> None:
    number = with_anothers_id(enrolled)
    Learner.objects.filter(pk=learner.pk).update(mobile="07700900111")
    ours, theirs, there = everything_of(learner), everything_of(other), enrolled.state()

    for environment in ("beta", "practice"):  # there and back: the link is found again, as unverified as it was
        configuration.change({"environment": environment}, token=enrolled.token, by=BY)
        command("onefile_check")
        synced = command("onefile_sync")

    assert synced.status == 1 and synced.data["changes"] == []
    assert [each["kind"] for each in synced.data["questions"]] == ["other_person"]
    assert (everything_of(learner), everything_of(other), enrolled.state()) == (ours, theirs, there)
    assert Link.objects.live().get(learner=learner).state == "unverified"

    (told,) = personal.export_part(learner)["onefile_questions"]
    assert ["Surname", "Okafor-Lane", ANOTHER] in told["facts"] and "2008-02-29" not in str(told)
    assert command("onefile_answer", str(Question.objects.get().pk), "other").status == 0
    assert Question.objects.get().facts == told["facts"], "once it is decided the other person's values are gone"
    assert not Link.objects.live().filter(onefile_id=number).exists() and enrolled.state() == there
    found = command("onefile_enrol", "AB12C").data["results"][0]
    said = " ".join(each["message"] for each in found["problems"])
    assert found["outcome"] == "duplicate" and f" {number} " not in said, "that one was answered"


def test_links_of_another_environment_send_nothing(learner: Learner, other: Learner, enrolled: SandboxProcess) -> None:
    before = enrolled.state()
    configuration.change({"environment": "live"}, token=enrolled.token, by=BY)
    command("onefile_check")
    enrolled.clear_calls()

    synced = command("onefile_sync")

    assert synced.data["learners"]["planned"] == 0 and enrolled.state() == before
    assert not [call for call in enrolled.calls() if "User/" in call["path"]]
    assert learners_by_onefile_id(str(onefile_id(enrolled))) == []
    configuration.change({"environment": "practice"}, by=BY)
    assert learners_by_onefile_id(str(onefile_id(enrolled))) == [learner.pk]
    assert command("onefile_sync").data["learners"]["failed"] == 0


def test_the_history_of_links_says_who_and_when(learner: Learner, other: Learner, enrolled: SandboxProcess) -> None:
    number = with_anothers_id(enrolled)
    links = Link.objects.filter(learner=learner).order_by("pk")
    assert [(link.state, bool(link.made_by), bool(link.removed_by)) for link in links] == [
        ("removed", True, True),
        ("unverified", True, False),
    ]
    assert learners_by_onefile_id(str(number)) == [learner.pk]


@pytest.mark.parametrize("has_begun", [False, True])
def test_an_enrolment_left_open_in_another_environment_is_in_nobodys_way(
    learner: Learner, connected: SandboxProcess, has_begun: bool
) -> None:
    """Its token was refused there, and the office went on to Live: for good, may be."""
    run = make.a_run(kind="enrol", state="approved")
    left = make.a_plan(run=run, kind="enrol", learner=learner, state="ready")
    if has_begun:
        make.a_step(plan=left, kind="create_assessor", state="done", begun_at=timezone.now())
    configuration.change({"environment": "live"}, token=connected.token, by=BY)
    command("onefile_check")
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "enrolled"
    left.refresh_from_db()
    assert left.state == "failed" and "another environment" in left.failure_message
    assert failing("practice").count() == 1
