"""What Django's admin would let people do by an address that no page offers."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from simple_history.admin import SimpleHistoryAdmin

from learners.models import Learner, Officer
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
