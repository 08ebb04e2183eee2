"""Ten times as many learners are ten times the work: not one query more for each of them, and none for the whole."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners
from onefile_integration.exchange import guard, nightly, results, signs, undo, work
from onefile_integration.models import Run, Settings
from tests import factories
from tests.unit.exchange import building as make

pytestmark = [pytest.mark.django_db, pytest.mark.once]
BY = Actor(label="test")
NEW = {"surname": "Lane", "mobile": "07700 900999"}


@pytest.fixture(autouse=True)
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written now and then, by the clock, is left out."""
    monkeypatch.setattr(work, "COUNT_SECONDS", math.inf)
    monkeypatch.setattr(work, "time", SimpleNamespace(time=lambda: 0.0, monotonic=time.monotonic))  # within one minute
    monkeypatch.setattr(signs, "give_now_and_then", lambda name: None)
    make.settings(enabled=True)


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def with_changes(run: Run, state: str) -> Run:
    """Of each plan two steps that the guard looks at, and that can be put back."""
    done = {} if state == "waiting" else {"begun_at": timezone.now(), "ended_at": timezone.now()}
    for plan in run.plans.select_related("learner"):
        old = {"surname": plan.the_learner.surname, "mobile": plan.the_learner.mobile or None}
        changes = [{"field": name, "old": old[name], "new": new} for name, new in NEW.items()]
        record = f"learner:{plan.learner_id}"
        make.a_step(plan=plan, kind="update_details", side="mis", record=record, changes=changes, state=state, **done)
        line = factories.DeliveryPlanLineFactory(learner=plan.the_learner, elements_done=7)
        elements = [{"field": "elements_done", "old": 3, "new": 7}]
        more = {"position": 2, "kind": "update_line", "record": f"line:{line.pk}", "changes": elements}
        make.a_step(plan=plan, side="mis", state=state, **more, **done)
    return run


def test_a_run_is_begun_counted_and_told_in_as_many_queries(db: None) -> None:
    def asked(more: int) -> list[int]:
        for _ in range(more):
            make.a_link()
        begun: list[Run] = []
        first = queries(lambda: begun.append(nightly.start_whole_run(Settings.objects.current(), by=BY)))
        run = with_changes(begun[0], "waiting")
        counted = queries(lambda: guard.approve(run))
        assert run.held == ({"identity_overwritten": run.plans.count()} if run.plans.count() > 5 else {})
        run.plans.update(state="failed", failure_kind="not_found")
        told = queries(lambda: results.run_result(run, ""))
        assert len(results.run_result(run, "")["failures"]) == run.plans.count()
        Run.objects.update(state="discarded")
        return [first, counted, told]

    assert asked(6) == asked(9)


def test_an_undo_asks_as_often_for_each_learner(db: None) -> None:
    def asked(count: int) -> int:
        run = make.a_run(kind="whole", lane="night", state="finished", finished_at=timezone.now())
        for _ in range(count):
            make.a_plan(run=run, kind="whole", state="done", ended_at=timezone.now())
        with_changes(run, "done")
        for plan in run.plans.select_related("learner"):
            learners.update(plan.the_learner, by=Actor(label=run.signature), **NEW)
        made = undo.begin(run, undo.chosen_of(undo.steps_of(run)), by=BY)
        number = queries(lambda: work.work(made))
        assert not made.plans.exclude(state="done").exists() and not Learner.objects.filter(surname="Lane").exists()
        return number

    few, more = asked(2), asked(4)
    for _ in range(work.NEAR):  # what other runs have had takes the numbers before
        make.a_plan(state="done", ended_at=timezone.now())
    many = asked(8)
    assert many - more == 2 * (more - few)
