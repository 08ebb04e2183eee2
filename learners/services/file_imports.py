"""Imports of files as jobs: the row is the truth, a worker holds it by a claim that ends by itself."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from learners.actor import Actor
from learners.models import FileImport, FileImportChunk
from learners.models.clock import from_now
from learners.words import FILE_IMPORTS_ENDED, FileImportState

LEASE = timedelta(minutes=2)
KEPT = timedelta(hours=24)
MOST_DEATHS = 3
PERSONAL: dict[str, Any] = {"preview": [], "conflicts": []}
FREE: dict[str, Any] = {"claim": None, "lease_until": None, "deaths": 0}
UNAPPROVED: dict[str, Any] = {
    "approved_by": "",
    "approver": None,
    "approved_at": None,
    "go_on": False,
    "same_person": [],
}


class LostClaim(Exception):
    """Another worker has the import, or a person has discarded it."""


@transaction.atomic
def upload(*, kind: str, file_name: str, blocks: Iterable[bytes], by: Actor) -> FileImport:
    made = FileImport.objects.create(
        kind=kind, file_name=file_name[-200:], size=0, uploaded_by=by.label, uploader=by.user
    )
    for number, block in enumerate(blocks):
        FileImportChunk.objects.create(file_import=made, number=number, data=block)
        made.size += len(block)
    made.save(update_fields=["size"])
    return made


def blocks_of(job: FileImport) -> Iterator[bytes]:
    """A block in memory at a time."""
    for pk in job.chunks.order_by("number").values_list("pk", flat=True):
        yield bytes(FileImportChunk.objects.values_list("data", flat=True).get(pk=pk))


# What people decide


def approve(job: FileImport, *, by: Actor, go_on: bool, same_person: Collection[str]) -> bool:
    """False where it is not, or no longer, waiting for a decision: a second click does nothing."""
    waiting = FileImport.objects.filter(pk=job.pk, state=FileImportState.READ)
    return bool(
        waiting.update(
            state=FileImportState.TO_IMPORT,
            approved_by=by.label,
            approver=by.user,
            approved_at=timezone.now(),
            go_on=go_on,
            same_person=sorted(same_person),
            deaths=0,
        )
    )


def discard(job: FileImport, *, by: Actor) -> bool:
    """False where it is being imported already, or has ended."""
    before = Q(state__in=[FileImportState.TO_READ, FileImportState.READ])
    not_begun = Q(state=FileImportState.TO_IMPORT, claim__isnull=True)
    free = FileImport.objects.filter(before | not_begun, pk=job.pk)
    return _end(free, FileImportState.DISCARDED, ending=f"By {by.label}. Nothing was changed.")


def open_imports() -> models.QuerySet[FileImport]:
    """Their files are still kept, whoever they name."""
    return FileImport.objects.exclude(state__in=FILE_IMPORTS_ENDED)


def make_way(*, ending: str) -> bool:
    """End all that are open, with the files and their previews. False, and nothing is done, while one is at work.

    Called within the transaction for which they make way.
    """
    waiting = open_imports().select_for_update()
    if any(job.claim for job in waiting.filter(lease_until__gte=Now())):
        return False
    _end(waiting, FileImportState.DISCARDED, ending=ending)
    return True


# What workers do


@transaction.atomic
def claim(pk: int) -> FileImport | None:
    """Of two workers one gets it, and of two imports one is begun: who claims at the same time waits here."""
    list(open_imports().select_for_update().values_list("pk"))
    died = models.Case(
        models.When(claim__isnull=False, then=F("deaths") + 1), default=F("deaths"), output_field=models.IntegerField()
    )
    mine = uuid.uuid4()
    if not FileImport.objects.due().filter(pk=pk).update(claim=mine, lease_until=from_now(LEASE), deaths=died):
        return None
    return FileImport.objects.filter(pk=pk, claim=mine).select_related("uploader", "approver").first()


def renew(job: FileImport) -> bool:
    return bool(_mine(job).update(lease_until=from_now(LEASE)))


def ask(job: FileImport, **told: Any) -> None:
    """The file is read, and waits for a person. Raises LostClaim."""
    if not _mine(job).update(state=FileImportState.READ, **FREE, **UNAPPROVED, **told):
        raise LostClaim


def finish(job: FileImport, state: FileImportState, *, ending: str = "", **told: Any) -> None:
    """For good. In one transaction with the changes, so that none is made twice. Raises LostClaim."""
    if not _end(_mine(job), state, ending=ending, **told):
        raise LostClaim


def _mine(job: FileImport) -> models.QuerySet[FileImport]:
    return FileImport.objects.filter(pk=job.pk, state=job.state, claim=job.claim)


@transaction.atomic
def _end(jobs: models.QuerySet[FileImport], state: FileImportState, *, ending: str, **told: Any) -> bool:
    pks = list(jobs.select_for_update().values_list("pk", flat=True))
    ended = {"state": state, "ending": ending, "ended_at": timezone.now(), **FREE}
    FileImport.objects.filter(pk__in=pks).update(**told, **PERSONAL, **ended)
    FileImportChunk.objects.filter(file_import__in=pks).delete()
    return bool(pks)


# What the clock does


def waiting() -> list[int]:
    return list(FileImport.objects.due().order_by("pk").values_list("pk", flat=True))


def prune() -> None:
    """Nobody's data is kept for a decision that nobody takes."""
    old = FileImport.objects.exclude(state__in=FILE_IMPORTS_ENDED).filter(uploaded_at__lt=from_now(-KEPT))
    idle = old.filter(Q(claim__isnull=True) | Q(lease_until__lt=Now()))
    _end(idle, FileImportState.EXPIRED, ending="Nobody decided within 24 hours. Nothing was changed; upload it again.")
