"""Every write that changes what is in OneFile already, with what can go wrong with it: the same end, nothing made."""

from __future__ import annotations

import os
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners, officers, organisations
from onefile_integration.exchange.steps import REMOTE
from onefile_integration.models import ExchangePlan, Link, Step
from tests import factories
from tests.faults.conftest import SETTLE
from tests.faults.ending import enrol
from tests.faults.test_writes import FAULTS, ON_THE_OTHERS
from tests.faults.test_writes import WRITES as OF_AN_ENROLMENT
from tests.integration.onefile.conftest import Kept, command
from tests.sandbox_process import SandboxProcess

BY = Actor(label="test")
MOST_TURNS = 6
# what is written: (the kind of record there, its MIS Value, which of the calls to it)
WRITES = {
    "update_learner": ("users", "AB12C", 1),
    "update_main_officer": ("users", "AB12C", 2),
    "update_employer": ("users", "AB12C", 3),
    "update_assessor": ("users", "OF001", 1),
    "update_placement": ("placements", "EM001", 1),
}
ELSEWHERE = {"restore_learner"}  # test_restoring.py
PATHS = {"users": "User", "placements": "Placement"}
CASES = [
    (write, fault)
    for write in WRITES
    for fault in FAULTS
    if write == "update_assessor" or fault in ON_THE_OTHERS or os.environ.get("ALL_FAULTS")
]

State = dict[str, list[dict[str, Any]]]


def test_every_write_is_broken_somewhere() -> None:
    assert set(REMOTE) <= set(OF_AN_ENROLMENT) | set(WRITES) | ELSEWHERE


@pytest.fixture
def changed(ready: SandboxProcess, learner: Learner, kept: Kept) -> SandboxProcess:
    """All agreed; then a detail of learner, officer and employer is changed here, and who and where they are."""
    kept("changed", lambda: _change(ready, learner))
    return ready


def _change(ready: SandboxProcess, learner: Learner) -> None:
    command("onefile_settings", "upload_reviews=off", "download_reviews=off", "push_main_officer=on")
    command("onefile_settings", "push_employer=on", "learner_mode=push", "officer_mode=push", "organisation_mode=push")
    assert enrol()["outcome"] == "enrolled"
    other = factories.OrganisationFactory(ident="EM002", name="Other Joinery")
    (there,) = ready.seed(placements=[{"Name": other.name, "OrganisationID": 101, "MISID": "EM002"}])["placements"]
    assert command("onefile_link", "organisation", "EM002", str(there)).status == 0
    assert command("onefile_sync").status == 0
    officer, employer = learner.main_officer, learner.placements.get().organisation
    assert officer
    officers.update(officer, by=BY, telephone="0161 496 0001")
    organisations.update(employer, by=BY, contact="Ada Pitt")
    second = learner.delivery_plan.get(qualification__vq_reference="603/2954/9").assessor
    learners.update(learner, by=BY, surname="Lane", main_officer=second)
    yesterday: date = timezone.localdate() - timedelta(days=1)
    factories.PlacementFactory(learner=learner, organisation=other, start=yesterday, end=None)


def expected(before: State) -> State:
    """What must be there in the end, and nothing beside."""
    after = {kind: [dict(row) for row in rows] for kind, rows in before.items()}
    people = {row["MISID"]: row for row in after["users"]}
    firms = {row["MISID"]: row for row in after["placements"]}
    people["OF001"]["Telephone"] = "0161 496 0001"
    firms["EM001"]["Contact"] = "Ada Pitt"
    people["AB12C"] |= {
        "LastName": "Lane",
        "DefaultAssessorID": people["OF002"]["ID"],
        "PlacementID": firms["EM002"]["ID"],
    }
    return timeless(after)


def timeless(state: State) -> State:
    return {kind: [row | {"LastModified": None} for row in rows] for kind, rows in state.items()}


def go_on() -> None:
    """Night after night, until one finds nothing to do."""
    for _ in range(MOST_TURNS):
        time.sleep(SETTLE)
        night = command("onefile_sync")
        if night.status == 0 and not night.data["changes"]:
            return
    raise AssertionError(f"it never came to an end: {night.data}")


@pytest.mark.parametrize(("write", "fault"), CASES)
def test_the_same_end_and_nothing_made(changed: SandboxProcess, write: str, fault: str) -> None:
    kind, mis_value, nth = WRITES[write]
    before = changed.state()
    number = next(row["ID"] for row in before[kind] if row["MISID"] == mis_value)
    links = Link.objects.live().count()
    changed.fault(path=f"^{PATHS[kind]}/{number}$", method="POST", nth=nth, times=1, **FAULTS[fault])

    first = command("onefile_sync")

    assert [rule["fired"] for rule in changed.faults()] == [1]
    if fault == "refused":
        assert [failure["kind"] for failure in first.data["failures"]] == ["refused"]
    if fault == "late":
        assert changed.land_late() == 1
    go_on()
    assert timeless(changed.state()) == expected(before)
    assert Link.objects.live().count() == links
    assert not Step.objects.unsettled().exists() and not ExchangePlan.objects.open().exists()
    assert Step.objects.filter(kind=write, state="done").exists() or fault in ("lost_after", "late")
