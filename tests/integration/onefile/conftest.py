"""A small provider and its OneFile: one centre, one learner who lacks nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import configuration
from onefile_integration.exchange.connection import connect, store
from onefile_integration.models import Settings
from onefile_integration.words import Lane
from tests import factories
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")
Kept = Callable[[str, Callable[[], object]], bool]


@dataclass
class Answer:
    """What a command gave: its status and its JSON."""

    status: int
    data: dict[str, Any]


def command(name: str, *arguments: str) -> Answer:
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *arguments, "--json", stdout=out, stderr=err)
        status = 0
    except SystemExit as ended:
        status = int(ended.code or 0)
    return Answer(status, json.loads(out.getvalue()))


@pytest.fixture
def run_command() -> Callable[..., Answer]:
    return command


@pytest.fixture
def connected(onefile: SandboxProcess, kept: Kept) -> SandboxProcess:
    """OneFile with one centre, and our side switched on and signed in."""
    store.cache_clear()
    if kept("connected", lambda: _connect(onefile)):
        _sign_in()
    return onefile


def _connect(onefile: SandboxProcess) -> None:
    onefile.seed(
        organisations=[{"ID": 101, "Name": "Northmoor College", "CustomerID": 11}],
        classrooms=[{"ID": 3001, "OrganisationID": 101, "Name": "Unassigned"}],
        standards=[
            {"ID": 4001, "OrganisationID": 101, "Title": "Business Administrator [196AS]", "Elements": 42},
            {"ID": 4002, "OrganisationID": 101, "Title": "Diploma [603/2954/9]", "Elements": 64},
        ],
    )
    configuration.change({"enabled": "on", "default_classroom": "Unassigned"}, token=onefile.token, by=BY)
    assert command("onefile_check").status == 0


def _sign_in() -> None:
    client = connect(Settings.objects.current(), Lane.PEOPLE)
    with closing(client), client.reserve():
        pass


@pytest.fixture
def learner(connected: SandboxProcess, kept: Kept) -> Learner:
    """AB12C lacks nothing: officer, employer, two qualifications that OneFile has, one that it has not."""
    kept("learner", _amara)
    return Learner.objects.select_related("main_officer").get(ident="AB12C")


def _amara() -> None:
    officer = factories.OfficerFactory(ident="OF001", forenames="Bryn", surname="Tallis")
    other = factories.OfficerFactory(ident="OF002", forenames="Meera", surname="Chandran")
    employer = factories.OrganisationFactory(ident="EM001", name="Pitt & Sons' Joinery")
    learner = factories.LearnerFactory(
        ident="AB12C",
        forenames="Amara",
        surname="Okafor-Lane",
        email="Amara.Lane@example.org",
        date_of_birth=date(2007, 7, 14),
        uln="4123456781",
        start=date(2026, 9, 7),
        planned_end=date(2028, 9, 4),
        actual_end=None,
        main_officer=officer,
    )
    factories.PlacementFactory(learner=learner, organisation=employer, start=date(2026, 9, 7), end=None)
    for reference, assessor in (("196AS", officer), ("603/2954/9", other), ("999/XX", officer)):
        qualification = factories.QualificationFactory(vq_reference=reference)
        factories.DeliveryPlanLineFactory(
            learner=learner,
            qualification=qualification,
            assessor=assessor,
            start=date(2026, 9, 7),
            planned_end=date(2028, 9, 4),
            actual_end=None,
            total_elements=None,
            elements_done=None,
            registration_number="",
            registration_date=None,
            certificate_applied=None,
            certificate_received=None,
        )


@pytest.fixture
def quick_settling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "ONEFILE_SETTLE_SECONDS", 1.0)


@pytest.fixture
def enrolled(learner: Learner, connected: SandboxProcess, kept: Kept) -> SandboxProcess:
    """AB12C is in OneFile, reviews go both ways."""
    kept("enrolled", _enrol)
    connected.clear_calls()
    return connected


def _enrol() -> None:
    assert command("onefile_settings", "upload_reviews=on", "download_reviews=on").status == 0
    assert command("onefile_enrol", "AB12C").status == 0
