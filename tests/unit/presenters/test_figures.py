"""Hours and progress in words: what is known, and as of when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from onefile_integration.models import PortfolioFigure
from onefile_integration.presenters.figures import NONE_CAME, NOT_READ, figure_facts, number

NOW, BEFORE = datetime(2026, 11, 20, 10, 15, tzinfo=UTC), datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def said(read_at: datetime = NOW, **values: float) -> list[str]:
    figures = [PortfolioFigure(name=name, value=value, read_at=read_at) for name, value in values.items()]
    return [fact.text for fact in figure_facts(figures)]


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({"done": 78.5, "planned": 312, "percent": 25.16, "minimum": 290.4},
         "78.5 done of 312 planned (25.16%), minimum 290.4"),
        ({"planned": 312}, "312 planned"),
        ({"done": 0, "planned": 312}, "0 done of 312 planned"),
        ({"minimum": 290}, "minimum 290"),
        ({"percent": 25}, "25% of those planned"),
    ],
)  # fmt: skip
def test_hours(values: dict[str, float], hours: str) -> None:
    assert said(**values)[0] == f"{hours}, as of 20 Nov 2026, 10:15"


def test_progress_and_nothing() -> None:
    assert said(progress=41.5) == [NONE_CAME, "41.5%, as of 20 Nov 2026, 10:15"]
    assert said() == [NOT_READ, NOT_READ]


def test_an_older_one_says_so_itself() -> None:
    figures = [
        PortfolioFigure(name="done", value=80, read_at=NOW),
        PortfolioFigure(name="planned", value=312, read_at=BEFORE),
    ]
    text = figure_facts(figures)[0].text
    assert text == "80 done of 312 planned, as of 20 Nov 2026, 10:15; planned off-the-job hours as of 2 Nov 2026, 09:00"


@pytest.mark.parametrize(("value", "text"), [(300, "300"), (78.5, "78.5"), (0, "0"), (25.166, "25.17"), (100, "100")])
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text
