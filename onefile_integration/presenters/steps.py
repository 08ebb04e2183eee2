"""Steps of a plan as pages show them, and how much of them the reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onefile_integration.models import Step
from onefile_integration.models.journal import fields_of
from onefile_integration.presenters.words import HIDDEN, SIDES, label_of, outcome_badge, value_words, when
from onefile_integration.rules.fields import SENSITIVE
from onefile_integration.words import (
    StepState,
)
from picsweb.display import Badge, Bar, Cell, Grid, GridRow


@dataclass(frozen=True)
class ShownStep:
    id: str
    title: str
    badge: Badge
    side: str
    when: str
    message: str
    changes: Grid | None


@dataclass(frozen=True)
class Sight:
    """How the reader sees values: whether sensitive ones too, and our records by name."""

    sees_sensitive: bool
    names: Mapping[str, str] = field(default_factory=dict)

    def cell(self, name: str, value: Any) -> Cell:
        if name in SENSITIVE and not self.sees_sensitive and value not in (None, "", []):
            return Cell(masked=True)
        return Cell(value_words(name, value, self.names))

    def text(self, name: str, value: Any) -> str:
        cell = self.cell(name, value)
        return HIDDEN if cell.masked else cell.text


def shown_step(step: Step, sight: Sight, dry: bool) -> ShownStep:
    return ShownStep(
        id=f"step-{step.pk}",
        title=step.title,
        badge=outcome_badge(step.state, dry),
        side=SIDES[step.side],
        when=when(step.ended_at or step.begun_at),
        message=step.message,
        changes=changes_grid(step, sight) if step.changes else None,
    )


def changes_of(step: Step, only: Collection[str] = ()) -> list[dict[str, Any]]:
    """All of them, or those of the fields ``only``: names as in ``learner.email``."""
    return [each for each in step.changes if not only or fields_of(step.record, [each]).strip() in only]


def changes_grid(step: Step, sight: Sight, only: Collection[str] = ()) -> Grid:
    rows = [
        GridRow(
            [
                Cell(label_of(step.record, change["field"])),
                sight.cell(change["field"], change["old"]),
                sight.cell(change["field"], change["new"]),
            ]
        )
        for change in changes_of(step, only)
    ]
    return Grid(f"Values of: {step.title}", ["Field", "Old value", "New value"], rows)


ENDED_STEPS = (StepState.DONE, StepState.REFUSED, StepState.SKIPPED)


def steps_bar(steps: Iterable[Step]) -> Bar | None:
    states = [step.state for step in steps]
    if not states:
        return None
    ended = sum(state in ENDED_STEPS for state in states)
    return Bar("Steps ended", ended, len(states), f"{ended} of {len(states)} steps ended")
