"""The pages of a reconciliation: asked for, watched, read, filtered, put right, taken away as CSV."""

from __future__ import annotations

import csv
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.models import Learner
from onefile_integration.exchange import links, reconciliation
from onefile_integration.models import Link, Reconciliation, Settings
from tests import factories
from tests.integration.onefile_pages.conftest import BY, member
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

LIST, NEW = "/onefile/reconciliations/", "/onefile/reconciliations/new/"
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "reconciliation-part"}


@pytest.fixture
def made(enrolled: Learner, connected: SandboxProcess) -> Reconciliation:
    """With somebody of each kind of fix."""
    factories.LearnerFactory(ident="VV001", forenames="Vera", surname="Voss")
    connected.seed(
        users=[
            {"ID": 700201, "Role": 1, "OrganisationID": 101, "FirstName": "Vera", "LastName": "V", "MISID": "VV001"},
            {"ID": 700202, "Role": 1, "OrganisationID": 101, "FirstName": "=SUM(A1)", "LastName": "<b>"},
        ],
        placements=[{"ID": 990301, "OrganisationID": 101, "Name": "Nine", "MISID": "QM009"}],
    )
    factories.OrganisationFactory(ident="QM009", name="Nine Ltd")
    make.a_link(learner=factories.LearnerFactory(ident="GO001"), onefile_id=700299)
    report = reconciliation.start(make.Centre.objects.get(), by=BY)
    reconciliation.work(report.pk)
    return report


def shown(client: Client, report: Reconciliation, **asked: str) -> list[tuple[str, int]]:
    page = client.get(f"{LIST}{report.pk}/", asked)
    return [(row.record.kind, row.record.onefile_id) for row in page.context["table"].page.object_list]


def test_asked_for_watched_and_read(administrator: Client, enrolled: Learner) -> None:
    assert "No report yet" in administrator.get(LIST).text
    address = administrator.post(NEW, {"centre": "101"}).url
    assert administrator.post(NEW, {"centre": "101"}).url == address
    page = administrator.get(address).text
    assert "Being made" in page and "hx-get" in page and "0 of about 4 reads" in page
    assert "every 2s" not in administrator.get(address, **HTMX).text
    assert administrator.get(address, **HTMX).headers.get("HX-Refresh") is None
    reconciliation.work(Reconciliation.objects.get().pk)
    assert administrator.get(address, **HTMX).headers["HX-Refresh"] == "true"
    page = administrator.get(address).text
    assert "Both sides agree" in page and "with 4 calls" in page
    assert "Northmoor College" in administrator.get(LIST).text


@pytest.mark.parametrize("centre", ["", "x", "999", "9999999999"])
def test_an_unknown_centre_is_said(administrator: Client, enrolled: Learner, centre: str) -> None:
    assert "Choose a centre" in administrator.post(NEW, {"centre": centre}, follow=True).text
    assert not Reconciliation.objects.exists()


def test_nothing_is_begun_while_it_is_off(administrator: Client, enrolled: Learner) -> None:
    Settings.objects.update(enabled=False)
    assert "switched off" in administrator.get(LIST).text
    assert "No report was begun" in administrator.post(NEW, {"centre": "101"}, follow=True).text


def test_one_that_failed_says_why_and_can_be_made_again(administrator: Client, enrolled: Learner) -> None:
    report = make.a_report(state="failed", message="OneFile was down.", ended_at="2026-11-20T10:00Z")
    page = administrator.get(f"{LIST}{report.pk}/").text
    assert "OneFile was down." in page and "Make it again" in page


def test_each_row_has_its_fix(administrator: Client, made: Reconciliation) -> None:
    text = unescape(administrator.get(f"{LIST}{made.pk}/").text)
    for address in (
        "/learners/VV001/onefile/set-id/?onefile_id=700201",
        "/learners/GO001/onefile/remove-link/",
        "/onefile/organisation/QM009/centres/101/link/?onefile_id=990301",
        "/learners/?q=%3DSUM%28A1%29+%3Cb%3E",
    ):
        assert f'href="{address}"' in text, address
    assert "700201" in administrator.get("/learners/VV001/onefile/set-id/?onefile_id=700201").text
    assert "<b>" not in administrator.get(f"{LIST}{made.pk}/").text


def test_learners_windows_are_for_holders_of_the_licence(groups: None, made: Reconciliation) -> None:
    text = member("Database Administrator", licence=False).get(f"{LIST}{made.pk}/").text
    assert "set-id" not in text and "does not hold the OneFile Integration licence" in text
    assert "/onefile/organisation/QM009/" in text


def test_what_is_put_right_is_seen_to(administrator: Client, made: Reconciliation) -> None:
    learner = Learner.objects.get(ident="VV001")
    links.set_learner_link(learner, 700201, environment="practice", found=None, by=BY, centre=101)
    links.remove(Link.objects.get(onefile_id=700299, learner__isnull=False), by=BY)
    assert sorted(shown(administrator, made, open="yes")) == [("gone", 700299), ("value_is_ours", 700201)]
    assert sorted(shown(administrator, made, open="no")) == [("not_here", 700202), ("value_is_ours", 990301)]
    assert "Seen to since the report" in administrator.get(f"{LIST}{made.pk}/").text


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"q": "voss"}, [700201]),
        ({"q": "vv001"}, [700201]),
        ({"q": "nine"}, [990301]),
        ({"q": "700299"}, [700299]),
        ({"kind": "gone"}, [700299]),
        ({"about": "organisation"}, [990301]),
        ({"q": "nobody"}, []),
        ({"sort": "-onefile_id"}, [990301, 700299, 700202, 700201]),
    ],
)
def test_narrowed_and_sorted(
    administrator: Client, made: Reconciliation, asked: dict[str, str], numbers: list[int]
) -> None:
    assert [number for _, number in shown(administrator, made, **asked)] == numbers


def test_counts_stand_above(administrator: Client, made: Reconciliation) -> None:
    grid = administrator.get(f"{LIST}{made.pk}/").context["overview"].grid
    counts = {row.cells[0].link.href: [cell.text for cell in row.cells[1:]] for row in grid.rows}
    assert counts == {
        "?kind=value_is_ours": ["1", "0", "1"],
        "?kind=not_here": ["1", "0", "0"],
        "?kind=gone": ["1", "0", "0"],
    }


def test_the_csv_holds_what_is_shown(administrator: Client, made: Reconciliation) -> None:
    def rows(query: str) -> list[dict[str, str]]:
        text = administrator.get(f"{LIST}{made.pk}/csv/{query}").getvalue().decode()
        return list(csv.DictReader(StringIO(text)))

    assert {row["ONEFILE_ID"]: row["IDENT"] for row in rows("")} == {
        "700201": "VV001", "700202": "", "700299": "GO001", "990301": "QM009"
    }  # fmt: skip
    assert rows("?kind=not_here")[0]["NAME_IN_ONEFILE"] == "'=SUM(A1) <b>"


def test_as_many_queries_for_much_as_for_little(administrator: Client, made: Reconciliation) -> None:
    def queries(address: str) -> int:
        administrator.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(address).status_code == 200
        return len(captured)

    addresses = [LIST, f"{LIST}{made.pk}/?per_page=100", f"{LIST}{made.pk}/csv/"]
    few = [queries(address) for address in addresses]
    for number in range(20):
        mine: dict[str, Any] = {"report": made, "onefile_id": 710000 + number}
        make.a_difference(**mine, kind="gone", was_linked=True, learner=factories.LearnerFactory())
        make.a_difference(**mine, about="officer", officer=factories.OfficerFactory())
        make.a_difference(**mine, about="organisation", organisation=factories.OrganisationFactory())
        make.a_report(state="done", ended_at="2026-11-20T10:00Z")
    assert [queries(address) for address in addresses] == few


def test_the_tick_rings_for_one_that_waits(enrolled: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(reconciliation, "ring", lambda report: rung.append(report.pk))
    report = make.a_report()
    reconciliation.tick("practice")
    assert rung == [report.pk]
