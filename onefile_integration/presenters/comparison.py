"""What two sides hold, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from onefile_integration.presenters.words import value_words
from picsweb.display import Badge, Cell, Grid, GridRow


@dataclass(frozen=True)
class Side:
    """One line of a comparison."""

    label: str
    here: str
    there: str

    @property
    def badge(self) -> Badge:
        if not self.here and not self.there:
            return Badge("Both blank")
        if self.here.casefold() == self.there.casefold():
            return Badge("Same", "good")
        return Badge("Differs", "bad") if self.here and self.there else Badge("Only one side", "warning")


def comparison(caption: str, sides: Iterable[Side]) -> Grid:
    rows = [
        GridRow([Cell(side.label, short=True), Cell(side.here), Cell(side.there), Cell(badge=side.badge)])
        for side in sides
    ]
    return Grid(caption, ["Field", "Here", "OneFile", "Compared"], rows)


def sides_of(facts: Iterable[Iterable[Any]]) -> list[Side]:
    """From (what, here, in OneFile)."""
    return [Side(str(what), value_words("", ours), value_words("", theirs)) for what, ours, theirs in facts]
