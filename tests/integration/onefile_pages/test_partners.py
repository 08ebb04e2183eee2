"""What is said of officers and the employer before a learner is created: who is linked, made, left out, archived."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from learners.models import Learner, Officer, Organisation
from onefile_integration.models import Link
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

pytestmark = pytest.mark.once
ADDRESS = "/learners/AB12C/onefile/create/"
ARCHIVED, INACTIVE = "probably archived there", "It is not active in OneFile"


def link(record: Any, number: int) -> None:
    make.a_link(**{record._meta.model_name: record}, onefile_id=number)


@pytest.fixture
def all_linked(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    """Main officer OF001, the assessor OF002 and the employer; OF002 is a trainee assessor there."""
    staff = {"Role": 5, "OrganisationID": 101, "FirstName": "Somebody", "LastName": "There"}
    connected.seed(
        users=[staff | {"ID": 500101}, staff | {"ID": 500102, "Role": 4}],
        placements=[{"ID": 900010, "OrganisationID": 101, "Name": "Pitt"}],
    )
    link(Officer.objects.get(ident="OF001"), 500101)
    link(Officer.objects.get(ident="OF002"), 500102)
    link(Organisation.objects.get(ident="EM001"), 900010)
    connected.clear_calls()
    return connected


def shown(client: Client) -> str:
    return unescape(client.get(ADDRESS).text)


def test_who_is_linked_and_there_needs_no_word(holder: Client, all_linked: SandboxProcess) -> None:
    text = shown(holder)
    assert "Bryn Tallis (OF001) is linked with OneFile's 500101." in text
    assert "Meera Chandran (OF002) is linked with OneFile's 500102." in text
    assert ARCHIVED not in text and INACTIVE not in text


@pytest.mark.parametrize(("number", "ident"), [(500101, "OF001"), (500102, "OF002")])
def test_an_officer_who_is_probably_archived_there(
    holder: Client, all_linked: SandboxProcess, number: int, ident: str
) -> None:
    all_linked.edit("users", number, Archived=True)
    text = shown(holder)
    assert text.count(ARCHIVED) == 1 and f'href="/officers/{ident}/"' in text
    assert 'name="create"' in text  # it is said, and stands against nothing


def test_an_employer_that_is_not_active_there(holder: Client, all_linked: SandboxProcess) -> None:
    all_linked.edit("placements", 900010, Active=False)
    text = shown(holder)
    assert INACTIVE in text and 'href="/organisations/EM001/"' in text and 'name="create"' in text


def test_an_employer_that_is_gone_there(holder: Client, all_linked: SandboxProcess) -> None:
    all_linked.edit("users", 500102, Role=5)
    Link.objects.filter(onefile_id=900010).update(onefile_id=900999)
    assert "OneFile does not know it any more" in shown(holder)


def test_it_costs_three_calls_at_most(
    holder: Client, all_linked: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def calls() -> int:
        all_linked.clear_calls()
        shown(holder)
        return len(all_linked.calls())

    calls()
    with_it = calls()
    monkeypatch.setattr("onefile_integration.views.create.absences", lambda *given: {})
    assert with_it - calls() == 3  # the employer, assessors, trainee assessors


def test_an_iqa_with_our_mis_value_is_warned_of_before_a_second_account_is_made(
    holder: Client, learner: Learner, connected: SandboxProcess
) -> None:
    person = {"OrganisationID": 101, "FirstName": "Bryn", "LastName": "Tallis", "MISID": "of001"}
    connected.seed(users=[{"ID": 500900, "Role": 10, **person}])
    text = shown(holder)
    assert "OneFile's 500900 Bryn Tallis, an IV/IQA has this officer's MIS Value already." in text
    assert "Bryn Tallis (OF001) will be created in OneFile" in text and 'name="create"' in text
    connected.edit("users", 500900, MISID="OF0011")
    assert "MIS Value already" not in shown(holder)


def test_where_onefile_does_not_say_nothing_is_said(holder: Client, all_linked: SandboxProcess) -> None:
    all_linked.edit("users", 500102, Role=5)
    all_linked.edit("placements", 900010, Active=False)
    all_linked.fault("status", "^Placement/900010$", times=0, status=503)
    text = shown(holder)
    assert 'name="create"' in text and INACTIVE not in text


def test_an_assessor_who_has_left_is_said_to_be_left_out(holder: Client, learner: Learner) -> None:
    Officer.objects.filter(ident="OF002").update(status="Archived")
    text = shown(holder)
    assert "Meera Chandran (archived here, so not assigned)" in text
    assert "Meera Chandran, is archived: neither created in OneFile nor assigned." in text
    assert "Create assessor Meera" not in text and 'name="create"' in text


def test_a_main_officer_who_has_left_stands_in_the_way(holder: Client, learner: Learner) -> None:
    Officer.objects.filter(ident="OF001").update(status="Archived")
    text = shown(holder)
    assert "The main officer Bryn Tallis is archived." in text and 'name="create"' not in text
    assert "Bryn Tallis (OF001) is archived and not in OneFile." in text
