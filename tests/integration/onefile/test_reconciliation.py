"""A reconciliation over the sandbox: lists, then the doubtful; what a worker does when something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners.models import Learner
from learners.services import reviews
from onefile_integration.exchange import links, reconciliation
from onefile_integration.models import Centre, Link, Reconciliation, RemoteReview, Token
from tests import factories
from tests.integration.onefile.conftest import BY
from tests.integration.onefile.story import onefile_id, review_there
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

PERSON = {"OrganisationID": 101, "Role": 1, "LastName": "Brandt", "FirstName": "Zofia"}


def report() -> Reconciliation:
    made = reconciliation.start(Centre.objects.get(), by=BY)
    reconciliation.work(made.pk)
    made.refresh_from_db()
    return made


def found(made: Reconciliation, about: str = "learner") -> list[tuple[str, int, str]]:
    rows = made.rows.filter(about=about).order_by("onefile_id", "kind")
    return [(row.kind, row.onefile_id, row.record.ident if row.record else "") for row in rows]


def linked(ident: str, number: int, **values: Any) -> Learner:
    learner = factories.LearnerFactory(ident=ident, **values)
    make.a_link(learner=learner, onefile_id=number)
    return learner


def test_both_sides_agree_after_an_enrolment(enrolled: SandboxProcess) -> None:
    made = report()
    assert (made.state, list(made.rows.all()), made.notes) == ("done", [], [])
    assert made.calls == 4 == len(enrolled.calls()), "one list for each role, and one of employers"
    assert (made.done, made.total, made.claim) == (4, 4, None)


def test_each_kind_of_learner(enrolled: SandboxProcess) -> None:
    factories.LearnerFactory(ident="VV001")
    enrolled.seed(
        users=[
            PERSON | {"ID": 700201, "MISID": "VV001"},
            PERSON | {"ID": 700202},
            PERSON | {"ID": 700203, "Archived": True},
            PERSON | {"ID": 700204, "Role": 5, "MISID": "OTHER"},
            PERSON | {"ID": 700205, "LastName": "Ended"},
            PERSON | {"ID": 700206, "LastName": "Removed"},
            PERSON | {"ID": 700207, "MISID": "AB12C"},
        ]
    )
    linked("AR001", 700203)
    linked("EL001", 700204)
    linked("GO001", 700299)
    linked("OV001", 700205, actual_end=timezone.localdate() - timedelta(days=3))
    links.remove(Link.objects.get(learner=linked("RE001", 700206)), by=BY)
    assert found(report()) == [
        ("same_value", onefile_id(enrolled), "AB12C"),
        ("value_is_ours", 700201, "VV001"),
        ("not_here", 700202, ""),
        ("archived_there", 700203, "AR001"),
        ("elsewhere", 700204, "EL001"),
        ("over_here", 700205, "OV001"),
        ("removed_here", 700206, "RE001"),
        ("same_value", 700207, "AB12C"),
        ("gone", 700299, "GO001"),
    ]


def test_assessors_and_employers(enrolled: SandboxProcess) -> None:
    factories.OfficerFactory(ident="OF009")
    factories.OrganisationFactory(ident="EM009")
    enrolled.seed(
        users=[PERSON | {"ID": 990301, "Role": 4, "MISID": "OF009"}, PERSON | {"ID": 990302, "Role": 5}],
        placements=[
            {"ID": 990301, "OrganisationID": 101, "Name": "Nine", "MISID": "EM009"},
            {"ID": 990302, "OrganisationID": 101, "Name": "Stranger"},
        ],
    )
    make.a_link(organisation=factories.OrganisationFactory(ident="EM010"), onefile_id=990399)
    made = report()
    assert found(made, "officer") == [("value_is_ours", 990301, "OF009"), ("not_here", 990302, "")]
    assert found(made, "organisation") == [
        ("value_is_ours", 990301, "EM009"),
        ("not_here", 990302, ""),
        ("gone", 990399, "EM010"),
    ]


def test_rows_without_mis_values_are_compared_by_link_and_that_is_said(enrolled: SandboxProcess) -> None:
    enrolled.switches(row_misid="absent")
    made = report()
    assert list(made.rows.all()) == []
    assert made.notes == ["OneFile's list of employers shows no MIS Values: they are compared by link only."]


def test_a_review_that_was_deleted_here_and_stands_there(enrolled: SandboxProcess, learner: Learner) -> None:
    link, number = Link.objects.get(learner=learner), review_there(enrolled)
    ours = reviews.create(learner, scheduled_date=timezone.localdate(), by=BY)
    RemoteReview.objects.create(link=link, review=ours, onefile_id=number)
    RemoteReview.objects.create(link=link, onefile_id=number + 500)
    assert found(report()) == []
    reviews.delete(ours, by=BY)
    assert found(report()) == [("review_deleted", number, "AB12C")]


def test_no_more_than_so_many_are_read_and_the_rest_is_said(
    enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_READ", 2)
    for number in range(3):
        linked(f"GO00{number}", 710000 + number)
    make.a_link(officer=factories.OfficerFactory(), onefile_id=720000)
    made = report()
    assert [row.kind for row in made.rows.all()] == ["gone", "gone", "not_read", "not_read"]
    assert made.calls == 6 and made.notes[0].startswith("1 linked learner")


def test_a_list_that_ignores_its_filter_makes_nothing_of_other_centres_links(enrolled: SandboxProcess) -> None:
    enrolled.seed(organisations=[{"ID": 102, "Name": "Harbour", "CustomerID": 11}])
    enrolled.seed(users=[PERSON | {"ID": 700301, "OrganisationID": 102}])
    make.a_link(learner=factories.LearnerFactory(), onefile_id=700301, centre=102)
    enrolled.switches(search_filter="ignored")
    assert [row for row in found(report()) if row[1] == 700301] == []


@pytest.mark.parametrize(
    "fault", [{"action": "status", "status": 503}, {"action": "html"}, {"action": "truncated"}, {"action": "empty"}]
)
def test_half_a_list_is_no_report(enrolled: SandboxProcess, fault: dict[str, Any]) -> None:
    linked("GO001", 700299)
    enrolled.fault(path="Placement/Search", times=0, **fault)
    made = report()
    assert made.state == "failed" and made.message.endswith("ask for it again.") and made.ended_at
    assert list(made.rows.all()) == []
    enrolled.clear_faults()
    assert report().state == "done"


def test_a_wrong_token_is_noted_for_all(enrolled: SandboxProcess) -> None:
    enrolled.end_sessions()
    enrolled.fault("status", "Authentication", times=0, status=401)
    assert "Customer Token" in report().message
    assert Token.objects.get().fault


def test_one_at_a_time_and_a_second_worker_leaves_it(enrolled: SandboxProcess) -> None:
    first, second = (reconciliation.start(Centre.objects.get(), by=BY) for _ in range(2))
    assert first == second
    assert first.try_claim(timedelta(seconds=60))
    reconciliation.work(first.pk)
    assert enrolled.calls() == []
    Reconciliation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    reconciliation.work(first.pk)
    first.refresh_from_db()
    assert (first.state, first.deaths) == ("done", 1)


def test_whoever_has_lost_the_claim_writes_nothing(enrolled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    linked("GO001", 700299)
    made = reconciliation.start(Centre.objects.get(), by=BY)
    settled = reconciliation.settled

    def take_over(*args: Any) -> Any:
        Reconciliation.objects.update(claim=None)
        return settled(*args)

    monkeypatch.setattr(reconciliation, "settled", take_over)
    reconciliation.work(made.pk)
    made.refresh_from_db()
    assert made.state == "waiting" and not made.rows.exists()


def test_a_third_death_ends_it(enrolled: SandboxProcess) -> None:
    made = reconciliation.start(Centre.objects.get(), by=BY)
    Reconciliation.objects.update(deaths=3)
    reconciliation.work(made.pk)
    made.refresh_from_db()
    assert made.state == "failed" and "three times" in made.message


def test_the_last_few_are_kept_and_none_for_ever(enrolled: SandboxProcess) -> None:
    for _ in range(reconciliation.KEPT + 2):
        last = report()
    assert Reconciliation.objects.count() == reconciliation.KEPT and Reconciliation.objects.first() == last
    Reconciliation.objects.update(ended_at=timezone.now() - timedelta(days=31))
    reconciliation.tick("practice")
    assert not Reconciliation.objects.exists()
