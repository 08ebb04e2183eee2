"""How the page of a run says in which ways OneFile was read, and in how many calls."""

from __future__ import annotations

import pytest
from django.utils import timezone

from onefile_integration.presenters.readings import calls_by_kind, readings
from picsweb.display import GridRow
from tests.unit.exchange import building as make

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def texts(rows: list[GridRow]) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]


def test_each_list_with_the_verdict_on_it() -> None:
    run, now = make.a_run(), timezone.now()
    make.a_centre()
    make.a_reading(run=run, kind="aims", way="pages", rows=4000, why="They were equal.", found_at=now)
    make.a_reading(run=run, kind="reviews", centre=102)

    assert texts(readings(run).rows) == [
        ["Learning aims", "Northmoor", "Full rows in pages", "4000", "They were equal."],
        ["Reviews", "102", "Being found out", "", ""],
    ]


def test_calls_by_kind_the_most_frequent_first() -> None:
    run = make.a_run()
    make.some_calls(run=run, kind="POST Review/Search", calls=1)
    make.some_calls(run=run, kind="GET LearningAim", calls=7)

    assert texts(calls_by_kind(run).rows) == [
        ["GET LearningAim", "7", "87.5 %"],
        ["POST Review/Search", "1", "12.5 %"],
    ]
