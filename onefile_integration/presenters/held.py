"""Why a run is held: what kind, how many, who. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from onefile_integration.rules.guard import KINDS, Suspicion
from picsweb.display import Cell, Grid, GridRow, Link

MOST_NAMED = 12


def held_grid(
    held: Mapping[str, int], found: Iterable[Suspicion], names: Mapping[str, Link], share: int, least: int
) -> Grid:
    """``names``: those concerned, by the keys of their records."""
    records: dict[str, dict[str, None]] = {}
    for each in found:
        records.setdefault(each.kind, {})[each.record] = None
    rows = [
        GridRow(
            [Cell(str(number), short=True), Cell(KINDS[kind], note=_more(records.get(kind, {})))],
            _named(records.get(kind, {}), names),
        )
        for kind, number in held.items()
    ]
    return Grid(f"More than {least}, and more than {share} %", ["Records", "What"], rows)


def _named(records: Mapping[str, None], names: Mapping[str, Link]) -> list[Link]:
    return [names[record] for record in list(records)[:MOST_NAMED] if record in names]


def _more(records: Mapping[str, None]) -> str:
    more = len(records) - MOST_NAMED
    return f"and {more} more" if more > 0 else ""
