"""A night of 200 learners with four aims each, the limit lifted: calls by kind, calls a second."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tests.sandbox_process import SandboxProcess
from tests.servers import ENVIRONMENT

LEARNERS, AIMS, CHANGED = 200, 4, 0.1


def main() -> None:
    from scripts import valkey

    with tempfile.TemporaryDirectory() as folder, valkey.running(Path(folder)) as store, SandboxProcess() as onefile:
        os.environ |= ENVIRONMENT | {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "REDIS_URL": store.url(),
            "ONEFILE_PRACTICE_URL": onefile.base_url,
            "ONEFILE_CALLS_PER_MINUTE": "1000000",
            "DJANGO_SETTINGS_MODULE": "picsweb.settings",
        }
        import django

        django.setup()
        _measure(onefile)


def _measure(onefile: SandboxProcess) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    connect(onefile)
    fill(onefile, range(LEARNERS))
    _say("night", "seconds", "calls", "calls a second", "changed")
    for label in ("first", "10 % changed", "nothing changed"):
        if label.startswith("10"):
            for number in range(int(LEARNERS * CHANGED)):
                onefile.edit("aims", 610001 + number * AIMS, ElementsCompleted=7)
        onefile.clear_calls()
        began = time.monotonic()
        changed = _night()
        seconds, calls = time.monotonic() - began, onefile.calls()
        _say(label, f"{seconds:.1f}", len(calls), f"{len(calls) / seconds:.0f}", changed)
    kinds = Counter(f"{call['method']} {call['path'].split('/')[0]}" for call in calls)
    for kind, count in kinds.most_common():
        _say(f"  {kind}", "", count, "", "")


def _night() -> int:
    from learners.actor import Actor
    from onefile_integration.exchange import foreground, nightly, results
    from onefile_integration.models import Settings

    run = nightly.start_whole_run(Settings.objects.current(), by=Actor("bench"))
    stopped = foreground.to_the_end(run)
    run.refresh_from_db()
    result = results.run_result(run, stopped)
    assert result["outcome"] == "finished" and not result["failures"], result["failures"][:3]
    return int(result["learners"]["changed"])


def connect(onefile: SandboxProcess, **settings: str) -> None:
    from django.core.management import call_command

    from learners.actor import Actor
    from onefile_integration.exchange import configuration

    standards = [
        {"ID": 4001 + n, "OrganisationID": 101, "Title": f"Standard [{100 + n}AS]", "Elements": 40} for n in range(AIMS)
    ]
    onefile.seed(
        organisations=[{"ID": 101, "Name": "Bench", "CustomerID": 11}],
        classrooms=[{"ID": 3001, "OrganisationID": 101, "Name": "Unassigned"}],
        standards=standards,
    )
    wanted = {"enabled": "on", "default_classroom": "Unassigned", "calls_per_minute": "100000"} | settings
    configuration.change(wanted, token=onefile.token, by=Actor("bench"))
    call_command("onefile_check", stdout=sys.stderr)


def fill(onefile: SandboxProcess, numbers: Iterable[int]) -> None:
    """Learners who are linked on both sides, with their aims in OneFile and their lines here."""
    from learners.actor import Actor
    from learners.models import Learner, Qualification
    from onefile_integration.exchange import links
    from tests import factories

    by, numbers = Actor("bench"), list(numbers)
    people = [
        {
            "ID": 700100 + n,
            "OrganisationID": 101,
            "Role": 1,
            "FirstName": "Ada",
            "LastName": f"Bench-{n}",
            "DOB": "2006-01-01T00:00:00Z",
            "MISID": f"L{n:04d}",
        }
        for n in numbers
    ]
    aims = [
        {
            "ID": 610001 + n * AIMS + m,
            "UserID": 700100 + n,
            "StandardID": 4001 + m,
            "TotalElements": 40,
            "ElementsCompleted": 3,
        }
        for n in numbers
        for m in range(AIMS)
    ]
    onefile.seed(users=people, aims=aims)
    known = {each.vq_reference: each for each in Qualification.objects.all()}
    references = [f"{100 + n}AS" for n in range(AIMS)]
    qualifications = [known.get(each) or factories.QualificationFactory(vq_reference=each) for each in references]
    officer = factories.OfficerFactory()
    for n in numbers:
        learner: Learner = factories.LearnerFactory(
            ident=f"L{n:04d}",
            surname=f"Bench-{n}",
            date_of_birth=date(2006, 1, 1),
            main_officer=officer,
            actual_end=None,
        )
        for qualification in qualifications:
            factories.DeliveryPlanLineFactory(
                learner=learner, qualification=qualification, assessor=officer, start=date(2026, 1, 5), actual_end=None
            )
        links.set_learner_link(learner, 700100 + n, environment="practice", found=None, by=by, centre=101)


def _say(*cells: object) -> None:
    print("".join(f"{cell!s:<22}" for cell in cells), flush=True)  # noqa: T201
