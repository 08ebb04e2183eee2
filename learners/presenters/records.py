"""Records in the words, kinds and addresses in which pages show them. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, time_format

from learners.models import Break, DeliveryPlanLine, Learner, Placement, Review
from learners.then import LineThen
from learners.words import (
    Attended,
    OfficerStatus,
    OrganisationStatus,
    Pace,
    ProgrammeStatus,
    QualificationStatus,
    ReviewState,
    SystemStatus,
)
from picsweb.display import Badge, Bar, Cell, Fact, Grid, GridRow, Kind, Link

KINDS: dict[str, Kind] = {
    SystemStatus.PARTIAL_ENTRY: "warning",
    SystemStatus.LIVE: "good",
    SystemStatus.ARCHIVED: "neutral",
    SystemStatus.DELETED: "bad",
    ProgrammeStatus.IN_LEARNING: "good",
    ProgrammeStatus.BREAK: "warning",
    ProgrammeStatus.ENDED: "neutral",
    OfficerStatus.LIVE: "good",
    OfficerStatus.ARCHIVED: "neutral",
    OrganisationStatus.LIVE: "good",
    OrganisationStatus.UNAPPROVED: "warning",
    QualificationStatus.DORMANT: "neutral",
    Attended.YES: "good",
    Attended.NO: "bad",
    Attended.UNKNOWN: "neutral",
    ReviewState.DUE: "info",
    ReviewState.PLANNED: "neutral",
    ReviewState.UNSIGNED: "warning",
    ReviewState.SIGNED: "good",
    ReviewState.NOT_ATTENDED: "neutral",
    ReviewState.UNRECORDED: "neutral",
    ReviewState.LEARNER_ENDED: "neutral",
    ReviewState.UNDATED: "neutral",
    Pace.AHEAD: "good",
    Pace.ON_TIME: "info",
    Pace.BEHIND: "bad",
    "Not Started": "neutral",
    "In Progress": "info",
    "Complete": "good",
    "Overdue": "bad",
    "Not known": "neutral",
}


def badge(words: str) -> Badge:
    return Badge(words, KINDS[words])


def day(value: date | None) -> str:
    return date_format(value) if value else ""


def clock(value: time | None) -> str:
    return time_format(value) if value else ""


def moment(on: date | None, at: time | None) -> str:
    return f"{day(on)}, {time_format(at)}" if on and at else day(on)


def period(first: date | None, last: date | None, none: str = "open") -> str:
    return f"{day(first) or 'not given'} – {day(last) or none}"


def line_words(line: DeliveryPlanLine) -> str:
    return f"{line.qualification} from {day(line.start)}"


def review_words(review: Review) -> str:
    return f"{review.type} review of {moment(review.scheduled_date, review.start_time) or 'no date'}"


def placement_words(placement: Placement) -> str:
    return f"Placement with {placement.organisation} from {day(placement.start)}"


def break_words(pause: Break) -> str:
    return f"Break in learning, {period(pause.from_date, pause.to_date)}"


def delivery_plan(learner: Learner, tab: str = "") -> str:
    if tab:
        return reverse("learners:delivery-plan-tab", args=[learner.ident, tab])
    return reverse("learners:delivery-plan", args=[learner.ident])


def reviews_address(review: Review) -> str:
    return delivery_plan(review.learner, "reviews")


def progress_address(learner: Learner) -> str:
    return delivery_plan(learner, "progress")


def learner_link(learner: Learner) -> Link:
    return Link(str(learner), delivery_plan(learner))


def officer_address(officer: Any) -> str:
    return reverse("learners:officer", args=[officer.ident])


def organisation_address(organisation: Any) -> str:
    return reverse("learners:organisation", args=[organisation.ident])


def qualification_address(qualification: Any) -> str:
    return reverse("learners:qualification", args=[qualification.pk])


def tag_address(tag: Any) -> str:
    return reverse("learners:tag", args=[tag.pk])


def record_link(record: Any, address: str) -> tuple[Link, ...]:
    return (Link(str(record), address),)


def main_officer_links(learner: Learner) -> tuple[Link, ...]:
    officer = learner.main_officer
    return record_link(officer, officer_address(officer)) if officer else ()


def is_overdue(record: Learner | DeliveryPlanLine | LineThen, today: date) -> bool:
    return bool(record.planned_end and record.planned_end < today and not record.actual_end)


def line_state(line: DeliveryPlanLine | LineThen, today: date) -> str:
    """Complete, Overdue, In Progress, Not Started."""
    progress = line.progress
    if line.actual_end and line.actual_end <= today:
        return "Complete"
    if is_overdue(line, today):
        return "Overdue"
    if line.start > today or (progress is not None and progress[0] == 0):
        return "Not Started"
    return "In Progress"


def overall_state(lines: Iterable[DeliveryPlanLine], today: date) -> str:
    states = {line_state(line, today) for line in lines}
    if not states:
        return "Not Started"
    if "Overdue" in states:
        return "Overdue"
    if len(states) == 1:
        return states.pop()
    return "In Progress"


def line_bar(line: DeliveryPlanLine | LineThen, today: date) -> Bar | None:
    """None where nobody knows how many elements there are."""
    progress = line.progress
    if progress is None or not progress[1]:
        return None
    done, total = progress
    label = f"Elements done of {line.qualification.vq_reference}"
    text = f"{done} of {total} ({done * 100 // total}%)"
    return Bar(label, done, total, text, badge(line_state(line, today)))


def time_bar(learner: Learner, today: date) -> Bar | None:
    """Time on programme: from start to planned end."""
    if not learner.start or not learner.planned_end or learner.planned_end <= learner.start:
        return None
    total = (learner.planned_end - learner.start).days
    gone = min(max((min(today, learner.actual_end or today) - learner.start).days, 0), total)
    return Bar("Time on programme", gone, total, f"{gone * 100 // total}% of {total} days")


def officer_facts(officer: Any) -> list[Fact]:
    return [
        Fact("Ident", officer.ident),
        Fact("Email", officer.email),
        Fact("Telephone", officer.telephone),
        Fact("Mobile", officer.mobile),
        Fact("Roles", ", ".join(officer.roles)),
    ]


def organisation_facts(organisation: Any) -> list[Fact]:
    return [
        Fact("Ident", organisation.ident),
        Fact("EDRS / ERN", organisation.edrs),
        Fact("Contact", organisation.contact),
        Fact("Telephone", organisation.telephone),
        Fact("Email", organisation.email),
        Fact("Website", organisation.website),
        Fact("Address", ", ".join([*organisation.address_lines, organisation.postcode]).strip(", ")),
    ]


def qualification_facts(qualification: Any) -> list[Fact]:
    return [
        Fact("VQ Reference", qualification.vq_reference),
        Fact("Level", qualification.level),
        Fact("Awarding body", qualification.awarding_body),
    ]


def placed_grid(placements: Iterable[Placement]) -> Grid:
    """Who is or was placed with one organisation."""
    rows = [
        GridRow(
            [
                Cell(link=learner_link(placement.learner)),
                Cell(placement.learner.ident),
                Cell(placement.get_type_display()),
                Cell(day(placement.start), short=True),
                Cell(day(placement.end), short=True),
            ]
        )
        for placement in placements
    ]
    return Grid("Placements with this organisation", ["Learner", "Ident", "Type", "Start", "End"], rows)
