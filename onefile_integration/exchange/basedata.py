"""Refresh Qualification Links: OneFile's centres and standards, fetched as a whole and kept with their time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import BadAnswer, Refused, Why
from onefile_integration.api.records import Organisation
from onefile_integration.api.records import Standard as RemoteStandard
from onefile_integration.models import Centre, RemoteAim, Standard
from onefile_integration.rules.matching import code_of

FRESH = timedelta(hours=24)


@dataclass(frozen=True)
class Fetched:
    """``said``: what is new, what is gone, and what could not be used."""

    customer: str
    centres: int
    standards: int
    said: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def told(self) -> str:
        qualifications = f"{self.standards} qualification{'' if self.standards == 1 else 's'}"
        return f"{qualifications} in {self.centres} centre{'' if self.centres == 1 else 's'}"


def refresh_qualification_links(client: OneFile, environment: str) -> Fetched:
    """Nothing is changed unless every centre's list has come whole. Raises the API's errors."""
    customer = client.customer()
    centres = client.organisations(customer.id)
    standards = {centre.id: client.standards(centre.id) for centre in centres}
    said = _keep(environment, centres, standards)
    return Fetched(customer.name or str(customer.id), len(centres), sum(map(len, standards.values())), tuple(said))


def refresh_what_can_be_used(client: OneFile, environment: str) -> Fetched:
    """By night nobody looks: a list that fails, or is empty where it was not, leaves what is known as it is.

    Raises the API's errors where not even the centres come.
    """
    customer = client.customer()
    centres = client.organisations(customer.id)
    if not centres and Centre.objects.filter(environment=environment).listed().exists():
        raise BadAnswer(Why.EMPTY)
    standards: dict[int, list[RemoteStandard]] = {}
    faults: list[str] = []
    for centre in centres:
        try:
            standards[centre.id] = _usable(client.standards(centre.id), environment, centre.id)
        except (Refused, BadAnswer) as why:
            faults.append(f"The list of {centre.name or centre.id} could not be used ({why}); that of before is kept.")
    said = _keep(environment, centres, standards)
    came = sum(map(len, standards.values()))
    return Fetched(customer.name or str(customer.id), len(centres), came, (*faults, *said), bool(faults))


def _usable(rows: list[RemoteStandard], environment: str, centre: int) -> list[RemoteStandard]:
    known = Standard.objects.listed().filter(centre__environment=environment, centre__onefile_id=centre)
    if not rows and known.exists():
        raise BadAnswer(Why.EMPTY)
    return rows


@transaction.atomic
def _keep(environment: str, centres: list[Organisation], standards: dict[int, list[RemoteStandard]]) -> list[str]:
    """Of a centre without a list the standards stay as they are. What is gone is only marked: aims and logs name it."""
    now = timezone.now()
    gone = Centre.objects.filter(environment=environment).listed().exclude(onefile_id__in=[each.id for each in centres])
    said = [f"OneFile does not list the centre {centre} any more; what is known of it is kept." for centre in gone]
    gone.update(missing_since=now)
    for found in centres:
        name = {"name": found.name} if found.name else {}
        centre, _ = Centre.objects.update_or_create(
            environment=environment,
            onefile_id=found.id,
            defaults={**name, "missing_since": None, **({"fetched_at": now} if found.id in standards else {})},
            create_defaults={"name": found.name or str(found.id), "fetched_at": now},
        )
        if found.id in standards:
            said += _keep_standards(centre, standards[found.id], now)
    return said


def _keep_standards(centre: Centre, rows: list[RemoteStandard], now: datetime) -> list[str]:
    """A row without a title is not one with a blank title."""
    held = {each.onefile_id: each for each in centre.standards.all()}
    came = {row.id: row for row in rows}
    shown = {number for number, each in held.items() if each.missing_since is None}
    for number in came.keys() & held.keys():
        each = held[number]
        each.title, each.fetched_at, each.missing_since = came[number].title or each.title, now, None
    gone = [held[number] for number in sorted(shown - came.keys())]
    for each in gone:
        each.missing_since = now
    new = [
        Standard(centre=centre, onefile_id=number, title=came[number].title or "", fetched_at=now)
        for number in came.keys() - held.keys()
    ]
    for each in (*held.values(), *new):
        each.title = each.title[:500]
        each.code = code_of(each.title)[:100]
    Standard.objects.bulk_update(held.values(), ["title", "code", "fetched_at", "missing_since"], batch_size=500)
    Standard.objects.bulk_create(new)
    back = [held[number] for number in sorted(came.keys() & held.keys() - shown)]
    return [
        *(f"New in OneFile: {each.title} ({centre})." for each in sorted(new, key=str) if held and each.code),
        *(f"In OneFile's list again: {each.title} ({centre})." for each in back),
        *(f"Not in OneFile's list any more: {each.title} ({centre}). Nothing was taken away." for each in gone),
    ]


def fetched_at(environment: str) -> datetime | None:
    """When the list that is oldest was fetched; None where none was."""
    oldest = Centre.objects.filter(environment=environment).listed().order_by("fetched_at").first()
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
    known = list(Centre.objects.known(environment).values_list("onefile_id", flat=True)[:2])
    return known[0] if len(known) == 1 else None
