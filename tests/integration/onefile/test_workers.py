"""A real worker: how it ends when it is told to, and what it writes meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from learners.models import Learner
from onefile_integration.exchange.work import ring, work
from onefile_integration.models import ExchangePlan, Run, Step
from tests.integration.onefile.conftest import command
from tests.integration.onefile.processes import Environment
from tests.integration.onefile.test_stopping import many, states
from tests.sandbox_process import ROOT, SandboxProcess

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.once]
WORKER = ["-m", "celery", "--quiet", "--app", "picsweb", "worker", "--queues", "night", "--concurrency", "1"]
LONGEST = 60.0
COUNT = 6


@pytest.fixture
def run(learner: Learner, connected: SandboxProcess) -> Run:
    """Each learner takes a second or more to create."""
    assert command("onefile_settings", "calls_per_minute=100000").status == 0
    run = many(learner, COUNT)
    connected.fault("delay", "^User$", "POST", times=COUNT, seconds=1)
    return run


def ended_in_the_middle(run: Run, environment: dict[str, str], log: Path) -> int:
    """A worker that is told to end while it creates the second learner; gives its exit status."""
    with log.open("wb") as written:
        worker = subprocess.Popen(
            [sys.executable, *WORKER, "--without-gossip", "--without-mingle"], cwd=ROOT, env=environment, stderr=written
        )
        try:
            ring(run)
            began = time.monotonic()
            while not states(run)["done"]:
                assert time.monotonic() - began < LONGEST and worker.poll() is None
                time.sleep(0.1)
            time.sleep(0.5)
            worker.terminate()
            return worker.wait(LONGEST)
        finally:
            worker.kill()
            worker.wait()


def test_told_to_end_it_ends_the_learner_in_hand(
    run: Run, connected: SandboxProcess, process_environment: Environment, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    assert ended_in_the_middle(run, process_environment(LOG_LEVEL="INFO", ONEFILE_CALLS_PER_MINUTE=100_000), log) == 0
    left = states(run)
    assert set(left) == {"done", "ready"} and left["done"] < COUNT, left
    assert not ExchangePlan.objects.filter(claim__isnull=False).exists() and not Step.objects.unsettled().exists()
    work(run)
    assert states(run) == {"done": COUNT}
    assert Counter(each["MISID"] for each in connected.state()["users"] if each["Role"] == 1).total() == COUNT

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    calls = [line for line in lines if line["event"] == "onefile_call"]
    assert len(calls) > COUNT and all(line["level"] == "info" for line in calls)
