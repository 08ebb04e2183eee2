"""The records that fill the addresses, and the four people who try them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.auth.models import Permission as Row
from django.core import signing
from django.test import Client
from django.urls import reverse

from learners.models import Learner, Officer
from learners.parts import PARTS
from learners.views.review_series import SALT
from onefile_integration.models import Licence, Question, Run
from picsweb.permissions import DATABASE_ADMINISTRATOR, Permission
from tests import factories
from tests.integration.onefile_pages import conftest as windows
from tests.integration.permissions.table import TABLE
from tests.unit.exchange import building as make

connected = windows.connected
learner = windows.learner
enrolled = windows.enrolled
groups = windows.groups

Colleague = Callable[..., Client]


@pytest.fixture
def records(enrolled: Learner) -> dict[str, Any]:
    """What the words after ``of`` in the table stand for."""
    officer, organisation = enrolled.main_officer, enrolled.placements.get().organisation
    assert officer
    factories.UnitFactory(line=enrolled.delivery_plan.earliest("pk"))
    review = factories.ReviewFactory(learner=enrolled, officer=officer)
    factories.LearnerOfficerFactory(learner=enrolled, officer=officer)
    factories.BreakFactory(learner=enrolled)
    other = factories.LearnerFactory()
    return {
        "learner": enrolled.ident,
        "other-learner": other.ident,
        "bulk-kind": "main_officer",
        "bulk-change": factories.BulkChangeRowFactory(learner=enrolled).change.pk,
        "tab": "history",
        "list": "learners",
        "file": "csv",
        "series": signing.dumps([review.pk], salt=SALT),
        "kind": "learners",
        "import": factories.FileImportFactory().pk,
        "tag": factories.TagFactory().pk,
        "officer": officer.ident,
        "organisation": organisation.ident,
        "qualification": enrolled.delivery_plan.earliest("pk").qualification_id,
        "run": Run.objects.latest("pk").pk,
        "partner-run": partner_run(officer).pk,
        "enrolment-list": many(other, "preview").pk,
        "enrolment": many(enrolled, "enrol").pk,
        "reconciliation": make.a_difference(learner=enrolled).report_id,
        "question": question_of(enrolled).pk,
        "user": User.objects.create_user("somebody").pk,
        "officer-kind": "officer",
        "organisation-kind": "organisation",
        "centre": 101,
        **{kind: kind for kind in PARTS},
        **{f"a-{kind}": part.records(enrolled).latest("pk").pk for kind, part in PARTS.items()},
    }


def many(learner: Learner, kind: str) -> Run:
    """A list of one learner, or the run that came of one."""
    run = Run.objects.create(
        kind=kind, environment="practice", lane="night", asked_by="test", state="finished", is_of_many=True
    )
    outcome = "ready" if kind == "preview" else ""
    run.plans.create(learner=learner, kind=kind, state="done", outcome=outcome, choices={"centre": 101})
    return run


def partner_run(officer: Officer) -> Run:
    run = Run.objects.create(kind="whole", environment="practice", lane="night", asked_by="test", state="finished")
    run.plans.create(officer=officer, kind="whole", state="done")
    return run


def question_of(learner: Learner) -> Question:
    return Question.objects.create(
        kind="other_person",
        environment="practice",
        learner=learner,
        about=f"learner:{learner.pk} 1",
        text="Is it the same?",
        facts=[["Surname", "Okafor-Lane", "<script>alert(1)</script>"]],
        answers=[["same", "The same"], ["other", "Another"]],
    )


@pytest.fixture
def member(groups: None) -> Colleague:
    """Somebody of a group."""

    def make(group: str, *, licence: bool = True) -> Client:
        user = User.objects.create_user(f"member-{User.objects.count()}")
        user.groups.add(Group.objects.get(name=group))
        return signed_in(user, licence=licence)

    return make


@pytest.fixture
def everything_but(groups: None) -> Colleague:
    """Somebody who may do all but one thing."""

    def make(permission: Permission) -> Client:
        user = User.objects.create_user(f"without-{permission.name}")
        held = Row.objects.filter(group__name=DATABASE_ADMINISTRATOR)
        user.user_permissions.set(held.exclude(codename=permission.partition(".")[2]))
        assert not user.has_perm(permission)
        return signed_in(user, licence=True)

    return make


def signed_in(user: User, *, licence: bool) -> Client:
    if licence:
        Licence.objects.create(user=user)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator(member: Colleague) -> Client:
    return member(DATABASE_ADMINISTRATOR)


def name_of(line: str) -> str:
    return line.partition("#")[0]


@pytest.fixture
def addresses(records: dict[str, Any]) -> dict[str, str]:
    return {line: reverse(name_of(line), args=[records[part] for part in page.parts]) for line, page in TABLE.items()}
