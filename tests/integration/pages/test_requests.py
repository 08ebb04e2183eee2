"""On screen: a learner is erased, and everything held is handed out."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from learners.actor import Actor
from learners.models import AccessRequest, Learner
from learners.registry import Elsewhere, registry
from learners.services import learners as service
from picsweb.permissions import DATA_MANAGER
from tests import factories
from tests.integration.pages.conftest import Person
from tests.integration.pages.plans import fill

pytestmark = pytest.mark.once
BY = Actor("clerk")


@pytest.fixture
def address(learner: Learner) -> str:
    return reverse("learners:learner-erase", args=[learner.ident])


@pytest.fixture
def manager(signed_in: Person) -> Client:
    return signed_in(DATA_MANAGER)


def test_the_window_says_what_goes(administrator: Client, learner: Learner, address: str) -> None:
    fill(learner, times=1)
    text = administrator.get(address).text
    for words in ("Delivery plan lines", "Reviews", "Type AB12C to confirm", "Other episodes", "cannot be undone"):
        assert words in text


@pytest.mark.parametrize("typed", ["", "AB12D", "Amara"])
def test_the_ident_must_be_typed(typed: str, administrator: Client, learner: Learner, address: str) -> None:
    assert "Nothing has been saved" in administrator.post(address, {"ident": typed}).text
    assert Learner.objects.filter(pk=learner.pk).exists()


def test_an_episode_goes_alone_or_with_the_others(administrator: Client, learner: Learner, address: str) -> None:
    second, third = (factories.LearnerFactory(person=learner.person, forenames="Bea") for _ in range(2))
    assert f'href="{reverse("learners:learner-erase", args=[second.ident])}"' in administrator.get(address).text

    gone = administrator.post(address, {"ident": "ab12c"}, follow=True)
    assert "AB12C: erased for good." in gone.text and "Amara" not in gone.text
    assert set(Learner.objects.all()) == {second, third}

    address = reverse("learners:learner-erase", args=[second.ident])
    administrator.post(address, {"ident": second.ident, "all_episodes": "on"})
    assert not Learner.objects.exists()


def test_what_another_app_says_stands_there(
    administrator: Client, learner: Learner, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = [lambda learner: Elsewhere(remains=("A copy stays in Elsewhere, number 700100.",))]
    monkeypatch.setattr(registry, "learner_erase", says)
    assert "number 700100" in administrator.get(address).text
    assert "number 700100" in administrator.post(address, {"ident": "AB12C"}, follow=True).text


def test_what_cannot_be_erased_now_is_not_offered(
    administrator: Client, learner: Learner, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "learner_erase", [lambda learner: Elsewhere(refusal="An exchange is under way.")])
    page = administrator.get(address).text
    assert "An exchange is under way." in page and "Type AB12C" not in page
    assert "An exchange is under way." in administrator.post(address, {"ident": "AB12C"}).text
    assert Learner.objects.filter(pk=learner.pk).exists()


def test_the_form_does_not_take_the_ident_again(administrator: Client, learner: Learner, address: str) -> None:
    administrator.post(address, {"ident": "AB12C"})
    values = {"ident": "AB12C", "forenames": "A", "surname": "B", "start": "2026-09-01", "system_status": "Live"}
    assert "was erased on" in administrator.post(reverse("learners:learner-new"), values).text
    User.objects.update(is_staff=True)
    assert "was erased on" in administrator.post(reverse("admin:learners_learner_add"), values).text
    assert not Learner.objects.exists()


def test_everything_held_as_a_file(manager: Client, learner: Learner) -> None:
    answer = manager.post(reverse("learners:access-request", args=["AB12C"]), {"form": "file"})
    assert answer["Content-Disposition"].startswith('attachment; filename="learner-AB12C-')
    assert answer["Cache-Control"] == "no-store"
    data = json.loads(answer.content)
    assert (data["ident"], data["nino"], len(data["access_requests"])) == ("AB12C", "AB123456C", 1)


def test_everything_held_as_a_page(manager: Client, learner: Learner) -> None:
    fill(learner, times=2)
    service.update(learner, surname="Oakes", by=BY)
    text = manager.post(reverse("learners:access-request", args=["AB12C"]), {"form": "page"}).text
    for shown in ("AB123456C", "English / Welsh", "Amara", "Oakes", "History"):
        assert shown in text


def test_who_was_answered_is_seen_on_the_learner(manager: Client, staff: Client, learner: Learner) -> None:
    page, summary = (reverse(f"learners:{name}", args=["AB12C"]) for name in ("access-request", "learner"))
    assert "Never yet." in manager.get(page).text
    assert not AccessRequest.objects.exists(), "looking is not handing out"
    manager.post(page, {"form": "file"})
    name = AccessRequest.objects.get().answered_by
    assert f"by {name}" in manager.get(page).text and f"by {name}" in manager.get(summary).text
    assert "handed out" not in staff.get(summary).text


def test_it_needs_both_permissions(signed_in: Person, learner: Learner) -> None:
    page = reverse("learners:access-request", args=["AB12C"])
    half = Group.objects.create(name="Half")
    half.permissions.set(Group.objects.get(name=DATA_MANAGER).permissions.exclude(codename="view_sensitive"))
    answer = signed_in("Half").get(page)
    assert (answer.status_code, "may not see special category data" in answer.text) == (403, True)
