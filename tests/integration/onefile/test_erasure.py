"""A learner filled in everywhere, exchanged with OneFile, and erased: no trace is left, in any table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from learners.models import Learner
from learners.registry import registry
from learners.services import erasure, learners, reviews
from learners.services.scrubbing import columns_with_words
from onefile_integration.models import ExchangePlan, Link, Question, Run, Step
from onefile_integration.models.journal import from_now
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.marked import BY, MARKERS, PERSON, desk, exchanged, marked
from tests.integration.onefile.story import onefile_id
from tests.sandbox_process import SandboxProcess

__all__ = ["desk", "exchanged", "marked"]
ULN = PERSON["uln"]


def named_elsewhere(other: Learner, number: int) -> None:
    """As the exchange words it, in a step, a plan and a question of another learner."""
    run = Run.objects.create(kind="refresh", environment="practice", lane="people", asked_by="test", state="finished")
    plan = ExchangePlan.objects.create(
        run=run,
        learner=other,
        kind="refresh",
        state="done",
        notes=[{"kind": "refused", "text": "The ULN 4987600012 is taken"}],
        failure_message="linked with ZQ7XK Zephyrine Quillfeather",
        found={"alike": ["ZQ7XK"], "duplicates": [{"onefile_id": str(number), "centre": 101, "reasons": ["email"]}]},
    )
    Step.objects.create(
        plan=plan,
        position=1,
        kind="create_learner",
        side="onefile",
        record=f"learner:{other.pk}",
        title="Create the learner",
        state="refused",
        begun_at="2026-11-01T00:00Z",
        message=f"OneFile's {number} is linked with ZQ7XK Quillfeather.",
        changes=[{"field": "Email", "old": "zephyrine.q@marker.example", "new": other.email}],
    )
    Question.objects.create(
        kind="possible_duplicate",
        environment="practice",
        learner=other,
        about=f"learner:{other.pk}",
        text=f"Is OneFile's {number} the same person?",
        facts=[["Surname", other.surname, "Quillfeather"], ["Email", other.email, "ZEPHYRINE.Q@marker.example"]],
        answers=[[f"link:{number}", f"Link with {number}"], ["another", "Another person"]],
    )
    learners.update(other, by=BY, held_from_sync=True, held_reason="A sister of Zephyrine Quillfeather")
    reviews.create(other, notes="Came with ZQ7XK.", by=BY)


def everything() -> Iterator[tuple[str, str]]:
    """Each value of each column of each table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", str(value)) for name, value in zip(columns, row, strict=True))


def found(markers: Iterable[str]) -> dict[str, set[str]]:
    """Marker to the columns in which it stands, in whatever case, also as JSON or LIKE would escape it."""
    wanted = {marker: {marker.casefold(), json.dumps(marker)[1:-1].casefold()} for marker in markers}
    places: dict[str, set[str]] = {}
    for column, text in everything():
        for marker, forms in wanted.items():
            if any(form in text.casefold() for form in forms):
                places.setdefault(marker, set()).add(column)
    return places


def test_nothing_is_left(exchanged: Learner, learner: Learner, connected: SandboxProcess) -> None:
    number = onefile_id(connected, "ZQ7XK")
    markers = [*MARKERS, str(number), "GONEUNIT", "gone too", "marzipan, second"]
    assert set(found(markers)) == set(markers), "each stands somewhere before"
    named_elsewhere(learner, number)

    erased = command("learner_erase", "zq7xk", "--yes")

    assert (erased.status, erased.data["ok"]) == (0, True), erased.data
    assert found(markers) == {}
    only_the_names_are_gone_from_the_words(learner)
    assert onefile_id(connected, "ZQ7XK") == number, "nothing in OneFile was touched"


def only_the_names_are_gone_from_the_words(other: Learner) -> None:
    plan, question = other.onefile_plans.get(), Question.objects.get(learner=other)
    other.refresh_from_db()
    assert plan.failure_message == "linked with [erased] [erased]"
    assert plan.notes == [{"kind": "refused", "text": "The ULN [erased] is taken"}]
    assert plan.found["alike"] == ["[erased]"] and plan.found["duplicates"][0]["onefile_id"] == "[erased]"
    assert plan.steps.get().message == "OneFile's [erased] is linked with [erased] [erased]."
    assert plan.steps.get().changes == [{"field": "Email", "old": "[erased]", "new": other.email}]
    assert question.text == "Is OneFile's [erased] the same person?"
    assert question.facts == [["Surname", other.surname, "[erased]"], ["Email", other.email, "[erased]"]]
    assert other.held_reason == "A sister of [erased]"
    assert other.reviews.get().notes == "Came with [erased]."


# Without OneFile: what the rows say is enough.


@pytest.fixture
def linked(db: None) -> Learner:
    """ZQ7XK with a link and a plan of one step, done."""
    learner = factories.LearnerFactory(
        ident="ZQ7XK", surname="Quillfeather", email="quill@example.org", telephone="0161 496 0777", uln=ULN
    )
    link(learner)
    plan_of(learner, "linked with ZQ7XK Amara Quillfeather")
    return learner


def link(learner: Learner, **changes: Any) -> Link:
    values = {"environment": "practice", "centre": 101, "onefile_id": 700123, "state": "verified", "origin": "created"}
    return Link.objects.create(learner=learner, made_at=timezone.now(), made_by="test", **values | changes)


def plan_of(learner: Learner, message: str) -> ExchangePlan:
    run = Run.objects.create(kind="refresh", environment="practice", lane="people", asked_by="test", state="finished")
    plan = ExchangePlan.objects.create(run=run, learner=learner, kind="refresh", state="done")
    Step.objects.create(
        plan=plan, position=1, kind="update_learner", side="onefile", record=f"learner:{learner.pk}", title="Update",
        state="done", begun_at=timezone.now(), message=message,
    )  # fmt: skip
    return plan


def everything_of(learner: Learner) -> list[Any]:
    parts = [learner.delivery_plan, learner.reviews, learner.onefile_links, learner.onefile_plans, learner.history]
    steps = Step.objects.filter(plan__learner=learner)
    return [list(rows.values()) for rows in (Learner.objects.filter(pk=learner.pk), steps, *parts)]


def test_who_shares_a_value_keeps_it(linked: Learner) -> None:
    """A sister with the same surname, email and telephone, a namesake, and another episode of the same person."""
    same = {"forenames": linked.forenames, "surname": linked.surname, "email": linked.email}
    others = [
        factories.LearnerFactory(surname="Quillfeather", email=linked.email, telephone="0161 496 0777"),
        factories.LearnerFactory(forenames=linked.forenames, surname="Quillfeather"),
        factories.LearnerFactory(person=linked.person, uln=ULN, **same),
    ]
    for other in others:
        plan_of(other, f"{other.full_name}, {other.email}, {other.telephone}, {ULN}: taken over")
        reviews.create(other, notes=f"{other.full_name} was here.", by=BY)
    before = [everything_of(other) for other in others]

    erasure.erase([linked], by=BY)

    assert [everything_of(other) for other in others] == before


def test_what_remains_is_said_once(linked: Learner) -> None:
    assert erasure.erase([linked], by=BY) == [
        "OneFile (Practice) keeps its own copy of the learner, OneFile ID 700123: have it deleted there. "
        "The number is not kept here."
    ]


@pytest.mark.parametrize("state", ["claimed", "in doubt"])
def test_refused_while_an_exchange_is_under_way(state: str, linked: Learner) -> None:
    if state == "claimed":
        linked.onefile_plans.update(claim=uuid4(), lease_until=from_now(timedelta(minutes=5)))
    else:
        Step.objects.update(state="in_doubt")

    refused = command("learner_erase", "ZQ7XK", "--yes")

    assert refused.status == 2 and "under way" in refused.data["error"]
    assert Learner.objects.get() == linked and Link.objects.exists()


def test_a_claim_whose_holder_died_holds_nobody_up(linked: Learner) -> None:
    linked.onefile_plans.update(claim=uuid4(), lease_until=from_now(-timedelta(minutes=5)))
    assert command("learner_erase", "ZQ7XK", "--yes").status == 0


def test_a_onefile_id_that_another_episode_took_over_stays(linked: Learner) -> None:
    other = factories.LearnerFactory()
    Link.objects.update(state="removed", removed_at=timezone.now(), removed_by="test")
    link(other, origin="moved")
    plan_of(other, "OneFile's 700123 was moved here.")

    assert erasure.erase([linked], by=BY) == []
    assert Step.objects.get().message == "OneFile's 700123 was moved here."


def test_each_table_of_words_is_looked_through() -> None:
    """A new table is looked through, unless one of these reasons holds."""
    without = {model for model in apps.get_models() if has_text(model) and not columns_with_words(model)}
    accounts_and_machinery = {model for model in without if model._meta.app_label in ("auth", "contenttypes")}
    keys_alone = set(apps.get_app_config("sessions").get_models())
    facts_of_records = {model for model in without if hasattr(getattr(model, "instance_type", model), "history")}
    assert without == accounts_and_machinery | keys_alone | facts_of_records | registry.tables_without_words
    words = {model._meta.label for model in apps.get_models() if columns_with_words(model)}
    assert {"learners.Learner", "learners.HistoricalLearner", "learners.Review", "learners.HistoricalReview"} <= words


def has_text(model: Any) -> bool:
    texts = (models.CharField, models.TextField, models.JSONField)
    return any(isinstance(field, texts) and not field.choices for field in model._meta.concrete_fields)
