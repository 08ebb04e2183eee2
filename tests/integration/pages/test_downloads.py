"""Lists as files: what the page found and as it sorted it, all of it, for those who may take lists out."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission as DjangoPermission
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Value
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from learners.lists import LISTS
from learners.registry import ListColumn, registry
from tests import factories
from tests.integration.pages.plans import add_learners

MAKE = {
    "learners": add_learners,
    "officers": factories.OfficerFactory.create_batch,
    "organisations": factories.OrganisationFactory.create_batch,
    "qualifications": factories.QualificationFactory.create_batch,
    "tags": factories.TagFactory.create_batch,
    "progress": add_learners,
    "reviews": lambda count: [factories.ReviewFactory(attended="Yes") for _ in range(count)],
}
PAGES = {kind: f"/{kind}/" for kind in LISTS} | {"progress": "/learners/progress/"}


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def csv_rows(client: Client, address: str, asked: dict[str, Any] | None = None) -> list[list[str]]:
    text = body(client.get(address, asked or {})).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def xlsx_rows(client: Client, address: str) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(body(client.get(address)))).active
    return [[value or "" for value in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.usefixtures("mis_alone")
def test_the_file_holds_all_that_was_found_in_the_order_of_the_page(staff: Client) -> None:
    officer = factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    for number in range(60):
        factories.LearnerFactory(
            ident=f"WX{number:03}", forenames="Ada", surname=f"Bo{number:02}", main_officer=officer, start=None
        )
    factories.LearnerFactory(surname="Other")
    rows = csv_rows(staff, "/lists/learners.csv", {"q": "ada", "sort": "-ident", "page": "2"})
    heads = ["Name", "Ident", "LRN", "Status", "Programme", "Start", "Planned end", "Main officer", "Main tag"]
    assert rows[0] == [*heads, "Actual end"]
    assert rows[1] == ["Ada Bo59", "WX059", "", "Live", "In Learning", "", "2028-08-31", "Bryn Tallis", "", ""]
    assert [row[1] for row in rows[1:]] == [f"WX{number:03}" for number in range(59, -1, -1)]


@pytest.mark.parametrize("kind", LISTS)
def test_both_kinds_of_file_hold_the_columns_of_the_page(kind: str, staff: Client) -> None:
    MAKE[kind](3)
    rows = csv_rows(staff, f"/lists/{kind}.csv")
    table = staff.get(PAGES[kind]).context["table"]
    shown = [str(column.header) for column in table.columns if column.name != "chosen"]
    assert rows[0] == shown
    assert len(rows) == 4
    assert xlsx_rows(staff, f"/lists/{kind}.xlsx") == rows


def test_what_other_apps_add_to_a_list_is_in_its_file(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.OfficerFactory()
    column = ListColumn(name="other_id", label="Other number", expression=lambda: Value(700100))
    monkeypatch.setattr(registry, "list_columns", {"officers": [column]})
    assert [row[-1] for row in csv_rows(staff, "/lists/officers.csv")] == ["Other number", "700100"]


def test_a_name_never_becomes_a_formula(staff: Client) -> None:
    factories.OfficerFactory(forenames="", surname="=1+1", ident="007XX", telephone="00441234")
    assert csv_rows(staff, "/lists/officers.csv")[1][:2] == ["'=1+1", "007XX"]
    assert xlsx_rows(staff, "/lists/officers.xlsx")[1][:2] == ["=1+1", "007XX"]


def test_it_is_a_file_with_a_name_and_no_cache_keeps_it(staff: Client) -> None:
    answer = staff.get("/lists/organisations.xlsx")
    assert answer["Content-Disposition"].startswith('attachment; filename="organisations-2')
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", LISTS)
def test_the_page_leads_to_the_file_of_what_it_shows(kind: str, staff: Client, viewer: Client) -> None:
    MAKE[kind](2)
    sort = {"learners": "-ident", "reviews": "-state", "tags": "-name", "progress": "-ident"}.get(kind, "-status")
    asked = {"sort": sort, "page": "1", "per_page": "50"}
    links = staff.get(PAGES[kind], asked).context["downloads"]
    assert [link.text for link in links] == ["CSV", "Excel"]
    assert [link.href for link in links] == [f"/lists/{kind}.{form}?sort={sort}" for form in ("csv", "xlsx")]
    assert "Download all 2" in staff.get(PAGES[kind]).text
    assert "Download all" not in viewer.get(PAGES[kind]).text


def test_only_who_may_export_gets_a_file(viewer: Client, without_permission: Client, stranger: Client) -> None:
    answer = viewer.get("/lists/learners.csv")
    assert answer.status_code == 403
    assert "may not download whole lists" in answer.text
    assert without_permission.get("/lists/learners.csv").status_code == 403
    assert stranger.get("/lists/learners.csv").status_code == 302


def test_who_may_not_see_learners_cannot_export_them(db: None) -> None:
    user = User.objects.create_user("mover")
    user.user_permissions.add(DjangoPermission.objects.get(codename="export_data"))
    client = Client()
    client.force_login(user)
    answer = client.get("/lists/learners.csv")
    assert answer.status_code == 403
    assert "may not see learners" in answer.text


@pytest.mark.parametrize("kind", LISTS)
def test_a_long_file_asks_no_more_than_a_short_one(kind: str, staff: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(staff.get(f"/lists/{kind}.csv"))
        return len(captured)

    queries()
    MAKE[kind](2)
    queries()  # the first request of a session notes when it was
    few = queries()
    MAKE[kind](20)
    assert queries() == few


def test_a_list_that_does_not_exist_has_no_file(staff: Client) -> None:
    assert staff.get("/lists/nothing.csv").status_code == 404
    assert staff.get("/lists/learners.ods").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"lacks": "main_officer"}, ["No officer"]),
        ({"lacks": "email"}, ["No email"]),
        ({"lacks": "placement"}, ["No placement"]),
        ({"lacks": "employer_name"}, ["Unnamed employer"]),
        ({"lacks": "main_tag"}, ["No tag"]),
        ({"held": "True"}, ["Held"]),
        ({"start_from": "2030-01-01"}, ["Held"]),
        ({"start_to": "2020-01-01"}, ["No tag"]),
        ({"planned_end_from": "2031-01-01", "planned_end_to": "2031-02-01"}, ["Held"]),
    ],
)
def test_learners_are_found_by_what_they_lack(asked: dict[str, str], found: list[str], viewer: Client) -> None:
    named, unnamed = factories.OrganisationFactory(), factories.OrganisationFactory(name="")
    officer, tag = factories.OfficerFactory(), factories.TagFactory()

    def make(name: str, placed: Any = named, **values: Any) -> None:
        full = {"main_officer": officer, "main_tag": tag, "email": "a@example.org", **values}
        learner = factories.LearnerFactory(forenames="", surname=name, **full)
        if placed:
            factories.PlacementFactory(learner=learner, organisation=placed)

    make("Complete")
    make("No officer", main_officer=None)
    make("No email", email="")
    make("No placement", placed=None)
    make("Unnamed employer", placed=unnamed)
    make("No tag", main_tag=None, start=date(2019, 1, 1))
    held = {"held_from_sync": True, "held_reason": "Ask first"}
    make("Held", start=date(2030, 1, 1), planned_end=date(2031, 1, 5), **held)
    page = viewer.get("/learners/", asked)
    assert [str(row.record) for row in page.context["table"].page.object_list] == found
    assert '<details class="more-filters" open>' in page.text
