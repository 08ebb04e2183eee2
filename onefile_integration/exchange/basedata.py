"""Refresh Qualification Links: OneFile's centres and standards, fetched as a whole and kept with their time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from onefile_integration.api.client import OneFile
from onefile_integration.api.records import Organisation
from onefile_integration.api.records import Standard as RemoteStandard
from onefile_integration.models import Centre, Standard
from onefile_integration.rules.matching import code_of


@dataclass(frozen=True)
class Fetched:
    customer: str
    centres: int
    standards: int


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


def the_only_centre(environment: str) -> int | None:
    """Its OneFile id, where exactly one centre is known."""
    known = list(Centre.objects.filter(environment=environment).values_list("onefile_id", flat=True)[:2])
    return known[0] if len(known) == 1 else None
