"""Placements, classrooms, standards, aims, reviews and visits."""

from typing import Any

import pytest

from tests.sandbox.conftest import ASSESSOR, LEARNER, NEW_LEARNER, STANDARD, Call
from tests.sandbox_process import SandboxProcess


@pytest.mark.parametrize("kind", ["Placement", "Classroom"])
def test_placements_and_classrooms_come_go_and_change(call: Call, kind: str) -> None:
    made = call("POST", kind, {"OrganisationID": 101, "Name": "Larkfield", "MISID": "X1"})
    assert (made.status_code, isinstance(made.json(), int)) == (200, True)
    assert call("POST", f"{kind}/{made.text}", {"Name": "Larkfield Nursery"}).status_code == 204
    assert call("GET", f"{kind}/{made.text}").json()["Name"] == "Larkfield Nursery"
    found = call("POST", f"{kind}/Search", {"OrganisationID": 101, "Name": "larkfield nursery"})
    assert found.json() == [{"ID": made.json(), "Name": "Larkfield Nursery", "MISID": "X1"}]
    assert call("POST", kind, {"OrganisationID": 999, "Name": "X"}).json()["code"] == -11
    assert call("POST", kind, {"OrganisationID": 101}).json()["code"] == -3


def test_centre_lists(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(learner_statuses=[{"OrganisationID": 101, "Name": "Active"}])
    assert call("GET", "Organisation/101/LearnerStatuses").json()[0]["Name"] == "Active"
    assert call("GET", "Organisation/101/LearningAimStatuses").json() == []
    assert call("GET", "Organisation/101/AssignedStandards").json()[0]["ID"] == STANDARD
    assert call("GET", "Organisation/102").json()["Name"] == "Harbour Skills Centre"


def test_standards_are_found_by_title(call: Call) -> None:
    found = call("POST", "Standard/Search", {"OrganisationID": 101, "Title": "business [196as]"})
    assert found.json() == [{"ID": STANDARD, "Title": "Business [196AS]"}]
    assert call("GET", f"Standard/{STANDARD}").json()["Title"] == "Business [196AS]"
    assert call("POST", "Standard/Search", {"OrganisationID": 102}).status_code == 204


def test_a_standard_is_assigned_once_and_brings_its_elements(call: Call, aim: int) -> None:
    assert call("GET", f"LearningAim/{aim}").json()["TotalElements"] == 40
    assert call("POST", f"Standard/{STANDARD}/Assign/{LEARNER}").status_code == 400
    assert call("POST", f"Standard/1/Assign/{LEARNER}").status_code == 404
    assert call("POST", f"Standard/{STANDARD}/Assign/{ASSESSOR}").status_code == 404
    row = {"ID": aim, "UserID": LEARNER, "StandardID": STANDARD, "Status": 0}
    assert call("POST", "LearningAim/Search", {"UserID": LEARNER}).json() == [row]


def test_progress_is_covered_of_all(onefile: SandboxProcess, call: Call, aim: int) -> None:
    before = call("GET", f"User/{LEARNER}").json()
    onefile.edit("aims", aim, ElementsCompleted=11)
    assert call("GET", f"LearningAim/{aim}").json()["Progress"] == 27.5
    after = call("GET", f"User/{LEARNER}").json()
    assert after["Progress"] == 27.5
    assert after["LastModified"] == before["LastModified"]  # the worst case is the default


def test_an_aim_is_updated(onefile: SandboxProcess, call: Call, aim: int) -> None:
    sent = {"UserID": LEARNER, "RegistrationNumber": "R1", "CertificateReceivedDate": "2026-07-01T00:00:00.00Z"}
    assert call("POST", f"LearningAim/{aim}", sent | {"TotalElements": 1}).status_code == 204
    got = call("GET", f"LearningAim/{aim}").json()
    assert (got["RegistrationNumber"], got["TotalElements"]) == ("R1", 40)
    assert got["CertificateReceivedDate"] == "2026-07-01T00:00:00.000Z"
    assert call("POST", f"LearningAim/{aim}", {"UserID": ASSESSOR}).status_code == 400
    onefile.edit("users", LEARNER, Archived=True)
    assert call("POST", f"LearningAim/{aim}", sent).status_code == 400


def test_aims_customer_wide_only_by_achievement(call: Call, aim: int) -> None:
    assert call("POST", "LearningAim/Search", {}).status_code == 400
    assert call("POST", "LearningAim/Search", {"OrganisationID": 101}).status_code == 400
    sent = {"LearningAimCompletionStatus": 1, "DateFrom": "2026-07-01", "DateTo": "2026-07-31"}
    assert call("POST", "LearningAim/Search", sent).status_code == 204
    call("POST", f"LearningAim/{aim}", {"AchievedDate": "2026-07-04T00:00:00Z"})
    assert call("POST", "LearningAim/Search", sent).json()[0]["ID"] == aim


def test_a_review_carries_its_visit(call: Call, review: int, visit: int) -> None:
    got = call("GET", f"Review/{review}").json()
    assert (got["VisitID"], got["LearnerID"], got["AssessorID"]) == (visit, LEARNER, ASSESSOR)
    assert got["ScheduledFor"] == "2026-12-01T09:00:00.000Z"
    assert "StartedOn" not in got


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"OrganisationID": 101}, True),
        ({"OrganisationID": 102}, False),
        ({"LearnerID": LEARNER}, True),
        ({"LearnerID": 1}, False),
        ({"Status": 1}, True),
        ({"Status": 0}, False),
        ({"DateFrom": "2026-12-01T09:00:00.000Z", "DateTo": "2026-12-01T09:00:00.000Z"}, True),
        ({"DateFrom": "2026-12-02"}, False),
        ({"DateTo": "2026-12-01"}, False),
    ],
)
def test_review_filters(call: Call, review: int, sent: dict[str, Any], found: bool) -> None:
    answer = call("POST", "Review/Search", sent)
    if found:
        assert answer.json() == [{"ID": review, "ScheduledFor": "2026-12-01T09:00:00.000Z"}]
    else:
        assert answer.status_code == 204


def test_a_review_needs_its_learner_and_visit(onefile: SandboxProcess, call: Call, visit: int) -> None:
    other = onefile.seed(users=[NEW_LEARNER])["users"][0]
    assert call("POST", "Review", {"VisitID": visit}).json()["code"] == -3
    assert call("POST", "Review", {"LearnerID": LEARNER}).json()["code"] == -3
    assert call("POST", "Review", {"LearnerID": LEARNER, "VisitID": 5}).json()["code"] == -61
    assert call("POST", "Review", {"LearnerID": other, "VisitID": visit}).json()["code"] == -61
    assert call("POST", "Review", {"LearnerID": ASSESSOR, "VisitID": visit}).json()["code"] == -60
    assert onefile.state()["reviews"] == []


def test_a_visit_needs_its_times(call: Call) -> None:
    sent = {"LearnerID": LEARNER, "OrganisationID": 101, "DateFrom": "2026-12-01T09:00:00.000Z"}
    assert call("POST", "Visit", sent).status_code == 400
    assert call("POST", "Visit", sent | {"DateTo": "tomorrow"}).status_code == 400


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-06-01T09:00:00.000Z", "2026-06-01T09:00:00.000Z"),
        ("2026-06-01T09:00:00.00Z", "2026-06-01T09:00:00.000Z"),
        ("2026-06-01T09:00:00+01:00", "2026-06-01T08:00:00.000Z"),
        ("2026-06-01T09:00:00", "2026-06-01T09:00:00.000Z"),
        ("2026-06-01", "2026-06-01T00:00:00.000Z"),
    ],
)
def test_every_form_of_date_that_was_seen(call: Call, sent: str, stored: str) -> None:
    assert call("POST", f"User/{LEARNER}", {"StartOn": sent}).status_code == 204
    assert call("GET", f"User/{LEARNER}").json()["StartOn"] == stored
