"""The records of one person, and those that are perhaps of one: side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from learners import rules
from learners.models import DeliveryPlanLine, Learner, Placement
from learners.presenters.records import badge, day, delivery_plan
from picsweb.display import Badge, Cell, Fact, Grid, GridRow, Link


def episode_link(learner: Any) -> Link:
    """As one line: Ident, start, status and main qualification. Asks for what the page has fetched."""
    line = rules.main_line(learner.delivery_plan.all())
    parts = [
        f"{learner.ident} from {day(learner.start) or 'no date'}",
        learner.programme_status_then,
        str(line.qualification) if line else "no qualification",
    ]
    return Link(" · ".join(parts), delivery_plan(learner))


def episodes_grid(episodes: Iterable[Any]) -> Grid:
    heads = ["Episode", "Start", "Planned end", "Programme", "Status", "Main qualification"]
    return Grid("Other episodes", heads, [GridRow(_episode_cells(episode)) for episode in episodes])


def _episode_cells(learner: Any) -> list[Cell]:
    line = rules.main_line(learner.delivery_plan.all())
    return [
        Cell(link=Link(f"{learner.ident} {learner}", delivery_plan(learner))),
        Cell(day(learner.start), short=True),
        Cell(day(learner.planned_end), short=True),
        Cell(badge=badge(learner.programme_status_then), note=day(learner.actual_end)),
        Cell(badge=badge(learner.system_status)),
        Cell(str(line.qualification) if line else ""),
    ]


def untie_link(learner: Learner) -> Link:
    return Link("Untie this record", reverse("learners:learner-untie", args=[learner.ident]), window=True)


@dataclass(frozen=True)
class Proposal:
    """Another record that is perhaps the same person's, beside this one."""

    title: str
    grid: Grid
    links: list[Link]


def proposal(learner: Learner, other: Learner, *, may_edit: bool, sees_sensitive: bool) -> Proposal:
    tie = f"{reverse('learners:learner-tie', args=[learner.ident])}?ident={other.ident}"
    apart = reverse("learners:learner-told-apart", args=[learner.ident, other.ident])
    return Proposal(
        f"{other.ident} {other} has the same ULN",
        side_by_side(learner, other, sees_sensitive=sees_sensitive),
        [
            Link("Tie", tie, window=True, about=other.ident),
            Link("Not the same person", apart, window=True, about=other.ident),
        ]
        if may_edit
        else [],
    )


def side_by_side(learner: Learner, other: Learner, *, sees_sensitive: bool) -> Grid:
    hidden = not sees_sensitive
    rows = [
        _row("Forenames", learner.forenames, other.forenames),
        _row("Surname", learner.surname, other.surname),
        _row("Date of birth", day(learner.date_of_birth), day(other.date_of_birth)),
        _row("ULN", learner.uln, other.uln),
        _row("NI number", learner.nino, other.nino, masked=hidden),
        _row("LRN", f"{learner.ukprn} {learner.lrn}".strip(), f"{other.ukprn} {other.lrn}".strip()),
        _row("Email", learner.email, other.email),
        _row("Mobile", learner.mobile, other.mobile),
        _row("Postcode", learner.postcode, other.postcode),
        _row("Start", day(learner.start), day(other.start)),
    ]
    heads = ["Field", f"This record, {learner.ident}", f"The other, {other.ident}", "Compared"]
    return Grid(f"{learner.ident} and {other.ident} side by side", heads, rows)


def _row(label: str, ours: str, theirs: str, *, masked: bool = False) -> GridRow:
    compared = _compared(ours, theirs)
    if masked:
        return GridRow([Cell(label), Cell(masked=True), Cell(masked=True), Cell()])
    return GridRow([Cell(label), Cell(ours), Cell(theirs), Cell(badge=compared) if compared else Cell()])


def _compared(ours: str, theirs: str) -> Badge | None:
    """A blank is compared with nothing."""
    if not ours or not theirs:
        return None
    return Badge("Equal", "good") if ours.casefold() == theirs.casefold() else Badge("Differs", "warning")


def carried_facts(learner: Learner, *, sees_sensitive: bool) -> list[Fact]:
    """What a new episode takes over from this one: the person's own."""
    hidden = not sees_sensitive
    return [
        Fact("Name", str(learner)),
        Fact("Date of birth", day(learner.date_of_birth)),
        Fact("ULN", learner.uln),
        Fact("NI number", learner.nino if sees_sensitive else "", masked=hidden),
        Fact("Sex", learner.get_sex_display()),
        Fact("Ethnicity", learner.get_ethnicity_display() or "" if sees_sensitive else "", masked=hidden),
        Fact("Disability", learner.get_lldd_display() or "" if sees_sensitive else "", masked=hidden),
        Fact("Email", learner.email),
        Fact("Telephone", ", ".join(filter(None, [learner.telephone, learner.mobile]))),
        Fact("Address", ", ".join(filter(None, [*learner.address_lines, learner.postcode]))),
        Fact("UKPRN and LRN", f"{learner.ukprn} {learner.lrn}".strip()),
    ]


def new_episode_facts(
    values: dict[str, Any], lines: Iterable[DeliveryPlanLine], placed: Placement | None
) -> list[Fact]:
    """What is entered for it."""
    start = day(values["start"])
    return [
        Fact("Ident", "A new one is made"),
        Fact("Start", start),
        Fact("Planned end", day(values["planned_end"])),
        Fact("Main officer", str(values["main_officer"] or "")),
        Fact("Main tag", str(values["main_tag"] or "")),
        Fact("Qualifications", ", ".join(f"{line.qualification} from {start}" for line in lines) or "None"),
        Fact("Placement", f"{placed.organisation} from {start}" if placed else "None"),
    ]


def episode_notes(learner: Learner) -> list[str]:
    if learner.actual_end:
        return []
    return [f"{learner.ident} has not ended. End it on its Delivery Plan if the new episode takes its place."]
