"""The journal ends after its time: a few at once, at night, and never what is still needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CASCADE
from django.utils import timezone

from onefile_integration.exchange import keeping
from onefile_integration.models import ExchangePlan, Run, Step
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db
NIGHT = datetime(2031, 7, 1, 19, 30, tzinfo=UTC)
LONG_AGO = datetime(2027, 3, 1, 2, 30, tzinfo=UTC)


def a_run(at: datetime = LONG_AGO, **values: Any) -> Run:
    run = make.a_run(**{"kind": "whole", "state": "finished", "finished_at": at} | values)
    Run.objects.filter(pk=run.pk).update(started_at=at)
    return run


def a_plan(at: datetime = LONG_AGO, **values: Any) -> ExchangePlan:
    run = values.pop("run", None) or a_run(at)
    plan = make.a_plan(**{"run": run, "state": "done", "ended_at": at} | values)
    ExchangePlan.objects.filter(pk=plan.pk).update(created_at=at)
    return plan


def are_kept(now: datetime = NIGHT) -> set[int]:
    keeping.prune(now)
    return set(ExchangePlan.objects.values_list("pk", flat=True))


def test_what_ended_before_its_time_goes_with_steps_and_run(settings: Any) -> None:
    old, young = a_plan(), a_plan(NIGHT - timedelta(days=30))
    make.a_step(plan=old, state="done", begun_at=LONG_AGO)
    assert are_kept() == {young.pk} and not Step.objects.exists()
    assert set(Run.objects.all()) == {young.run}
    settings.JOURNAL_MONTHS = 0
    keeping.prune(NIGHT + timedelta(days=9999))
    assert ExchangePlan.objects.exists() and keeping.kept_since(NIGHT.date()) is None


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (datetime(2031, 7, 1, 17, 59, tzinfo=UTC), False),  # one minute to seven in London
        (datetime(2031, 7, 1, 18, 0, tzinfo=UTC), True),
        (datetime(2031, 12, 1, 6, 59, tzinfo=UTC), True),
        (datetime(2031, 12, 1, 7, 0, tzinfo=UTC), False),
    ],
)
def test_only_off_the_peak(now: datetime, goes: bool) -> None:
    a_plan()
    assert bool(are_kept(now)) != goes


def test_not_while_a_night_goes_on() -> None:
    a_plan()
    make.a_run(kind="whole", lane="night")
    assert are_kept()


@pytest.mark.parametrize("values", [{"environment": "live"}, {"state": "held"}])
def test_a_run_that_stands_still_keeps_nothing(values: dict[str, Any]) -> None:
    """Of another environment, or waiting for an answer: it may do so for months."""
    a_plan()
    make.a_run(**{"kind": "whole", "lane": "night"} | values)
    assert not are_kept()


def test_a_few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    run = a_run()
    for _ in range(3):
        a_plan(run=run)
    assert len(are_kept()) == 1 and Run.objects.exists()
    assert not are_kept()


def in_doubt(plan: ExchangePlan) -> None:
    make.a_step(plan=plan, state="in_doubt", begun_at=LONG_AGO)


def asked_about(plan: ExchangePlan) -> None:
    make.a_question(plan=plan)


def asked_about_a_step(plan: ExchangePlan) -> None:
    make.a_question(step=make.a_step(plan=plan, state="skipped"))


def being_created(plan: ExchangePlan) -> None:
    make.a_link(learner=plan.learner, plan=plan, state="creating", onefile_id=None)


def half_uploaded(plan: ExchangePlan) -> None:
    ExchangePlan.objects.filter(pk=plan.pk).update(kind="enrol")
    make.a_link(learner=plan.learner, upload_due=True)


def tried_again(plan: ExchangePlan) -> None:
    make.a_plan(retries=plan)


def being_undone(plan: ExchangePlan) -> None:
    make.a_run(kind="undo", undoes=plan.run)


def holding_a_field(plan: ExchangePlan) -> None:
    make.a_held_field(held_in=plan.run)


def changed(**values: Any) -> Callable[[ExchangePlan], Any]:
    return lambda plan: ExchangePlan.objects.filter(pk=plan.pk).update(**values)


@pytest.mark.parametrize(
    "needs",
    [
        *(in_doubt, asked_about, asked_about_a_step, being_created, half_uploaded, tried_again, being_undone),
        holding_a_field,
        *(changed(state=state) for state in ("unmade", "ready", "asking")),
        changed(ended_at=NIGHT),  # an answer let it go on lately
        lambda plan: Run.objects.filter(pk=plan.run_id).update(state="held"),
    ],
)
def test_what_is_needed_stays(needs: Callable[[ExchangePlan], Any]) -> None:
    plan = a_plan()
    needs(plan)
    assert plan.pk in are_kept()


def test_the_last_whole_run_is_told_however_old() -> None:
    a_plan()
    last = a_plan(LONG_AGO + timedelta(days=1)).run
    assert not are_kept() and list(Run.objects.all()) == [last]


@pytest.mark.parametrize("kind", ["preview", "whole", "refresh"])
def test_what_nobody_carries_out_goes_after_two_weeks_at_any_hour(kind: str) -> None:
    now = timezone.now()
    mine = [a_plan(now - timedelta(days=days), run=a_run(now - timedelta(days=days), kind=kind, dry=True))
            for days in (13, 15)]  # fmt: skip
    assert are_kept(datetime(2031, 7, 1, 12, 0, tzinfo=UTC)) == {mine[0].pk}
    assert list(Run.objects.all()) == [mine[0].run]


# What leads to a run, plan or step and is not a part of the journal: named here, so that somebody has thought of it.
THOUGHT_OF = {
    *("Link.plan", "Question.plan", "Question.step", "ExchangePlan.shown_in", "ExchangePlan.retries"),
    *("HeldField.held_in", "Run.undoes", "Step.undoes", "Incident.run"),
}


def test_whoever_leads_to_the_journal_has_been_thought_of() -> None:
    found = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("onefile_integration").get_models()
        for field in model._meta.fields
        if field.related_model in (Run, ExchangePlan, Step) and field.remote_field.on_delete is not CASCADE
    }
    assert found == THOUGHT_OF
