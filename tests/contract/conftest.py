"""The facts of the API, asked of the sandbox, or of the OneFile that ONEFILE_CONTRACT_URL names.

    ONEFILE_CONTRACT_URL=https://…/api/v2.1 ONEFILE_CONTRACT_TOKEN=… python -m pytest tests/contract/test_facts.py

There only what reads runs, unless ONEFILE_CONTRACT_WRITES=yes says that its records may be made and changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest
import requests
from pytest_socket import enable_socket

from tests.integration.onefile.conftest import connected, enrolled, learner  # noqa: F401 - fixtures
from tests.sandbox_process import SandboxProcess

URL, TOKEN = os.environ.get("ONEFILE_CONTRACT_URL", ""), os.environ.get("ONEFILE_CONTRACT_TOKEN", "")
ELSEWHERE = bool(URL and TOKEN)


@dataclass
class Server:
    """A OneFile, by plain HTTP: what the facts are about is what is on the wire."""

    url: str
    token: str
    http: requests.Session

    def sign_in(self, token: str | None = None) -> requests.Response:
        headers = {"X-CustomerToken": self.token if token is None else token}
        return self.http.post(f"{self.url}/Authentication", headers=headers, timeout=60)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(f"{self.url}/{path}", headers=headers, timeout=60)

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.http.post(f"{self.url}/{path}", json=body, timeout=60)

    def found(self, path: str, **body: Any) -> list[dict[str, Any]]:
        """Nothing found is 204, or an empty list."""
        answer = self.post(path, body)
        assert answer.status_code in (200, 204), answer.text
        return [] if answer.status_code == 204 else list(answer.json())


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Signed in."""
    with requests.Session() as http:
        http.trust_env = False
        if ELSEWHERE:
            enable_socket()
            made = Server(URL.rstrip("/"), TOKEN, http)
        else:
            sandbox: SandboxProcess = request.getfixturevalue("onefile")
            sandbox.reset("demo")
            made = Server(sandbox.base_url, sandbox.token, http)
        http.headers["X-TokenID"] = made.sign_in().text.strip().strip('"')
        yield made


def missing(what: str) -> NoReturn:
    """A real OneFile may hold nothing of the kind. The sandbox does, and CI asks the sandbox: there it is a fault."""
    if ELSEWHERE:
        pytest.skip(f"needs {what} in the OneFile of ONEFILE_CONTRACT_URL; CI asks the sandbox, which has one")
    pytest.fail(f"The sandbox lacks {what}.")


@pytest.fixture
def writable(server: Server) -> Server:
    if ELSEWHERE and os.environ.get("ONEFILE_CONTRACT_WRITES") != "yes":
        pytest.skip(
            "needs ONEFILE_CONTRACT_WRITES=yes beside ONEFILE_CONTRACT_URL: what is made stays. CI has the sandbox"
        )
    return server


@pytest.fixture
def centre(server: Server) -> int:
    """The first centre that has learners."""
    customer = server.get("Customer").json()["ID"]
    centres = [int(each["ID"]) for each in server.found("Organisation/Search", CustomerID=customer)]
    return next((each for each in centres if server.found("User/Search", Role=1, OrganisationID=each)), centres[0])
