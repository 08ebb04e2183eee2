"""120 learners who share 3 officers and 4 employers, listed and enrolled by 4 night workers: seconds, one of each."""

from __future__ import annotations

import os
import sys
import time

from tests.sandbox_process import SandboxProcess
from tests.servers import ENVIRONMENT, servers

LEARNERS = 120


def main() -> None:
    os.environ |= ENVIRONMENT | {
        "DJANGO_SETTINGS_MODULE": "picsweb.settings",
        "ONEFILE_CALLS_PER_MINUTE": "1000000",
    }
    with SandboxProcess() as onefile:
        os.environ["ONEFILE_PRACTICE_URL"] = onefile.base_url
        servers.start()
        try:
            import django

            django.setup()
            _measure(onefile)
        finally:
            servers.stop()


def _measure(onefile: SandboxProcess) -> None:
    from tests.integration.onefile import crowd

    _connect(onefile)
    learners = crowd.provider(LEARNERS)
    with crowd.night_workers(dict(os.environ)):
        began = time.monotonic()
        run = crowd.enrol(learners)
        seconds = time.monotonic() - began
    crowd.assert_one_of_everything(onefile, run, learners)
    calls = len(onefile.calls())
    said = f"{LEARNERS} learners, 3 officers, 4 employers: {seconds:.1f} s, {calls} calls, one of each, nobody failed"
    sys.stdout.write(f"{said}\n")


def _connect(onefile: SandboxProcess) -> None:
    from django.core.management import call_command

    from onefile_integration.exchange import configuration
    from tests.integration.onefile.crowd import BY

    onefile.seed(
        organisations=[{"ID": 101, "Name": "Bench", "CustomerID": 11}],
        classrooms=[{"ID": 3001, "OrganisationID": 101, "Name": "Unassigned"}],
        standards=[{"ID": 4001, "OrganisationID": 101, "Title": "Standard [196AS]", "Elements": 42}],
    )
    wanted = {"enabled": "on", "default_classroom": "Unassigned", "calls_per_minute": "100000"}
    configuration.change(wanted, token=onefile.token, by=BY)
    call_command("onefile_check", stdout=sys.stderr)
