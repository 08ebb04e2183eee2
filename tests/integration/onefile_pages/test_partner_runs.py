"""A run with officers and organisations in it, as its pages tell it."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from django.test import Client

from learners.actor import Actor
from learners.models import Learner
from learners.services import officers, organisations
from onefile_integration.models import Question, Run
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
BY = Actor(label="test")


@pytest.fixture
def run(enrolled: Learner, connected: SandboxProcess) -> Run:
    """The learner agrees, OF001 gets a telephone and an email that is asked about, EM001 is not active there."""
    command("onefile_settings", "officer_mode=push", "organisation_mode=push")
    state = connected.state()
    bryn = next(user["ID"] for user in state["users"] if user["MISID"] == "OF001")
    connected.edit("users", bryn, Email="old@provider.example")
    connected.edit("placements", state["placements"][0]["ID"], Active=False)
    officer, employer = enrolled.main_officer, enrolled.placements.get().organisation
    assert officer
    officers.update(officer, by=BY, telephone="0161 496 0001", email="new@provider.example")
    organisations.update(employer, by=BY, contact="officer: Ada Pitt")  # words that begin like a key of ours
    return Run.objects.get(pk=command("onefile_sync").data["run"])


def test_the_run_counts_learners_and_the_others_apart(administrator: Client, run: Run) -> None:
    text = administrator.get(f"/onefile/runs/{run.pk}/").text
    assert "4 of 4 learners, officers and organisations ended" in text
    assert "Officers and organisations changed" in text
    listed = administrator.get("/onefile/runs/").text
    assert ">1<" in listed and ">4<" not in listed, "the column counts learners"


def test_each_is_named_sorted_found_and_leads_to_its_exchange(administrator: Client, run: Run) -> None:
    address = f"/onefile/runs/{run.pk}/learners/"
    text = administrator.get(address).text
    assert "Bryn Tallis (officer)" in text and "Joinery (organisation)" in text and "Amara Okafor-Lane<" in text
    for order in ("subject", "-subject", "ident", "-ident"):
        assert administrator.get(address, {"sort": order}).status_code == 200
    assert "Archived in OneFile" in text, "why it failed, in words"
    found = administrator.get(address, {"q": "tallis"}).text
    assert "Bryn Tallis" in found and "Joinery" not in found and "Amara" not in found
    assert f"/onefile/runs/{run.pk}/officer/OF001/" in text


def test_the_exchange_of_an_officer_is_a_page_of_its_own(holder: Client, run: Run) -> None:
    text = holder.get(f"/onefile/runs/{run.pk}/officer/OF001/").text
    assert "Update officer OF001 in OneFile, Northmoor College" in text and "0161 496 0001" in text
    assert "A question waits for a person." in text and 'href="/officers/OF001/"' in text
    assert "All logs" not in text
    gone = holder.get(f"/onefile/runs/{run.pk}/organisation/EM001/").text
    assert "is not active: it was left alone" in gone
    assert holder.get(f"/onefile/runs/{run.pk}/officer/EM001/").status_code == 404


def test_words_that_look_like_a_key_break_no_page(administrator: Client, run: Run, connected: SandboxProcess) -> None:
    connected.edit("placements", connected.state()["placements"][0]["ID"], Active=True)
    again = command("onefile_sync").data["run"]
    text = administrator.get(f"/onefile/runs/{again}/organisation/EM001/").text
    assert "officer: Ada Pitt" in text
    assert "officer: Ada Pitt" in administrator.get(f"/onefile/runs/{again}/changes/").text


def test_what_was_changed_says_of_what_kind_the_record_is(administrator: Client, run: Run) -> None:
    assert "Bryn Tallis (officer)" in administrator.get(f"/onefile/runs/{run.pk}/changes/").text
    answer: Any = administrator.get(f"/onefile/runs/{run.pk}/changes.csv")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    told = {(row["KIND"], row["IDENT"], row["FIELD"], row["NEW"]) for row in rows}
    assert ("officer", "OF001", "Telephone", "0161 496 0001") in told


def test_a_question_leads_to_the_officer(holder: Client, run: Run) -> None:
    text = holder.get("/onefile/questions/").text
    assert "OF001 Bryn Tallis" in text and 'href="/officers/OF001/"' in text
    question = Question.objects.get()
    holder.post(f"/onefile/questions/{question.pk}/answer/", {"answer": "keep"})
    assert "OF001 Bryn Tallis" in holder.get("/onefile/questions/").text, "among the answered"
    question.refresh_from_db()
    assert question.answer == "keep"


def test_what_is_exchanged_says_what_the_mode_does(administrator: Client, connected: SandboxProcess) -> None:
    command("onefile_settings", "organisation_mode=pull")
    text = administrator.get("/onefile/exchanged/").text
    assert "Fields of an officer" in text and "Fields of an organisation" in text
    assert "No: never pulled" in text and "By the mode: only ever pushed" in text
    assert "No: Update Officer Demographics Mode is none" in text
