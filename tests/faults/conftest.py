"""An enrolment that makes one of every kind of write, with short times, and what must be there in the end."""

from __future__ import annotations

import time as clock
from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import carry_out, foreground
from tests import factories
from tests.integration.onefile.conftest import Kept, command, connected, learner  # noqa: F401 - fixtures
from tests.sandbox_process import SandboxProcess

SETTLE = 0.4
REVIEW_TIME = time(10, 0)
MOST_NAPS = 40  # a command that waits longer than that waits for something that never comes


def review_day() -> date:
    return timezone.localdate() + timedelta(days=14)


@pytest.fixture
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies time out, doubts settle and windows pass while one looks on."""
    monkeypatch.setattr(django_settings, "ONEFILE_SETTLE_SECONDS", SETTLE)
    monkeypatch.setattr(django_settings, "ONEFILE_WINDOW_SECONDS", 1.0)
    monkeypatch.setattr(django_settings, "ONEFILE_TIMEOUT_SECONDS", 5.0)
    monkeypatch.setattr(carry_out, "WAIT_FOR_ANOTHER", 1.0)
    monkeypatch.setattr(foreground, "time", SimpleNamespace(sleep=_Patience().nap))


class _Patience:
    """A command that never ends is a fault, not a test that never ends."""

    def __init__(self) -> None:
        self.naps = 0

    def nap(self, seconds: float) -> None:
        self.naps += 1
        assert self.naps <= MOST_NAPS, "the command waits for something that never comes"
        clock.sleep(min(seconds, 0.3))


@pytest.fixture
def ready(short_times: None, learner: Learner, connected: SandboxProcess, kept: Kept) -> SandboxProcess:  # noqa: F811
    """AB12C with registration, a second assessor and a review to come: every kind of write is needed once."""
    kept("ready", lambda: _make_ready(learner))
    return connected


def _make_ready(amara: Learner) -> None:
    assert command("onefile_settings", "upload_reviews=on", "download_reviews=on").status == 0
    amara.delivery_plan.filter(qualification__vq_reference="196AS").update(registration_number="R-1")
    factories.ReviewFactory(learner=amara, scheduled_date=review_day(), start_time=REVIEW_TIME)
