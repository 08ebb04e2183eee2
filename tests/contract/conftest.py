"""The facts of the API, asked of the sandbox, or of the OneFile that ONEFILE_CONTRACT_URL names.

    ONEFILE_CONTRACT_URL=https://…/api/v2.1 ONEFILE_CONTRACT_TOKEN_FILE=… python -m pytest tests/contract/test_facts.py

(or the token itself in ONEFILE_CONTRACT_TOKEN). There only what reads runs, unless ONEFILE_CONTRACT_WRITES=yes says
that records may be made: then only these are changed, and the people among them archived in the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
import requests
from django.conf import settings
from pytest_socket import enable_socket

from onefile_integration.api import records
from onefile_integration.api.transport import checked_address
from tests.integration.onefile.conftest import connected, enrolled, learner  # noqa: F401 - fixtures
from tests.sandbox_process import SandboxProcess

URL = os.environ.get("ONEFILE_CONTRACT_URL", "")
TOKEN_FILE = os.environ.get("ONEFILE_CONTRACT_TOKEN_FILE", "")
TOKEN = Path(TOKEN_FILE).read_text().strip() if TOKEN_FILE else os.environ.get("ONEFILE_CONTRACT_TOKEN", "")
WRITES = os.environ.get("ONEFILE_CONTRACT_WRITES") == "yes"
ELSEWHERE = bool(URL)
if ELSEWHERE and not TOKEN:
    raise pytest.UsageError("ONEFILE_CONTRACT_URL needs ONEFILE_CONTRACT_TOKEN_FILE, or ONEFILE_CONTRACT_TOKEN.")
if ELSEWHERE and WRITES and URL.rstrip("/") == settings.ONEFILE_URLS["live"].rstrip("/"):
    raise pytest.UsageError("ONEFILE_CONTRACT_WRITES is for a beta or practice server, never for the live one.")


@dataclass
class Server:
    """A OneFile, by plain HTTP: what the facts are about is what is on the wire."""

    url: str
    token: str
    http: requests.Session

    def sign_in(self, token: str | None = None) -> requests.Response:
        headers = {"X-CustomerToken": self.token if token is None else token}
        return self.http.post(f"{self.url}/Authentication", headers=headers, timeout=60, allow_redirects=False)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(f"{self.url}/{path}", headers=headers, timeout=60, allow_redirects=False)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.http.post(f"{self.url}/{path}", json=body, timeout=60, allow_redirects=False)

    def found(self, path: str, **body: Any) -> list[dict[str, Any]]:
        """Nothing found is 204, or an empty list."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 204), answer.text
        return [] if answer.status_code == 204 else list(answer.json())

    def created(self, path: str, body: Any = None) -> int:
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        return records.parse_id(answer.json())


@contextmanager
def signed_in(url: str, token: str) -> Iterator[Server]:
    with requests.Session() as http:
        http.trust_env = False
        server = Server(url, token, http)
        http.headers["X-TokenID"] = server.sign_in().text.strip().strip('"')
        yield server


@contextmanager
def signed_in_elsewhere() -> Iterator[Server]:
    enable_socket()
    with signed_in(checked_address(URL), TOKEN) as server:
        yield server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if ELSEWHERE:
        with signed_in_elsewhere() as elsewhere:
            yield elsewhere
        return
    sandbox: SandboxProcess = request.getfixturevalue("onefile")
    sandbox.reset("demo")
    with signed_in(sandbox.base_url, sandbox.token) as here:
        yield here


def missing(what: str) -> NoReturn:
    """A real OneFile may hold nothing of the kind. The sandbox does, and CI asks the sandbox: there it is a fault."""
    if ELSEWHERE:
        pytest.skip(f"needs {what} in the OneFile of ONEFILE_CONTRACT_URL; CI asks the sandbox, which has one")
    pytest.fail(f"The sandbox lacks {what}.")


@dataclass
class Own:
    """What the tests have made in a centre, for what they make next: nothing of anybody else is touched."""

    server: Server
    centre: int
    assessor: int = 0
    placement: int = 0
    classroom: int = 0
    people: list[int] = field(default_factory=list)

    def prepare(self) -> None:
        where = {"OrganisationID": self.centre}
        self.assessor = self.user(Role=5, FirstName="Contract", LastName="Assessor", Email="assessor@example.org")
        self.placement = self.server.created("Placement", where | {"Name": "Contract Test Employer", "Active": True})
        self.classroom = self.server.created("Classroom", where | {"Name": "Contract Test"})

    def user(self, **members: Any) -> int:
        self.people.append(self.server.created("User", {"OrganisationID": self.centre} | members))
        return self.people[-1]

    def learner(self, **members: Any) -> int:
        return self.user(**self.a_learner(**members))

    def a_learner(self, **members: Any) -> dict[str, Any]:
        return {
            "OrganisationID": self.centre,
            "Role": 1,
            "FirstName": "Contract",
            "LastName": "Test",
            "Email": "contract@example.org",
            "DefaultAssessorID": self.assessor,
            "PlacementID": self.placement,
            "ClassroomID": self.classroom,
            **members,
        }


@pytest.fixture(scope="session")
def made_elsewhere() -> Iterator[list[Own]]:
    """One set for all tests: a real OneFile keeps what it is given."""
    made: list[Own] = []
    yield made
    for own in made:
        with signed_in_elsewhere() as server:
            for number in own.people:
                server.post(f"User/{number}/Archive")


@pytest.fixture
def own(server: Server, centre: int, made_elsewhere: list[Own]) -> Own:
    if ELSEWHERE and not WRITES:
        pytest.skip(
            "needs ONEFILE_CONTRACT_WRITES=yes beside ONEFILE_CONTRACT_URL: what is made stays. CI has the sandbox"
        )
    mine = next(iter(made_elsewhere), None) or Own(server, centre)
    mine.server = server
    if not mine.assessor:
        mine.prepare()
        if ELSEWHERE:
            made_elsewhere.append(mine)
    return mine


@pytest.fixture
def centre(server: Server) -> int:
    """The first centre that has learners."""
    customer = server.get("Customer").json()["ID"]
    centres = [int(each["ID"]) for each in server.found("Organisation/Search", CustomerID=customer)]
    return next((each for each in centres if server.found("User/Search", Role=1, OrganisationID=each)), centres[0])
