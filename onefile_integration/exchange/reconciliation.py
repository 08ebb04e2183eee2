"""A report on how a centre's lists in OneFile and our links disagree: made by a worker, the last few kept."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from celery import current_app
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from learners.actor import Actor
from learners.models.clock import from_now
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound, OneFileError
from onefile_integration.api.names import Role
from onefile_integration.api.records import Placement, UserRow
from onefile_integration.exchange import configuration
from onefile_integration.exchange.connection import NotReady, connect
from onefile_integration.exchange.failures import Later, StopRun, TokenRefused, explained
from onefile_integration.exchange.reading import our_lists
from onefile_integration.exchange.reading.lookups import STAFF, name_of
from onefile_integration.models import Centre, Reconciliation, ReconciliationRow, Settings
from onefile_integration.rules.reconciliation import Found, Here, Kind, Linked, Seen, Theirs, compare, settled
from onefile_integration.words import Lane, Partner, ReportState

log = logging.getLogger("onefile.exchange")

KEPT = 5  # of each centre
KEPT_FOR = timedelta(days=30)  # it holds names of people who may not be ours
MOST_READ = 100  # linked and not in the list: that many are read by their id
MOST_DEATHS = 3
PATIENCE = 90.0  # seconds for one read, well within a lease; then it is left for later
BELL = "onefile_integration.tasks.reconcile"
PLURALS = {Partner.LEARNER: "learners", Partner.OFFICER: "assessors", Partner.ORGANISATION: "employers"}

T = TypeVar("T")


class LostClaim(Exception):
    """Another worker has taken it over."""


def start(centre: Centre, *, by: Actor) -> Reconciliation:
    """The one that is being made already, where there is one: a second click asks for no second."""
    try:
        with transaction.atomic():
            return Reconciliation.objects.create(
                environment=centre.environment,
                centre=centre.onefile_id,
                centre_name=centre.name,
                asked_by=by.label,
                user=by.user,
            )
    except IntegrityError:
        return Reconciliation.objects.get(environment=centre.environment, state=ReportState.WAITING)


def ring(report: Reconciliation) -> None:
    """A person waits for it, so people's workers make it; its calls leave people their share all the same."""

    def send() -> None:
        with suppress(OperationalError):  # the broker is away; the tick rings again
            current_app.send_task(BELL, args=[report.pk], queue=Lane.PEOPLE, expires=60, retry=False)

    transaction.on_commit(send)


def tick(environment: str) -> None:
    Reconciliation.objects.filter(ended_at__lt=from_now(-KEPT_FOR)).delete()
    for report in Reconciliation.objects.due().filter(environment=environment):
        ring(report)


# ---- what a worker does


def work(pk: int) -> None:
    """Safe to call twice, at once, at any time."""
    report = Reconciliation.objects.filter(pk=pk).first()
    if report is None or not report.try_claim(_lease()):
        return
    if report.deaths >= MOST_DEATHS:
        _end(report, ReportState.FAILED, "Whoever worked on it ended three times on the way.")
        return
    try:
        with suppress(LostClaim):
            _make(report)
    except Exception as bug:
        _log_bug(report, bug)
        _end(report, ReportState.FAILED, "A fault of ours; it is in the log. Nothing was changed.")


def _make(report: Reconciliation) -> None:
    settings = Settings.objects.current()
    if settings.environment != report.environment:
        _end(report, ReportState.FAILED, "Another environment is set now. Ask for a report of that one.")
        return
    try:
        client = connect(configuration.require_ready(), Lane.NIGHT, PATIENCE)
    except NotReady as why:
        _end(report, ReportState.FAILED, str(why))
        return
    try:
        found, notes = Making(report, client).rows()
        _keep(report, found, notes, client.calls.total())
    except OneFileError as error:
        _not_now(report, settings, error)
    finally:
        client.close()


def _not_now(report: Reconciliation, settings: Settings, error: OneFileError) -> None:
    """Nothing of it is kept: half a list would show what is not so."""
    match explained(error):
        case Later() as later:
            report.keep(due_at=from_now(timedelta(seconds=later.seconds)), done=0)
        case TokenRefused() as why:
            configuration.note_fault(settings, str(why))
            _end(report, ReportState.FAILED, str(why))
        case StopRun() as why:
            _end(report, ReportState.FAILED, str(why))
        case failure:
            _end(report, ReportState.FAILED, f"{failure} The report was not made; ask for it again.")


@transaction.atomic
def _keep(report: Reconciliation, found: Iterable[ReconciliationRow], notes: list[str], calls: int) -> None:
    ReconciliationRow.objects.bulk_create(found, batch_size=500)
    if not report.keep(state=ReportState.DONE, ended_at=timezone.now(), notes=notes, calls=calls):
        raise LostClaim
    same = Reconciliation.objects.filter(environment=report.environment, centre=report.centre)
    last = list(same.exclude(state=ReportState.WAITING).values_list("pk", flat=True)[:KEPT])
    same.exclude(state=ReportState.WAITING).exclude(pk__in=last).delete()


def _end(report: Reconciliation, state: ReportState, message: str) -> None:
    report.keep(state=state, message=message[:500], ended_at=timezone.now())


def _lease() -> timedelta:
    return timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)


def _log_bug(report: Reconciliation, bug: Exception) -> None:
    """Where it happened, not what it said: an exception's text may hold somebody's values."""
    frames = "".join(traceback.format_tb(bug.__traceback__)[-6:])
    log.error("onefile_bug", extra={"report": report.pk, "kind": type(bug).__name__, "frames": frames})


class Making:
    """Reads the lists of one centre, then by its id what they leave in doubt. Raises the API's errors, LostClaim."""

    def __init__(self, report: Reconciliation, client: OneFile) -> None:
        self.report, self.client, self.centre = report, client, report.centre
        self.done, self.total = 0, 4
        self.reads_left = MOST_READ
        self.notes: list[str] = []

    def rows(self) -> tuple[list[ReconciliationRow], list[str]]:
        environment = self.report.environment
        lists = {
            Partner.LEARNER: (self._users(Role.LEARNER), our_lists.learners(environment)),
            Partner.OFFICER: (
                self._users(Role.ASSESSOR) + self._users(Role.TRAINEE_ASSESSOR),
                our_lists.officers(environment),
            ),
            Partner.ORGANISATION: (self._placements(), our_lists.organisations(environment)),
        }
        found = [row for about, (theirs, here) in lists.items() for row in self._compared(about, theirs, here)]
        return [*found, *self._reviews()], self.notes

    def _read(self, ask: Callable[[], T]) -> T:
        """One call, and the report says that it was made."""
        found = ask()
        self.done += 1
        if not self.report.keep(_lease(), done=self.done, total=max(self.total, self.done)):
            raise LostClaim
        return found

    def _users(self, role: Role) -> list[Theirs]:
        return _theirs(self._read(lambda: self.client.search_users(role, self.centre)))

    def _placements(self) -> list[Theirs]:
        return _theirs(self._read(lambda: self.client.placements(self.centre)))

    def _compared(self, about: Partner, theirs: list[Theirs], here: Here) -> list[ReconciliationRow]:
        if theirs and not any(row.mis_value for row in theirs):
            self.notes.append(
                f"OneFile's list of {PLURALS[about]} shows no MIS Values: they are compared by link only."
            )
        compared = compare(theirs, here, self.centre)
        found = [*compared.found, *self._doubtful(about, compared.doubtful)]
        return [self._row(about, each) for each in found]

    def _doubtful(self, about: Partner, doubtful: tuple[Linked, ...]) -> list[Found]:
        """The first hundred of all; the rest is said to be unread."""
        read, rest = doubtful[: self.reads_left], doubtful[self.reads_left :]
        self.reads_left -= len(read)
        self.total += len(read)
        if rest:
            self.notes.append(
                f"{len(rest)} linked {PLURALS[about]} are not in OneFile's list and were not read one by one: "
                f"a report reads {MOST_READ} at most. So many at once are rather a fault of the list, or of the links."
            )
        found = [settled(link, self._seen(about, link.onefile_id), self.centre) for link in read]
        unread = [Found(Kind.NOT_READ, link.onefile_id, link.pk, was_linked=True) for link in rest]
        return [*(each for each in found if each), *unread]

    def _seen(self, about: Partner, number: int) -> Seen | None:
        return self._read(
            lambda: _placement(self.client, number) if about == Partner.ORGANISATION else self._user(about, number)
        )

    def _user(self, about: Partner, number: int) -> Seen | None:
        try:
            user = self.client.user(number)
        except NotFound:
            return None
        roles: tuple[Any, ...] = (None, Role.LEARNER) if about == Partner.LEARNER else STAFF
        return Seen(name_of(user), user.misid or "", user.organisation_id, user.role in roles)

    def _reviews(self) -> list[ReconciliationRow]:
        """One list of the whole centre, where there is anything to look for in it."""
        deleted = our_lists.deleted_reviews(self.report.environment, self.centre)
        if not deleted:
            return []
        self.total += 1
        listed = {row.id for row in self._read(lambda: self.client.reviews(self.centre))}
        there = {number: pk for number, pk in deleted.items() if number in listed}
        found = (Found(Kind.REVIEW_DELETED, number, pk, was_linked=True) for number, pk in sorted(there.items()))
        return [self._row(Partner.LEARNER, each) for each in found]

    def _row(self, about: Partner, found: Found) -> ReconciliationRow:
        return ReconciliationRow(
            report=self.report,
            kind=found.kind.value,
            about=about,
            onefile_id=found.onefile_id,
            name_there=found.name[:400],
            mis_value=found.mis_value[:200],
            note=found.note[:500],
            was_linked=found.was_linked,
            **{f"{about.value}_id": found.pk},
        )


def _theirs(rows: Iterable[UserRow | Placement]) -> list[Theirs]:
    return [Theirs(row.id, name_of(row), row.misid) for row in rows]


def _placement(client: OneFile, number: int) -> Seen | None:
    try:
        found = client.placement(number)
    except NotFound:
        return None
    return Seen(name_of(found), found.misid or "", found.organisation_id)
