"""What is kept of the people who work here goes after its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from picsweb.accounts import tasks
from picsweb.celery import app

pytestmark = pytest.mark.django_db
ATTEMPTS: list[Any] = [AccessAttempt, AccessLog, AccessFailureLog]


@pytest.mark.parametrize("model", ATTEMPTS)
def test_tries_to_sign_in_are_kept_for_ninety_days(model: Any) -> None:
    for name, days in [("new", 0), ("kept", 89), ("old", 91)]:
        more = {"failures_since_start": 1} if model is AccessAttempt else {}
        row = model.objects.create(username=name, ip_address="192.0.2.1", **more)
        model.objects.filter(pk=row.pk).update(attempt_time=timezone.now() - timedelta(days=days))
    tasks.prune()
    assert set(model.objects.values_list("username", flat=True)) == {"new", "kept"}


def test_sessions_that_are_over_are_deleted() -> None:
    for key, hours in [("open", 1), ("over", -1)]:
        expires = timezone.now() + timedelta(hours=hours)
        Session.objects.create(session_key=key, session_data="x", expire_date=expires)
    tasks.prune()
    assert [row.session_key for row in Session.objects.all()] == ["open"]


def test_it_is_done_by_itself() -> None:
    app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.prune.name in names and tasks.prune.name in app.tasks
