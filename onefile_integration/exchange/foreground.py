"""A command's way through a run: to its end, in this process, with no worker or beat needed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings as django_settings
from django.db import close_old_connections, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from learners.models.clock import from_now
from onefile_integration.api.errors import NotSent, OneFileError, SignInFailed
from onefile_integration.exchange import configuration
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.exchange.failures import StopRun
from onefile_integration.exchange.work import finish_if_all_ended, go_on_with_what_stands_in_the_way, work
from onefile_integration.models import ExchangePlan, Run, Settings
from onefile_integration.words import UNSETTLED_STEPS, Lane, RunKind, RunState

THREADS = 4
NAP = 1.0
LONGEST_WAIT = 90.0  # a window and a half


def probe(settings: Settings, lane: Lane) -> None:
    """One call that shows whether OneFile answers and takes the token. Raises NotReady saying what is wrong."""
    client = connect(settings, lane)
    try:
        client.customer()
    except SignInFailed:
        why = "OneFile does not take the Customer Token. A Database Administrator must set it anew."
        configuration.note_fault(settings, why)
        raise NotReady(why) from None
    except NotSent as held:
        raise NotReady(f"No call could be made: {held.why.value.replace('_', ' ')}.") from None
    except OneFileError:
        raise NotReady("OneFile could not be reached, or sent no usable answer. Nothing was changed.") from None
    finally:
        client.close()


def to_the_end(run: Run) -> str:
    """Work until nothing more can be done now; gives why it stopped on the way, or blank.

    Waits for the budget and for other processes, never for the time in which a lost reply is settled.
    """
    _begin_now(run)
    while True:
        if why := _clear_the_way(run) or _pass(run):
            return why
        run.refresh_from_db()
        if not _may_go_on(run):
            finish_if_all_ended(run)  # the process that ended the last plan may not have come to it yet
            return f"{run.paused_by} has paused it; it goes on once it is resumed." if run.paused_at else ""
        time.sleep(NAP)


def _begin_now(run: Run) -> None:
    """Somebody asks: what was left alone for a minute after a stop is due, unless a lost reply may still land."""
    left = run.plans.open().filter(claim__isnull=True).exclude(steps__state__in=UNSETTLED_STEPS)
    left.update(due_at=None)


def _clear_the_way(run: Run) -> str:
    try:
        go_on_with_what_stands_in_the_way(run)
    except (StopRun, NotReady) as why:
        return str(why)
    return ""


def _may_go_on(run: Run) -> bool:
    """Something of it is due, will be within minutes, or is in the hands of another process."""
    if run.state == RunState.HELD:
        return False
    soon = Q(due_at__isnull=True) | Q(due_at__lte=from_now(timedelta(seconds=LONGEST_WAIT)))
    rest = run.plans.open().filter(soon).exclude(steps__state__in=UNSETTLED_STEPS)
    if run.paused_at:
        rest = rest.begun()
    if run.kind == RunKind.ENROL:
        rest = rest.exclude(claim__isnull=False, lease_until__gt=Now())
    return rest.exists()


def _pass(run: Run) -> str:
    """Several threads where there are several learners; each has its own client and database connection."""
    threads = THREADS if run.plans.due().count() > 1 else 1
    if threads == 1:
        return _one(run)
    with ThreadPoolExecutor(threads) as pool:
        reasons = list(pool.map(lambda _: _one_in_a_thread(run.pk), range(threads)))
    return next((why for why in reasons if why), "")


def _one(run: Run) -> str:
    try:
        work(run)
    except (StopRun, NotReady) as why:
        return str(why)
    return ""


def _one_in_a_thread(run_pk: int) -> str:
    close_old_connections()
    try:
        return _one(Run.objects.get(pk=run_pk))
    finally:
        connection.close()


def is_going_on(run: Run) -> bool:
    """Another process works on it at this moment. One that was killed holds its claim too, but renews it no more:
    its claim is waited for until its lease is over.
    """
    first = _claims(run)
    while seen := _claims(run):
        if seen != first:
            return True
        time.sleep(NAP / 2)
    return bool(first) and _has_moved(run, first)


def _claims(run: Run) -> dict[int, object]:
    held = run.plans.filter(claim__isnull=False, lease_until__gt=Now())
    return dict(held.values_list("pk", "lease_until"))


def _has_moved(run: Run, first: dict[int, object]) -> bool:
    """The claims seen first were given back, not lost."""
    return not run.plans.filter(pk__in=first, claim__isnull=False).exists()


def is_busy(plan: ExchangePlan) -> bool:
    """Another process has it in hand at this moment."""
    mine = ExchangePlan.objects.filter(pk=plan.pk)
    return mine.filter(Q(claim__isnull=False), lease_until__gt=Now()).exists()


def busy_since(plan: ExchangePlan) -> str:
    plan.refresh_from_db()
    since = (plan.lease_until or timezone.now()) - timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)
    return since.isoformat(timespec="seconds")
