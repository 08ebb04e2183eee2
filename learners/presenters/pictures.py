"""Progress as pictures, each with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from learners.models import Learner
from learners.pace import PACES, Caseload
from learners.presenters.records import day
from learners.progress import Standing, expected_percent
from picsweb.display import Cell, Grid, GridRow, Link
from picsweb.pictures import Course, Picture, bands_picture, course_picture

MOST_ROWS = 60  # then the table has the last change of each month
PACE_NAMES = ("Ahead", "On time", "Behind", "Not known")
PROGRESS = "Progress over time"


def course_of(learner: Learner, found: Sequence[tuple[date, Standing]], today: date) -> Picture | None:
    """None where nothing was ever measured."""
    if not found:
        return None
    last = found[-1][1]
    line = f"The straight line goes from {day(learner.start)} to {day(learner.planned_end)}."
    if not (learner.start and learner.planned_end):
        line = "Start or planned end is not known, so there is no straight line."
    words = f"{last.done} of {last.total} ({last.percent}%) on {day(today)}. {line}"
    points = [(on, stood.percent) for on, stood in found]
    end = learner.planned_end if learner.start else None
    svg = course_picture("course", Course(points, today, learner.start or found[0][0], end), PROGRESS, words)
    rows = [_course_row(learner, on, stood) for on, stood in _few(found)]
    return Picture(PROGRESS, svg, Grid(PROGRESS, ["From", "Done", "Of", "Done %", "Straight line %"], rows), words)


def _few(found: Sequence[tuple[date, Standing]]) -> list[tuple[date, Standing]]:
    if len(found) <= MOST_ROWS:
        return list(found)
    return [list(month)[-1] for _, month in groupby(found, key=lambda each: (each[0].year, each[0].month))]


def _course_row(learner: Learner, on: date, stood: Standing) -> GridRow:
    expected = expected_percent(learner.start, learner.planned_end, on) if learner.start else None
    numbers = (stood.done, stood.total, f"{stood.percent}%", "" if expected is None else f"{expected}%")
    return GridRow([Cell(day(on), short=True), *(Cell(str(number)) for number in numbers)])


def pace_picture(caseloads: Sequence[Caseload]) -> Picture:
    totals = [sum(each.numbers[place] for each in caseloads) for place in range(len(PACES))]
    said = ", ".join(f"{number} {name.lower()}" for number, name in zip(totals, PACE_NAMES, strict=True))
    title = "Learners ahead, on time and behind by officer"
    rows = [(each.name, each.numbers) for each in caseloads]
    return Picture(title, bands_picture("pace", rows, PACE_NAMES, title, f"In all: {said}."), Grid(title, [], []), said)


def pace_grid(caseloads: Sequence[Caseload], asked: Mapping[str, str]) -> Grid:
    """Each number leads to the learners whom it counts; ``asked`` are the filters of the page."""
    heads = ["Main officer", *PACE_NAMES, "All"]
    return Grid("Learners by officer and pace", heads, [_pace_row(each, asked) for each in caseloads])


def _pace_row(caseload: Caseload, asked: Mapping[str, str]) -> GridRow:
    mine = {**asked, "main_officer": str(caseload.officer or "null")}
    cells = [
        _number(number, {**mine, "pace": pace}, f"{name.lower()}, {caseload.name}")
        for number, pace, name in zip(caseload.numbers, PACES, PACE_NAMES, strict=True)
    ]
    return GridRow([Cell(caseload.name), *cells, _number(caseload.total, mine, f"learners of {caseload.name}")])


def _number(number: int, query: Mapping[str, str], about: str) -> Cell:
    if not number:
        return Cell("0")
    return Cell(link=Link(str(number), f"{reverse('learners:learner-list')}?{urlencode(query)}", about=about))
