"""Before a whole run plans anybody, OneFile's lists of centres and qualifications are fetched: once, by one worker."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings as django_settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from learners.models.clock import from_now
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import OneFileError
from onefile_integration.exchange.basedata import refresh_what_can_be_used
from onefile_integration.exchange.failures import StopRun, explained
from onefile_integration.models import Run
from onefile_integration.words import PlanState, RunKind, RunState

NAP = 0.5
MOST_SAID = 200
KEPT = "OneFile's list of qualifications could not be fetched, so that of before was used."


def fetch_lists(run: Run, client: OneFile) -> None:
    """The other workers wait for the one that fetches. Raises StopRun where no call can be made."""
    while _is_to_be_fetched(run):
        if _claimed(run):
            _fetch(run, client)
        else:
            time.sleep(NAP)


def forget_failed(run: Run) -> None:
    """The run stops for now: when it goes on, OneFile is asked for its lists again."""
    Run.objects.filter(pk=run.pk, lists_failed=True).update(lists_at=None, lists_said=[], lists_failed=False)


def _is_to_be_fetched(run: Run) -> bool:
    """Only where somebody is still to be planned."""
    planning = Run.objects.filter(pk=run.pk, kind=RunKind.WHOLE, state=RunState.PLANNING, lists_at=None)
    moving = planning.filter(paused_at=None, cancelled_at=None)
    return moving.exists() and run.plans.filter(state=PlanState.UNMADE).exists()


def _claimed(run: Run) -> bool:
    free = Q(lists_until=None) | Q(lists_until__lt=Now())
    lease = timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)
    return bool(Run.objects.filter(free, pk=run.pk, lists_at=None).update(lists_until=from_now(lease)))


def _fetch(run: Run, client: OneFile) -> None:
    try:
        fetched = refresh_what_can_be_used(client, run.environment)
        said, failed = [f"{fetched.told}.", *fetched.said], fetched.is_partial
    except OneFileError as error:
        why = explained(error)
        if isinstance(why, StopRun):
            _give_back(run)
            raise why from None
        said, failed = [KEPT], True
    except BaseException:
        _give_back(run)
        raise
    Run.objects.filter(pk=run.pk).update(
        lists_at=timezone.now(), lists_said=said[:MOST_SAID], lists_failed=failed, lists_until=None
    )


def _give_back(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lists_until=None)
