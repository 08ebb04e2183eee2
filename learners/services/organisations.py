from __future__ import annotations

from typing import Any

from learners.actor import Actor
from learners.models import Organisation
from learners.services import saving
from learners.services.idents import free_ident
from learners.services.saving import Changes
from learners.words import OrganisationStatus


def create(*, by: Actor, **values: Any) -> Organisation:
    """A new organisation, Live unless said otherwise; without ``ident`` one is generated."""
    if not values.get("ident"):
        values["ident"] = free_ident(Organisation)
    return saving.create(Organisation(), values, by=by)


def update(organisation: Organisation, *, by: Actor, **changes: Any) -> Changes:
    """Naming an employer that was known by its number alone approves it."""
    if changes.get("name") and _is_unnamed(organisation):
        changes.setdefault("status", OrganisationStatus.LIVE)
    return saving.update(organisation, changes, by=by)


def _is_unnamed(organisation: Organisation) -> bool:
    """As stored: a form may have filled the name in already."""
    unnamed = Organisation.objects.filter(name="", status=OrganisationStatus.UNAPPROVED)
    return unnamed.filter(pk=organisation.pk).exists()
