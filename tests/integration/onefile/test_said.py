"""What the commands say beside what they do: where it stopped, who has it in hand, whose installation it is."""

from __future__ import annotations

import re
import uuid
from datetime import date, time, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from redis import Redis

from learners.models import Learner
from onefile_integration.api.budget import Lane
from onefile_integration.api.errors import NotSent, Why
from onefile_integration.exchange import configuration, foreground, nightly
from onefile_integration.exchange.connection import budget
from onefile_integration.models import ExchangePlan, LastCall, Run, Settings
from onefile_integration.models.journal import from_now
from onefile_integration.words import PlanState
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import aim, another, enrol, line, london, review_there, soon
from tests.sandbox_process import SandboxProcess

# ---- another process has it in hand


def hold(plan: ExchangePlan, seconds: float = 60) -> None:
    ExchangePlan.objects.filter(pk=plan.pk).update(claim=uuid.uuid4(), lease_until=from_now(timedelta(seconds=seconds)))


@pytest.fixture
def night(enrolled: SandboxProcess) -> Run:
    """Begun by somebody else, with its one plan in that process's hand."""
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    hold(run.plans.get(), seconds=2)
    return run


def test_a_second_whole_run_is_refused(night: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    renewing = SimpleNamespace(sleep=lambda seconds: hold(night.plans.get()))
    monkeypatch.setattr(foreground, "time", renewing)

    refused = command("onefile_sync")

    assert (refused.status, refused.data["run"]) == (2, night.pk)
    assert "going on" in refused.data["error"]
    assert night.plans.get().state == PlanState.UNMADE


def test_a_whole_run_whose_process_died_is_continued(night: Run) -> None:
    synced = command("onefile_sync")
    assert (synced.status, synced.data["run"], synced.data["outcome"]) == (0, night.pk, "finished")
    assert night.plans.get().deaths == 1


def test_an_enrolment_that_another_process_has_is_busy(learner: Learner, connected: SandboxProcess) -> None:
    connected.fault("lost_before", "^User$", "POST", nth=1)
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "unknown"
    hold(ExchangePlan.objects.get())
    connected.clear_calls()

    again = command("onefile_enrol", "AB12C")

    (result,) = again.data["results"]
    assert (again.status, result["outcome"]) == (1, "busy")
    assert re.match(r"20\d\d-\d\d-\d\dT", result["since"])
    assert not [call for call in connected.calls() if call["path"] == "/User"]


# ---- where it stopped


def said(*words: str) -> tuple[int, str]:
    """The status, and what stood on stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*words, "--json", stdout=out, stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), err.getvalue()
    return 0, err.getvalue()


def test_why_it_stopped_is_said(enrolled: SandboxProcess, learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onefile_integration.api.calls.ATTEMPTS", 1)
    monkeypatch.setattr(foreground, "THREADS", 1)
    for ident in ("AB12D", "AB12E"):
        another(learner, ident)
    enrol(("AB12D", "AB12E"))
    enrolled.fault("status", "^LearningAim/", "GET", status=503, times=0)

    status, stderr = said("onefile_sync")

    assert status == 1
    assert "OneFile could not be reached" in stderr and "goes on later" in stderr
    assert Run.objects.whole().get().is_open
    enrolled.clear_faults()
    monkeypatch.setattr(foreground, "NAP", 1000.0)
    assert said("onefile_sync")[0] == 0  # asked again it goes on at once


# ---- a new token, another installation


def test_a_new_token_does_not_wait_for_the_old_ones_calls(
    connected: SandboxProcess, learner: Learner, redis: Redis
) -> None:
    """Valkey has just lost its memory, and OneFile was called a moment ago."""
    assert LastCall.objects.exists()
    settings = Settings.objects.current()
    redis.flushdb()
    with pytest.raises(NotSent) as held:
        budget(settings).acquire(Lane.PEOPLE, 0)
    assert held.value.why is Why.PAUSED

    configuration.set_token("another-customer-token", environment=settings.environment, by=BY)

    budget(settings).acquire(Lane.PEOPLE, 0).abandon()


def test_a_copy_is_off_and_says_so(enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.INSTALLATION", "a restored copy")
    enrolled.clear_calls()

    status = command("onefile_status").data

    assert status["enabled"] is False and "a restored copy" in status["fault"]
    assert command("onefile_settings").data["enabled"] == "off"
    for words in (("onefile_sync",), ("onefile_enrol", "AB12C"), ("onefile_sync", "--learner", "AB12C")):
        refused = command(*words)
        assert refused.status == 2 and "copy" in refused.data["error"]
    assert enrolled.calls() == []
    assert command("onefile_settings", "enabled=on").status == 0
    assert command("onefile_sync").status == 0


# ---- what was changed


def changes_of(*words: str) -> list[tuple[str, str, object, object, str]]:
    found = command("onefile_sync", *words).data["changes"]
    return [(each["record"], each["field"], each["old"], each["new"], each["side"]) for each in found]


def test_names_and_dates_are_those_of_the_export(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("aims", aim(enrolled), CertificateAppliedDate="2027-03-01T00:00:00.000Z")
    assert changes_of() == [("delivery 196AS", "certificate_applied_date", None, "2027-03-01", "mis")]
    assert line(learner).certificate_applied == date(2027, 3, 1)


def test_officers_are_idents_and_a_moved_review_is_named_by_its_old_date(
    enrolled: SandboxProcess, learner: Learner
) -> None:
    factories.ReviewFactory(learner=learner, scheduled_date=soon(), start_time=time(9, 0), officer=learner.main_officer)
    assert command("onefile_sync").status == 0
    (made,) = enrolled.state()["reviews"]
    other = next(user["ID"] for user in enrolled.state()["users"] if user["MISID"] == "OF002")
    enrolled.edit("reviews", made["ID"], ScheduledFor=london(soon(21), "09:00"), AssessorID=other)
    expected = [
        (f"review {soon()}", "officer", "OF001", "OF002", "mis"),
        (f"review {soon()}", "scheduled_date", str(soon()), str(soon(21)), "mis"),
    ]
    assert sorted(changes_of("--dry-run")) == expected
    assert sorted(changes_of()) == expected


def test_one_with_a_question_only_is_unchanged(enrolled: SandboxProcess, learner: Learner) -> None:
    day = soon()
    factories.ReviewFactory(learner=learner, scheduled_date=day, start_time=time(9, 0))
    review_there(enrolled, ScheduledFor=f"{day}T11:00:00.000Z")

    synced = command("onefile_sync")

    assert [question["kind"] for question in synced.data["questions"]] == ["same_review"]
    counts = synced.data["learners"]
    assert (counts["planned"], counts["changed"], counts["unchanged"], counts["failed"]) == (1, 0, 1, 0)
