"""A crowd who share officers and employers, enrolled by four worker processes at once. 120 of them: tests/bench."""

from __future__ import annotations

import pytest

from tests.integration.onefile import crowd
from tests.integration.onefile.conftest import command
from tests.integration.onefile.processes import Environment
from tests.sandbox_process import SandboxProcess

pytestmark = [pytest.mark.xdist_group("processes"), pytest.mark.once]
LEARNERS = 16


def test_each_officer_and_employer_is_created_once(connected: SandboxProcess, process_environment: Environment) -> None:
    """The first of each is slow enough that the others surely meet it."""
    assert command("onefile_settings", "calls_per_minute=100000").status == 0
    learners = crowd.provider(LEARNERS)
    connected.fault("delay", "^(User|Placement)$", "POST", times=7, seconds=0.4)

    with crowd.night_workers(process_environment(ONEFILE_CALLS_PER_MINUTE=100_000)):
        run = crowd.enrol(learners)

    crowd.assert_one_of_everything(connected, run, learners)
