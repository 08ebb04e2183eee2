"""Two people, two machines, two schedulers at once: still one of everything."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import nightly
from onefile_integration.models import ExchangePlan, Link, Question, Run, Step
from tests.integration.onefile.conftest import command
from tests.integration.onefile.processes import Environment, at_once
from tests.integration.onefile.story import another, enrol, line
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.xdist_group("processes")

LEASE = 60
CLOCKS = [-45.0, 45.0]  # two machines: by each one's clock the lease of the other is over as soon as it begins
LIMIT, WINDOW = 20, 2.0  # an allowance that a small night soon uses up


@pytest.fixture
def environment(process_environment: Environment) -> dict[str, str]:
    return process_environment(ONEFILE_SETTLE_SECONDS=2, ONEFILE_LEASE_SECONDS=LEASE)


def counted(onefile: SandboxProcess) -> Counter[str]:
    state = onefile.state()
    return Counter(each["MISID"] for kind in ("users", "placements") for each in state[kind])


def test_one_learner_by_two_processes(connected: SandboxProcess, learner: Learner, environment: dict[str, str]) -> None:
    """The first is slow enough that the second surely meets it."""
    connected.fault("delay", "^User$", "POST", nth=1, times=2, seconds=1.0)
    answers = at_once(environment, [["onefile_enrol", "AB12C"]] * 2, clocks=CLOCKS)

    outcomes = sorted(answer.data["results"][0]["outcome"] for answer in answers)
    assert "enrolled" in outcomes and set(outcomes) <= {"enrolled", "busy", "already_linked"}, outcomes
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "already_linked"
    assert counted(connected) == {"AB12C": 1, "OF001": 1, "OF002": 1, "EM001": 1}
    assert len(connected.state()["aims"]) == 2 and len(connected.state()["assignments"]) == 1
    assert Link.objects.live().count() == 4


def test_learners_who_share_officers_and_employers(
    connected: SandboxProcess, learner: Learner, environment: dict[str, str]
) -> None:
    idents = ["AB12C", "AB12D", "AB12E", "AB12F"]
    for ident in idents[1:]:
        another(learner, ident)
    connected.fault("delay", "^(User|Placement)$", "POST", times=4, seconds=0.4)

    answers = at_once(environment, [["onefile_enrol", ident] for ident in idents])

    for ident, answer in zip(idents, answers, strict=True):
        asked = list(Question.objects.values_list("kind", "about", "text"))
        assert answer.data["results"][0]["outcome"] == "enrolled", (answer.data, asked)
        assert answer.status == 0 and Link.objects.live().filter(learner__ident=ident).exists()
    assert counted(connected) == {**dict.fromkeys(idents, 1), "OF001": 1, "OF002": 1, "EM001": 1}
    assert len(connected.state()["aims"]) == 5
    assert not ExchangePlan.objects.open().exists()


def test_two_whole_runs_at_once(
    connected: SandboxProcess, learner: Learner, environment: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """Both are one run, or the second is refused; either way each learner is done once, on one allowance."""
    idents = ["AB12C", *(f"AB12{letter}" for letter in "DEFGH")]
    for ident in idents[1:]:
        another(learner, ident)
    enrol(idents)
    Step.objects.update(begun_at=F("begun_at") - timedelta(minutes=1))  # else, by a clock behind, begun after the plans
    for each in connected.state()["aims"]:
        connected.edit("aims", each["ID"], ElementsCompleted=9)
    connected.clear_calls()
    connected.set_limit(LIMIT, WINDOW)
    request.addfinalizer(lambda: connected.set_limit(connected.limit, connected.window))
    limits = {"ONEFILE_CALLS_PER_MINUTE": str(LIMIT), "ONEFILE_WINDOW_SECONDS": str(WINDOW)}

    answers = at_once(environment | limits, [["onefile_sync"]] * 2, clocks=CLOCKS)

    statuses = {answer.status for answer in answers}
    assert statuses <= {0, 2} and 0 in statuses, answers
    assert {line(each).elements_done for each in Learner.objects.all()} == {9}
    reads = Counter(call["path"] for call in connected.calls() if call["path"].startswith("/LearningAim/6"))
    assert len(reads) == 7
    runs = Run.objects.whole()
    if runs.count() == 1:
        assert set(reads.values()) == {1}  # what one has read the other does not
    history = line(learner).history.filter(elements_done=9).count()
    assert history == 1
    assert 429 not in {call["status"] for call in connected.calls()}


def test_two_beats_for_one_night(connected: SandboxProcess, learner: Learner) -> None:
    enrol()
    command("onefile_settings", "nightly_at=02:30")
    tomorrow = timezone.localdate() + timedelta(days=1)
    now = datetime.combine(tomorrow, time(2, 30, 5), timezone.get_current_timezone())
    barrier, faults = threading.Barrier(4), []

    def beat() -> None:
        try:
            barrier.wait(10)
            nightly.tick(now)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert faults == []
    (night,) = Run.objects.whole()
    assert (str(night.scheduled_for), night.plans.count()) == (str(tomorrow), 1)
