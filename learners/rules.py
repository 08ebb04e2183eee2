"""What must hold within one record, said for people. The models' ``clean`` asks here; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from learners.officer_roles import OFFICER_ROLES
from learners.values import (
    ULN_NOT_YET_KNOWN,
    folded,
    london_time_exists,
    nino_is_valid,
    uln_is_valid,
)
from learners.words import LLDD_CATEGORIES, Attended, Lldd, ReviewState

if TYPE_CHECKING:
    from learners.models import Break, DeliveryPlanLine, Learner, LearnerOfficer, Officer, Placement, Review

Fault = tuple[str, str]


class Span(Protocol):
    """A break, as far as the rules look at it."""

    from_date: date
    to_date: date | None


class Programme(Protocol):
    start: date | None
    actual_end: date | None


EARLIEST_YEAR_OF_BIRTH = 1900


def refuse(faults: Iterable[Fault]) -> None:
    """Raise what was found, under the names of its fields."""
    found: dict[str, list[str]] = {}
    for field, message in faults:
        found.setdefault(field, []).append(message)
    if found:
        raise ValidationError(dict(found))


def learner_faults(learner: Learner) -> Iterable[Fault]:
    if learner.uln and learner.uln != ULN_NOT_YET_KNOWN and not uln_is_valid(learner.uln):
        yield "uln", "This is not a ULN: ten digits, the last of which must agree with the others."
    if learner.nino and not nino_is_valid(learner.nino):
        yield "nino", "This is not a National Insurance number."
    yield from _birth_faults(learner.date_of_birth)
    yield from _end_faults(learner.start, learner.actual_end)
    yield from _held_faults(learner)
    yield from _lldd_faults(learner)


def _birth_faults(born: date | None) -> Iterable[Fault]:
    if born and born > timezone.localdate():
        yield "date_of_birth", "The date of birth lies in the future."
    if born and born.year < EARLIEST_YEAR_OF_BIRTH:
        yield "date_of_birth", f"Nobody who learns today was born before {EARLIEST_YEAR_OF_BIRTH}."


def _end_faults(start: date | None, actual_end: date | None) -> Iterable[Fault]:
    if start and actual_end and actual_end < start:
        yield "actual_end", "The actual end lies before the start."


def _held_faults(learner: Learner) -> Iterable[Fault]:
    if learner.held_from_sync and not learner.held_reason:
        yield "held_reason", "Say why the learner is held."
    if learner.held_reason and not learner.held_from_sync:
        yield "held_reason", "There is a reason, but the learner is not held."


def _lldd_faults(learner: Learner) -> Iterable[Fault]:
    categories = [learner.lldd_primary] if learner.lldd_primary is not None else []
    categories += learner.lldd_others
    unknown = [str(category) for category in categories if category not in LLDD_CATEGORIES]
    name = "lldd_primary" if learner.lldd_primary is not None else "lldd_others"
    if unknown:
        yield name, f"Not an LLDD category: {', '.join(unknown)}."
    if categories and learner.lldd != Lldd.YES:
        yield name, "A category needs the LLDD flag 1 (Yes)."
    if len(set(categories)) < len(categories):
        yield name, "A category stands twice."


def officer_faults(officer: Officer) -> Iterable[Fault]:
    unknown = [str(role) for role in officer.roles if role not in OFFICER_ROLES]
    if unknown:
        yield "roles", f"Not an officer role: {', '.join(unknown)}."


def learner_officer_faults(learner_officer: LearnerOfficer) -> Iterable[Fault]:
    if learner_officer.role not in OFFICER_ROLES:
        yield "role", f"Not an officer role: {learner_officer.role}."


def line_faults(line: DeliveryPlanLine) -> Iterable[Fault]:
    yield from _end_faults(line.start, line.actual_end)
    done, total = line.elements_done, line.total_elements
    if done is not None and total is not None and done > total:
        yield "elements_done", "More elements are done than there are."


def review_faults(review: Review) -> Iterable[Fault]:
    yield from _time_faults("start_time", review.scheduled_date, review.start_time)
    yield from _time_faults("actual_time", review.actual_date, review.actual_time)


def review_state(review: Review, today: date, due_by: date) -> ReviewState:
    """On ``today``; what is scheduled after ``due_by`` is not due yet. ``ReviewQuerySet.with_state`` is its twin."""
    if review.attended == Attended.YES:
        return ReviewState.UNSIGNED if signatures_missing(review) else ReviewState.SIGNED
    if review.attended == Attended.NO:
        return ReviewState.NOT_ATTENDED
    if review.actual_date:
        return ReviewState.UNRECORDED
    return _state_ahead(review.scheduled_date, review.learner.actual_end, today, due_by)


def _state_ahead(scheduled: date | None, ended: date | None, today: date, due_by: date) -> ReviewState:
    if ended and ended <= today:
        return ReviewState.LEARNER_ENDED
    if not scheduled:
        return ReviewState.UNDATED
    if scheduled < today:
        return ReviewState.OVERDUE
    return ReviewState.DUE if scheduled <= due_by else ReviewState.PLANNED


def signatures_missing(review: Review) -> list[str]:
    """Of a review that was held; of another nothing is missing yet."""
    if review.attended != Attended.YES:
        return []
    signed = {"Trainee": review.trainee_signed, "Officer": review.officer_signed, "Employer": review.employer_signed}
    return [who for who, day in signed.items() if day is None]


def _time_faults(field: str, day: date | None, at: time | None) -> Iterable[Fault]:
    if day and at and not london_time_exists(day, at):
        yield field, f"{at:%H:%M} on {_day(day)} does not exist: the clocks go forward."


def placement_faults(placement: Placement) -> Iterable[Fault]:
    if placement.start and placement.end and placement.end < placement.start:
        yield "end", "The placement ends before it starts."


def break_faults(pause: Break) -> Iterable[Fault]:
    first, last = pause.from_date, pause.to_date
    if not first:
        return
    if last and last < first:
        yield "to_date", "The break ends before it begins."
    elif pause.learner_id and _overlapping(pause):
        yield "from_date", "The learner has another break in that time."
    if pause.learner_id:
        yield from after_end_faults(first, pause.learner.actual_end)


def after_end_faults(first: date, ended: date | None) -> Iterable[Fault]:
    if ended and first > ended:
        yield "from_date", f"The learner ended on {_day(ended)}: a break cannot begin after that."


def return_faults(pause: Span | None, last: date) -> Iterable[Fault]:
    """May the learner come back with ``last`` as the last day of the break ``pause``?"""
    if pause is None:
        yield "last_day", "The learner is not on a break."
    elif last < pause.from_date:
        yield "last_day", f"The break began on {_day(pause.from_date)}: its last day cannot lie before that."


def programme_end_faults(learner: Programme, breaks: Iterable[Span], on: date) -> Iterable[Fault]:
    if learner.actual_end:
        yield "actual_end", f"The programme has ended already, on {_day(learner.actual_end)}."
    elif learner.start and on < learner.start:
        yield "actual_end", f"The programme started on {_day(learner.start)}: it cannot end before that."
    later = next((pause for pause in breaks if pause.from_date > on), None)
    if later and not learner.actual_end:
        yield "actual_end", f"A break begins on {_day(later.from_date)}, after that day: change or delete it first."


def breaks_cut_short(breaks: Iterable[Span], on: date) -> list[Any]:
    """Those that an end on that day closes: open, or going on beyond it."""
    return [pause for pause in breaks if pause.from_date <= on and (pause.to_date is None or pause.to_date > on)]


def part_end_faults(name: str, start: date, end: date) -> Iterable[Fault]:
    """``name`` is the field in which the end of a line or placement was given."""
    if end < start:
        yield name, f"It started on {_day(start)}: it cannot end before that."


def is_known_uln(uln: str) -> bool:
    return bool(uln) and uln != ULN_NOT_YET_KNOWN


def tie_faults(one: Learner, other: Learner) -> Iterable[Fault]:
    """Names are compared as people type them; a birth date that is not known differs from none."""
    names_differ = folded(one.full_name) != folded(other.full_name)
    births_differ = one.date_of_birth and other.date_of_birth and one.date_of_birth != other.date_of_birth
    if names_differ and births_differ:
        yield (
            "sure",
            f"{other.ident} has another name and another date of birth. Are they the same person all the same?",
        )


STANDARD_ENDS = ("AS", "OP", "GW", "EP")


def main_line(lines: Iterable[DeliveryPlanLine]) -> DeliveryPlanLine | None:
    """What an episode is mainly for: the apprenticeship standard, else what goes on longest, else what began first."""
    return min(lines, key=_weight, default=None)


def _weight(line: DeliveryPlanLine) -> tuple[bool, int, date]:
    is_standard = line.qualification.vq_reference.upper().endswith(STANDARD_ENDS)
    return not is_standard, -(line.planned_end or line.start).toordinal(), line.start


def _day(value: date) -> str:
    return date_format(value, "j M Y")


def _overlapping(pause: Break) -> bool:
    others = type(pause).objects.filter(learner_id=pause.learner_id).exclude(pk=pause.pk)
    return any(
        (other.to_date is None or other.to_date >= pause.from_date)
        and (pause.to_date is None or other.from_date <= pause.to_date)
        for other in others
    )
