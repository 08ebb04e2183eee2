"""What can be put back as pages show it. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from onefile_integration.exchange.undo import Judged, reverse_words
from onefile_integration.presenters.kinds import kind_words
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.words import label_of
from onefile_integration.rules.undo import WHOLE
from picsweb.display import Cell, Grid, GridRow


@dataclass(frozen=True)
class ShownPart:
    """``value`` is what a form sends for it; ``now`` and ``old`` stand on both sides of an arrow."""

    value: str
    id: str
    label: str
    now: Cell
    old: Cell
    why: str
    ticked: bool


@dataclass(frozen=True)
class ShownGroup:
    title: str
    parts: list[ShownPart]


def groups(judged: Iterable[Judged], sight: Sight, ticked: set[tuple[int, str]] | None = None) -> list[ShownGroup]:
    """By step. Where nothing was chosen yet all that can be put back is ticked."""
    return [
        ShownGroup(step.title, [_shown(each, sight, ticked) for each in found])
        for step, found in groupby(judged, key=lambda each: each.part.step)
    ]


def _shown(judged: Judged, sight: Sight, ticked: set[tuple[int, str]] | None) -> ShownPart:
    part = judged.part
    return ShownPart(
        value=f"{part.step.pk}:{part.field}",
        id=f"part-{part.step.pk}-{part.field}",
        label=judged.label,
        now=_cell(part.step.record, part.field, part.now, sight),
        old=_cell(part.step.record, part.field, part.old, sight),
        why=judged.why,
        ticked=judged.may_be_undone and (ticked is None or part.key in ticked),
    )


def _cell(record: str, field: str, value: Any, sight: Sight) -> Cell:
    if field != WHOLE:
        return sight.cell(field, value)
    return Cell(_whole(record, value, sight) if isinstance(value, Mapping) else "not here")


def _whole(record: str, values: Mapping[str, Any], sight: Sight) -> str:
    """A review in a line. Words about people are not repeated here."""
    shown = {name: value for name, value in values.items() if name != "notes"}
    return ", ".join(f"{label_of(record, name)}: {sight.text(name, value)}" for name, value in shown.items())


def sentence(part: ShownPart) -> str:
    """For a question: from what to what."""
    return f"{part.label}: {_words(part.now)} → {_words(part.old)}"


def _words(cell: Cell) -> str:
    return "Hidden" if cell.masked else cell.text or "blank"


def lasting_grid(lasting: Iterable[tuple[str, int]]) -> Grid:
    rows = [
        GridRow([Cell(kind_words(kind)), Cell(str(number), short=True), Cell(reverse_words(kind))])
        for kind, number in lasting
    ]
    return Grid("What an undo does not take back", ["What", "How often", "Why"], rows)
