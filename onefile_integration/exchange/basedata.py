"""Refresh Qualification Links: OneFile's centres and standards, fetched as a whole and kept with their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from onefile_integration.api.client import OneFile
from onefile_integration.api.records import Organisation
from onefile_integration.api.records import Standard as RemoteStandard
from onefile_integration.models import Centre, RemoteAim, Standard
from onefile_integration.rules.matching import code_of

FRESH = timedelta(hours=24)


@dataclass(frozen=True)
class Fetched:
    customer: str
    centres: int
    standards: int

    @property
    def told(self) -> str:
        qualifications = f"{self.standards} qualification{'' if self.standards == 1 else 's'}"
        return f"{qualifications} in {self.centres} centre{'' if self.centres == 1 else 's'}"


def refresh_qualification_links(client: OneFile, environment: str) -> Fetched:
    """Nothing is changed unless every centre's list has come whole. Raises the API's errors."""
    customer = client.customer()
    centres = client.organisations(customer.id)
    standards = {centre.id: client.standards(centre.id) for centre in centres}
    _keep(environment, centres, standards)
    return Fetched(customer.name or str(customer.id), len(centres), sum(map(len, standards.values())))


@transaction.atomic
def _keep(environment: str, centres: list[Organisation], standards: dict[int, list[RemoteStandard]]) -> None:
    now = timezone.now()
    Centre.objects.filter(environment=environment).exclude(onefile_id__in=standards).delete()
    for found in centres:
        centre, _ = Centre.objects.update_or_create(
            environment=environment,
            onefile_id=found.id,
            defaults={"name": found.name or str(found.id), "fetched_at": now},
        )
        centre.standards.all().delete()
        Standard.objects.bulk_create(
            Standard(
                centre=centre,
                onefile_id=each.id,
                title=(each.title or "")[:500],
                code=code_of(each.title or "")[:100],
                fetched_at=now,
            )
            for each in {each.id: each for each in standards[found.id]}.values()
        )


def fetched_at(environment: str) -> datetime | None:
    """When the list that is oldest was fetched; None where none was."""
    oldest = Centre.objects.filter(environment=environment).order_by("fetched_at").first()
    return oldest.fetched_at if oldest else None


def is_stale(fetched: datetime | None, now: datetime) -> bool:
    """OneFile may well have more by now: say so, and offer to fetch it again."""
    return fetched is None or now - fetched > FRESH


def last_used(environment: str, standards: Iterable[int]) -> dict[int, int]:
    """Of these standards those that learners have; the higher the number, the later one was given."""
    aims = RemoteAim.objects.filter(link__environment=environment, standard_id__in=standards)
    return dict(aims.values_list("standard_id").annotate(latest=Max("pk")).order_by())


def the_only_centre(environment: str) -> int | None:
    """Its OneFile id, where exactly one centre is known."""
    known = list(Centre.objects.filter(environment=environment).values_list("onefile_id", flat=True)[:2])
    return known[0] if len(known) == 1 else None
