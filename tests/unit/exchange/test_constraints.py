"""What the database itself refuses of the integration's rows, whoever writes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from onefile_integration.models import ExchangePlan, Link, Run, Settings
from tests import factories
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db
CONFIG = apps.get_app_config("onefile_integration")


def twice(builder: Callable[..., Any], **same: Callable[[], Any]) -> Callable[[], Any]:
    """Two rows that share what `same` makes."""

    def build() -> None:
        shared = {name: value() for name, value in same.items()}
        builder(**shared)
        builder(**shared)

    return build


def two_links(name: str, factory: Any) -> Callable[[], Any]:
    """Two records of a kind with one OneFile id."""

    def build() -> None:
        for _ in range(2):
            make.a_link(**{name: factory()}, onefile_id=700100)

    return build


def one_link(name: str, factory: Any) -> Callable[[], Any]:
    """Two OneFile ids for one record."""

    def build() -> None:
        record = factory()
        make.a_link(**{name: record}, onefile_id=1)
        make.a_link(**{name: record}, onefile_id=2)

    return build


def two_for_all() -> None:
    shared = {"link": make.a_link(), "officer": factories.OfficerFactory(), "standard_id": None}
    make.an_assignment(**shared)
    make.an_assignment(**shared)


def two_claims(kind: str = "learner", factory: Any = factories.LearnerFactory) -> None:
    subject, now = factory(), timezone.now()
    for _ in range(2):
        make.a_plan(**{kind: subject}, claim=uuid.uuid4(), lease_until=now)


def two_enrolments() -> None:
    learner = factories.LearnerFactory()
    for _ in range(2):
        make.a_plan(learner=learner, kind="enrol")


NOW = timezone.now()
ANSWERED = {"answered_at": timezone.now(), "answer": "skip", "answered_by": "x"}
REMOVED = {"state": "removed", "removed_at": timezone.now(), "removed_by": "x"}
FORBIDDEN: dict[str, list[Callable[[], Any]]] = {
    "run_one_whole_at_a_time": [twice(lambda: make.a_run(kind="whole"))],
    "run_answered_by_someone": [
        lambda: make.a_run(answer="go_on"),
        lambda: make.a_run(answer="go_on", answered_at=timezone.now()),
        lambda: make.a_run(answered_at=timezone.now(), answered_by="x"),
    ],
    "run_paused_by_someone": [
        lambda: make.a_run(paused_at=timezone.now()),
        lambda: make.a_run(paused_by="x"),
    ],
    "run_cancelled_by_someone": [
        lambda: make.a_run(cancelled_at=timezone.now()),
        lambda: make.a_run(cancelled_by="x"),
    ],
    "plan_of_one_record": [
        lambda: make.a_plan(learner=None),
        lambda: make.a_plan(learner=factories.LearnerFactory(), officer=factories.OfficerFactory()),
        lambda: make.a_plan(officer=factories.OfficerFactory(), organisation=factories.OrganisationFactory()),
    ],
    "plan_once_per_run_and_officer": [twice(make.a_plan, run=make.a_run, officer=factories.OfficerFactory)],
    "plan_once_per_run_and_organisation": [
        twice(make.a_plan, run=make.a_run, organisation=factories.OrganisationFactory)
    ],
    "plan_one_exchange_per_officer": [lambda: two_claims("officer", factories.OfficerFactory)],
    "plan_one_exchange_per_organisation": [lambda: two_claims("organisation", factories.OrganisationFactory)],
    "plan_once_per_run": [twice(make.a_plan, run=make.a_run, learner=factories.LearnerFactory)],
    "plan_one_exchange_per_learner": [two_claims],
    "plan_one_open_enrolment_per_learner": [two_enrolments],
    "plan_tried_again_once_at_a_time": [twice(make.a_plan, retries=make.a_plan)],
    "incident_once_while_open": [twice(make.an_incident)],
    "alert_mail_once": [twice(make.an_alert_mail, incident=make.an_incident)],
    "alert_mail_not_due_once_sent": [lambda: make.an_alert_mail(sent_at=NOW, due_at=NOW)],
    "plan_claim_has_a_lease": [lambda: make.a_plan(claim=uuid.uuid4())],
    "step_once_per_position": [twice(make.a_step, plan=make.a_plan)],
    "step_begun_before_it_ends": [
        lambda state=state: make.a_step(state=state) for state in ("begun", "done", "refused", "in_doubt")
    ],
    "question_once_while_open": [twice(make.a_question)],
    "question_answered_by_someone": [
        lambda: make.a_question(**{**ANSWERED, "answered_by": ""}),
        lambda: make.a_question(**{**ANSWERED, "answer": ""}),
        lambda: make.a_question(answered_by="x"),
    ],
    "held_field_of_one_record": [
        lambda: make.a_held_field(learner=None),
        lambda: make.a_held_field(learner=factories.LearnerFactory(), officer=factories.OfficerFactory()),
    ],
    "held_field_once_while_held": [twice(make.a_held_field)],
    "held_field_freed_by_someone": [
        lambda: make.a_held_field(freed_at=timezone.now()),
        lambda: make.a_held_field(freed_by="x"),
    ],
    "link_of_one_record": [
        lambda: make.a_link(learner=None),
        lambda: make.a_link(learner=factories.LearnerFactory(), officer=factories.OfficerFactory()),
    ],
    "link_has_an_id": [
        lambda: make.a_link(state="verified", onefile_id=None),
        lambda: make.a_link(state="unverified", onefile_id=None),
    ],
    "link_removed_by_someone": [
        lambda: make.a_link(**{**REMOVED, "removed_by": ""}),
        lambda: make.a_link(**{**REMOVED, "removed_at": None}),
        lambda: make.a_link(removed_by="x"),
        lambda: make.a_link(removed_at=timezone.now()),
    ],
    "link_in_a_centre": [lambda: make.a_link(officer=factories.OfficerFactory(), centre=None)],
    "link_one_per_learner": [one_link("learner", factories.LearnerFactory)],
    "link_one_per_officer_and_centre": [one_link("officer", factories.OfficerFactory)],
    "link_one_per_organisation_and_centre": [one_link("organisation", factories.OrganisationFactory)],
    "link_one_per_onefile_user": [
        two_links("learner", factories.LearnerFactory),
        two_links("officer", factories.OfficerFactory),
    ],
    "link_one_per_onefile_placement": [two_links("organisation", factories.OrganisationFactory)],
    "remote_aim_once": [twice(make.an_aim, link=make.a_link)],
    "remote_aim_one_per_line": [
        lambda: [
            make.an_aim(link=link, line=line, onefile_id=number)
            for link, line in [(make.a_link(), factories.DeliveryPlanLineFactory())]
            for number in (1, 2)
        ]
    ],
    "remote_review_once": [twice(make.a_review, link=make.a_link)],
    "remote_review_one_per_review": [
        lambda: [
            make.a_review(link=link, review=review, onefile_id=number)
            for link, review in [(make.a_link(), factories.ReviewFactory())]
            for number in (1, 2)
        ]
    ],
    "remote_review_knows_something": [lambda: make.a_review(onefile_id=None)],
    "agreed_value_once": [twice(make.an_agreed_value, link=make.a_link)],
    "run_calls_once_per_kind": [twice(make.some_calls, run=make.a_run)],
    "run_reading_once": [twice(make.a_reading, run=make.a_run)],
    "run_reading_claim_has_a_lease": [lambda: make.a_reading(claim=uuid.uuid4())],
    "run_reading_found_at_a_time": [lambda: make.a_reading(way="each"), lambda: make.a_reading(found_at=NOW)],
    "seen_review_once": [twice(make.a_seen_review)],
    "run_minute_once": [twice(make.a_minute, run=make.a_run, minute=lambda: NOW)],
    "reconciliation_one_at_a_time": [twice(make.a_report)],
    "reconciliation_claim_has_a_lease": [lambda: make.a_report(claim=uuid.uuid4())],
    "reconciliation_ended_at": [lambda: make.a_report(state="done"), lambda: make.a_report(ended_at=NOW)],
    "portfolio_figure_once": [twice(make.a_figure, link=make.a_link)],
    "assignment_once_for_all": [two_for_all],
    "assignment_once": [
        twice(make.an_assignment, link=make.a_link, officer=factories.OfficerFactory, standard_id=lambda: 4001)
    ],
    "settings_one_row": [lambda: Settings(pk=2).save()],
    "settings_upload_reviews_from_a_day": [lambda: make.settings(upload_reviews=True)],
    "centre_once": [twice(make.a_centre)],
    "standard_once_per_centre": [twice(make.a_standard, centre=make.a_centre)],
}  # fmt: skip
CASES = [
    pytest.param(name, case, id=f"{name}-{n}") for name, tried in FORBIDDEN.items() for n, case in enumerate(tried)
]


def constraints() -> list[str]:
    return [each.name for model in CONFIG.get_models() for each in model._meta.constraints]


def test_every_constraint_has_its_case() -> None:
    assert sorted(constraints()) == sorted(FORBIDDEN)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_the_database_refuses(name: str, case: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        case()
    said = str(refused.value)
    assert name in said or "UNIQUE constraint failed" in said, said


def test_every_model_has_a_builder_and_every_builder_works() -> None:
    mine = {model for model in CONFIG.get_models() if not model.__name__.startswith("Historical")}
    assert set(make.BUILDERS) == mine
    for model, builder in make.BUILDERS.items():
        assert isinstance(builder(), model)
        assert str(model._default_manager.first())


WHEN_WITHOUT_WHO = {"asked_at", "created_at", "started_at", "begun_at", "finished_at", "ended_at", "fetched_at"}


def test_every_who_has_its_when() -> None:
    """A column that says when a person did something stands beside one that says who; both or neither are set."""
    found = set()
    for model in CONFIG.get_models():
        names = {field.name for field in model._meta.get_fields() if isinstance(field, models.Field)}
        pairs = {name.removesuffix("_by") for name in names if name.endswith("_by") and name != "asked_by"}
        assert {f"{pair}_at" for pair in pairs} <= names, model
        found |= {(model.__name__, pair) for pair in pairs if model._meta.get_field(f"{pair}_at").null}
    tried = {
        ("Link", "removed"): "link_removed_by_someone",
        ("Question", "answered"): "question_answered_by_someone",
        ("Run", "paused"): "run_paused_by_someone",
        ("Run", "cancelled"): "run_cancelled_by_someone",
        ("Run", "answered"): "run_answered_by_someone",
        ("HeldField", "freed"): "held_field_freed_by_someone",
    }
    assert found == set(tried) and set(tried.values()) <= set(FORBIDDEN)


# ---- what the constraints leave free


def test_an_ended_exchange_leaves_room_for_the_next() -> None:
    learner = factories.LearnerFactory()
    make.a_plan(learner=learner, kind="enrol", state="failed")
    make.a_plan(learner=learner, kind="enrol")
    make.a_run(kind="whole", state="finished")
    make.a_run(kind="whole", dry=True)
    make.a_run(kind="whole")
    assert Run.objects.unfinished().whole().count() == 1


@pytest.mark.parametrize("kind", ["preview", "whole"])
def test_what_only_reads_stands_in_nobodys_way(kind: str) -> None:
    """A list or a dry run, though a worker has its row in hand, leaves room for the learner's own exchange."""
    learner, held = factories.LearnerFactory(), {"lease_until": timezone.now()}
    make.a_plan(learner=learner, kind=kind, dry=True, claim=uuid.uuid4(), **held)
    make.a_plan(learner=learner, kind=kind, dry=True)
    make.a_plan(learner=learner, kind="enrol", claim=uuid.uuid4(), **held)
    assert learner.onefile_plans.filter(claim__isnull=False).count() == 2


def test_a_removed_link_leaves_room_for_the_next() -> None:
    learner = factories.LearnerFactory()
    for _ in range(2):
        make.a_link(learner=learner, **REMOVED)
    make.a_link(learner=learner)
    make.a_link(learner=learner, environment="live")
    assert Link.objects.live().filter(learner=learner).count() == 2


def test_one_night_for_each_date() -> None:
    make.a_run(kind="whole", state="finished", scheduled_for=date(2026, 11, 23))
    with pytest.raises(IntegrityError), transaction.atomic():
        make.a_run(kind="whole", scheduled_for=date(2026, 11, 23))
    assert ExchangePlan.objects.count() == 0
