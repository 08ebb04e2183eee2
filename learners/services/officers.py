from __future__ import annotations

from typing import Any

from learners.actor import Actor
from learners.models import Officer
from learners.services import saving
from learners.services.idents import free_ident
from learners.services.saving import Changes


def create(*, by: Actor, **values: Any) -> Officer:
    """A new officer, Live unless said otherwise; without ``ident`` one is generated."""
    if not values.get("ident"):
        values["ident"] = free_ident(Officer)
    return saving.create(Officer(), values, by=by)


def update(officer: Officer, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(officer, changes, by=by)
