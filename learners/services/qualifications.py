from __future__ import annotations

from typing import Any

from learners.actor import Actor
from learners.models import Qualification
from learners.services import saving
from learners.services.saving import Changes


def create(*, by: Actor, **values: Any) -> Qualification:
    """A new qualification of the base data; without ``title`` its VQ Reference stands as title."""
    values.setdefault("title", values.get("vq_reference"))
    return saving.create(Qualification(), values, by=by)


def update(qualification: Qualification, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(qualification, changes, by=by)
