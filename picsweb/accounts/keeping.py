"""How long is kept when and from where people signed in."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

TRIES_FOR = timedelta(days=90)


def prune(now: datetime) -> None:
    Session.objects.filter(expire_date__lt=now).delete()
    for tries in (AccessAttempt, AccessLog, AccessFailureLog):
        tries.objects.filter(attempt_time__lt=now - TRIES_FOR).delete()
