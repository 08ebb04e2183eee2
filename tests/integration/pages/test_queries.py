"""A page asks the database the same number of times whether it shows little or much."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners as service
from learners.tabs import TABS
from tests import factories
from tests.integration.pages.plans import add_learners, fill

LISTS = {
    "learner-list": add_learners,
    "officer-list": factories.OfficerFactory.create_batch,
    "organisation-list": factories.OrganisationFactory.create_batch,
    "qualification-list": factories.QualificationFactory.create_batch,
    "tag-list": factories.TagFactory.create_batch,
}
# Session, user and permissions are 4 of each; lists add a count, a page and their drop-downs.
LIST_QUERIES = {"learner-list": 9, "officer-list": 6, "organisation-list": 6, "qualification-list": 6, "tag-list": 6}
# The learner, what hangs on it (7), its other episodes and their lines; history reads its own tables besides,
# and progress those of lines and units.
PLAN_QUERIES = dict.fromkeys(TABS, 14) | {"history": 27, "progress": 16}


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def of_list(name: str, client: Client) -> tuple[int, int]:
    address, make = f"{reverse(f'learners:{name}')}?per_page=50", LISTS[name]
    make(5)
    few = queries(client, address)
    make(45)
    return few, queries(client, address)


def of_plan(tab: str, client: Client, learner: Learner) -> tuple[int, int]:
    address = reverse("learners:delivery-plan-tab", args=[learner.ident, tab])
    service.update(learner, by=Actor("someone"), main_officer=factories.OfficerFactory())
    fill(learner, times=1)
    few = queries(client, address)
    fill(learner, times=9)
    return few, queries(client, address)


@pytest.mark.usefixtures("mis_alone")
@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str, staff: Client) -> None:
    assert of_list(name, staff) == (LIST_QUERIES[name], LIST_QUERIES[name])


@pytest.mark.usefixtures("mis_alone")
@pytest.mark.parametrize("tab", TABS)
def test_delivery_plan(tab: str, staff: Client, learner: Learner) -> None:
    assert of_plan(tab, staff, learner) == (PLAN_QUERIES[tab], PLAN_QUERIES[tab])


@pytest.mark.parametrize("name", LISTS)
def test_lists_with_what_other_apps_add(name: str, staff: Client) -> None:
    few, many = of_list(name, staff)
    assert few == many


@pytest.mark.parametrize("tab", TABS)
def test_delivery_plan_with_what_other_apps_add(tab: str, staff: Client, learner: Learner) -> None:
    few, many = of_plan(tab, staff, learner)
    assert few == many
