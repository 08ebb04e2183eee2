"""Sessions, forms of a call, errors."""

import pytest
import requests

from tests.sandbox.conftest import LEARNER, Call
from tests.sandbox_process import SandboxProcess


def test_a_session_is_plain_text_and_lets_in(onefile: SandboxProcess) -> None:
    answer = requests.post(onefile.url("Authentication"), headers={"X-CustomerToken": onefile.token}, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert '"' not in answer.text
    customer = requests.get(onefile.url("Customer"), headers={"X-TokenID": answer.text}, timeout=10)
    assert customer.json()["ID"] == 11


@pytest.mark.parametrize("headers", [{}, {"X-CustomerToken": "wrong"}])
def test_a_wrong_token_is_401(onefile: SandboxProcess, headers: dict[str, str]) -> None:
    assert requests.post(onefile.url("Authentication"), headers=headers, timeout=10).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-TokenID": "unknown"}])
def test_without_a_session_401(onefile: SandboxProcess, headers: dict[str, str]) -> None:
    assert requests.get(onefile.url("Customer"), headers=headers, timeout=10).status_code == 401


def test_an_ended_session_is_401(onefile: SandboxProcess, call: Call) -> None:
    assert call("GET", "Customer").status_code == 200
    onefile.end_sessions()
    assert call("GET", "Customer").status_code == 401


def test_a_session_lives_24_hours(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(clock_offset_seconds=24 * 3600 - 60)
    assert call("GET", "Customer").status_code == 200
    onefile.switches(clock_offset_seconds=24 * 3600 + 1)
    assert call("GET", "Customer").status_code == 401


def test_case_and_trailing_slash_do_not_matter(call: Call) -> None:
    found = call("POST", "user/SEARCH/", {"role": 1, "ORGANISATIONID": 101})
    assert [row["ID"] for row in found.json()] == [LEARNER]


def test_forms_are_read_like_json(http: requests.Session, onefile: SandboxProcess) -> None:
    sent = {"Role": "1", "OrganisationID": "101", "LastName": "okafor-lane"}
    found = http.post(onefile.url("User/Search"), data=sent, timeout=10)
    assert [row["ID"] for row in found.json()] == [LEARNER]


def test_a_form_may_hold_a_list(http: requests.Session, onefile: SandboxProcess) -> None:
    sent = [("SecondaryLLDDCodes[]", "4"), ("SecondaryLLDDCodes[]", "12")]
    assert http.post(onefile.url(f"User/{LEARNER}"), data=sent, timeout=10).status_code == 204
    got = http.get(onefile.url(f"User/{LEARNER}"), timeout=10).json()
    assert got["SecondaryLLDDCodes"] == ["4", "12"]


@pytest.mark.parametrize("raw", ["", "[]", "{}"])
def test_an_empty_body_has_three_spellings(http: requests.Session, onefile: SandboxProcess, raw: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = http.post(onefile.url("Organisation/Search"), data=raw, headers=headers, timeout=10)
    assert len(answer.json()) == 2


@pytest.mark.parametrize("raw", ["{", "[1]", '"x"', "\xff"])
def test_an_unreadable_body_is_400(http: requests.Session, onefile: SandboxProcess, raw: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = http.post(onefile.url("Organisation/Search"), data=raw.encode("latin-1"), headers=headers, timeout=10)
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "User/1"), ("GET", "User/x"), ("POST", "User/1"), ("GET", "Nothing"), ("DELETE", "Review/1")],
)
def test_unknown_ids_and_resources_are_404(call: Call, method: str, path: str) -> None:
    answer = call(method, path)
    assert answer.status_code == 404
    assert answer.json()["code"] == -1


@pytest.mark.parametrize("number", ["9" * 30, "1.5", True, "abc", [1]])
def test_senseless_ids_are_400(call: Call, number: object) -> None:
    assert call("POST", "User/Search", {"Role": number}).status_code in (204, 400)
    assert call("POST", "Placement/Search", {"OrganisationID": number}).status_code == 400


def test_records_outlive_a_restart() -> None:
    with SandboxProcess(seed="demo") as onefile:
        with onefile.session() as session:
            made = session.post(onefile.url("Placement"), json={"OrganisationID": 101, "Name": "Neu"}).text
            address = onefile.base_url
            assert onefile.restart().base_url == address
            again = session.get(onefile.url(f"Placement/{made}"), timeout=10)
        assert again.json()["Name"] == "Neu"
