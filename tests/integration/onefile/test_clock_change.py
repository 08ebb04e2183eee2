"""The nights on which the clocks change, and the reviews around them: London time here, UTC on the wire."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from learners.actor import Actor
from learners.models import Learner, Review
from learners.services import reviews
from onefile_integration.exchange import nightly
from onefile_integration.models import Run
from onefile_integration.rules.times import LONDON
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import onefile_id, review_there
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
BY = Actor(label="test")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
NEXT_SPRING, NEXT_AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
Clock = time_machine.Traveller


def utc(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), UTC)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Before anything else is set up: the integration is on since then."""
    with time_machine.travel(datetime(2026, 3, 20, 12, tzinfo=LONDON), tick=True) as travelled:
        yield travelled


LOOKED_AT = ("00:29", "00:30", "00:59", "01:00", "01:30", "02:30", "12:00")


def begun_at(clock: Clock, change: date, at: str) -> dict[date, datetime]:
    """When the nights of three dates began, by two beats; one run is over before the next beat."""
    assert command("onefile_settings", f"nightly_at={at}").status == 0
    began: dict[date, datetime] = {}
    for days in (-1, 0, 1):
        for now in (utc(change + timedelta(days=days), looked_at) for looked_at in LOOKED_AT):
            clock.move_to(now)
            two_beats(now)
            for run in Run.objects.unfinished():
                assert run.scheduled_for is not None and run.scheduled_for not in began
                began[run.scheduled_for] = now
                Run.objects.filter(pk=run.pk).update(state="finished", finished_at=now)
    return began


def two_beats(now: datetime) -> None:
    def beat() -> None:
        try:
            nightly.tick(now)
        finally:
            connection.close()

    other = threading.Thread(target=beat)
    other.start()
    nightly.tick(now)
    other.join(30)


NIGHTS = (
    (SPRING, "01:30", "01:00"),  # skipped: the first moment after the gap, 02:00 in London
    (AUTUMN, "01:30", "00:30"),  # it comes twice: the first
    (NEXT_SPRING, "02:30", "01:30"),
    (NEXT_AUTUMN, "02:30", "02:30"),
)


def test_one_night_for_each_date(clock: Clock, connected: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "ring", lambda run: None)
    for change, at, first in NIGHTS:
        clock.move_to(utc(change - timedelta(days=2), "20:00"))

        began = begun_at(clock, change, at)

        assert list(began) == [change - timedelta(days=1), change, change + timedelta(days=1)]
        assert began[change] == utc(change, first)


def as_sent(day: date, clock: str) -> str:
    return f"{day}T{clock}:00.000Z"


UPLOADED = {  # London, as it goes over the wire
    (SPRING - timedelta(days=1), "09:00"): as_sent(SPRING - timedelta(days=1), "09:00"),
    (SPRING, "00:59"): as_sent(SPRING, "00:59"),
    (SPRING, "09:00"): as_sent(SPRING, "08:00"),
    (AUTUMN - timedelta(days=1), "09:00"): as_sent(AUTUMN - timedelta(days=1), "08:00"),
    (AUTUMN, "01:30"): as_sent(AUTUMN, "00:30"),
    (AUTUMN + timedelta(days=1), "09:00"): as_sent(AUTUMN + timedelta(days=1), "09:00"),
}


def here() -> set[tuple[date | None, str]]:
    return {(each.scheduled_date, f"{each.start_time:%H:%M}") for each in Review.objects.all()}


def test_reviews_keep_their_time(clock: Clock, learner: Learner, enrolled: SandboxProcess, tmp_path: Path) -> None:
    """Up and down, before, on and after both changes, without drift."""
    for day, at in UPLOADED:
        reviews.create(learner, scheduled_date=day, start_time=time.fromisoformat(at), by=BY)
    refused_by_file(tmp_path)

    assert command("onefile_sync").status == 0
    there = {each["ScheduledFor"] for each in enrolled.state()["reviews"]}
    assert there == set(UPLOADED.values())
    theirs = review_there(enrolled, ScheduledFor=as_sent(AUTUMN, "01:30"))  # the hour that comes again
    assert command("onefile_sync").status == 0
    came = Review.objects.get(remote_reviews__onefile_id=theirs)
    assert (came.scheduled_date, came.start_time) == (AUTUMN, time(1, 30))
    assert here() == set(UPLOADED)

    before, history = enrolled.state(), Review.history.count()
    for day in (SPRING, AUTUMN, AUTUMN + timedelta(days=1)):
        clock.move_to(utc(day, "12:00"))
        assert command("onefile_sync").data["changes"] == []
    assert (enrolled.state(), Review.history.count(), here()) == (before, history, set(UPLOADED))
    moved_by_an_assessor(enrolled)


def refused_by_file(folder: Path) -> None:
    rows = folder / "reviews.csv"
    heading = "IDENT,TYPE,SCHEDULED,STARTTIME,OFFICER,ATTENDED,ACTUAL"
    rows.write_text(f"{heading}\nAB12C,Normal,{SPRING},01:30,,Unknown,\n")
    refused = command("import_csv", "reviews", str(rows))
    assert refused.status == 2 and Review.objects.count() == len(UPLOADED)
    (error,) = refused.data["errors"]
    assert (error["row"], error["column"]) == (2, "STARTTIME")
    assert error["message"] == "01:30 on 29 Mar 2026 does not exist: the clocks go forward."


def moved_by_an_assessor(onefile: SandboxProcess) -> None:
    """Each quarter of the UTC hour that London skips is a time of its own here: none is in the gap."""
    number = next(each["ID"] for each in onefile.state()["reviews"] if each["ScheduledFor"] == as_sent(SPRING, "08:00"))
    for at, expected in (("00:59", time(0, 59)), ("01:00", time(2)), ("01:45", time(2, 45))):
        onefile.edit("reviews", number, ScheduledFor=as_sent(SPRING, at))
        assert command("onefile_sync", "--learner", "AB12C").status == 0
        assert Review.objects.get(remote_reviews__onefile_id=number).start_time == expected
    assert onefile_id(onefile)
