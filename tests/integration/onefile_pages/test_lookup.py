"""Look Up OneFile ID: found in OneFile's own list, likely ones first, never linked by itself, never taken twice."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission as Row
from django.contrib.auth.models import User
from django.test import Client

from learners.models import Learner, Officer, Organisation
from onefile_integration.models import Link
from tests import factories
from tests.integration.onefile_pages.conftest import member
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

pytestmark = pytest.mark.once
OFFICER = "/onefile/officer/OF001/centres/101/look-up/"
ORGANISATION = "/onefile/organisation/EM001/centres/101/look-up/"


def person(number: int, first: str, last: str, **values: Any) -> dict[str, Any]:
    return {"ID": number, "Role": 5, "OrganisationID": 101, "FirstName": first, "LastName": last, **values}


@pytest.fixture
def there(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    """Bryn Tallis' account is the last by name and has no MIS Value."""
    connected.seed(
        users=[
            person(500105, "Zoë", "Álvarez", MISID="SP-7"),
            person(500103, "Callum", "Reith", Role=4),
            person(500109, "Anwen", "Tallis"),
            person(500101, "BRYN", "Tallis", Email="bryn@provider.example"),
            person(500110, "Henrietta", "Shawcross", Role=10),
        ],
        placements=[
            {"ID": 900011, "OrganisationID": 101, "Name": "Larkfield Nursery", "MISID": "EM002"},
            {"ID": 900010, "OrganisationID": 101, "Name": "Pitt and Sons Joinery Ltd"},
        ],
    )
    return connected


def rows(text: str) -> list[str]:
    """The cells of each row as one line of text."""
    body = text.split("<tbody>")[1].split("</tbody>")[0]
    found = (re.sub(r"<[^>]+>", " ", row) for row in body.split("</tr>")[:-1])
    return [" ".join(unescape(row).split()) for row in found]


def ids(text: str) -> list[int]:
    return [int(re.findall(r"\b[59]00\d{3}\b", row)[0]) for row in rows(text)]


def linked(record: Any, number: int) -> Link:
    return make.a_link(**{record._meta.model_name: record}, onefile_id=number)


def test_the_likely_ones_stand_first_with_the_reason(holder: Client, there: SandboxProcess) -> None:
    found = rows(holder.get(OFFICER).text)
    assert found == [
        "BRYN Tallis – bryn@provider.example 500101 Equal name",
        "Anwen Tallis – – 500109 Similar name",
        "Zoë Álvarez SP-7 – 500105",
        "Callum Reith – – 500103",
    ]
    Officer.objects.filter(ident="OF001").update(email="Bryn@Provider.example")
    assert rows(holder.get(OFFICER).text)[0].endswith("500101 Equal email Equal name")
    there.edit("users", 500105, MISID="of001")
    assert rows(holder.get(OFFICER).text)[0] == "Zoë Álvarez of001 – 500105 Equal MIS Value"
    assert not Link.objects.exists()


def test_employers_are_listed_too(holder: Client, there: SandboxProcess) -> None:
    assert rows(holder.get(ORGANISATION).text) == [
        "Pitt and Sons Joinery Ltd – – 900010 Similar name",
        "Larkfield Nursery EM002 – 900011",
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("alvarez zoe", [500105]),
        ("SP-7", [500105]),
        ("500103", [500103]),
        ("tallis", [500101, 500109]),
        ("BRYN@provider", [500101]),
        ("shawcross", []),
    ],
)
def test_searched_as_people_type(holder: Client, there: SandboxProcess, words: str, found: list[int]) -> None:
    text = holder.get(OFFICER, {"q": words}).text
    assert (ids(text) if found else []) == found
    assert f"{len(found)} found" in text and ("matches" in text) == (not found)


def test_sorted_both_ways_and_blanks_last(holder: Client, there: SandboxProcess) -> None:
    def order(sort: str) -> list[int]:
        return ids(holder.get(OFFICER, {"sort": sort}).text)

    assert order("name") == [500105, 500103, 500109, 500101]
    assert order("-name") == [500101, 500109, 500103, 500105]
    assert order("-onefile_id")[0] == 500109
    assert order("mis_value")[0] == order("-mis_value")[0] == 500105
    assert order("nonsense")[0] == 500101
    text = holder.get(OFFICER, {"sort": "name", "q": "tallis"}).text
    assert 'aria-sort="ascending"' in text and f'href="{OFFICER}?q=tallis&amp;sort=-name"' in text


def test_fifty_on_a_page(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(users=[person(500200 + n, "Assessor", f"Number {n:03}") for n in range(61)])
    text = holder.get(OFFICER).text
    assert len(rows(text)) == 50 and "61 listed, 1 to 50 shown" in text
    assert f'href="{OFFICER}?page=2"' in text
    second = holder.get(OFFICER, {"page": 2}).text
    assert len(rows(second)) == 11 and "51 to 61 shown" in second
    assert rows(holder.get(OFFICER, {"page": "99999"}).text) == rows(second)
    assert rows(holder.get(OFFICER, {"page": "-1"}).text) == rows(text)
    assert len(rows(holder.get(OFFICER, {"q": "number", "page": 2, "sort": "name"}).text)) == 11


def test_no_more_than_ten_are_read(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(users=[person(500200 + n, "Anwen", "Tallis", Email=f"a{n}@x.example") for n in range(15)])
    connected.clear_calls()
    text = holder.get(OFFICER).text
    paths = [call["path"] for call in connected.calls()]
    assert len([path for path in paths if path.startswith("/User/5")]) == 10 and len(paths) <= 13
    assert text.count("@x.example") == 10


def test_picked_and_saved(holder: Client, there: SandboxProcess) -> None:
    before = there.state()
    saved = holder.post(OFFICER, {"onefile_id": "500101"})
    assert (saved.status_code, saved.url) == (302, "/officers/OF001/")
    link = Link.objects.get()
    assert (link.onefile_id, link.centre, link.state, link.origin) == (500101, 101, "verified", "set by hand")
    assert link.made_by == "user-0" and there.state() == before
    assert holder.get(OFFICER).status_code == 302  # linked: there is nothing more to look up


def test_where_the_names_differ_it_is_asked_first(holder: Client, there: SandboxProcess) -> None:
    text = holder.post(OFFICER, {"onefile_id": "500109", "q": "tal"}).text
    assert "The names differ" in text and "Anwen Tallis" in text and "Bryn Tallis" in text
    assert f"{OFFICER}?q=tal" in text and not Link.objects.exists()
    sure = unescape(re.findall(r'name="sure" value="([^"]*)"', text)[0])
    other = holder.post(OFFICER, {"onefile_id": "500105", "sure": sure}).text
    assert "Zoë Álvarez" in other and not Link.objects.exists()
    assert holder.post(OFFICER, {"onefile_id": "500109", "sure": sure}).status_code == 302
    assert Link.objects.get().onefile_id == 500109


def test_one_that_is_taken_says_by_whom_and_cannot_be_chosen(holder: Client, there: SandboxProcess) -> None:
    linked(Officer.objects.get(ident="OF002"), 500101)
    text = holder.get(OFFICER).text
    assert rows(text)[0].endswith("Equal name Linked with OF002 Meera Chandran")
    assert 'value="500101"' not in text and 'href="/officers/OF002/"' in text
    refused = holder.post(OFFICER, {"onefile_id": "500101"}).text
    assert "linked with OF002 Meera Chandran already" in refused and rows(refused)
    assert Link.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "Choose one"),
        ("abc", "is a number"),
        ("999999", "knows no assessor"),
        ("500110", "is not an assessor"),
        ("500301", "belongs to another centre"),
    ],
)
def test_the_same_checks_as_when_it_is_typed(holder: Client, there: SandboxProcess, number: str, said: str) -> None:
    there.seed(
        organisations=[{"ID": 102, "Name": "Port Ennis", "CustomerID": 11}],
        users=[person(500301, "Bryn", "Tallis", OrganisationID=102)],
    )
    text = holder.post(OFFICER, {"onefile_id": number, "q": "tallis"}).text
    assert said in text and ids(text) == [500101, 500109]
    assert not Link.objects.exists()


def test_while_onefile_is_down_it_can_be_tried_again(holder: Client, there: SandboxProcess) -> None:
    there.fault("status", times=0, status=503)
    for answer in (holder.get(OFFICER, {"q": "tallis"}), holder.post(OFFICER, {"onefile_id": "500101", "q": "tallis"})):
        assert answer.status_code == 200 and "OneFile could not be asked" in answer.text
        assert f"{OFFICER}?q=tallis" in answer.text
    assert not Link.objects.exists()


def test_a_hostile_name_is_text(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(users=[person(500101, "Bryn", '"><script>alert(1)</script>')])
    connected.seed(placements=[{"ID": 900010, "OrganisationID": 101, "Name": "<img src=x onerror=alert(1)>"}])
    for address in (OFFICER, ORGANISATION):
        text = holder.get(address).text
        assert "<script>alert" not in text and "<img src=x" not in text and len(rows(text)) == 1
    assert "<script>alert" not in holder.post(OFFICER, {"onefile_id": "500101"}).text


def test_an_empty_centre_says_what_to_do(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    assert "OneFile lists no assessors in Northmoor College" in holder.get(OFFICER).text
    assert "OneFile lists no employers in Northmoor College" in holder.get(ORGANISATION).text


def test_as_many_queries_for_many_as_for_few(
    holder: Client, there: SandboxProcess, django_assert_max_num_queries: Any
) -> None:
    holder.get(OFFICER)
    for n in range(8):
        linked(factories.OfficerFactory(), 500400 + n)
    there.seed(users=[person(500400 + n, "Somebody", f"Number {n}") for n in range(8)])
    with django_assert_max_num_queries(20):
        assert holder.get(OFFICER).text.count("Linked with") == 8


def test_the_summaries_lead_to_it(holder: Client, administrator: Client, there: SandboxProcess) -> None:
    assert OFFICER in holder.get("/officers/OF001/").text
    assert ORGANISATION in holder.get("/organisations/EM001/").text
    looks_only = member("Viewer", licence=True)
    User.objects.latest("pk").user_permissions.add(Row.objects.get(codename="use_onefile"))
    text = looks_only.get("/officers/OF001/").text
    assert "Other System ID" in text and OFFICER not in text
    linked(Officer.objects.get(ident="OF001"), 500101)
    assert OFFICER not in holder.get("/officers/OF001/").text
    assert OFFICER not in administrator.get("/officers/OF001/").text


def test_a_centre_that_is_not_known_is_none(holder: Client, there: SandboxProcess) -> None:
    assert holder.get("/onefile/officer/OF001/centres/999/look-up/").status_code == 404


def test_removed_links_are_listed_on_the_summary(administrator: Client, holder: Client, there: SandboxProcess) -> None:
    page = "/organisations/EM001/"
    linked(Organisation.objects.get(ident="EM001"), 900010)
    assert "Links that were removed" not in holder.get(page).text
    administrator.post("/onefile/organisation/EM001/centres/101/remove-link/")
    text = holder.get(page).text
    earlier = text.split("Links that were removed")[1]
    assert "900010" in earlier and "user-" in earlier and "Northmoor College" in earlier


def test_what_was_to_be_created_can_be_given_up(administrator: Client, there: SandboxProcess) -> None:
    """Not while an exchange has it in hand; nobody else would ever take it up, where no learner needs the employer."""
    plan = make.a_plan(state="ready")
    organisation = Organisation.objects.get(ident="EM001")
    make.a_link(organisation=organisation, onefile_id=None, state="creating", plan=plan)
    page, remove = "/organisations/EM001/", "/onefile/organisation/EM001/centres/101/remove-link/"
    assert remove not in administrator.get(page).text
    plan.release(state="failed")
    assert remove in administrator.get(page).text
    administrator.post(remove)
    assert ORGANISATION in administrator.get(page).text


# ---- in the Django admin


def test_the_admin_edits_an_officers_id_with_the_same_checks(administrator: Client, there: SandboxProcess) -> None:
    User.objects.update(is_staff=True)
    link = linked(Officer.objects.get(ident="OF001"), 500109)
    linked(Officer.objects.get(ident="OF002"), 500105)
    there.seed(
        organisations=[{"ID": 102, "Name": "Port Ennis", "CustomerID": 11}],
        users=[person(500301, "Bryn", "Tallis", OrganisationID=102)],
    )
    address = f"/admin/onefile_integration/link/{link.pk}/change/"
    refused = {
        "999999": "knows no assessor",
        "500110": "not an assessor",
        "500105": "OF002",
        "500301": "another centre",
    }
    for number, said in refused.items():
        assert said in administrator.post(address, {"onefile_id": number}).text, number
    assert administrator.post(address, {"onefile_id": "500101"}).status_code == 302
    link.refresh_from_db()
    assert link.state == "removed"
    assert Link.objects.live().get(officer__ident="OF001").onefile_id == 500101


def test_the_admin_refuses_an_officer_without_a_surname(administrator: Client, learner: Learner) -> None:
    User.objects.update(is_staff=True)
    values = {"ident": "OF009", "forenames": "Nameless", "surname": "", "status": "Live"}
    assert "required" in administrator.post("/admin/learners/officer/add/", values).text
    assert not Officer.objects.filter(ident="OF009").exists()
    assert administrator.post("/admin/learners/officer/add/", values | {"surname": "Named"}).status_code == 302
