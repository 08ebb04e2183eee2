"""What a worker does with an import that waits: read it without changing anything, or import it.

Rows of the database say what there is to do; a message only rings. Safe to call twice, at once, at any time.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO, cast

from celery import current_app
from django.db import DatabaseError, connection, transaction
from kombu.exceptions import OperationalError

from learners.actor import Actor
from learners.files.faults import Outcome
from learners.files.ilr.importing import import_ilr
from learners.files.ilr.outcome import IlrOutcome
from learners.files.importing import import_csv
from learners.files.kinds import kind_named, kind_names
from learners.files.live_progress import Telling, forget
from learners.models import FileImport
from learners.services import file_imports
from learners.services.file_imports import LostClaim
from learners.words import FileImportState

log = logging.getLogger("learners.files")

ILR = "ilr"
BELL, QUEUE = "learners.tasks.work_import", "people"
COUNTS = ("created", "updated", "unchanged")
BUG = "A fault of ours; it is in the log. {} Try again, and tell whoever looks after this system."

AnyOutcome = Outcome | IlrOutcome
Act = Callable[..., AnyOutcome]


def import_kinds() -> list[str]:
    return [ILR, *kind_names()]


def ring(job: int) -> None:
    """Once the row is committed. A lost message does no harm: the next tick rings again."""

    def send() -> None:
        with suppress(OperationalError):  # the broker is away
            current_app.send_task(BELL, args=[job], queue=QUEUE, expires=60, retry=False)

    transaction.on_commit(send)


def tick() -> None:
    file_imports.prune()
    for job in file_imports.waiting():
        ring(job)


def work(pk: int) -> None:
    job = file_imports.claim(pk)
    if job is None:
        return
    with suppress(LostClaim):
        if job.deaths >= file_imports.MOST_DEATHS:
            why = "Whoever worked on it ended three times on the way."
            file_imports.finish(job, FileImportState.FAILED, ending=why)
        else:
            _work(job)
    for following in file_imports.waiting()[:1]:
        ring(following)


def _work(job: FileImport) -> None:
    act = _import if job.state == FileImportState.TO_IMPORT else _read
    try:
        with _kept_alive(job) as alive, _file_of(job) as file:
            act(job, partial(_take_in, job, file, alive))
    except LostClaim:
        raise
    except Exception as bug:
        _log_bug(job, bug)
        done = "Some learners may be in." if job.kind == ILR and act is _import else "Nothing was changed."
        file_imports.finish(job, FileImportState.FAILED, ending=BUG.format(done))
    finally:
        forget(job.pk)


def _read(job: FileImport, take_in: Act) -> None:
    outcome = take_in(dry_run=True)
    told = _told(outcome)
    if outcome.refused:
        file_imports.finish(job, FileImportState.REFUSED, **told)
        return
    shown = {"preview": outcome.preview.as_data(), "preview_count": outcome.preview.count}
    conflicts = [asdict(conflict) for conflict in outcome.conflicts] if isinstance(outcome, IlrOutcome) else []
    file_imports.ask(job, **told, **shown, conflicts=conflicts, expected=_counts(outcome))


def _import(job: FileImport, take_in: Act) -> None:
    """What was let through is for the file as it was shown: held anew, it is shown anew."""
    if job.kind == ILR:  # a learner at a time, and a second time changes nothing
        outcome = take_in(dry_run=False)
        if not outcome.held:
            return _finish(job, outcome)
    else:
        with transaction.atomic():
            outcome = take_in(dry_run=False)
            if not outcome.held:
                return _finish(job, outcome)
    return _read(job, take_in)


def _finish(job: FileImport, outcome: AnyOutcome) -> None:
    state = FileImportState.REFUSED if outcome.refused else FileImportState.IMPORTED
    file_imports.finish(job, state, **_told(outcome), done=_counts(outcome))


def _take_in(job: FileImport, file: BinaryIO, alive: Callable[[], None], *, dry_run: bool) -> AnyOutcome:
    telling = Telling(job.pk)

    def progress(done: int, total: int) -> None:
        alive()
        telling(done, total)

    by = Actor(job.approved_by or job.uploaded_by, job.approver if job.approved_by else job.uploader)
    file.seek(0)
    if job.kind == ILR:
        return import_ilr(
            file,
            by=by,
            dry_run=dry_run,
            go_on=job.go_on,
            same_person=job.same_person,
            name=job.file_name,
            progress=progress,
        )
    kind = kind_named(job.kind)
    assert kind, job.kind
    return import_csv(kind, file, by=by, dry_run=dry_run, go_on=job.go_on, progress=progress)


def _counts(outcome: AnyOutcome) -> dict[str, int]:
    return {name: getattr(outcome, name) for name in COUNTS}


def _told(outcome: AnyOutcome) -> dict[str, Any]:
    """What is kept of the outcome: nothing of it is about a person."""
    if isinstance(outcome, IlrOutcome):
        errors = [{"row": note.line, "column": note.column, "message": note.message} for note in outcome.errors]
        notes = [str(note) for note in outcome.notes]
    else:
        errors, notes = [asdict(error) for error in outcome.errors], []
    return {"errors": errors, "error_count": outcome.error_count, "notes": notes, "held": outcome.held}


@contextmanager
def _file_of(job: FileImport) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        for block in file_imports.blocks_of(job):
            file.write(block)
        yield cast(BinaryIO, file)


@contextmanager
def _kept_alive(job: FileImport) -> Iterator[Callable[[], None]]:
    """Renews the claim on a connection of its own: what the import's transaction writes nobody else sees yet.

    SQLite has one writer only, and the import is it: nobody can take it over meanwhile. Gives what raises LostClaim.
    """
    ended, lost = threading.Event(), threading.Event()

    def renew() -> None:
        while not ended.wait(file_imports.LEASE.total_seconds() / 4):
            with suppress(DatabaseError):
                if not file_imports.renew(job):
                    lost.set()
        connection.close()

    def check() -> None:
        if lost.is_set():
            raise LostClaim

    if connection.vendor == "sqlite":
        yield check
        return
    beat = threading.Thread(target=renew, daemon=True)
    beat.start()
    try:
        yield check
    finally:
        ended.set()
        beat.join()


def _log_bug(job: FileImport, bug: Exception) -> None:
    """Where it happened, not what it said: an exception's text may hold somebody's values."""
    frames = "".join(traceback.format_tb(bug.__traceback__)[-6:])
    log.error("file_import_bug", extra={"file_import": job.pk, "kind": type(bug).__name__, "frames": frames})
