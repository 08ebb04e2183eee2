"""What tests of the synchronisation say often."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from learners.models import Learner
from tests import factories
from tests.integration.onefile.conftest import Answer, command
from tests.sandbox_process import SandboxProcess

READS = re.compile(r"/(\w+/Search(/\d+/\d+)?|Authentication)$")
PERSON = {"FirstName": "Amara", "LastName": "Okafor-Lane", "DOB": "2007-07-14T00:00:00.000Z"}


def soon(days: int = 14) -> date:
    return timezone.localdate() + timedelta(days=days)


def london(day: date, clock: str) -> str:
    """That time in London on the wire, summer or winter."""
    moment = datetime.combine(day, time.fromisoformat(clock), timezone.get_default_timezone())
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def aim(onefile: SandboxProcess, standard: int = 4001, learner_id: int | None = None) -> int:
    rows = [each for each in onefile.state()["aims"] if each["StandardID"] == standard]
    return int(next(each["ID"] for each in rows if learner_id in (None, each["UserID"])))


def onefile_id(onefile: SandboxProcess, ident: str = "AB12C") -> int:
    return int(next(user["ID"] for user in onefile.state()["users"] if user["MISID"] == ident))


def review_there(onefile: SandboxProcess, **changes: Any) -> int:
    values = {"LearnerID": onefile_id(onefile), "ScheduledFor": f"{soon(20)}T10:00:00.000Z", "Status": 1}
    return int(onefile.seed(reviews=[values | changes])["reviews"][0])


def writes(onefile: SandboxProcess) -> list[str]:
    return [c["path"] for c in onefile.calls() if c["method"] == "POST" and not READS.search(c["path"])]


def line(learner: Learner, reference: str = "196AS") -> Any:
    return learner.delivery_plan.get(qualification__vq_reference=reference)


def another(learner: Learner, ident: str, **changes: Any) -> Learner:
    """One with the same officer, employer and first qualification."""
    values = {"surname": f"Brandt-{ident}", "main_officer": learner.main_officer, "start": learner.start} | changes
    other = factories.LearnerFactory(ident=ident, **values)
    placement = learner.placements.get()
    factories.PlacementFactory(learner=other, organisation=placement.organisation, start=placement.start, end=None)
    factories.DeliveryPlanLineFactory(
        learner=other, qualification=line(learner).qualification, assessor=learner.main_officer, start=learner.start
    )
    return other


def enrol(idents: Sequence[str] = ("AB12C",)) -> Answer:
    answer = command("onefile_enrol", *idents)
    assert answer.status == 0, answer.data
    return answer
