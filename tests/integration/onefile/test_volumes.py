"""Many reviews, odd names and long notes: a night over them is right, quiet, and asks no more than it must."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.actor import Actor
from learners.models import Learner, Review
from learners.services import learners
from onefile_integration.exchange.connection import connect
from onefile_integration.exchange.reading import Reading
from onefile_integration.models import Link, RemoteReview, Settings, Step
from onefile_integration.words import Lane
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another, london, onefile_id, soon, writes
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
BY = Actor(label="test")
SIGNED, NOTES = 500, "Długie 📋\n" * 6700  # 60,300 characters
NAMES = {"AB12D": ("Zoe\u0308 👩\u200d🏫", "علی\u200cرضا"), "AB12F": ("O’Dell\tJr", "\u202bעדי\u200f  בן")}


@pytest.fixture
def crowded(enrolled: SandboxProcess, learner: Learner) -> SandboxProcess:
    """AB12C has had 500 reviews, all signed, the others none; their names are as people type them."""
    others = {ident: another(learner, ident) for ident in NAMES}
    for ident, (forenames, surname) in NAMES.items():
        learners.update(others[ident], by=BY, forenames=forenames, surname=surname)
    assert command("onefile_enrol", *NAMES).status == 0
    link, days = Link.objects.get(learner=learner), [soon(-20 - number) for number in range(SIGNED)]
    signed = ("StartedOn", "AssessorSignedOn", "LearnerSignedOn", "ScheduledFor")
    rows = [{"LearnerID": link.onefile_id, **dict.fromkeys(signed, london(day, "12:00"))} for day in days]
    numbers = enrolled.seed(reviews=rows)["reviews"]
    said = ("actual_date", "officer_signed", "trainee_signed", "scheduled_date")
    held = [Review(learner=learner, attended="Yes", start_time="12:00", **dict.fromkeys(said, day)) for day in days]
    held[0].notes = NOTES
    Review.objects.bulk_create(held)
    pairs = zip(held, numbers, strict=True)
    RemoteReview.objects.bulk_create(RemoteReview(link=link, review=ours, onefile_id=there) for ours, there in pairs)
    assert command("onefile_settings", "learner_mode=push", "officer_mode=push").status == 0
    enrolled.clear_calls()
    return enrolled


def open_reviews(onefile: SandboxProcess, number: int) -> None:
    led = {"LearnerID": onefile_id(onefile), "AssessorID": onefile_id(onefile, "OF001"), "Status": 1}
    onefile.seed(reviews=[led | {"ScheduledFor": london(soon(day), "09:00")} for day in range(number)])


def queries(learner: Learner) -> int:
    settings = Settings.objects.current()
    client = connect(settings, Lane.NIGHT)
    reading = Reading(client, settings, thorough=False)
    with CaptureQueriesContext(connection) as captured:
        reading.pictures(learner.pk, {}, only_eligible=True)
    client.close()
    return len(captured)


def test_a_night_over_them(crowded: SandboxProcess, learner: Learner) -> None:
    open_reviews(crowded, 3)
    first = command("onefile_sync")
    assert (first.status, first.data["learners"]["failed"]) == (0, 0), first.data
    assert Review.objects.count() == SIGNED + 3 and Review.objects.filter(notes=NOTES).count() == 1
    names = {each["MISID"]: (each["FirstName"], each["LastName"]) for each in crowded.state()["users"]}
    assert names["AB12D"] == ("Zoe\u0308 👩🏫", "علیرضا") and names["AB12F"] == ("O’Dell Jr", "עדי בן")

    here, there = list(Review.objects.order_by("pk").values()), crowded.state()
    crowded.clear_calls()
    quiet = command("onefile_sync")

    assert (quiet.data["changes"], writes(crowded)) == ([], [])
    assert not Step.objects.filter(plan__run=quiet.data["run"]).exists()
    assert (list(Review.objects.order_by("pk").values()), crowded.state()) == (here, there)
    calls = Counter(call["path"].split("/")[1] for call in crowded.calls() if call["method"] == "GET")
    assert calls["Review"] <= 3 + 40, "those that are not signed, and a few of the 500 others"
    assert calls["LearningAim"] <= 4 + 5 and calls["User"] <= 3 + 2 + 5, "besides those by which a list is tried"

    many = queries(learner)
    open_reviews(crowded, 6)
    assert queries(learner) == many <= queries(Learner.objects.get(ident="AB12D")) + 2
