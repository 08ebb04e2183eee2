"""Three people try each page: one who may, a colleague who may not, and a stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from learners.models import Learner
from learners.registry import Registry, registry
from picsweb.permissions import DATA_MANAGER, DATABASE_ADMINISTRATOR, STAFF, VIEWER
from tests import factories

Person = Callable[[str | None], Client]


@pytest.fixture
def mis_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages without what other apps add to them."""
    nothing = Registry()
    for part in fields(Registry):
        monkeypatch.setattr(registry, part.name, getattr(nothing, part.name))


@pytest.fixture
def signed_in(db: None) -> Person:
    """A client of somebody in that group; in none where it is None."""

    def make(group: str | None) -> Client:
        user = User.objects.create_user(f"user-{User.objects.count()}")
        if group:
            user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def administrator(signed_in: Person) -> Client:
    return signed_in(DATABASE_ADMINISTRATOR)


@pytest.fixture
def manager(signed_in: Person) -> Client:
    return signed_in(DATA_MANAGER)


@pytest.fixture
def staff(signed_in: Person) -> Client:
    return signed_in(STAFF)


@pytest.fixture
def viewer(signed_in: Person) -> Client:
    return signed_in(VIEWER)


@pytest.fixture
def without_permission(signed_in: Person) -> Client:
    return signed_in(None)


@pytest.fixture
def stranger() -> Client:
    return Client()


@pytest.fixture
def learner(db: None) -> Learner:
    return factories.LearnerFactory(
        ident="AB12C", forenames="Amara", surname="Lane", nino="AB123456C", ethnicity=31, lldd=1, lldd_primary=12
    )
