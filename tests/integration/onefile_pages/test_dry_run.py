"""A dry run begun on a page: made by workers, shown as a result, writes nothing, and says what the real run does."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from learners.actor import Actor
from learners.export import learner_export
from learners.models import Learner
from learners.services import learners
from onefile_integration import tasks
from onefile_integration.exchange import nightly, stopping
from onefile_integration.models import ExchangePlan, Link, Question, Run
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

BY = Actor(label="test")
Work = Callable[[], None]


def dry_run(administrator: Client) -> Run:
    """Begun by a press; worked on by nobody yet."""
    address = administrator.post("/onefile/dry-run/").url
    run = Run.objects.latest("pk")
    assert address == f"/onefile/runs/{run.pk}/" and run.dry
    return run


def test_presses_at_once_are_one_run(transactional_db: None) -> None:
    settings, at_once, runs = make.settings(enabled=True), threading.Barrier(4), set()

    def press() -> None:
        at_once.wait()
        try:
            runs.add(nightly.start_dry_run(settings, by=BY).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == Run.objects.count() == 1


def written(client: Client, run: Run, **asked: str) -> list[dict[str, str]]:
    answer: Any = client.get(f"/onefile/runs/{run.pk}/changes.csv", asked)
    return list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))


def values(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return sorted(tuple(row[name] for name in ("IDENT", "STEP", "SIDE", "FIELD", "OLD", "NEW")) for row in rows)


@pytest.fixture
def differing(enrolled: Learner, connected: SandboxProcess) -> Learner:
    """Progress to come, details to go, an email to be asked about, and a linked learner on a break."""
    command("onefile_settings", "learner_mode=push")
    aim, link = connected.state()["aims"][0], Link.objects.get(learner=enrolled)
    connected.edit("aims", aim["ID"], ElementsCompleted=20)
    connected.edit("users", link.onefile_id or 0, Email="other@provider.example")
    learners.update(enrolled, by=BY, telephone="0161 496 0009")
    away = another(enrolled, "ST001")
    factories.BreakFactory(learner=away, from_date=date(2026, 1, 1), to_date=None)
    Link.objects.create(
        learner=away, environment="practice", centre=101, onefile_id=999001, state="verified", origin="created",
        made_at=link.made_at, made_by="test",
    )  # fmt: skip
    return enrolled


def test_the_result_is_what_the_real_run_does(
    administrator: Client, differing: Learner, connected: SandboxProcess, work: Work
) -> None:
    there, here = connected.state(), learner_export(differing)
    run = dry_run(administrator)
    assert administrator.post("/onefile/dry-run/").url == f"/onefile/runs/{run.pk}/", "a second press finds it"
    assert "Time left" in administrator.get(f"/onefile/runs/{run.pk}/").text
    work()
    assert connected.state() == there and not Question.objects.exists()
    assert without_plans(learner_export(differing)) == without_plans(here)
    text = administrator.get(f"/onefile/runs/{run.pk}/").text
    for said in ("What would be changed", "Bring progress and registration", "Push learner details", "1 of them"):
        assert said in text
    assert "Synchronise now" in text and "Time left" not in text and "Cancel the rest" not in text
    asked = administrator.get(f"/onefile/runs/{run.pk}/learners/", {"asks": "question"}).text
    assert "A question would be asked" in asked and "Looked at" in asked
    assert '<option value="done">Looked at</option>' in asked and ">Done<" not in asked
    left_out = administrator.get(f"/onefile/runs/{run.pk}/learners/", {"state": "skipped"}).text
    assert "ST001" in left_out and "on a break in learning" in left_out
    page = administrator.get(f"/onefile/runs/{run.pk}/changes/", {"field": "learner.telephone"}).text
    assert "0161 496 0009" in page and "Would be done" in page and "<dt>Elements Done" not in page
    would_be = written(administrator, run)
    assert {row["OUTCOME"] for row in would_be} == {"would_be_done"}
    administrator.post("/onefile/synchronise/")
    work()
    real = written(administrator, Run.objects.latest("pk"), state="done")
    assert values(would_be) == values(real) and len(real) >= 2


def without_plans(held: dict[str, Any]) -> dict[str, Any]:
    """Of what is held on a learner all but the dry run itself."""
    return {name: value for name, value in held.items() if name not in ("onefile_plans", "onefile_lists")}


def test_what_the_guard_would_hold_is_said_with_its_reason(
    administrator: Client, enrolled: Learner, connected: SandboxProcess, work: Work
) -> None:
    command("onefile_settings", "learner_mode=pull", "guard_share=0", "guard_least=0")
    connected.edit("users", Link.objects.get(learner=enrolled).onefile_id or 0, LastName="Renamed")
    run = dry_run(administrator)
    work()
    text = administrator.get(f"/onefile/runs/{run.pk}/").text
    assert "It would be held" in text and "would get another name, birth date or email" in text
    assert f"/onefile/runs/{run.pk}/go-on/" not in text


def test_nothing_to_change_is_said(administrator: Client, enrolled: Learner, work: Work) -> None:
    run = dry_run(administrator)
    work()
    assert "Nothing would be changed." in administrator.get(f"/onefile/runs/{run.pk}/").text
    assert "Nothing would be changed" in administrator.get(f"/onefile/runs/{run.pk}/changes/").text


def test_it_stands_in_nobodys_way_and_is_cancelled(administrator: Client, enrolled: Learner, work: Work) -> None:
    run = dry_run(administrator)
    assert administrator.post("/onefile/synchronise/").url != f"/onefile/runs/{run.pk}/", (
        "the real one begins beside it"
    )
    assert "Cancel the rest" in administrator.get(f"/onefile/runs/{run.pk}/").text
    administrator.post(f"/onefile/runs/{run.pk}/cancel/")
    work()
    run.refresh_from_db()
    assert (run.state, run.plans.get().state, run.calls) == ("finished", "skipped", 0)
    assert not stopping.may_be_stopped(run)


def test_a_learners_dry_run_is_staffs(
    holder: Client, differing: Learner, connected: SandboxProcess, work: Work
) -> None:
    there = connected.state()
    assert 'formaction="/learners/AB12C/onefile/dry-run/"' in holder.get("/learners/AB12C/onefile/refresh/").text
    address = holder.post("/learners/AB12C/onefile/dry-run/").url
    assert holder.post("/learners/AB12C/onefile/dry-run/").url == address
    plan = ExchangePlan.objects.latest("pk")
    tasks.work_people(plan.run_id)
    assert connected.state() == there
    text = holder.get(address).text
    assert "Nothing was changed. 2 steps would be done." in text and "Would be done" in text
    assert "A question would be asked" in text and "Refresh with OneFile" in text and "0161 496 0009" in text
    answer: Any = holder.get(f"/onefile/runs/{plan.run_id}/learners/AB12C/changes.csv")
    assert "0161 496 0009" in b"".join(answer.streaming_content).decode()
    assert address not in holder.get("/learners/AB12C/onefile/logs/").text
    real = holder.post("/learners/AB12C/onefile/refresh/").url
    assert real != address


def test_one_whose_workers_all_died_is_a_failure_and_no_question(
    administrator: Client, enrolled: Learner, work: Work
) -> None:
    run = dry_run(administrator)
    run.plans.update(deaths=3)
    work()
    assert run.plans.get().failure_kind == "bug" and not Question.objects.exists()


def test_without_a_token_nothing_is_begun(administrator: Client, holder: Client, enrolled: Learner) -> None:
    command("onefile_settings", "environment=beta")
    runs = Run.objects.count()
    assert "Nothing was begun" in administrator.post("/onefile/dry-run/", follow=True).text
    assert "Nothing was begun" in holder.post("/learners/AB12C/onefile/dry-run/", follow=True).text
    assert Run.objects.count() == runs
