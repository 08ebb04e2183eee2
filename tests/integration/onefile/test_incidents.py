"""What needs a person is told once by mail, once more when it is over, and stands on /health meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from learners.actor import Actor
from onefile_integration import tasks
from onefile_integration.exchange import alerts, configuration, incidents, nightly, signs
from onefile_integration.models import AlertMail, ExchangePlan, Incident, Run, Settings, Sign, Token
from onefile_integration.words import Lane, PlanState, RunState
from tests import factories
from tests.unit.exchange import building as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on")]
BY = Actor(label="test")
TO = ["ada@provider.example", "kim@provider.example"]
WORD = {"held": "held", "fault": "exchanged with", "unreachable": "out of reach", "did_not_run": "did not run",
        "night_failed": "failed for many"}  # fmt: skip


@pytest.fixture
def on() -> None:
    """Since a week ago, with a token and two addresses; beat and workers live."""
    configuration.change({"enabled": "on", "alerts_to": ", ".join(TO)}, token="a-token", by=BY)
    week = timezone.now() - timedelta(days=7)
    Settings.history.update(history_date=week)
    for name in (signs.TICK, Lane.NIGHT, Lane.PEOPLE):
        Sign.objects.create(name=name, at=timezone.now())
    night(timezone.localdate() - timedelta(days=1))
    night(timezone.localdate())


def night(day: Any, **values: Any) -> Run:
    """One that ended well now."""
    ended = {"state": RunState.FINISHED, "finished_at": timezone.now()} if "state" not in values else {}
    return make.a_run(kind="whole", lane="night", scheduled_for=day, **ended | values)


def due() -> datetime:
    """When the last night was due."""
    now = timezone.localtime()
    moment = now.replace(hour=2, minute=30, second=0, microsecond=0)
    return moment if moment <= now else moment - timedelta(days=1)


def held() -> None:
    make.a_run(kind="whole", lane="night", state=RunState.HELD, held={"value_lost": 40})


def discarded() -> None:
    Run.objects.filter(state=RunState.HELD).update(state=RunState.DISCARDED, finished_at=timezone.now())


def token_refused() -> None:
    configuration.note_fault(Settings.objects.current(), "OneFile does not take the Customer Token.")


def token_set() -> None:
    configuration.set_token("another", environment="practice", by=BY)


def away() -> None:
    waits = make.a_run(kind="whole", lane="night", state=RunState.APPROVED)
    Run.objects.filter(pk=waits.pk).update(started_at=timezone.now() - timedelta(hours=2))
    signs.lost("practice")
    Sign.objects.filter(name=signs.out_of_reach("practice")).update(at=timezone.now() - timedelta(hours=2))


def back() -> None:
    signs.found_again("practice")
    Run.objects.filter(state=RunState.APPROVED).update(state=RunState.FINISHED, finished_at=timezone.now())


def missed() -> None:
    """The machine was off all night, and all day: nobody made the night up."""
    configuration.change({"nightly_at": f"{timezone.localtime() - timedelta(hours=7):%H:%M}"}, by=BY)
    Settings.history.update(history_date=timezone.now() - timedelta(days=7))
    Run.objects.all().delete()


def made_up() -> None:
    make.a_run(kind="whole", state=RunState.FINISHED, finished_at=timezone.now())


def failed() -> None:
    run = night(None)
    for _ in range(2):
        make.a_plan(run=run, kind="whole", learner=make.a_link().learner, state="failed", failure_kind="bad_answer")


def tried_again(state: str = "done") -> None:
    again = make.a_run()
    for plan in ExchangePlan.objects.filter(state=PlanState.FAILED):
        make.a_plan(run=again, learner=plan.learner, state=state, retries=plan)


STORIES: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
    "held": (held, discarded),
    "fault": (token_refused, token_set),
    "unreachable": (away, back),
    "did_not_run": (missed, made_up),
    "night_failed": (failed, tried_again),
}


def tick() -> None:
    """As beat and the worker of people do."""
    incidents.watch(timezone.now())
    alerts.send_due()


def health() -> tuple[int, list[str]]:
    answer = Client().get("/health")
    return answer.status_code, [each["kind"] for each in answer.json()["incidents"]]


@pytest.mark.parametrize("kind", STORIES)
def test_each_is_told_once_and_once_more_when_it_is_over(kind: str) -> None:
    begin, end = STORIES[kind]
    tick()
    assert (mail.outbox, health()) == ([], (200, []))

    begin()
    for _ in range(3):
        tick()
    assert health() == (503, [kind])
    assert [each.to for each in mail.outbox] == [[address] for address in TO]
    assert WORD[kind] in mail.outbox[0].subject and "/onefile/" in mail.outbox[0].body

    end()
    for _ in range(3):
        tick()
    assert [each.to for each in mail.outbox[2:]] == [[address] for address in TO]
    assert "over" in mail.outbox[2].subject
    assert health() == (200, [])


def test_a_run_that_begins_long_after_does_not_wait_long() -> None:
    """A dry run met no answer, and nobody has called since: the night has only just begun."""
    away()
    Run.objects.filter(state=RunState.APPROVED).update(started_at=timezone.now())
    tick()
    assert (mail.outbox, health()) == ([], (200, []))


def test_what_is_tried_again_in_vain_is_not_over() -> None:
    failed()
    tick()
    tried_again(state="unmade")
    tick()
    ExchangePlan.objects.filter(state="unmade").update(state="failed", failure_kind="bad_answer")
    tick()
    assert len(mail.outbox) == len(TO) and health() == (503, ["night_failed"])


def test_another_run_that_is_held_meanwhile_is_told_too() -> None:
    """Those that are tried again were held in the afternoon and nobody has answered, when the night is held."""
    first = make.a_run(lane="night", state=RunState.HELD, held={"value_lost": 4})
    tick()
    held()
    for _ in range(2):
        tick()
    assert len(mail.outbox) == 2 * len(TO) and health() == (503, ["held"])
    assert str(Run.objects.latest("pk")) in mail.outbox[-1].body.lower()

    Run.objects.exclude(pk=first.pk).filter(state=RunState.HELD).update(state=RunState.DISCARDED)
    tick()
    assert len(mail.outbox) == 2 * len(TO) and health() == (503, ["held"]), "the first still waits"
    discarded()
    tick()
    assert [each.subject.count("over") for each in mail.outbox] == [0, 0, 0, 0, 1, 1]


def test_no_mail_names_anybody(django_user_model: Any) -> None:
    factories.LearnerFactory(ident="AB12C", surname="Okafor-Lane")
    for begin, end in STORIES.values():
        begin()
        tick()
        end()
    text = " ".join(f"{each.subject} {each.body}" for each in mail.outbox)
    assert text and "Okafor" not in text and "AB12C" not in text and "a-token" not in text


def test_what_could_not_be_sent_is_sent_later_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {TO[1]}
    real = alerts.EmailMessage.send

    def send(message: Any, **kwargs: Any) -> int:
        if refused & set(message.to):
            raise OSError("550 kim is unknown here")
        return real(message, **kwargs)

    monkeypatch.setattr(alerts.EmailMessage, "send", send)
    held()
    tick()
    tick()
    assert [each.to for each in mail.outbox] == [[TO[0]]]
    (row,) = AlertMail.objects.waiting()
    assert (row.tries, row.failure) == (1, "The mail server could not be reached (EMAIL_URL).")
    assert alerts.failure() == row.failure
    refused.clear()
    AlertMail.objects.filter(pk=row.pk).update(due_at=timezone.now())
    tick()
    assert [each.to for each in mail.outbox] == [[TO[0]], [TO[1]]] and alerts.failure() == ""


def test_what_is_over_before_it_could_be_told_is_told_as_over(settings: Any) -> None:
    settings.EMAIL_URL = ""
    held()
    tick()
    discarded()
    settings.EMAIL_URL = "memorymail://"
    incidents.watch(timezone.now())
    AlertMail.objects.waiting().update(due_at=timezone.now())
    alerts.send_due()
    assert [each.to for each in mail.outbox] == [[TO[0]], [TO[1]]]
    assert {each.subject for each in mail.outbox} == {"OneFile: over: a run is held and waits for an answer"}


def test_of_another_environment_it_is_over() -> None:
    held()
    tick()
    configuration.change({"environment": "beta"}, token="b", by=BY)
    tick()
    assert not Incident.objects.open().exists()


def test_the_tick_watches_rings_and_leaves_its_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(alerts.current_app, "send_task", lambda name, **options: sent.append(name))
    monkeypatch.setattr(nightly, "ring", lambda run: None)
    token_refused()
    Sign.objects.update(at=timezone.now() - timedelta(hours=3))
    tasks.tick()
    assert Incident.objects.get().kind == "fault" and alerts.BELL in sent
    assert Client().get("/health").json()["last_tick_seconds"] < 60


def test_a_dead_beat_and_a_dead_night_worker_are_seen() -> None:
    for name in (signs.TICK, Lane.NIGHT):
        Sign.objects.filter(name=name).update(at=timezone.now() - timedelta(minutes=11))
        answer = Client().get("/health")
        assert (answer.status_code, answer.json()["incidents"]) == (503, [])
        Sign.objects.filter(name=name).update(at=timezone.now())
    assert Client().get("/health").status_code == 200


def test_health_tells_of_the_last_night_and_names_nobody() -> None:
    run = Run.objects.order_by("-scheduled_for")[0]
    make.a_plan(run=run, state="failed", failure_kind="archived")
    text = Client().get("/health").text
    said = Client().get("/health").json()
    assert said["last_night"] == {"date": run.scheduled_for.isoformat(), "state": "finished", "failed": 1}
    assert said["workers_seconds"].keys() == {"people", "night"} and said["onefile_enabled"] is True
    plan = ExchangePlan.objects.get()
    assert plan.subject.ident not in text and "a-token" not in text


def test_without_a_token_it_is_a_fault() -> None:
    Token.objects.all().delete()
    tick()
    assert "No Customer Token is set" in mail.outbox[0].body
