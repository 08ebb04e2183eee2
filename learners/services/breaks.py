"""Breaks in learning. No two of one learner overlap."""

from __future__ import annotations

from datetime import date
from typing import Any

from learners.actor import Actor
from learners.models import Break, Learner
from learners.services import saving
from learners.services.saving import Changes


def create(learner: Learner, *, from_date: date, by: Actor, to_date: date | None = None) -> Break:
    values = {"learner": learner, "from_date": from_date, "to_date": to_date}
    return saving.create(Break(), values, by=by)


def update(pause: Break, *, by: Actor, **changes: Any) -> Changes:
    return saving.update(pause, changes, by=by)


def delete(pause: Break, *, by: Actor) -> None:
    saving.delete(pause, by=by)
