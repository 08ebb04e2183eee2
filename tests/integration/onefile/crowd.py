"""Many learners who share few officers and employers, enrolled by real workers; for tests and the bench."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import batches, listed, nightly
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Link, Question, Run, Settings, Step
from onefile_integration.words import LinkState, PlanState, RowOutcome, StepState
from tests import factories
from tests.sandbox_process import ROOT, SandboxProcess

OFFICERS, EMPLOYERS, WORKERS = 3, 4, 4
BY = Actor(label="test")
START = date(2026, 9, 7)
LONGEST = 240.0  # less than the time after which a lost reply is settled: nobody waits for that here
BEAT = 3.0  # seconds; the real one has 15


def provider(count: int) -> list[Learner]:
    """OneFile knows the qualification 196AS; none of the officers and employers is linked."""
    officers = [factories.OfficerFactory(ident=f"OF{number:03d}") for number in range(OFFICERS)]
    employers = [factories.OrganisationFactory(ident=f"EM{number:03d}") for number in range(EMPLOYERS)]
    qualification = factories.QualificationFactory(vq_reference="196AS")
    learners = []
    for number in range(count):
        officer = officers[number % OFFICERS]
        learner = factories.LearnerFactory(ident=f"LR{number:03d}", main_officer=officer, start=START)
        factories.PlacementFactory(learner=learner, organisation=employers[number % EMPLOYERS], start=START)
        factories.DeliveryPlanLineFactory(learner=learner, qualification=qualification, assessor=officer, start=START)
        learners.append(learner)
    return learners


@contextmanager
def night_workers(environment: dict[str, str]) -> Iterator[None]:
    """What the Procfile starts: one Celery, four processes."""
    words = ["celery", "--quiet", "--app", "picsweb", "worker", "--queues", "night", "--concurrency", str(WORKERS)]
    command = [sys.executable, "-m", *words, "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def enrol(learners: list[Learner]) -> Run:
    """Listed and looked at, then all of the list created, both by the workers."""
    settings = Settings.objects.current()
    shown = worked(listed.start([each.pk for each in learners], Given(), settings=settings, by=BY))
    rows = list(shown.plans.all())
    assert {row.outcome for row in rows} == {RowOutcome.READY}, Counter(row.outcome for row in rows)
    wanted = {row.pk: row.digest[: batches.DIGEST_SHOWN] for row in rows}
    run = batches.begin(shown, wanted, settings=settings, by=BY)
    assert run is not None
    return worked(run)


def worked(run: Run) -> Run:
    """Rung for until it is over, as beat does, only more often."""
    began = rung = time.monotonic()
    ring(run)
    while run.is_open:
        now = time.monotonic()
        assert now - began < LONGEST, Counter(run.plans.values_list("state", "failure_message"))
        if now - rung > BEAT:
            rung = now
            for waiting in nightly.waiting_runs(run.environment):
                ring(waiting)
        time.sleep(0.3)
        run.refresh_from_db()
    return run


def assert_one_of_everything(onefile: SandboxProcess, run: Run, learners: list[Learner]) -> None:
    assert set(run.plans.values_list("state", flat=True)) == {PlanState.DONE}
    steps = Step.objects.filter(plan__run=run)
    assert set(steps.values_list("state", flat=True)) <= {StepState.DONE, StepState.SKIPPED}
    assert not Question.objects.exists() and not ExchangePlan.objects.open().exists()

    state = onefile.state()
    idents = Counter(each["MISID"] for kind in ("users", "placements") for each in state[kind])
    staff = {*(f"OF{n:03d}" for n in range(OFFICERS)), *(f"EM{n:03d}" for n in range(EMPLOYERS))}
    assert idents == dict.fromkeys({each.ident for each in learners} | staff, 1)
    assert Counter(each["UserID"] for each in state["aims"]) == dict.fromkeys(
        (each["ID"] for each in state["users"] if each["Role"] == 1), 1
    )
    assert_linked(state)
    ours = {each["MISID"]: each for each in state["users"]}
    theirs = {each["ID"]: each["MISID"] for each in state["users"] + state["placements"]}
    for number, learner in enumerate(learners):
        there = ours[learner.ident]
        assert theirs[there["DefaultAssessorID"]] == f"OF{number % OFFICERS:03d}"
        assert theirs[there["PlacementID"]] == f"EM{number % EMPLOYERS:03d}"


def assert_linked(state: dict[str, list[dict[str, object]]]) -> None:
    """Everything there is linked with the record of ours that it names, and nothing else is."""
    there = {(each["MISID"], each["ID"]) for kind in ("users", "placements") for each in state[kind]}
    links = Link.objects.select_related("learner", "officer", "organisation")
    assert {(link.record.ident, link.onefile_id) for link in links if link.record} == there
    assert {(link.state, link.upload_due) for link in links} == {(LinkState.VERIFIED, False)}
    assert len(links) == len(there)
