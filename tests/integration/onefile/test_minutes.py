"""Calls of a run by the minute: as many as the run made, however many workers there were."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from onefile_integration.exchange import minutes
from onefile_integration.models import Run, RunMinute
from onefile_integration.presenters.minutes import calls_picture
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def kept(run: Run) -> int:
    return int(run.minutes.aggregate(n=Sum("calls"))["n"])


def test_a_run_keeps_each_of_its_calls(enrolled: SandboxProcess) -> None:
    assert command("onefile_sync").status == 0
    night = Run.objects.latest("pk")
    assert kept(night) == night.calls > 0
    first = Run.objects.earliest("pk")
    assert kept(first) == first.calls
    row = RunMinute.objects.latest("pk")
    assert row.limit == 300 and timezone.now() - row.minute < timedelta(minutes=5)


def test_workers_add_up(db: None) -> None:
    run = make.a_run()
    minute = int(NINE.timestamp() // 60)
    minutes.keep(run, Counter({minute: 5}), Counter({minute: 1}), 300)
    minutes.keep(run, Counter({minute: 7, minute + 1: 2, minute + 2: 0}), Counter({minute: 2}), 300)
    kept = list(run.minutes.values_list("minute", "calls", "turns"))
    assert kept == [(NINE, 12, 3), (NINE + timedelta(minutes=1), 2, 0)]


def rows(*numbers: int) -> list[RunMinute]:
    made = ((NINE + timedelta(minutes=place), calls) for place, calls in enumerate(numbers))
    return [RunMinute(minute=minute, calls=calls, limit=300) for minute, calls in made if calls]


def test_the_picture_has_every_minute_the_table_those_with_calls() -> None:
    picture = calls_picture(rows(120, 0, 280), 60)
    assert picture and picture.svg.count('class="column"') == 3 and "Limit 300" in picture.svg
    assert [row.cells[1].text for row in picture.grid.rows] == ["120", "280"]
    assert picture.words == "At most 280 in a minute, of this run alone; 300 in a minute were allowed to all together."


@pytest.mark.parametrize(("window", "drawn"), [(60, True), (10, False)])
def test_a_limit_of_another_window_is_said_and_not_drawn(window: float, drawn: bool) -> None:
    picture = calls_picture(rows(12), window)
    assert picture and ("Limit" in picture.svg) == drawn and ("in 10 seconds" in picture.words) != drawn


def test_a_long_run_is_shown_in_columns_of_several_minutes() -> None:
    picture = calls_picture(rows(*[5] * 499, 290), 60)
    assert picture and picture.svg.count('class="column"') == 167
    assert picture.words.endswith("A column is the highest of 3 minutes.") and len(picture.grid.rows) == 500


def test_no_call_is_no_picture() -> None:
    assert calls_picture([], 60) is None
