"""Django's admin writes through the services and hides what pages hide."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from learners import models
from learners.actor import Actor
from learners.models import Learner, Tag
from learners.services import learners as service
from tests import factories
from tests.integration.pages.plans import fill

# To look at, at most: written by services alone, never by hand.
pytestmark = pytest.mark.once
KEPT = {models.AccessRequest: "Data Manager", models.Erasure: "Database Administrator"}
NEVER_SHOWN = {models.ErasedNumber, models.ErasureSalt, models.FileImport, models.FileImportChunk}
MODELS = [model for name in models.__all__ if (model := getattr(models, name)) not in {*KEPT, *NEVER_SHOWN}]


def desk(group: str) -> Client:
    user = User.objects.create_user(f"desk-{group}", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator_desk(db: None) -> Client:
    return desk("Database Administrator")


def address(verb: str, record: Any) -> str:
    return reverse(f"admin:learners_{record._meta.model_name}_{verb}", args=[record.pk])


def filled(client: Client, where: str, **changes: Any) -> dict[str, Any]:
    form = client.get(where).context["adminform"].form
    values = {field.html_name: field.value() for field in form} | changes
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("model", MODELS)
def test_each_record_is_listed_searched_and_opened(model: Any, administrator_desk: Client, learner: Learner) -> None:
    fill(learner, times=2)
    changelist = reverse(f"admin:learners_{model._meta.model_name}_changelist")
    assert administrator_desk.get(changelist, {"q": "Lane"}).status_code == 200
    record = model.objects.first()
    assert administrator_desk.get(address("change", record)).status_code == 200
    assert administrator_desk.get(address("history", record)).status_code == 200


def test_a_learner_is_saved_by_the_services(administrator_desk: Client, learner: Learner) -> None:
    tag = factories.TagFactory()
    where = address("change", learner)
    values = filled(administrator_desk, where, surname="Östen", tags=[tag.pk])
    assert administrator_desk.post(where, values).status_code == 302
    learner.refresh_from_db()
    assert (learner.sort_key, list(learner.tags.all())) == ("osten amara", [tag])
    assert learner.history.first().history_change_reason == "desk-Database Administrator"


def test_a_record_is_added_by_the_services(administrator_desk: Client) -> None:
    add = reverse("admin:learners_learner_add")
    values = {"ident": "CD34E", "forenames": "Zoë", "surname": "Novák", "system_status": "Live"}
    assert administrator_desk.post(add, values).status_code == 302
    assert Learner.objects.get().sort_key == "novak zoe"
    administrator_desk.post(reverse("admin:learners_tag_add"), {"name": "Priority"})
    assert Tag.objects.get().history.first().history_user.username == "desk-Database Administrator"


def test_parts_are_added_and_deleted_base_records_are_not(administrator_desk: Client, learner: Learner) -> None:
    add = reverse("admin:learners_break_add")
    answer = administrator_desk.post(add, {"learner": learner.pk, "from_date": "2026-11-02"})
    assert answer.status_code == 302
    administrator_desk.post(address("delete", learner.breaks.get()), {"post": "yes"})
    assert not learner.breaks.exists()
    assert administrator_desk.post(address("delete", learner), {"post": "yes"}).status_code == 403


def test_sensitive_fields_are_not_in_the_form_of_others(learner: Learner) -> None:
    service.update(learner, by=Actor("clerk"), nino="CE123456A")
    staff = desk("Staff")
    text = staff.get(address("change", learner)).text
    assert "CE123456A" not in text
    assert 'name="ethnicity"' not in text
    assert staff.get(address("history", learner)).status_code == 403
    staff.post(address("change", learner), filled(staff, address("change", learner), surname="Oakes"))
    learner.refresh_from_db()
    assert (learner.surname, learner.nino) == ("Oakes", "CE123456A")


def test_viewers_look_only(learner: Learner) -> None:
    viewer = desk("Viewer")
    assert viewer.get(address("change", learner)).status_code == 200
    assert viewer.post(address("change", learner), {"surname": "Oakes"}).status_code == 403


def test_every_model_has_an_admin() -> None:
    assert {*MODELS, *KEPT} <= set(admin.site._registry)
    assert not NEVER_SHOWN & set(admin.site._registry)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "group"), KEPT.items())
def test_what_is_kept_of_requests_is_only_looked_at(model: Any, group: str) -> None:
    record = {models.AccessRequest: factories.AccessRequestFactory, models.Erasure: factories.ErasureFactory}[model]()
    holder, staff = desk(group), desk("Staff")
    changelist = reverse(f"admin:learners_{model._meta.model_name}_changelist")
    assert "clerk" in holder.get(changelist).text
    assert holder.get(address("change", record)).status_code == 200
    assert staff.get(changelist).status_code == 403
    for verb in ("change", "delete"):
        assert holder.post(address(verb, record), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=record.pk).exists()


def test_many_at_once_are_deleted_by_who_may_change_many_at_once(learner: Learner) -> None:
    factories.BreakFactory(learner=learner)
    changelist = reverse("admin:learners_break_changelist")
    values = {"action": "delete_selected", "_selected_action": [learner.breaks.get().pk], "post": "yes"}
    desk("Staff").post(changelist, values)
    assert learner.breaks.exists()
    desk("Data Manager").post(changelist, values)
    assert not learner.breaks.exists()
    assert learner.breaks.model.history.first().history_change_reason == "desk-Data Manager"


def test_single_versions_are_hidden_from_others_too(learner: Learner) -> None:
    service.update(learner, by=Actor("clerk"), surname="Oakes")
    version = learner.history.latest("history_date")
    single = reverse("admin:learners_learner_simple_history", args=[learner.pk, version.pk])
    assert desk("Data Manager").get(single).status_code == 200
    assert desk("Staff").get(single).status_code == 403
