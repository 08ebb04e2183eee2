"""What Django's admin would let people do by an address that no page offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from learners.models import Learner, Officer
from learners.sensitive import SENSITIVE_FIELDS
from onefile_integration.models import Step
from tests.integration.pages.plans import fill
from tests.integration.pages.test_admin import desk, filled

pytestmark = pytest.mark.once
WITH_HISTORY = [model for model, page in admin.site._registry.items() if isinstance(page, SimpleHistoryAdmin)]
GROUPS = ["Viewer", "Staff", "Database Administrator"]


def rows(model: Any) -> list[Any]:
    return [list(each.objects.order_by("pk").values()) for each in (model, model.history.model)]


@pytest.fixture
def three_desks(db: None) -> dict[str, Client]:
    return {group: desk(group) for group in GROUPS}


@pytest.mark.parametrize("model", WITH_HISTORY)
def test_an_old_version_is_looked_at_and_not_sent(model: Any, learner: Learner, three_desks: dict[str, Client]) -> None:
    """Neither by who may only look nor by who may change: the form would put back fields that nobody compared."""
    fill(learner, times=1)
    record = model.objects.first()
    single = single_version(record)
    values = filled(three_desks["Database Administrator"], single)
    before = rows(model)
    for group, client in three_desks.items():
        assert client.post(single, values).status_code == 403, group
        assert client.post(single, values | {"_change_history": "1"}).status_code == 403, group
    assert rows(model) == before
    page = three_desks["Database Administrator"].get(single)
    assert page.status_code == 200 and "Revert" not in page.text and 'name="_save"' not in page.text


def single_version(record: Any) -> str:
    name = f"admin:learners_{record._meta.model_name}_simple_history"
    return reverse(name, args=[record.pk, record.history.first().pk])


@pytest.mark.parametrize("model", WITH_HISTORY)
@pytest.mark.parametrize("change", [True, False])
def test_whoever_calls_it_a_save_asks_for_the_right_to_it(model: Any, change: bool, db: None) -> None:
    desk("Viewer")
    request = RequestFactory().post("/")
    request.user = User.objects.get()
    with pytest.raises(PermissionDenied):
        admin.site.get_model_admin(model).save_model(request, model(), None, change)


def test_models_with_a_history_are_tried() -> None:
    assert {Learner, Officer} <= set(WITH_HISTORY)


def sensitive_lookups(model: Any, depth: int = 2) -> Iterator[str]:
    """Each way from ``model`` to a field of special category, backwards too."""
    if model in (Learner, Learner.history.model):
        yield from SENSITIVE_FIELDS
    elif model is Step:
        yield "changes"
    if depth:
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model:
                yield from (f"{field.name}__{rest}" for rest in sensitive_lookups(field.related_model, depth - 1))


@pytest.mark.parametrize("model", admin.site._registry)
def test_nothing_is_guessed_by_an_address(model: Any) -> None:
    """The number of rows found would tell what the page hides. Nor for those who may see it: addresses are logged."""
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True)
    page = admin.site.get_model_admin(model)
    for path in sensitive_lookups(model):
        for ending in ("", "__startswith", "__exact", "__isnull", "__in"):
            assert not page.lookup_allowed(path + ending, "1", request), path + ending


def test_the_ways_to_what_is_hidden_are_known() -> None:
    assert {"nino", "lldd_others"} <= set(sensitive_lookups(Learner))
    assert {"changes", "plan__learner__nino"} <= set(sensitive_lookups(Step))


@pytest.mark.parametrize("path", ["ethnicity", "nino__startswith", "lldd__gte", "lldd_others__contains", "birth_date"])
def test_a_list_of_learners_tells_nothing_by_its_address(path: str, learner: Learner) -> None:
    changelist = reverse("admin:learners_learner_changelist")
    for group in ("Staff", "Database Administrator"):
        answer = desk(group).get(changelist, {path: "31"})
        assert answer.status_code == 400 and "Lane" not in answer.text


def test_what_a_list_offers_still_narrows_it(learner: Learner) -> None:
    changelist = reverse("admin:learners_learner_changelist")
    client = desk("Viewer")
    for asked, found in [({"system_status__exact": "Live"}, True), ({"system_status__exact": "Deleted"}, False)]:
        assert ("AB12C" in client.get(changelist, asked).text) is found
    for asked in [{"main_officer__id__exact": "1"}, {"main_tag__isnull": "True"}, {"held_from_sync__exact": "1"}]:
        assert client.get(changelist, asked).status_code == 200
