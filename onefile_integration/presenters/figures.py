"""Off-the-job hours and overall progress in words, each with the time at which OneFile gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from onefile_integration.models import PortfolioFigure
from onefile_integration.presenters.words import when
from onefile_integration.words import Figure
from picsweb.display import Fact

HOURS = (Figure.DONE, Figure.PLANNED, Figure.PERCENT, Figure.MINIMUM)
NOT_READ = "Not read yet: Refresh with OneFile reads it"
NONE_CAME = "None came with the last Refresh: its log says why"


def figure_facts(figures: Iterable[PortfolioFigure]) -> list[Fact]:
    found = {Figure(each.name): each for each in figures}
    hours = [found[each] for each in HOURS if each in found]
    return [
        Fact("Off-the-job hours", _said([_hours(found)], hours) if hours or not found else NONE_CAME),
        Fact("Overall progress in OneFile", _said(*_progress(found))),
    ]


def _progress(found: Mapping[Figure, PortfolioFigure]) -> tuple[list[str], list[PortfolioFigure]]:
    figure = found.get(Figure.PROGRESS)
    return ([f"{number(figure.value)}%"], [figure]) if figure else ([], [])


def _hours(found: Mapping[Figure, PortfolioFigure]) -> str:
    def value(figure: Figure) -> str:
        return number(found[figure].value)

    words = f"{value(Figure.DONE)} done" if Figure.DONE in found else ""
    if Figure.PLANNED in found:
        words += f" of {value(Figure.PLANNED)} planned" if words else f"{value(Figure.PLANNED)} planned"
    if Figure.PERCENT in found:
        words += f" ({value(Figure.PERCENT)}%)" if words else f"{value(Figure.PERCENT)}% of those planned"
    if Figure.MINIMUM in found:
        words += f"{', ' if words else ''}minimum {value(Figure.MINIMUM)}"
    return words


def _said(words: list[str], figures: list[PortfolioFigure]) -> str:
    """Where they were not all read at once, each that is older says so itself."""
    if not figures:
        return NOT_READ
    latest = max(figure.read_at for figure in figures)
    older = [figure for figure in figures if figure.read_at < latest]
    since = [f"{Figure(figure.name).label} as of {when(figure.read_at)}" for figure in older]
    return "; ".join([f"{', '.join(words)}, as of {when(latest)}", *since])


def number(value: float) -> str:
    """Up to two places, no zeros at the end."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
