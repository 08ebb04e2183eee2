"""`onefile_check --report`: it tells the truth on both sides, changes nothing, and says nothing of anybody."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
import stamina
from django.core.management import call_command

from onefile_integration.exchange.first_day.asking import MOST_CALLS
from onefile_integration.exchange.first_day.words import FOLLOWS, THINGS
from onefile_integration.models import Centre
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import READS
from tests.sandbox_process import ROOT, SandboxProcess

pytestmark = pytest.mark.once

LEARNERS = range(700500, 700512)
ARCHIVED = 700511
OTHER_SIDES: dict[str, dict[str, Any]] = {
    "fuller": {
        "session_reply": "json",
        "paged_rows": "full",
        "page_beyond_end": "list",
        "max_page_size": 5,
        "aim_rows": "full",
        "aim_search_scope": "organisation",
        "review_rows": "full",
        "archived_in_search": "yes",
        "status_lists": "names",
    },
    "poorer": {
        "page_size_over": "refused",
        "max_page_size": 100,
        "aim_progress": "percent_only",
        "review_rows": "more",
        "archived_get": "missing",
        "null_members": "null",
        "numbers": "text",
        "drop_members": {"Review": ["VisitID"]},
    },
}


@pytest.fixture
def peopled(connected: SandboxProcess) -> SandboxProcess:
    people = [
        {
            "ID": number,
            "Role": 1,
            "OrganisationID": 101,
            "FirstName": "Amarantha",
            "LastName": f"Okafor{number}",
            "Email": f"amarantha{number}@example.org",
            "MISID": f"MV{number}",
            "ULN": "4123456781",
            "Archived": number == ARCHIVED,
        }
        for number in LEARNERS
    ]
    review = {"LearnerID": 700503, "ScheduledFor": "2026-07-01T08:30:00Z", "LearnerSignedOn": "2026-07-02T08:30:00Z"}
    visit = {"ID": 770901, "LearnerID": 700503, "OrganisationID": 101}
    days = {"DateFrom": "2026-07-01T08:30:00Z", "DateTo": "2026-07-01T09:30:00Z"}
    connected.seed(
        users=people,
        aims=[{"UserID": 700502, "StandardID": 4001, "RegistrationNumber": "RegOfAmarantha"}],
        visits=[visit | days],
        reviews=[review | {"VisitID": 770901, "AssessorID": None, "Status": 1}],
        learner_statuses=[{"ID": 21, "OrganisationID": 101, "Name": "Active"}],
    )
    connected.edit("users", 700503, LastModified="2026-06-01T08:00:00Z")
    connected.clear_calls()
    return connected


def seen_sides(*options: str) -> dict[str, str]:
    answer = command("onefile_check", "--report", *options)
    assert answer.status == 0, answer.data
    assert [each["number"] for each in answer.data["findings"]] == list(range(1, 11))
    for each in answer.data["findings"]:
        assert each["asked"] or each["number"] == 8, each
        assert each["sides"] or each["how_to_look"], each
        assert each["follows"] == [FOLLOWS[side] for side in each["sides"].items()]
    return {name: value for each in answer.data["findings"] for name, value in each["sides"].items()}


def assert_true(told: dict[str, str], onefile: SandboxProcess) -> None:
    switches = onefile.switches()
    visit_told = "VisitID" if switches.pop("drop_members") else "none"
    assert told.pop("drop_members") == visit_told
    assert {name: switches[name] for name in told} == told


def test_by_default(peopled: SandboxProcess) -> None:
    told = seen_sides("--archived", str(ARCHIVED))
    assert_true(dict(told), peopled)
    assert set(told) == {switch for switch, _ in FOLLOWS} - {"page_size_over"}


def test_what_cannot_be_seen_is_not_told(connected: SandboxProcess) -> None:
    """A centre without learners."""
    assert seen_sides() == {"session_reply": "plain"}
    Centre.objects.all().delete()
    assert seen_sides() == {"session_reply": "plain"}
    assert not Centre.objects.exists()


@pytest.mark.parametrize("side", OTHER_SIDES)
def test_on_the_other_side(peopled: SandboxProcess, side: str) -> None:
    peopled.switches(**OTHER_SIDES[side])
    peopled.edit("aims", peopled.state()["aims"][0]["ID"], ElementsCompleted=3)
    told = seen_sides("--archived", str(ARCHIVED), "--worked-on", "700502")
    assert told.pop("last_modified_moves") == "progress"  # it was made just now
    assert_true(told, peopled)


def test_nothing_is_written_and_nobody_named(peopled: SandboxProcess) -> None:
    before, out = peopled.state(), StringIO()
    call_command("onefile_check", "--report", "--archived", str(ARCHIVED), stdout=out)
    assert peopled.state() == before
    calls = peopled.calls()
    assert [c for c in calls if c["method"] != "GET" and not READS.search(re.sub(r"/\d+/\d+$", "", c["path"]))] == []
    assert 15 <= len(calls) <= MOST_CALLS and f"{len(calls)} calls" in out.getvalue()
    text = out.getvalue() + json.dumps(command("onefile_check", "--report").data)
    for personal in ("amarantha", "okafor", "MV7005", "4123456781", "7005", "2026-0", "Northmoor", "196AS"):
        assert personal.lower() not in text.lower()


def test_one_that_fails_leaves_the_others(peopled: SandboxProcess) -> None:
    peopled.fault("html", "Review/Search", "POST", times=0)
    peopled.fault("status", "LearnerStatuses", "GET", status=500, times=0)
    with stamina.set_testing(True, attempts=1):
        answer = command("onefile_check", "--report")
    assert answer.status == 1 and answer.data["ok"]
    told = {each["number"]: each for each in answer.data["findings"]}
    assert "a web page" in told[6]["seen"][0] and told[6]["how_to_look"]
    assert told[9]["seen"] == ["The last question got no usable answer: server error, status 500."]
    assert told[4]["sides"] and told[2]["sides"]


def test_it_stops_at_its_number_of_calls(peopled: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onefile_integration.exchange.first_day.asking.MOST_CALLS", 8)
    answer = command("onefile_check", "--report")
    assert len(peopled.calls()) == answer.data["calls"] == 8
    assert "8 calls at most" in answer.data["findings"][-1]["seen"][-1]


def test_refused_as_the_check_itself(peopled: SandboxProcess) -> None:
    assert command("onefile_check", "--archived", "5").status == 2
    peopled.end_sessions()
    peopled.fault("status", "Authentication", "POST", status=401, times=0)
    answer = command("onefile_check", "--report")
    assert (answer.status, answer.data["ok"]) == (2, False)
    assert "does not take the Customer Token" in answer.data["error"]


def test_the_handbook_says_the_same_and_the_sandbox_has_the_sides(onefile: SandboxProcess) -> None:
    handbook = " ".join((ROOT / "docs" / "onefile.md").read_text().replace("|", " ").split())
    wanted = [each for thing in THINGS for each in (thing.subject, thing.why)]
    assert [each for each in [*wanted, *FOLLOWS.values()] if each not in handbook] == []
    manual = (ROOT / "docs" / "sandbox.md").read_text()
    for switch, value in FOLLOWS:
        (row,) = re.findall(rf"^\| `{switch}` \|.*$", manual, re.MULTILINE)
        assert f"`{value}`" in row or switch == "drop_members"
