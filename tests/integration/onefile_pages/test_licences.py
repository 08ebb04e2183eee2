"""OneFile licences: who holds one, how many there are, given and taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from onefile_integration.exchange import licences
from onefile_integration.models import Licence
from tests import factories
from tests.unit.exchange import building as make

PAGE = "/onefile/licences/"


@pytest.fixture
def bea(transactional_db: None) -> User:
    return User.objects.create_user("bea", first_name="Bea", last_name="Brandt")


def test_a_licence_is_given_and_taken(administrator: Client, bea: User) -> None:
    given = administrator.post(PAGE, {"user": bea.pk}, follow=True)
    assert "bea has a licence now." in given.text and "Bea Brandt" in given.text
    assert f'<option value="{bea.pk}">' not in given.text
    take = reverse("onefile:licence-take", args=[bea.pk])
    assert f'href="{take}"' in given.text
    assert "are closed" not in administrator.post(take, follow=True).text
    assert not Licence.objects.filter(user=bea).exists()


def test_no_more_than_there_are(administrator: Client, bea: User, settings: Any) -> None:
    settings.ONEFILE_LICENCES = 1  # the administrator holds it
    assert "All licences are in use" in administrator.get(PAGE).text
    assert "All 1 licences are in use" in administrator.post(PAGE, {"user": bea.pk}).text
    assert Licence.objects.count() == 1
    settings.ONEFILE_LICENCES = 2
    administrator.post(PAGE, {"user": bea.pk})
    assert Licence.objects.count() == 2


def test_given_twice_it_is_one(bea: User) -> None:
    assert licences.give(bea, by=bea) == licences.give(bea, by=bea)


def test_none_for_who_cannot_sign_in(bea: User) -> None:
    bea.is_active = False
    with pytest.raises(licences.NoLicence, match="not active"):
        licences.give(bea, by=bea)


def test_the_list_of_users_says_who_holds_one(administrator: Client, bea: User) -> None:
    Licence.objects.create(user=bea)
    rows = administrator.get(reverse("accounts:user-list"), {"q": "bea"}).context["table"].paginated_rows
    assert [row.get_cell_value("has_onefile_licence") for row in rows] == ["Yes"]


def test_the_admin_gives_none(administrator: Client) -> None:
    User.objects.filter(groups__name="Database Administrator").update(is_staff=True)
    assert administrator.get(reverse("admin:onefile_integration_licence_changelist")).status_code == 200
    assert administrator.get(reverse("admin:onefile_integration_licence_add")).status_code == 403


@pytest.mark.parametrize(
    ("page", "label"),
    [("learners", "OneFile ID"), ("officers", "Other System ID"), ("reviews", "OneFile System ID")],
)
def test_lists_show_the_ids_of_onefile_to_those_who_may_use_it(
    page: str, label: str, holder: Client, colleague: Client, administrator: Client
) -> None:
    make.settings(enabled=True)
    factories.ReviewFactory(), factories.OfficerFactory()
    assert label in holder.get(f"/{page}/").text and label in administrator.get(f"/{page}/").text
    assert label not in colleague.get(f"/{page}/?sort=onefile_id&sort=onefile_system_id").text
    file = colleague.get(f"/lists/{page}.csv").getvalue()
    assert b"Ident" in file
    assert label.encode() not in file
