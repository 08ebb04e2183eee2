"""How a run has read OneFile: in which ways, and in how many calls of each kind."""

from __future__ import annotations

from onefile_integration.models import Centre, Run
from onefile_integration.words import ReadKind, ReadWay
from picsweb.display import Cell, Grid, GridRow

READINGS = "How OneFile was read"
CALLS = "Calls by kind"


def readings(run: Run) -> Grid:
    names = dict(Centre.objects.filter(environment=run.environment).values_list("onefile_id", "name"))
    rows = [
        GridRow([
            Cell(str(ReadKind(each.kind).label)),
            Cell(names.get(each.centre, str(each.centre))),
            Cell(str(ReadWay(each.way).label) if each.way else "Being found out"),
            Cell(str(each.rows) if each.rows else ""),
            Cell(each.why),
        ])
        for each in run.readings.all()
    ]  # fmt: skip
    return Grid(READINGS, ["What", "Centre", "How", "Rows", "Why"], rows)


def calls_by_kind(run: Run) -> Grid:
    counted = list(run.calls_by_kind.all())
    total = sum(each.calls for each in counted)
    rows = [
        GridRow([Cell(each.kind), Cell(str(each.calls)), Cell(f"{100 * each.calls / total:.1f} %")]) for each in counted
    ]
    return Grid(CALLS, ["Kind of call", "How many", "Share"], rows)
