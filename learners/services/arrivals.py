"""New learners with all that hangs on them, many at once: a file brings thousands.

Checked as one by one, but for what must be unique: a new learner's parts can clash with each other only, and who
puts them together sees to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from learners.actor import Actor
from learners.models import Break, DeliveryPlanLine, Learner, Placement
from learners.services import saving
from learners.services.idents import free_idents
from learners.services.learners import tidied


@dataclass
class Arrival:
    """A learner who is not kept yet. The parts are given without the learner."""

    learner: Learner
    lines: list[DeliveryPlanLine] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)

    def add_line(self, **values: Any) -> None:
        self.lines.append(saving.prepared(DeliveryPlanLine(), {"learner": self.learner, **values}))

    def add_break(self, **values: Any) -> None:
        self.breaks.append(saving.prepared(Break(), {"learner": self.learner, **values}))

    def add_placement(self, **values: Any) -> None:
        self.placements.append(saving.prepared(Placement(), {"learner": self.learner, **values}))


def arriving(values: Mapping[str, Any]) -> Arrival:
    """A new learner of these values, its Ident one of ``idents``; wrong values raise as in ``learners.create``."""
    return Arrival(saving.prepared(Learner(), tidied(dict(values))))


def idents(count: int) -> Iterator[str]:
    return iter(free_idents(Learner, count))


def wrong_values(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a learner of these values would be refused for, by field."""
    try:
        arriving({"ident": "ANYID", **values})
    except ValidationError as error:
        return error.message_dict
    return {}


@transaction.atomic
def keep(arrivals: Sequence[Arrival], *, by: Actor) -> None:
    """In a number of statements that does not grow with the learners."""
    saving.create_all([arrival.learner for arrival in arrivals], by=by)
    saving.create_all([line for arrival in arrivals for line in arrival.lines], by=by)
    saving.create_all([pause for arrival in arrivals for pause in arrival.breaks], by=by)
    saving.create_all([placement for arrival in arrivals for placement in arrival.placements], by=by)
