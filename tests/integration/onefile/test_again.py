"""What happens a second time, or earlier than planned."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import configuration
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.sandbox_process import SandboxProcess


def test_linked_again_with_the_same_account_nothing_doubles(learner: Learner, connected: SandboxProcess) -> None:
    configuration.change({"upload_reviews": "on", "download_reviews": "on"}, by=BY)
    day = timezone.localdate() + timedelta(days=9)
    factories.ReviewFactory(learner=learner, type="Normal", scheduled_date=day, start_time=time(10, 0), officer=None)
    number = command("onefile_enrol", "AB12C").data["results"][0]["onefile_id"]
    assert len(connected.state()["reviews"]) == 1
    before = connected.state()

    command("onefile_unlink", "learner", "AB12C")
    command("onefile_link", "learner", "AB12C", str(number))
    synced = command("onefile_sync")

    assert synced.status == 0, synced.data
    assert learner.reviews.count() == 1
    assert connected.state() == before


def test_a_review_held_before_its_day_comes_with_the_night(learner: Learner, connected: SandboxProcess) -> None:
    configuration.change({"upload_reviews": "on", "download_reviews": "on"}, by=BY)
    day = timezone.localdate() + timedelta(days=9)
    factories.ReviewFactory(learner=learner, type="Normal", scheduled_date=day, start_time=time(10, 0), officer=None)
    command("onefile_enrol", "AB12C")
    (review,) = connected.state()["reviews"]
    connected.edit("reviews", review["ID"], StartedOn=f"{timezone.localdate()}T09:30:00Z")

    command("onefile_sync")

    assert (learner.reviews.get().attended, learner.reviews.get().actual_date) == ("Yes", timezone.localdate())
