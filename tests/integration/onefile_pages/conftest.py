"""People at the windows: one who may, a colleague without the licence, an administrator, a stranger."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import enrolment
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.models import Licence, Run, Settings
from picsweb.permissions import DATABASE_ADMINISTRATOR, STAFF
from tests.integration.onefile import conftest as provider
from tests.integration.onefile.conftest import Kept

connected = provider.connected
learner = provider.learner
quick_settling = provider.quick_settling
BY = Actor(label="test")


def member(group: str | None, *, licence: bool) -> Client:
    user = User.objects.create_user(f"user-{User.objects.count()}")
    if group:
        user.groups.add(Group.objects.get(name=group))
    if licence:
        Licence.objects.create(user=user)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def groups(transactional_db: None) -> None:
    """Other tests' cleaning up may have taken them away."""
    from learners.groups import set_up_groups

    set_up_groups()


@pytest.fixture
def holder(groups: None) -> Client:
    return member(STAFF, licence=True)


@pytest.fixture
def colleague(groups: None) -> Client:
    """Has the permission, and no licence."""
    return member(STAFF, licence=False)


@pytest.fixture
def administrator(groups: None) -> Client:
    return member(DATABASE_ADMINISTRATOR, licence=True)


@pytest.fixture
def stranger() -> Client:
    return Client()


@pytest.fixture
def enrolled(learner: Learner, kept: Kept) -> Learner:
    """Created in OneFile, to the end."""
    kept("enrolled by page", lambda: _enrol(learner))
    return learner


def _enrol(learner: Learner) -> None:
    given = enrolment.Given()
    run = enrolment.go_on(learner, given, settings=Settings.objects.current(), by=BY)
    run.plans.update(choices={"centre": 101, "classroom": 3001})
    to_the_end(run)


@pytest.fixture
def work() -> Callable[[], None]:
    """What workers do: all that is due, to its end."""

    def go() -> None:
        for run in Run.objects.for_workers():
            to_the_end(run)

    return go
