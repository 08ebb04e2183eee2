"""The rate limit, and the call log it can be checked with."""

import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox.conftest import LEARNER, Call
from tests.sandbox_process import SandboxProcess


def test_above_the_limit_429_without_a_hint(onefile: SandboxProcess, call: Call) -> None:
    onefile.set_limit(3, 60)
    statuses = [call("GET", "Customer").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert "Retry-After" not in call("GET", "Customer").headers


def test_all_sessions_of_a_customer_share_a_window(onefile: SandboxProcess) -> None:
    onefile.set_limit(4, 60)
    first, second = onefile.session(), onefile.session()  # signing in counts
    assert [s.get(onefile.url("Customer"), timeout=10).status_code for s in (first, second, first)] == [
        200,
        200,
        429,
    ]
    first.close()
    second.close()


def test_a_fixed_window_opens_again(onefile: SandboxProcess, call: Call) -> None:
    onefile.set_limit(2, 1.0)
    assert [call("GET", "Customer").status_code for _ in range(3)] == [200, 200, 429]
    time.sleep(1.05)
    assert call("GET", "Customer").status_code == 200


def test_rejected_calls_count_in_a_sliding_window(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(rate_window="sliding")
    onefile.set_limit(2, 1.0)
    assert [call("GET", "Customer").status_code for _ in range(3)] == [200, 200, 429]
    time.sleep(0.6)
    assert call("GET", "Customer").status_code == 429
    time.sleep(0.6)
    assert call("GET", "Customer").status_code == 200  # one of the rejected still counts, one slot is free
    onefile.switches(rejected_calls_count="no")
    onefile.set_limit(1, 1.0)
    assert [call("GET", "Customer").status_code for _ in range(3)] == [200, 429, 429]


def test_authentication_may_be_free(onefile: SandboxProcess) -> None:
    onefile.switches(authentication_counts="no")
    onefile.set_limit(1, 60)
    signed_in = [onefile.session() for _ in range(3)]
    assert len({http.headers["X-TokenID"] for http in signed_in}) == 3


@pytest.mark.parametrize("form", ["seconds", "http_date"])
def test_retry_after_has_two_forms(onefile: SandboxProcess, call: Call, form: str) -> None:
    onefile.switches(retry_after=form)
    onefile.set_limit(1, 30)
    call("GET", "Customer")
    header = call("GET", "Customer").headers["Retry-After"]
    wait = int(header) if form == "seconds" else parsedate_to_datetime(header).timestamp() - time.time()
    assert 25 < wait <= 31


def test_many_at_once_get_exactly_the_limit(onefile: SandboxProcess, http: requests.Session) -> None:
    onefile.set_limit(40, 60)

    def ask(_: int) -> int:
        return requests.get(onefile.url("Customer"), headers=dict(http.headers), timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(ask, range(80)))
    assert statuses.count(200) == 40


def test_the_log_knows_calls_but_no_values(onefile: SandboxProcess, call: Call) -> None:
    onefile.clear_calls()
    call("POST", "User/Search", {"Role": 1, "LastName": "Okafor-Lane"})
    call("GET", f"User/{LEARNER}")
    onefile.state()
    calls = onefile.calls()
    assert [(c["method"], c["path"], c["status"]) for c in calls] == [
        ("POST", "/User/Search", 200),
        ("GET", f"/User/{LEARNER}", 200),
    ]
    assert "Okafor" not in str(calls)
    assert onefile.calls(since=calls[0]["id"]) == calls[1:]
