"""What a bulk change means for one learner. Pure: the records are given with all that is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.formats import date_format

from learners.bulk.plans import Outcome, Step
from learners.models import DeliveryPlanLine, Learner, LearnerOfficer, Officer, Organisation, Placement, Review, Tag
from learners.words import BulkChangeStep, PlacementType

DAY = timedelta(days=1)


def related(learner: Learner, field: str, label: str, wanted: Officer | Tag) -> Outcome:
    """A relation of the learner is set."""
    if getattr(learner, f"{field}_id") == wanted.pk:
        return Outcome(learner)
    return Outcome(learner, (_set(learner, field, label, getattr(learner, field), wanted),))


def system_status(learner: Learner, wanted: str) -> Outcome:
    if learner.system_status == wanted:
        return Outcome(learner)
    step = Step(
        BulkChangeStep.SET,
        "learner",
        learner.pk,
        "system_status",
        learner.system_status,
        wanted,
        "Status",
        learner.system_status,
        wanted,
    )
    return Outcome(learner, (step,))


def tagged(learner: Learner, tag: Tag, *, has: bool) -> Outcome:
    if has:
        return Outcome(learner)
    step = Step(BulkChangeStep.TAGGED, "learner", learner.pk, "tags", None, tag.pk, "Tags", "", str(tag))
    return Outcome(learner, (step,))


def untagged(learner: Learner, tag: Tag, *, has: bool) -> Outcome:
    if not has:
        return Outcome(learner)
    step = Step(BulkChangeStep.UNTAGGED, "learner", learner.pk, "tags", tag.pk, None, "Tags", str(tag), "")
    return Outcome(learner, (step,))


@dataclass(frozen=True)
class NewPlacement:
    organisation: Organisation
    type: str
    start: date
    ends_current: bool

    @property
    def words(self) -> str:
        return f"{self.organisation}, {PlacementType(self.type).label}, from {_day(self.start)}"


def placed(learner: Learner, wanted: NewPlacement) -> Outcome:
    """The learner is placed; of the current placements those of the same type end on the day before."""
    placements = list(learner.placements.all())
    there = _same(placements, wanted)
    if there is not None and there.type == wanted.type:
        return Outcome(learner)
    open_then = [p for p in placements if p.type == wanted.type and (p.end is None or p.end >= wanted.start)]
    current = open_then if wanted.ends_current else []
    refusal = _placement_refusal(learner, wanted, there, current)
    if refusal:
        return Outcome(learner, refusals=(refusal,))
    return Outcome(learner, (*(_end(p, wanted.start - DAY) for p in current), _placement(wanted)))


def _same(placements: Iterable[Placement], wanted: NewPlacement) -> Placement | None:
    """A learner is with one organisation once from a day, whatever the type."""
    found = (p for p in placements if p.organisation_id == wanted.organisation.pk and p.start == wanted.start)
    return next(found, None)


def _placement_refusal(
    learner: Learner, wanted: NewPlacement, there: Placement | None, current: Iterable[Placement]
) -> str:
    if there is not None:
        return "Is with this organisation from that day already, but the type is another one."
    if learner.actual_end and wanted.start > learner.actual_end:
        return f"Ended on {_day(learner.actual_end)}, before the placement would start."
    late = next((p for p in current if p.start >= wanted.start), None)
    if late is not None:
        return f"The placement with {late.organisation} starts on {_day(late.start)}, so it cannot end before that."
    return ""


def _end(placement: Placement, last: date) -> Step:
    return Step(
        BulkChangeStep.SET,
        "placement",
        placement.pk,
        "end",
        placement.end.isoformat() if placement.end else None,
        last.isoformat(),
        f"End of the placement with {placement.organisation}",
        _day(placement.end),
        _day(last),
    )


def _placement(wanted: NewPlacement) -> Step:
    values = {"organisation": wanted.organisation.pk, "type": wanted.type, "start": wanted.start.isoformat()}
    return Step(BulkChangeStep.MADE, "placement", None, "", None, values, "New placement", "", wanted.words)


@dataclass(frozen=True)
class Held:
    """What an officer has of one learner."""

    lines: list[DeliveryPlanLine]
    reviews: list[Review]
    roles: list[LearnerOfficer]


def handed_over(learner: Learner, held: Held, officer: Officer, to: Officer, locked: dict[int, str]) -> Outcome:
    """``locked``: reviews whose officer another app keeps, with the reason."""
    steps: list[Step] = []
    if learner.main_officer_id == officer.pk:
        steps.append(_set(learner, "main_officer", "Main officer", officer, to))
    steps += [_set(line, "assessor", f"Assessor of {line.qualification}", officer, to) for line in held.lines]
    free = [review for review in held.reviews if review.pk not in locked]
    steps += [_set(review, "officer", f"Officer of the {_review(review)}", officer, to) for review in free]
    taken = {role.role for role in held.roles if role.officer_id == to.pk}
    own = [role for role in held.roles if role.officer_id == officer.pk]
    steps += [_set(role, "officer", role.role, officer, to) for role in own if role.role not in taken]
    return Outcome(learner, tuple(steps), (*_locked(held.reviews, locked), *_taken(own, taken, to)))


def _locked(reviews: Iterable[Review], locked: dict[int, str]) -> Iterator[str]:
    return (f"{_review(review)}: {locked[review.pk]}" for review in reviews if review.pk in locked)


def _taken(roles: Iterable[LearnerOfficer], taken: set[str], to: Officer) -> Iterator[str]:
    return (f"{to} is {role.role} of this learner already." for role in roles if role.role in taken)


def _set(record: Any, field: str, label: str, old: Officer | Tag | None, new: Officer | Tag) -> Step:
    return Step(
        BulkChangeStep.SET,
        record._meta.model_name,
        record.pk,
        field,
        old.pk if old else None,
        new.pk,
        label,
        str(old or ""),
        str(new),
    )


def _review(review: Review) -> str:
    return f"{review.type} review of {_day(review.scheduled_date)}"


def _day(value: date | None) -> str:
    return date_format(value) if value else ""
