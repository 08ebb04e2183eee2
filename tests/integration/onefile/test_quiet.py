"""Nothing has changed, so nothing is sent, nothing is written and no step is planned, whatever is switched on."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.apps import apps

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from learners.services import delivery, learners, officers, organisations
from onefile_integration.models import AgreedValue, Step
from onefile_integration.rules.shown import PREFIX
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.integration.onefile.story import line, onefile_id, review_there, soon, writes
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
BY = Actor(label="test")
SWITCHES = ("push_main_officer=on", "push_employer=on", "upload_reviews=on", "download_reviews=on")


def everything_here() -> dict[str, list[Any]]:
    """All rows of the MIS, history included."""
    models = apps.get_app_config("learners").get_models()
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def run(*words: str) -> Answer:
    answer = command("onefile_sync", *words)
    assert (answer.status, answer.data["outcome"]) == (0, "finished"), answer.data
    return answer


def said(answer: Answer) -> set[tuple[str, str, str]]:
    return {(each["record"].split()[0], each["field"], each["side"]) for each in answer.data["changes"]}


def assert_quiet(onefile: SandboxProcess) -> None:
    """Two nights in a row."""
    here, there, agreed = everything_here(), onefile.state(), list(AgreedValue.objects.order_by("pk").values())
    for _ in range(2):
        onefile.clear_calls()
        night = run()
        assert (writes(onefile), night.data["changes"], night.data["questions"]) == ([], [], [])
        assert not Step.objects.filter(plan__run=night.data["run"]).exists()
    assert (everything_here(), onefile.state()) == (here, there)
    assert list(AgreedValue.objects.order_by("pk").values()) == agreed


@pytest.fixture
def full(enrolled: SandboxProcess, learner: Learner) -> SandboxProcess:
    """Every record that is exchanged has every value; OneFile has some that we have not."""
    learners.update(
        learner,
        by=BY,
        telephone="0161 496 0001",
        mobile="07700 900001",
        nino="CE123456A",
        sex="F",
        ethnicity="31",
        lldd=1,
        lldd_primary=93,
        lldd_others=[97],
        address1="17 Mill Lane",
        address2="Northmoor",
        postcode="NM1 4AB",
    )
    officer, employer = Officer.objects.get(ident="OF001"), Organisation.objects.get(ident="EM001")
    officers.update(officer, by=BY, email="bryn@provider.example", telephone="0161 496 0002", mobile="07700 900002")
    organisations.update(
        employer,
        by=BY,
        address1="Unit 5",
        postcode="NM1 4AC",
        telephone="0161 496 0003",
        email="office@pitt.example",
        website="https://pitt.example/",
        contact="Ada Pitt",
    )
    delivery.update_line(
        line(learner), by=BY, registration_number="R 1", registration_date=soon(-9), certificate_applied=soon(-2)
    )
    factories.ReviewFactory(learner=learner, scheduled_date=soon(9), start_time=time(9), officer=officer)
    review_there(enrolled, StartedOn=f"{soon(-3)}T09:00:00.000Z", ScheduledFor=f"{soon(-3)}T09:00:00.000Z")
    assert command("onefile_settings", *SWITCHES).status == 0
    enrolled.clear_calls()
    return enrolled


@pytest.mark.parametrize("mode", ["push", "pull"])
def test_with_everything_switched_on(full: SandboxProcess, mode: str) -> None:
    """The dry run says what the real one does; after that there is silence."""
    words = (f"{who}_mode={mode}" for who in ("learner", "officer", "organisation"))
    assert command("onefile_settings", *words).status == 0
    here, there = everything_here(), full.state()

    dry = run("--dry-run")
    assert (everything_here(), full.state(), writes(full)) == (here, there, [])
    real = run()

    assert dry.data["changes"] == real.data["changes"]
    sides = {(record, side) for record, _, side in said(real)}
    assert {("officer", "onefile"), ("organisation", "onefile")} <= sides or mode == "pull"
    assert_quiet(full)


def test_what_onefile_does_not_show_as_it_was_sent_is_not_sent_again(full: SandboxProcess, learner: Learner) -> None:
    """Members that it never shows, and texts that it cuts: read back at once, and remembered."""
    hidden = {"Placement": ["MISID", "Contact"], "User": ["MobileNumber"], "LearningAim": ["CertificateAppliedDate"]}
    full.switches(drop_members=hidden, longest_text=12)
    assert command("onefile_settings", "learner_mode=push", "officer_mode=push", "organisation_mode=push").status == 0
    organisations.update(Organisation.objects.get(), by=BY, contact="Ada Pitt of the office on the first floor")
    delivery.update_line(line(learner), by=BY, registration_number="R-1234567890-1234567890")

    first = run()

    assert {("organisation", "mis_value", "onefile"), ("learner", "mobile", "onefile")} <= said(first)
    notes = Step.objects.filter(plan__run=first.data["run"]).exclude(message="").values_list("kind", "message")
    told = dict(notes)
    assert "registration number, certificate applied" in told["update_aim"] and "Not sent again." in told["update_aim"]
    assert set(told) == {"update_learner", "update_assessor", "update_placement", "update_aim"}
    assert_quiet(full)
    assert line(learner).registration_number == "R-1234567890-1234567890", "the cut one is not brought here"

    full.edit("users", onefile_id(full), Telephone="0161 496 9999")
    assert said(run()) == {("learner", "telephone", "onefile")}, "what it shows is set right"
    learners.update(learner, by=BY, mobile="07700 900009")
    assert said(run()) == {("learner", "mobile", "onefile")}, "a new value goes"
    assert_quiet(full)
    command("onefile_settings", "learner_mode=none")
    assert not AgreedValue.objects.filter(name__startswith=PREFIX).exists(), "switched anew, all is sent once more"
