"""Each fault: what the client sees, and what is left in the sandbox."""

import time
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import NEW_LEARNER, Call
from tests.sandbox_process import SandboxProcess


def _count(onefile: SandboxProcess) -> int:
    return sum(1 for user in onefile.state()["users"] if user["MISID"] == "IO001")


def test_a_status_with_any_body(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("status", "^User$", "POST", status=503, body={"code": -9, "message": "busy"}, retry_after="abc")
    answer = call("POST", "User", NEW_LEARNER)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, -9, "abc")
    assert _count(onefile) == 0
    assert call("POST", "User", NEW_LEARNER).status_code == 200
    assert [c["fault"] for c in onefile.calls() if c["path"] == "/User"] == ["status", ""]


def test_the_nth_call_and_so_many_times(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("status", "customer", status=500, nth=2, times=2)
    assert [call("GET", "Customer").status_code for _ in range(4)] == [200, 500, 500, 200]
    (rule,) = onefile.faults()
    assert (rule["matched"], rule["fired"], rule["used_up"]) == (3, 2, True)


def test_rules_fire_in_their_order(onefile: SandboxProcess, call: Call) -> None:
    for status in (500, 502):
        onefile.fault("status", "customer", status=status)
    assert [call("GET", "Customer").status_code for _ in range(3)] == [500, 502, 200]


def test_zero_times_is_for_ever_until_cleared(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("html", times=0)
    answers = [call("GET", "Customer") for _ in range(3)]
    assert all(a.status_code == 200 and a.headers["Content-Type"].startswith("text/html") for a in answers)
    onefile.clear_faults()
    assert call("GET", "Customer").json()["ID"] == 11


@pytest.mark.parametrize(("action", "written"), [("lost_before", 0), ("lost_after", 1)])
def test_a_connection_that_is_lost(onefile: SandboxProcess, call: Call, action: str, written: int) -> None:
    onefile.fault(action, "^User$", "POST")
    with pytest.raises(requests.ConnectionError):
        call("POST", "User", NEW_LEARNER)
    assert _count(onefile) == written
    assert call("GET", "Customer").status_code == 200
    assert onefile.calls()[-2]["status"] == 0


def test_a_late_write_lands_after_the_connection_was_closed(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("late", "^User$", "POST", seconds=1.0)
    with pytest.raises(requests.ConnectionError):
        call("POST", "User", NEW_LEARNER)
    assert (_count(onefile), onefile.late_writes()) == (0, 1)
    deadline = time.monotonic() + 10
    while onefile.late_writes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _count(onefile) == 1


def test_late_writes_can_be_made_to_land(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("late", "^User$", "POST", seconds=300)
    with pytest.raises(requests.ConnectionError):
        call("POST", "User", NEW_LEARNER)
    assert onefile.land_late() == 1
    assert (_count(onefile), onefile.late_writes()) == (1, 0)


def test_half_of_a_body(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("truncated", "^User$", "POST")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        call("POST", "User", NEW_LEARNER)
    assert _count(onefile) == 1


def test_half_of_a_204_is_cut_off_too(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("truncated", "Unarchive")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        call("POST", "User/700100/Unarchive")


@pytest.mark.parametrize("action", ["html", "empty", "status"])
@pytest.mark.parametrize("write", [False, True])
def test_a_wrong_answer_with_or_without_the_write(
    onefile: SandboxProcess, call: Call, action: str, write: bool
) -> None:
    status = {} if action == "empty" else {"status": 200}
    onefile.fault(action, "^User$", "POST", write=write, **status)
    answer = call("POST", "User", NEW_LEARNER)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert _count(onefile) == write


@pytest.mark.parametrize("write_first", [True, False])
def test_an_answer_later_than_the_client_waits(
    onefile: SandboxProcess, http: requests.Session, write_first: bool
) -> None:
    onefile.fault("delay", "^User$", "POST", seconds=1.5, write_first=write_first)
    with pytest.raises(requests.ReadTimeout):
        http.post(onefile.url("User"), json=NEW_LEARNER, timeout=0.4)
    assert _count(onefile) == write_first
    time.sleep(1.6)
    assert _count(onefile) == 1


def test_a_session_that_ends(onefile: SandboxProcess, call: Call) -> None:
    onefile.fault("session_ended", "Customer")
    assert [call("GET", "Customer").status_code for _ in range(2)] == [401, 401]
    with onefile.session() as again:
        assert again.get(onefile.url("Customer"), timeout=10).status_code == 200


def test_dice_are_repeatable(onefile: SandboxProcess, call: Call) -> None:
    def throw() -> list[int]:
        onefile.clear_faults()
        onefile.fault("status", status=500, times=0, probability=0.5, seed=7)
        return [call("GET", "Customer").status_code for _ in range(30)]

    first = throw()
    assert throw() == first
    assert {200, 500} == set(first)


@pytest.mark.parametrize(
    "rule", [{"action": "nothing"}, {}, {"action": "html", "path": "("}, {"action": "delay", "seconds": "x"}]
)
def test_wrong_rules_are_refused(onefile: SandboxProcess, rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="BadFaultError"):
        onefile.control("POST", "faults", rule)
    assert onefile.faults() == []
