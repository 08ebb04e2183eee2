"""What a bulk change would do, as values: nothing here writes, and nothing here asks the database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from learners.models import Learner
from learners.words import BulkChangeStep


@dataclass(frozen=True)
class Step:
    """One write. ``record`` is a model's name; ``old`` and ``new`` as the field holds them, dates as ISO text.

    A record that is yet to be made has no ``pk``; its values are ``new``.
    """

    step: BulkChangeStep
    record: str
    pk: int | None
    field: str
    old: Any
    new: Any
    label: str
    old_words: str = ""
    new_words: str = ""

    @property
    def fingerprint(self) -> tuple[Any, ...]:
        return (self.step.value, self.record, self.pk, self.field, self.old, self.new)


@dataclass(frozen=True)
class Outcome:
    """For one learner: what is written, and what cannot be, each with its reason. Neither: it is so already."""

    learner: Learner
    steps: tuple[Step, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def changed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.steps]

    @property
    def already(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if not outcome.steps and not outcome.refusals]

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.refusals]

    def steps(self) -> Iterator[tuple[Learner, Step]]:
        return ((outcome.learner, step) for outcome in self.outcomes for step in outcome.steps)

    @property
    def digest(self) -> str:
        """Equal for plans that write the same and leave the same."""
        told = sorted(
            [outcome.learner.pk, [step.fingerprint for step in outcome.steps], outcome.refusals]
            for outcome in self.outcomes
        )
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def as_held(value: Any) -> Any:
    """A field's value as steps and their rows hold it."""
    return value.isoformat() if isinstance(value, date) else value
