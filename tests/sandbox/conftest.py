"""One sandbox process for all tests of a worker; each test finds it emptied, with one small centre in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.sandbox_process import SandboxProcess

ASSESSOR, LEARNER, PLACEMENT, CLASSROOM, STANDARD = 500101, 700100, 900010, 3001, 4001
NEW_LEARNER = {
    "OrganisationID": 101,
    "Role": 1,
    "FirstName": "Iona",
    "LastName": "Mackintosh-Bell",
    "Email": "iona@example.org",
    "DefaultAssessorID": ASSESSOR,
    "ClassroomID": CLASSROOM,
    "PlacementID": PLACEMENT,
    "MISID": "IO001",
    "DOB": "2008-02-29T00:00:00.00Z",
}
Call = Callable[..., requests.Response]


@pytest.fixture(scope="session")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess() as started:
        yield started


@pytest.fixture
def onefile(process: SandboxProcess) -> Iterator[SandboxProcess]:
    process.reset()
    process.seed(**centre())
    yield process
    process.set_limit(100_000, 60)


def centre() -> dict[str, list[dict[str, Any]]]:
    staff = {"OrganisationID": 101, "Role": 5, "FirstName": "Bryn", "LastName": "Tallis", "MISID": "OF001"}
    learner = NEW_LEARNER | {"FirstName": "Amara", "LastName": "Okafor-Lane", "MISID": "AB12C"}
    return {
        "organisations": [
            {"ID": 101, "Name": "Northmoor College", "CustomerID": 11},
            {"ID": 102, "Name": "Harbour Skills Centre", "CustomerID": 11},
        ],
        "placements": [{"ID": PLACEMENT, "OrganisationID": 101, "Name": "Pitt & Sons", "MISID": "EM001"}],
        "classrooms": [{"ID": CLASSROOM, "OrganisationID": 101, "Name": "Unassigned"}],
        "standards": [{"ID": STANDARD, "OrganisationID": 101, "Title": "Business [196AS]", "Elements": 40}],
        "users": [staff | {"ID": ASSESSOR}, learner | {"ID": LEARNER}],
    }


@pytest.fixture
def http(onefile: SandboxProcess) -> Iterator[requests.Session]:
    with onefile.session() as session:
        yield session


@pytest.fixture
def call(onefile: SandboxProcess, http: requests.Session) -> Call:
    def send(method: str, path: str, sent: Any = None, **more: Any) -> requests.Response:
        return http.request(method, onefile.url(path), json=sent, timeout=30, **more)

    return send


@pytest.fixture
def visit(call: Call) -> int:
    times = {"DateFrom": "2026-12-01T09:00:00.000Z", "DateTo": "2026-12-01T10:00:00.000Z"}
    answer = call("POST", "Visit", {"LearnerID": LEARNER, "OrganisationID": 101, "VisitTypeID": 2} | times)
    return int(answer.text)


@pytest.fixture
def review(call: Call, visit: int) -> int:
    sent = {"LearnerID": LEARNER, "AssessorID": ASSESSOR, "VisitID": visit, "Status": 1}
    answer = call("POST", "Review", sent | {"ScheduledFor": "2026-12-01T09:00:00.000Z"})
    return int(answer.text)


@pytest.fixture
def aim(call: Call) -> int:
    return int(call("POST", f"Standard/{STANDARD}/Assign/{LEARNER}").text)
