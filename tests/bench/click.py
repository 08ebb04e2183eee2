"""How long a person waits for a click (create one learner, refresh one) beside a night at its full budget.

What counts is that the wait does not grow with the run. The window is shorter than the real one, and the run is
cancelled after some clicks, so that this ends. On a slow machine BENCH_LIMIT=60 BENCH_SHARE=50 leaves people as many
slots, and keeps the night at its share.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count

from tests.sandbox_process import ROOT, SandboxProcess
from tests.servers import ENVIRONMENT, servers

LIMIT, WINDOW = int(os.environ.get("BENCH_LIMIT", "300")), float(os.environ.get("BENCH_WINDOW", "10"))
SHARE = os.environ.get("BENCH_SHARE", "10")
NIGHTS = [int(each) for each in os.environ.get("BENCH_NIGHTS", "0 200 1000").split()]
CLICKS = int(os.environ.get("BENCH_CLICKS", "8"))  # beside each run, one in each window
BEAT = 3.0
STARTERS = count()
AIMS = 4
LINES = 2  # of the learner who is created


def main() -> None:
    os.environ |= ENVIRONMENT | {
        "DJANGO_SETTINGS_MODULE": "picsweb.settings",
        "ONEFILE_CALLS_PER_MINUTE": str(LIMIT),
        "ONEFILE_WINDOW_SECONDS": str(WINDOW),
    }
    with SandboxProcess(limit=LIMIT, window=WINDOW) as onefile:
        os.environ["ONEFILE_PRACTICE_URL"] = onefile.base_url
        servers.start()
        try:
            import django

            django.setup()
            with _workers("night", 4), _workers("people", 2):
                _measure(onefile)
        finally:
            servers.stop()


@contextmanager
def _workers(queue: str, processes: int) -> Iterator[None]:
    """As the Procfile starts them."""
    words = ["celery", "--quiet", "--app", "picsweb", "worker", "--queues", queue, "--hostname", f"{queue}@bench"]
    words += ["--concurrency", str(processes), "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _measure(onefile: SandboxProcess) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _connect(onefile, calls_per_minute=str(LIMIT), people_share=SHARE)
    _say("night of", "click", "clicks", "median s", "slowest s", "night's rest", "calls a window", "429s")
    _fill(onefile, range(max(*NIGHTS, 1)))
    for size in NIGHTS:
        _let_in(size)
        _beside(onefile, size)


def _connect(onefile: SandboxProcess, **settings: str) -> None:
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


def _fill(onefile: SandboxProcess, numbers: range) -> None:
    """Learners who are linked on both sides, with their aims in OneFile and their lines here."""
    from learners.actor import Actor
    from learners.models import Learner, Qualification
    from onefile_integration.exchange import links
    from tests import factories

    by = Actor("bench")
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


def _let_in(size: int) -> None:
    """The first so many are in the night; the first is refreshed in any case."""
    from learners.models import Learner
    from learners.words import SystemStatus

    idents = sorted(Learner.objects.filter(ident__startswith="L").values_list("ident", flat=True))
    Learner.objects.update(system_status=SystemStatus.ARCHIVED)
    Learner.objects.filter(ident__in=idents[: max(size, 1)]).update(system_status=SystemStatus.LIVE)


def _beside(onefile: SandboxProcess, size: int) -> None:
    """A click in every window, in turn; the window before is let go by, so that its calls do not count."""
    time.sleep(WINDOW + 1)
    onefile.clear_calls()
    began = time.monotonic()
    night, waited = _night() if size else None, {"create": [], "refresh": []}
    for number in range(CLICKS):
        due = time.monotonic() + WINDOW
        kind, click = ("refresh", _refresh) if number % 2 else ("create", _create)
        waited[kind].append(click())
        while time.monotonic() < due and (night is None or _goes_on(night, began)):
            time.sleep(0.2)
    seconds, calls = time.monotonic() - began, onefile.calls()
    left = _end(night)
    refused = Counter(call["status"] for call in calls)[429]
    for kind, times in waited.items():
        if times:
            figures = f"{statistics.median(times):.1f}", f"{max(times):.1f}"
            rate = f"{len(calls) / seconds * WINDOW:.0f}"
            _say(size or "none", kind, len(times), *figures, left, rate, refused)


def _night() -> object:
    from learners.actor import Actor
    from onefile_integration.exchange import nightly
    from onefile_integration.exchange.work import ring
    from onefile_integration.models import Settings

    run = nightly.start_whole_run(Settings.objects.current(), by=Actor("bench"))
    ring(run)
    return run


def _end(night: object) -> object:
    """How many of the night were still to come: it went on beside all the clicks if there are any."""
    from learners.actor import Actor
    from onefile_integration.exchange import stopping
    from onefile_integration.models import Run

    if not isinstance(night, Run):
        return ""
    left = night.plans.open().count()
    stopping.cancel(night, by=Actor("bench"))
    while _goes_on(night, 0.0):
        time.sleep(0.5)
    return left


def _goes_on(night: object, began: float) -> bool:
    """Rings again, as beat does."""
    from onefile_integration.exchange import nightly
    from onefile_integration.exchange.work import ring
    from onefile_integration.models import Run

    if not isinstance(night, Run):
        return False
    night.refresh_from_db()
    if night.is_open and int(time.monotonic() - began) % int(BEAT) == 0:
        for waiting in nightly.waiting_runs(night.environment):
            ring(waiting)
    return night.is_open


def _create() -> float:
    """From opening the window to the last step: what it reads, what it sends."""
    from learners.actor import Actor
    from onefile_integration.exchange import enrolment
    from onefile_integration.exchange.connection import connect as client_of
    from onefile_integration.exchange.reading import Reading
    from onefile_integration.models import Settings
    from onefile_integration.words import Lane

    learner, settings = _starter(), Settings.objects.current()
    began = time.monotonic()
    client = client_of(settings, Lane.PEOPLE)
    shown = enrolment.preview(learner, enrolment.Given(), Reading(client, settings, thorough=True))
    run = enrolment.begin(shown, digest=shown.plan.digest, settings=settings, by=Actor("bench"))
    _wait_for(run)
    return time.monotonic() - began


def _refresh() -> float:
    from learners.actor import Actor
    from learners.models import Learner
    from onefile_integration.exchange import enrolment
    from onefile_integration.models import Settings

    learner = Learner.objects.get(ident="L0000")
    began = time.monotonic()
    _wait_for(enrolment.refresh([learner], settings=Settings.objects.current(), by=Actor("bench")))
    return time.monotonic() - began


def _wait_for(run: object) -> None:
    from onefile_integration.exchange.work import ring
    from onefile_integration.models import Run
    from onefile_integration.words import PlanState

    assert isinstance(run, Run)
    ring(run)
    rung = time.monotonic()
    while run.is_open:
        time.sleep(0.05)
        if time.monotonic() - rung > BEAT:
            ring(run)
            rung = time.monotonic()
        run.refresh_from_db()
    failed = run.plans.exclude(state=PlanState.DONE).values_list("state", "failure_message")
    assert not failed.exists(), list(failed)


def _starter() -> object:
    from learners.models import Qualification
    from tests import factories

    ident = f"ST{next(STARTERS):03d}"
    learner = factories.LearnerFactory(ident=ident, main_officer=factories.OfficerFactory(), actual_end=None)
    factories.PlacementFactory(learner=learner, organisation=factories.OrganisationFactory(), start=learner.start)
    for qualification in Qualification.objects.order_by("pk")[:LINES]:
        factories.DeliveryPlanLineFactory(
            learner=learner, qualification=qualification, assessor=learner.main_officer, start=learner.start
        )
    return learner


def _say(*cells: object) -> None:
    sys.stdout.write("".join(f"{cell!s:<16}" for cell in cells) + "\n")
    sys.stdout.flush()
