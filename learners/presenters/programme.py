"""A learner's programme status in words, with its dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from learners.models import Break, Learner
from learners.presenters.records import KINDS, day, is_overdue
from learners.words import ProgrammeStatus
from picsweb.display import Badge

DAYS_OF_A_WEEK, DAYS_OF_A_MONTH = 7, 30


def programme_badge(learner: Learner, today: date) -> Badge:
    """Asks for the learner's breaks, which a page has fetched."""
    words, status = programme_words(learner, learner.breaks.all(), today), learner.programme_status(today)
    late = status == ProgrammeStatus.IN_LEARNING and is_overdue(learner, today)
    return Badge(words, "bad" if late else KINDS[status])


def programme_words(learner: Learner, breaks: Iterable[Break], today: date) -> str:
    if learner.actual_end and learner.actual_end <= today:
        return f"Ended {day(learner.actual_end)}"
    pause = next((pause for pause in breaks if pause.covers(today)), None)
    if pause and pause.to_date:
        return f"On a break from {day(pause.from_date)} to {day(pause.to_date)}"
    if pause:
        return f"On a break since {day(pause.from_date)}"
    if learner.start and learner.start > today:
        return f"Starts {day(learner.start)}"
    return f"In Learning{_to_come(learner, today)}"


def _to_come(learner: Learner, today: date) -> str:
    if learner.actual_end:
        return f", ends {day(learner.actual_end)}"
    if not learner.planned_end:
        return ""
    late = (today - learner.planned_end).days
    overdue = f" (overdue by {_span(late)})" if late > 0 else ""
    return f", planned end {day(learner.planned_end)}{overdue}"


def _span(days: int) -> str:
    """Roughly, in the unit people would say."""
    if days < 2 * DAYS_OF_A_WEEK:
        return _count(days, "day")
    if days < 3 * DAYS_OF_A_MONTH:
        return _count(days // DAYS_OF_A_WEEK, "week")
    return _count(days // DAYS_OF_A_MONTH, "month")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
