"""A run that would change suspiciously much is held, nothing changed, until a person has looked."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings

from learners.models import Learner, Review
from onefile_integration.exchange import guard, nightly, stopping
from onefile_integration.exchange.work import Worker, work
from onefile_integration.exchange.work import make as plan_one
from onefile_integration.models import (
    AgreedValue,
    ExchangePlan,
    Link,
    OfficerAssignment,
    RemoteAim,
    RemoteReview,
    Run,
    Settings,
)
from onefile_integration.words import PlanState, RunState
from tests import factories
from tests.integration.onefile.conftest import BY, Answer, Kept, command
from tests.integration.onefile.story import aim, line, onefile_id, soon, writes
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

IDENTS = [f"GU{number:03}" for number in range(12)]


@pytest.fixture
def linked(connected: SandboxProcess, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    """Twelve learners whom OneFile knows, with one qualification each."""
    monkeypatch.setattr(django_settings, "ONEFILE_CALLS_PER_MINUTE", 100_000)
    kept("twelve linked", lambda: _link(connected))
    connected.clear_calls()
    return connected


def _link(onefile: SandboxProcess) -> None:
    officer = factories.OfficerFactory(ident="OF001")
    qualification = factories.QualificationFactory(vq_reference="196AS")
    for ident in IDENTS:
        learner = factories.LearnerFactory(ident=ident, actual_end=None, main_officer=officer)
        names = {"FirstName": learner.forenames, "LastName": learner.surname, "MISID": ident}
        (number,) = onefile.seed(users=[{"Role": 1, "OrganisationID": 101, **names}])["users"]
        make.a_link(learner=learner, onefile_id=number)
        factories.DeliveryPlanLineFactory(learner=learner, qualification=qualification, total_elements=None)
        onefile.seed(aims=[{"UserID": number, "StandardID": 4001, "TotalElements": 42}])
    assert command("onefile_settings", "download_reviews=on", "calls_per_minute=100000").status == 0
    assert command("onefile_sync").status == 0


@pytest.fixture
def attended(linked: SandboxProcess, kept: Kept) -> SandboxProcess:
    """Each has had a review, attended on a day."""
    kept("twelve attended", lambda: _attend(linked))
    return linked


def _attend(onefile: SandboxProcess) -> None:
    for ident in IDENTS:
        started = f"{soon(-5)}T09:00:00.000Z"
        review = {"LearnerID": onefile_id(onefile, ident), "ScheduledFor": started, "StartedOn": started}
        onefile.seed(reviews=[review])
    assert command("onefile_sync").status == 0
    assert Review.objects.filter(attended="Yes").count() == len(IDENTS)


def forget(onefile: SandboxProcess, number: int) -> None:
    """OneFile's reviews come back without the day on which they were held."""
    for each in onefile.state()["reviews"][:number]:
        onefile.edit("reviews", each["ID"], StartedOn=None)


def progress(onefile: SandboxProcess) -> None:
    """Something to do for everybody."""
    for each in onefile.state()["aims"]:
        onefile.edit("aims", each["ID"], ElementsCompleted=9)


def here() -> dict[str, list[Any]]:
    """All rows of the MIS with their history, and all links with what hangs on them."""
    linked = (Link, RemoteAim, RemoteReview, AgreedValue, OfficerAssignment)
    models = [*apps.get_app_config("learners").get_models(), *linked]
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def held(answer: Answer) -> tuple[int, str, dict[str, int]]:
    return answer.status, answer.data["outcome"], answer.data["held"]


def test_values_that_would_be_lost_hold_the_run(attended: SandboxProcess) -> None:
    forget(attended, 5)
    before = here()
    first = command("onefile_sync")
    assert held(first) == (2, "held", {"value_lost": 5})
    assert here() == before and writes(attended) == []
    again = command("onefile_sync")
    assert held(again) == held(first) and again.data["run"] == first.data["run"]
    assert here() == before


def test_a_few_are_done_with_old_and_new_value(attended: SandboxProcess) -> None:
    forget(attended, 3)
    synced = command("onefile_sync")
    assert held(synced) == (0, "finished", {})
    assert Review.objects.filter(attended="Unknown", actual_date=None).count() == 3
    assert ("attended", "Yes", "Unknown") in [(c["field"], c["old"], c["new"]) for c in synced.data["changes"]]


def test_a_dry_run_says_the_same_and_holds_nothing(attended: SandboxProcess) -> None:
    forget(attended, 5)
    dry = command("onefile_sync", "--dry-run")
    assert held(dry) == (2, "held", {"value_lost": 5})
    assert command("onefile_sync", "--go-on").status == 2
    assert held(command("onefile_sync"))[2] == {"value_lost": 5}


def test_going_on_does_what_was_looked_at(attended: SandboxProcess) -> None:
    forget(attended, 5)
    run = command("onefile_sync").data["run"]
    agreed = onefile_id(attended, IDENTS[-1])
    attended.edit("aims", aim(attended, learner_id=agreed), ElementsCompleted=9)  # while it was held
    said = guard.not_read_again(Run.objects.get(pk=run))
    assert said == (
        "7 who agreed with OneFile when the run was planned are not read again: what has changed there since comes "
        "with the next run."
    )
    went_on = command("onefile_sync", "--go-on")
    assert (held(went_on), went_on.data["run"]) == ((0, "finished", {}), run)
    assert Review.objects.filter(attended="Unknown").count() == 5
    record = Run.objects.get(pk=run)
    assert (record.answer, record.answered_by[:8]) == ("go_on", "command:")
    assert guard.not_read_again(record) == said
    assert command("onefile_sync").data["learners"]["changed"] == 1


def test_going_on_does_it_of_reviews_that_both_have_signed(attended: SandboxProcess) -> None:
    """They are not read in each planning: it was their turn when the run was planned first."""
    for each in attended.state()["reviews"]:
        signed = dict.fromkeys(("AssessorSignedOn", "LearnerSignedOn"), each["StartedOn"])
        attended.edit("reviews", each["ID"], **signed)
    assert command("onefile_sync").status == 0
    forget(attended, 5)
    assert held(command("onefile_sync"))[2] == {"value_lost": 5}

    assert held(command("onefile_sync", "--go-on")) == (0, "finished", {})

    assert Review.objects.filter(attended="Unknown").count() == 5


def test_going_on_holds_again_only_for_what_was_not_looked_at(attended: SandboxProcess) -> None:
    progress(attended)
    forget(attended, 5)
    command("onefile_sync")
    forget(attended, 7)
    assert held(command("onefile_sync", "--go-on")) == (0, "finished", {}), "two more are not too many"
    assert Review.objects.filter(attended="Unknown").count() == 7


def test_many_more_hold_it_again(attended: SandboxProcess) -> None:
    progress(attended)
    forget(attended, 4)
    command("onefile_sync")
    forget(attended, len(IDENTS))
    assert held(command("onefile_sync", "--go-on")) == (2, "held", {"value_lost": 8})
    assert Review.objects.filter(attended="Unknown").count() == 0
    assert held(command("onefile_sync", "--go-on"))[1] == "finished"
    assert Review.objects.filter(attended="Unknown").count() == len(IDENTS)


def test_discarded_nothing_is_done_and_the_next_run_counts_anew(attended: SandboxProcess) -> None:
    forget(attended, 5)
    before, run = here(), command("onefile_sync").data["run"]
    discarded = command("onefile_sync", "--discard")
    assert (discarded.status, discarded.data["run"]) == (0, run)
    assert here() == before and not ExchangePlan.objects.open().exists()
    again = command("onefile_sync")
    assert held(again)[2] == {"value_lost": 5} and again.data["run"] != run
    for each in attended.state()["reviews"]:
        attended.edit("reviews", each["ID"], StartedOn=each["ScheduledFor"])
    command("onefile_sync", "--discard")
    assert held(command("onefile_sync")) == (0, "finished", {})
    assert here() == before


def test_of_whom_onefile_suddenly_knows_none(linked: SandboxProcess) -> None:
    for ident in IDENTS:
        linked.remove("users", onefile_id(linked, ident))
    before = here()
    synced = command("onefile_sync")
    assert held(synced) == (2, "held", {"not_in_onefile": 12})
    assert here() == before
    went_on = command("onefile_sync", "--go-on")
    assert (went_on.status, went_on.data["outcome"]) == (1, "finished")
    assert {each["kind"] for each in went_on.data["failures"]} == {"not_found"} and here() == before


def test_a_server_that_answers_half(attended: SandboxProcess) -> None:
    """Reviews without the day on which they were held, an empty list, a web page, and no member that is blank."""
    started = {each["ID"]: each["StartedOn"] for each in attended.state()["reviews"]}
    forget(attended, 5)
    attended.fault("status", "Review/Search$", "POST", nth=6, status=200, body="[]", content_type="application/json")
    attended.fault("html", f"LearningAim/{attended.state()['aims'][-1]['ID']}$", "GET")
    before = here()

    bad = command("onefile_sync")

    assert held(bad)[:2] == (2, "held") and bad.data["held"]["value_lost"] >= 4, bad.data
    assert "bad_answer" in {each["kind"] for each in bad.data["failures"]}, bad.data["failures"]
    assert any("web page" in each["message"] for each in bad.data["failures"])
    assert here() == before and writes(attended) == []
    attended.clear_faults()
    for number, day in started.items():
        attended.edit("reviews", number, StartedOn=day)
    assert command("onefile_sync", "--discard").status == 0
    well = command("onefile_sync")
    assert (held(well), well.data["changes"], here()) == ((0, "finished", {}), [], before)


def test_names_that_would_be_overwritten(linked: SandboxProcess) -> None:
    command("onefile_settings", "learner_mode=pull")
    for ident in IDENTS[:4]:
        linked.edit("users", onefile_id(linked, ident), LastName="Somebody")
    before = here()
    assert held(command("onefile_sync"))[2] == {"identity_overwritten": 4}
    assert here() == before


def test_progress_alone_is_never_too_much(linked: SandboxProcess) -> None:
    progress(linked)
    assert held(command("onefile_sync")) == (0, "finished", {})
    assert {line(each).elements_done for each in Learner.objects.all()} == {9}


def test_assessors_to_be_created(linked: SandboxProcess) -> None:
    command("onefile_settings", "push_main_officer=on")
    command("onefile_sync")
    for number, ident in enumerate(IDENTS[:4]):
        officer = factories.OfficerFactory(ident=f"NEW{number}", forenames="New", surname=f"Officer-{number}")
        Learner.objects.filter(ident=ident).update(main_officer=officer)
    linked.clear_calls()
    assert held(command("onefile_sync"))[2] == {"to_be_created": 4}
    assert writes(linked) == []


def test_the_limits_are_settings(attended: SandboxProcess) -> None:
    assert command("onefile_settings", "guard_least=6").status == 0
    forget(attended, 5)
    assert held(command("onefile_sync")) == (0, "finished", {})


def test_named_learners_are_counted_too_but_one_is_not(attended: SandboxProcess) -> None:
    forget(attended, len(IDENTS))
    assert held(command("onefile_sync", "--learner", *IDENTS[:6]))[2] == {"value_lost": 6}
    assert command("onefile_sync", "--discard").status == 0
    one = command("onefile_sync", "--learner", IDENTS[0])
    assert held(one) == (0, "finished", {}) and Review.objects.filter(attended="Unknown").count() == 1


def test_without_a_held_run_there_is_nothing_to_answer(connected: SandboxProcess) -> None:
    for word in ("--go-on", "--discard"):
        assert command("onefile_sync", word).status == 2


# ---- cancelled


def test_a_held_run_that_is_cancelled_is_over(attended: SandboxProcess) -> None:
    """It waits for no answer any more, and stands in no night's way."""
    forget(attended, 5)
    run = Run.objects.get(pk=command("onefile_sync").data["run"])
    assert stopping.cancel(run, by=BY)
    work(run)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED and nightly.unfinished_whole_run("practice") is None
    assert command("onefile_sync", "--go-on").status == 2


def test_a_run_that_is_cancelled_while_it_is_planned_is_not_held(attended: SandboxProcess) -> None:
    """Nothing of it is done: there is nothing to let go on."""
    forget(attended, 5)
    settings = Settings.objects.current()
    run = nightly.start_whole_run(settings, by=BY)
    worker = Worker(run, settings)
    worker.each(run.plans.filter(state=PlanState.UNMADE), partial(plan_one, run=run))
    worker.client.close()
    assert stopping.cancel(run, by=BY)
    work(run)
    run.refresh_from_db()
    assert (run.state, run.held) == (RunState.FINISHED, {})
