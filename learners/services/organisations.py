from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from learners.actor import Actor
from learners.models import Organisation, Placement
from learners.services import placements, saving
from learners.services.idents import free_ident
from learners.services.saving import Changes
from learners.words import OrganisationStatus


@transaction.atomic
def create(*, by: Actor, **values: Any) -> Organisation:
    """A new organisation, Live unless said otherwise; without ``ident`` one is generated.

    It takes the place of what was known by the same EDRS number alone.
    """
    if not values.get("ident"):
        values["ident"] = free_ident(Organisation)
    organisation = saving.create(Organisation(), values, by=by)
    _take_the_place_of_nameless(organisation, by)
    return organisation


@transaction.atomic
def update(organisation: Organisation, *, by: Actor, **changes: Any) -> Changes:
    """Naming an employer that was known by its number alone approves it."""
    if changes.get("name") and _is_unnamed(organisation):
        changes.setdefault("status", OrganisationStatus.LIVE)
    changed = saving.update(organisation, changes, by=by)
    if "edrs" in changed:
        _take_the_place_of_nameless(organisation, by)
    return changed


def _is_unnamed(organisation: Organisation) -> bool:
    """As stored: a form may have filled the name in already."""
    return _nameless().filter(pk=organisation.pk).exists()


def _nameless() -> QuerySet[Organisation]:
    return Organisation.objects.filter(name="", status=OrganisationStatus.UNAPPROVED)


def _take_the_place_of_nameless(organisation: Organisation, by: Actor) -> None:
    """An ILR file brings employers as bare numbers; the provider's own list names them under its own Idents."""
    if not organisation.name or not organisation.edrs:
        return
    for nameless in _nameless().filter(edrs=organisation.edrs).exclude(pk=organisation.pk):
        for placement in nameless.placements.all():
            _move(placement, organisation, by)
        if not _is_needed(nameless):
            saving.delete(nameless, by=by)


def _move(placement: Placement, organisation: Organisation, by: Actor) -> None:
    try:
        with transaction.atomic():
            placements.update(placement, organisation=organisation, by=by)
    except ValidationError:
        return  # the learner has that placement already: a person decides which of the two is right


def _is_needed(organisation: Organisation) -> bool:
    """By a placement, or by what another app keeps about it."""
    collector = NestedObjects(using="default", origin=organisation)
    collector.collect([organisation])
    return sum(len(records) for records in collector.data.values()) > 1 or bool(collector.protected)
