"""OneFile IDs set, edited and removed by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from learners.models import Learner, Officer, Organisation
from onefile_integration.models import Link
from tests import factories
from tests.integration.onefile.story import PERSON
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

SET, EDIT = "/learners/AB12C/onefile/set-id/", "/learners/AB12C/onefile/edit-id/"
REMOVE = "/learners/AB12C/onefile/remove-link/"


@pytest.fixture
def there(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    """Two learners and an assessor whom only OneFile knows."""
    connected.seed(
        users=[
            {"ID": 700123, "Role": 1, "OrganisationID": 101, "FirstName": "Amara", "LastName": "Okafor-Lane",
             "DOB": "2007-07-14T00:00:00Z"},
            {"ID": 700132, "Role": 1, "OrganisationID": 101, "FirstName": "<script>alert(1)</script>",
             "LastName": "Brandt", "DOB": "2001-01-01T00:00:00Z"},
            {"ID": 500101, "Role": 5, "OrganisationID": 101, "FirstName": "Bryn", "LastName": "Tallis"},
        ],
        placements=[{"ID": 900010, "OrganisationID": 101, "Name": "Pitt & Sons' Joinery"}],
    )  # fmt: skip
    return connected


def shown(text: str) -> str:
    found = re.search(r'name="shown" value="([^"]*)"', text)
    assert found
    return unescape(found.group(1))


def check(client: Client, address: str, number: str) -> Any:
    return client.post(address, {"onefile_id": number})


def save(client: Client, address: str, number: str, text: str) -> Any:
    return client.post(address, {"onefile_id": number, "save": "1", "shown": shown(text)})


def test_both_sides_stand_there_before_anything_is_saved(holder: Client, there: SandboxProcess) -> None:
    text = check(holder, SET, "700132").text
    assert "Brandt" in text and "1 Jan 2001" in text and "Differs" in text
    assert "<script>alert" not in text
    assert not Link.objects.exists()


def test_saved_it_is_unverified_and_says_who(holder: Client, there: SandboxProcess) -> None:
    text = check(holder, SET, "\u00a0700123\u200b ").text
    assert save(holder, SET, "700123", text).status_code == 302
    link = Link.objects.get()
    assert (link.onefile_id, link.state, link.centre, link.made_by) == (700123, "unverified", 101, "user-0")
    assert "not yet compared" in holder.get("/learners/AB12C/delivery-plan/").text
    assert len(there.state()["users"]) == 3


def test_nothing_is_saved_that_was_not_looked_at(holder: Client, there: SandboxProcess) -> None:
    text = check(holder, SET, "700123").text
    assert "have changed since" in save(holder, SET, "700132", text).text
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("number", "said"),
    [("abc", "is a number"), ("", "required"), ("999999", "knows no learner"), ("500101", "is not a learner")],
)
def test_what_cannot_be_is_refused_in_words(holder: Client, there: SandboxProcess, number: str, said: str) -> None:
    assert said in unescape(check(holder, SET, number).text)
    assert not Link.objects.exists()


def test_an_id_of_somebody_else_here_is_refused(holder: Client, there: SandboxProcess) -> None:
    save(holder, SET, "700123", check(holder, SET, "700123").text)
    other = factories.LearnerFactory(ident="ZZ9ZZ")
    text = unescape(check(holder, f"/learners/{other.ident}/onefile/set-id/", "700123").text)
    assert "linked with AB12C" in text


def test_while_onefile_is_down_it_may_be_saved_unverified(holder: Client, there: SandboxProcess) -> None:
    there.fault("status", times=0, status=503)
    text = check(holder, SET, "700123").text
    assert "could not be asked" in text and "unverified" in text
    assert save(holder, SET, "700123", text).status_code == 302
    assert Link.objects.get().state == "unverified"


def test_a_second_save_makes_no_second_link(holder: Client, there: SandboxProcess) -> None:
    text = check(holder, SET, "700123").text
    save(holder, SET, "700123", text)
    assert save(holder, SET, "700123", text).status_code == 302
    assert Link.objects.count() == 1


def test_an_administrator_edits_the_id_and_the_old_link_stays_as_history(
    administrator: Client, holder: Client, enrolled: Learner, there: SandboxProcess
) -> None:
    plan = "/learners/AB12C/delivery-plan/"
    assert EDIT not in holder.get(plan).text
    assert EDIT in administrator.get(plan).text
    text = check(administrator, EDIT, "700123").text
    assert save(administrator, EDIT, "700123", text).status_code == 302
    states = Link.objects.filter(learner=enrolled).values_list("onefile_id", "state")
    assert sorted(state for _, state in states) == ["removed", "unverified"]


def test_removing_asks_first_and_touches_nothing_there(
    holder: Client, enrolled: Learner, connected: SandboxProcess
) -> None:
    before = connected.state()
    asked = holder.get(REMOVE).text
    assert "Yes, remove Link with OneFile" in asked
    assert Link.objects.get(learner=enrolled).state == "verified"
    holder.post(REMOVE)
    holder.post(REMOVE)
    link = Link.objects.get(learner=enrolled)
    assert (link.state, link.removed_by) == ("removed", "user-0")
    assert connected.state() == before
    assert "Create in OneFile" in holder.get("/learners/AB12C/delivery-plan/").text


@pytest.mark.parametrize(
    ("kind", "ident", "number", "label"),
    [("officer", "OF001", "500101", "Other System ID"), ("organisation", "EM001", "900010", "Additional ID")],
)
def test_partners_are_linked_in_each_centre(
    administrator: Client, holder: Client, there: SandboxProcess, kind: str, ident: str, number: str, label: str
) -> None:
    address, page = f"/onefile/{kind}/{ident}/centres/101/link/", f"/{kind}s/{ident}/"
    assert label in holder.get(page).text and address not in holder.get(page).text
    assert address in administrator.get(page).text
    assert save(administrator, address, number, check(administrator, address, number).text).status_code == 302
    assert number in holder.get(page).text
    administrator.post(f"/onefile/{kind}/{ident}/centres/101/remove-link/")
    model: Any = {"officer": Officer, "organisation": Organisation}[kind]
    assert Link.objects.of(model.objects.get(ident=ident)).get().state == "removed"


def test_a_partner_is_not_linked_while_onefile_is_down(administrator: Client, there: SandboxProcess) -> None:
    there.fault("status", times=0, status=503)
    assert "Nothing was linked" in check(administrator, "/onefile/officer/OF001/centres/101/link/", "500101").text
    assert not Link.objects.exists()


def test_an_id_of_another_episode_is_moved_when_edited(
    administrator: Client, enrolled: Learner, there: SandboxProcess
) -> None:
    """Manually Set offers it too. The link that is left stays as history."""
    episode = factories.LearnerFactory(ident="AB13C", person=enrolled.person, system_status="Live")
    held = make.a_link(learner=episode, onefile_id=700123)
    old = Link.objects.get(learner=enrolled)

    looked = check(administrator, EDIT, "700123").text
    assert "Move the link to this episode" in looked and "AB13C" in looked
    save(administrator, EDIT, "700123", looked)

    states = dict(Link.objects.filter(learner__isnull=False).values_list("pk", "state"))
    new = Link.objects.within("practice").get(learner=enrolled)
    assert states == {old.pk: "removed", held.pk: "removed", new.pk: "unverified"}
    assert (new.onefile_id, new.origin) == (700123, "moved")


def test_the_admin_edits_with_the_same_checks(administrator: Client, enrolled: Learner, there: SandboxProcess) -> None:
    from django.contrib.auth.models import User

    User.objects.update(is_staff=True)
    link = Link.objects.get(learner=enrolled)
    address = f"/admin/onefile_integration/link/{link.pk}/change/"
    assert "knows no learner" in administrator.post(address, {"onefile_id": "999999"}).text
    assert "A link is removed in its own window" in administrator.post(address, {"onefile_id": ""}).text
    other = there.seed(
        users=[PERSON | {"ID": 700124, "Role": 1, "OrganisationID": 101, "LastName": "Brandt", "Archived": True}]
    )["users"][0]
    refused = unescape(administrator.post(address, {"onefile_id": str(other)}).text)
    assert "Surname: Okafor-Lane here, Brandt in OneFile." in refused and "probably archived" in refused
    link.refresh_from_db()
    assert link.state == "verified", "nothing was saved"
    assert administrator.post(address, {"onefile_id": "700123", "sure": "on"}).status_code == 302
    link.refresh_from_db()
    assert link.state == "removed"
    assert Link.objects.live().get(learner=enrolled).onefile_id == 700123
    assert "700123" in administrator.get(f"/admin/learners/learner/{enrolled.pk}/change/").text
    assert administrator.get("/admin/onefile_integration/link/?q=700123").status_code == 200


def test_links_stand_in_the_history_of_the_record(administrator: Client, enrolled: Learner, learner: Learner) -> None:
    number = str(Link.objects.get(learner=enrolled).onefile_id)
    administrator.post("/learners/AB12C/onefile/remove-link/")
    history = administrator.get("/learners/AB12C/delivery-plan/history/").text
    assert "OneFile (Practice)" in history and f"{number} (Created in OneFile)" in history
    assert history.count(number) >= 2, "made, and removed"
    assert f"{Link.objects.get(officer__ident='OF001').onefile_id} (" in administrator.get("/officers/OF001/").text
