from __future__ import annotations

from typing import Any

from django.db import transaction

from learners.actor import Actor
from learners.models import Organisation
from learners.services import saving
from learners.services.idents import free_ident
from learners.services.saving import Changes


@transaction.atomic
def create(*, by: Actor, **values: Any) -> Organisation:
    """A new organisation, Live unless said otherwise; without ``ident`` one is generated."""
    if not values.get("ident"):
        values["ident"] = free_ident(Organisation)
    return saving.create(Organisation(), values, by=by)


def update(organisation: Organisation, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(organisation, changes, by=by)
