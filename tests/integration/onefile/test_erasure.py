"""A learner filled in everywhere, exchanged with OneFile, and erased: no trace is left, in any table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from learners.actor import Actor
from learners.groups import set_up_groups
from learners.models import AccessRequest, Learner
from learners.registry import registry
from learners.services import (
    access_requests,
    breaks,
    delivery,
    erasure,
    learner_officers,
    learners,
    placements,
    reviews,
    tags,
)
from learners.services.scrubbing import columns_with_words
from onefile_integration.exchange import questions
from onefile_integration.models import ExchangePlan, Link, Question, Run, Step
from onefile_integration.models.journal import from_now
from onefile_integration.rules.steps import Doubt
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another, onefile_id
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")
PERSON = {
    "forenames": "Zephyrine",
    "surname": "Quillfeather",
    "email": "zephyrine.q@marker.example",
    "telephone": "0161 496 0777",
    "mobile": "07700 900777",
    "date_of_birth": date(2007, 7, 14),
    "uln": "4987600012",
    "nino": "CE123456A",
    "sex": "F",
    "ethnicity": 33,
    "lldd": 1,
    "lldd_primary": 93,
    "lldd_others": [97],
    "address1": "17 Marmalade Lane",
    "address2": "Treacle Yard",
    "address3": "Upper Custard",
    "address4": "Crumbleshire",
    "postcode": "ZE9 7QF",
    "ukprn": "10088831",
    "lrn": "MARKLRN00042",
}
# What the record said before it was put right.
BEFORE = {"forenames": "Zephirina", "surname": "Quilfether", "email": "zeph.old@marker.example"}
MARKERS = [
    "ZQ7XK",
    *(value for name, value in PERSON.items() if isinstance(value, str) and len(value) > 1 and name != "ukprn"),
    *BEFORE.values(),
    "Unit of marzipan",
    "UNITREF777",
    "REG-MARKER-1",
    "notes about gooseberries",
    "waits for rhubarb",
]


@pytest.fixture
def marked(learner: Learner, connected: SandboxProcess) -> Learner:
    """Filled in every field, changed, with parts that were deleted; of the same college as AB12C."""
    values = PERSON | BEFORE
    marked = learners.create(by=BY, ident="ZQ7XK", start=date(2026, 9, 7), planned_end=date(2028, 9, 4), **values)
    learners.update(marked, by=BY, main_officer=learner.main_officer, **{name: PERSON[name] for name in BEFORE})
    learners.set_tags(marked, [tags.get_or_create("Cohort", by=BY)], by=BY)
    line = delivery.create_line(
        marked,
        qualification=learner.delivery_plan.get(qualification__vq_reference="196AS").qualification,
        start=date(2026, 9, 7),
        registration_number="REG-MARKER-1",
        by=BY,
    )
    delivery.set_unit(line, reference="UNITREF777", title="Unit of marzipan", by=BY)
    gone = delivery.create_unit(line, reference="GONEUNIT", title="gone too", by=BY)
    delivery.delete_unit(gone, by=BY)
    placements.create(marked, organisation=learner.placements.get().organisation, start=date(2026, 9, 7), by=BY)
    learner_officers.add(marked, officer=learner.main_officer, role="Mentor", by=BY)
    reviews.create(
        marked, scheduled_date=date(2026, 12, 3), start_time=time(10), notes="notes about gooseberries", by=BY
    )
    breaks.create(marked, from_date=date(2027, 1, 4), to_date=date(2027, 1, 8), by=BY)
    learners.hold(marked, reason="waits for rhubarb", by=BY)
    learners.release(marked, by=BY)
    access_requests.note(marked, by=BY)
    return marked


@pytest.fixture
def desk(transactional_db: None) -> Client:
    set_up_groups()
    user = User.objects.create_user("desk", is_staff=True)
    user.groups.add(Group.objects.get(name="Database Administrator"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def exchanged(marked: Learner, connected: SandboxProcess, desk: Client) -> Learner:
    """In OneFile, with a refused step and an answered question, and edited in the admin."""
    connected.fault("status", "Standard/4001/Assign", "POST", status=400, times=1)
    command("onefile_enrol", "ZQ7XK")
    assert Step.objects.filter(plan__learner=marked, state="refused").exists()
    edited_in_the_admin(desk, marked)
    plan = marked.onefile_plans.latest("pk")
    facts = (("Surname", "Quillfeather", "Quilfether"),)
    doubt = Doubt("gave_up", f"plan:{plan.pk}", f"ZQ7XK {onefile_id(connected, 'ZQ7XK')}?", questions.GAVE_UP, facts)
    assert command("onefile_answer", str(questions.ask(plan, doubt).pk), "leave").status == 0
    return marked


def edited_in_the_admin(desk: Client, learner: Learner) -> None:
    address = reverse("admin:learners_learner_change", args=[learner.pk])
    form = desk.get(address).context["adminform"].form
    values = {field.html_name: field.value() for field in form} | {"address1": "17 Marmalade Lane", "sex": "M"}
    kept = {name: value for name, value in values.items() if value not in (None, False)}
    assert desk.post(address, kept).status_code == 302
    unit = learner.delivery_plan.get().units.get()
    address = reverse("admin:learners_unit_change", args=[unit.pk])
    values = {"line": unit.line_id, "reference": "UNITREF777", "title": "Unit of marzipan, second"}
    assert desk.post(address, values).status_code == 302
    learner.refresh_from_db()


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


def rows_of(learner: Learner) -> list[Any]:
    own = [list(Learner.objects.filter(pk=learner.pk).values()), list(learner.history.values())]
    parts = [learner.delivery_plan, learner.reviews, learner.placements, learner.onefile_links]
    return [*own, *(list(part.values()) for part in parts)]


def test_nothing_is_left(exchanged: Learner, learner: Learner, connected: SandboxProcess) -> None:
    number = onefile_id(connected, "ZQ7XK")
    markers = [*MARKERS, str(number), "GONEUNIT", "gone too", "marzipan, second"]
    assert set(found(markers)) == set(markers), "each stands somewhere before"
    named_elsewhere(learner, number)

    erased = command("learner_erase", "zq7xk", "--yes")

    assert (erased.status, erased.data["ok"]) == (0, True), erased.data
    assert found(markers) == {}
    assert not AccessRequest.objects.exists()


def test_others_are_left_as_they_are(exchanged: Learner, learner: Learner) -> None:
    sister = another(learner, "CD34E", surname="Quillfeather", email="zephyrine.q@marker.example", forenames="Bea")
    learners.update(sister, by=BY, telephone=PERSON["telephone"], held_from_sync=True, held_reason="Quillfeather, Bea")
    command("onefile_enrol", "AB12C")
    before = [rows_of(learner), rows_of(sister), list(learner.onefile_plans.values())]

    assert command("learner_erase", "ZQ7XK", "--yes").status == 0

    assert [rows_of(learner), rows_of(sister), list(learner.onefile_plans.values())] == before


def test_only_the_names_go_from_the_words_of_others(
    exchanged: Learner, learner: Learner, connected: SandboxProcess
) -> None:
    named_elsewhere(learner, onefile_id(connected, "ZQ7XK"))
    command("learner_erase", "ZQ7XK", "--yes")

    plan = learner.onefile_plans.get()
    question = Question.objects.get(learner=learner)
    learner.refresh_from_db()
    assert plan.failure_message == "linked with [erased] [erased]"
    assert plan.notes == [{"kind": "refused", "text": "The ULN [erased] is taken"}]
    assert plan.steps.get().message == "OneFile's [erased] is linked with [erased] [erased]."
    assert plan.steps.get().changes == [{"field": "Email", "old": "[erased]", "new": learner.email}]
    assert question.text == "Is OneFile's [erased] the same person?"
    assert question.facts == [["Surname", learner.surname, "[erased]"], ["Email", learner.email, "[erased]"]]
    assert learner.held_reason == "A sister of [erased]"
    assert learner.reviews.get().notes == "Came with [erased]."


def test_what_remains_is_said_once(exchanged: Learner, connected: SandboxProcess) -> None:
    number = onefile_id(connected, "ZQ7XK")
    remains = erasure.erase([exchanged], by=BY)

    assert remains == [
        f"OneFile (Practice) keeps its own copy of the learner, OneFile ID {number}: have it deleted there. "
        "The number is not kept here."
    ]
    assert onefile_id(connected, "ZQ7XK") == number, "nothing in OneFile was touched"


@pytest.mark.parametrize("state", ["claimed", "begun"])
def test_refused_while_an_exchange_is_under_way(state: str, exchanged: Learner) -> None:
    plan = exchanged.onefile_plans.latest("pk")
    if state == "claimed":
        ExchangePlan.objects.filter(pk=plan.pk).update(claim=uuid4(), lease_until=from_now(timedelta(minutes=5)))
    else:
        plan.steps.filter(pk=plan.steps.first().pk).update(state="in_doubt")

    refused = command("learner_erase", "ZQ7XK", "--yes")

    assert refused.status == 2 and "under way" in refused.data["error"]
    assert Learner.objects.filter(pk=exchanged.pk).exists()


def test_a_claim_whose_holder_died_holds_nobody_up(exchanged: Learner) -> None:
    past = from_now(-timedelta(minutes=5))
    exchanged.onefile_plans.filter(pk=exchanged.onefile_plans.latest("pk").pk).update(claim=uuid4(), lease_until=past)
    assert command("learner_erase", "ZQ7XK", "--yes").status == 0


def test_a_link_that_another_episode_took_over_stays(exchanged: Learner, learner: Learner) -> None:
    old = Link.objects.get(learner=exchanged)
    number = old.onefile_id
    Link.objects.filter(pk=old.pk).update(state="removed", removed_at=old.made_at, removed_by="test")
    Link.objects.create(
        learner=learner, environment="practice", centre=101, onefile_id=number, state="verified", origin="moved",
        made_at=old.made_at, made_by="test",
    )  # fmt: skip
    Question.objects.create(
        kind="gave_up", environment="practice", learner=learner, about="x", text=f"OneFile's {number}?"
    )
    assert erasure.erase([exchanged], by=BY) == []
    assert Question.objects.get(learner=learner).text == f"OneFile's {number}?"


def test_each_table_of_words_is_looked_through() -> None:
    """A new table is looked through unless it is listed; what is not, is listed here with the reason."""
    without = {model._meta.label for model in apps.get_models() if not columns_with_words(model)}
    accounts_and_machinery = {label for label in without if label.split(".")[0] in ("auth", "contenttypes", "sessions")}
    facts_of_the_mis = {label for label in without if label.startswith("learners.")}
    base_data_and_settings = {model._meta.label for model in registry.tables_without_words}
    keys_only = {"RemoteAim", "RemoteReview", "OfficerAssignment", "Licence"}
    rest = without - accounts_and_machinery - facts_of_the_mis - base_data_and_settings
    assert rest == {*(f"onefile_integration.{name}" for name in keys_only), "axes.AccessAttemptExpiration"}
    assert {"learners.Learner", "learners.HistoricalLearner", "learners.Review", "learners.HistoricalReview"} <= {
        model._meta.label for model in apps.get_models() if columns_with_words(model)
    }
