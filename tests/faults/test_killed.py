"""The enrolling process is killed with SIGKILL in the middle of each write: whoever comes later goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.models import ExchangePlan
from tests.faults.ending import assert_one_of_everything, enrol, go_on
from tests.faults.test_writes import EVERYTHING_ON, WRITES
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE = 1
LANDS_AFTER = 1.2
Environment = Callable[..., dict[str, str]]

pytestmark = pytest.mark.faults


def until(happens: Callable[[], Any], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def enrol_and_be_killed(environment: dict[str, str], fires: Callable[[], bool]) -> None:
    """Starts `onefile_enrol AB12C` and kills it as soon as its call has arrived."""
    command = [sys.executable, "manage.py", "onefile_enrol", "AB12C", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        until(lambda: fires() or process.poll() is not None)
        assert process.poll() is None, process.stderr and process.stderr.read()
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def killing(process_environment: Environment) -> dict[str, str]:
    return process_environment(ONEFILE_LEASE_SECONDS=LEASE, ONEFILE_WINDOW_SECONDS=1, ONEFILE_TIMEOUT_SECONDS=20)


CASES = [(write, True) for write in WRITES] + [(write, False) for write in EVERYTHING_ON]


@pytest.mark.parametrize(
    ("write", "written"), CASES, ids=[f"{write}-{'written' if written else 'lands_later'}" for write, written in CASES]
)
def test_killed_in_the_middle(
    ready: SandboxProcess, learner: Learner, killing: dict[str, str], settings: Any, write: str, written: bool
) -> None:
    path, nth = WRITES[write]
    seconds = 15 if written else LANDS_AFTER
    settings.ONEFILE_SETTLE_SECONDS = 0.4 if written else LANDS_AFTER + 0.2
    ready.fault("delay", path, "POST", nth=nth, times=1, seconds=seconds, write_first=written)
    before = ready.state() if written else {}

    enrol_and_be_killed(killing, lambda: _is_under_way(ready, nth, before))

    go_on(ready, pause=0.7 if written else LANDS_AFTER + 0.2)
    assert_one_of_everything(ready, learner)


def _is_under_way(onefile: SandboxProcess, nth: int, before: dict[str, Any]) -> bool:
    """The call has arrived; where it is written first, it is written."""
    (rule,) = onefile.faults()
    if not rule["fired"]:
        return False
    time.sleep(0.15 if before else 0)
    return True


def test_while_the_lease_runs_the_learner_is_busy(
    ready: SandboxProcess, learner: Learner, process_environment: Environment
) -> None:
    ready.fault("delay", "^User$", "POST", nth=3, times=1, seconds=15)
    environment = process_environment(ONEFILE_LEASE_SECONDS=300)

    enrol_and_be_killed(environment, lambda: _is_under_way(ready, 3, {"x": 1}))

    busy = enrol()
    assert busy["outcome"] == "busy" and busy["since"]
    ExchangePlan.objects.update(lease_until=ExchangePlan.objects.get().created_at)  # the lease is over
    go_on(ready)
    assert_one_of_everything(ready, learner)
