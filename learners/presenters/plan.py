"""A Delivery Plan in the form in which its page shows it: the learner's panel and each tab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.urls import reverse

from learners.models import DeliveryPlanLine, Learner, LearnerOfficer, Placement, Review
from learners.presenters.changes import text
from learners.presenters.episodes import episode_link
from learners.presenters.programme import programme_badge
from learners.presenters.records import (
    badge,
    break_words,
    day,
    line_bar,
    line_state,
    main_officer_links,
    moment,
    officer_address,
    organisation_address,
    overall_state,
    period,
    placement_words,
    qualification_address,
    review_words,
    time_bar,
)
from learners.registry import ListColumn
from picsweb.display import Badge, Bar, Cell, Fact, Grid, GridRow, Link


class RowActions:
    """Edit and Delete of one kind of part; nothing for those who may only look."""

    def __init__(self, learner: Learner, kind: str, *, may_edit: bool, editable: bool = True) -> None:
        self.learner, self.kind, self.may_edit, self.editable = learner, kind, may_edit, editable

    def __call__(self, record: Model, about: str) -> list[Link]:
        if not self.may_edit:
            return []
        edit = [self._link("Edit", "learners:part-edit", record, about)] if self.editable else []
        return [*edit, self._link("Delete", "learners:part-delete", record, about, danger=True)]

    def _link(self, text: str, name: str, record: Model, about: str, *, danger: bool = False) -> Link:
        href = reverse(name, args=[self.learner.ident, self.kind, record.pk])
        return Link(text, href, window=True, about=about, danger=danger)


def new_part(learner: Learner, kind: str, text: str) -> Link:
    return Link(text, reverse("learners:part-new", args=[learner.ident, kind]), window=True)


def learner_facts(
    learner: Learner, lines: Sequence[DeliveryPlanLine], episodes: Iterable[Learner], today: date
) -> list[Fact]:
    """The panel *Learner Details*."""
    tags = [Badge(tag.name) for tag in learner.tags.all()]
    main_tag = [Badge(f"{learner.main_tag} (main)", "info")] if learner.main_tag else []
    return [
        Fact("Ident", learner.ident),
        Fact("Email", learner.email),
        Fact("Status", badges=(badge(learner.system_status), *_held(learner))),
        Fact("Programme status", badges=(programme_badge(learner, today),)),
        Fact("Programme dates", f"{period(learner.start, learner.planned_end, 'not given')}{_ended(learner)}"),
        Fact("Overall qualification progress", badges=(badge(overall_state(lines, today)),)),
        Fact("Main officer", links=main_officer_links(learner)),
        Fact("Tags", badges=(*main_tag, *[tag for tag in tags if not _is_main(tag, learner)])),
        Fact("Other episodes", "None", links=tuple(episode_link(other) for other in episodes)),
    ]


def _held(learner: Learner) -> list[Badge]:
    return [Badge(f"Held from sync: {learner.held_reason}", "warning")] if learner.held_from_sync else []


def _ended(learner: Learner) -> str:
    return f", ended {day(learner.actual_end)}" if learner.actual_end else ""


def _is_main(tag: Badge, learner: Learner) -> bool:
    return learner.main_tag is not None and learner.main_tag.name == tag.text


def progress_bars(learner: Learner, lines: Sequence[DeliveryPlanLine], today: date) -> list[Bar]:
    bars = [time_bar(learner, today), *(line_bar(line, today) for line in lines), _reviews_bar(learner)]
    return [bar for bar in bars if bar]


def _reviews_bar(learner: Learner) -> Bar | None:
    reviews = list(learner.reviews.all())
    done = sum(review.actual_date is not None for review in reviews)
    return Bar("Reviews held", done, len(reviews), f"{done} of {len(reviews)}") if reviews else None


def breaks_grid(learner: Learner, *, may_edit: bool) -> Grid:
    actions = RowActions(learner, "breaks", may_edit=may_edit)
    rows = [
        GridRow([_day(pause.from_date), _day(pause.to_date)], actions(pause, break_words(pause)))
        for pause in learner.breaks.all()
    ]
    return Grid("Breaks in learning", ["From", "To"], rows)


def lines_grid(learner: Learner, lines: Sequence[DeliveryPlanLine], today: date, *, may_edit: bool) -> Grid:
    heads = ["VQ Reference", "Title", "Status", "Elements", "Assessor", "Start", "Planned end", "Actual end"]
    heads += ["Registration", "Certificate applied", "Certificate received"]
    actions = RowActions(learner, "lines", may_edit=may_edit)
    rows = [GridRow(_line_cells(line, today), actions(line, line.qualification.vq_reference)) for line in lines]
    return Grid("Qualifications of this learner", heads, rows)


def _line_cells(line: DeliveryPlanLine, today: date) -> list[Cell]:
    qualification = line.qualification
    return [
        Cell(link=Link(qualification.vq_reference, qualification_address(qualification)), short=True),
        Cell(qualification.title),
        Cell(badge=badge(line_state(line, today))),
        Cell(bar=line_bar(line, today)),
        _officer(line.assessor),
        _day(line.start),
        _day(line.planned_end),
        _day(line.actual_end),
        Cell(line.registration_number, note=day(line.registration_date)),
        _day(line.certificate_applied),
        _day(line.certificate_received),
    ]


def units_grid(learner: Learner, lines: Sequence[DeliveryPlanLine], *, may_edit: bool) -> Grid:
    actions = RowActions(learner, "units", may_edit=may_edit)
    rows = [
        GridRow(
            [
                Cell(line.qualification.vq_reference, short=True),
                Cell(unit.reference, short=True),
                Cell(unit.title),
                Cell(badge=badge("Complete" if unit.actual_end else "In Progress")),
                _day(unit.actual_end),
            ],
            actions(unit, unit.reference),
        )
        for line in lines
        for unit in line.units.all()
    ]
    return Grid("Units", ["VQ Reference", "Unit", "Title", "Status", "Done"], rows)


def reviews_grid(learner: Learner, reviews: Iterable[Review], added: Sequence[ListColumn], *, may_edit: bool) -> Grid:
    heads = ["Type", "Scheduled", "Officer", "Attended", "Took place", "Trainee signed", "Officer signed"]
    heads += ["Employer signed", *(column.label for column in added)]
    actions = RowActions(learner, "reviews", may_edit=may_edit)
    rows = [GridRow(_review_cells(review, added), actions(review, review_words(review))) for review in reviews]
    return Grid("Reviews", heads, rows)


def _review_cells(review: Review, added: Sequence[ListColumn]) -> list[Cell]:
    return [
        Cell(review.type),
        Cell(moment(review.scheduled_date, review.start_time), short=True),
        _officer(review.officer),
        Cell(badge=badge(review.attended)),
        Cell(moment(review.actual_date, review.actual_time), short=True),
        _day(review.trainee_signed),
        _day(review.officer_signed),
        _day(review.employer_signed),
        *(Cell(text(getattr(review, column.name))) for column in added),
    ]


def placements_grid(
    learner: Learner, placements: Iterable[Placement], recent: Placement | None, *, may_edit: bool
) -> Grid:
    actions = RowActions(learner, "placements", may_edit=may_edit)
    rows = [
        GridRow(
            [
                Cell(link=Link(str(placement.organisation), organisation_address(placement.organisation))),
                Cell(placement.get_type_display(), note="most recent" if placement == recent else ""),
                _day(placement.start),
                _day(placement.end),
            ],
            actions(placement, placement_words(placement)),
        )
        for placement in placements
    ]
    return Grid("Placements", ["Organisation", "Type", "Start", "End"], rows)


def officers_grid(learner: Learner, officers: Iterable[LearnerOfficer], *, may_edit: bool) -> Grid:
    actions = RowActions(learner, "officers", may_edit=may_edit, editable=False)
    rows = [
        GridRow([Cell(held.role), _officer(held.officer), Cell(held.officer.email)], actions(held, str(held)))
        for held in officers
    ]
    if learner.main_officer:
        main = [Cell("Main officer"), _officer(learner.main_officer), Cell(learner.main_officer.email)]
        rows.insert(0, GridRow(main))
    return Grid("Officers of this learner", ["Role", "Officer", "Email"], rows)


def locked_facts(record: Any, locked: Mapping[str, str]) -> list[Fact]:
    """What is read-only on a form, with the values it has."""
    fields = record._meta.get_field
    return [Fact(_capital(fields(name).verbose_name), text(getattr(record, name))) for name in locked]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _officer(officer: Any) -> Cell:
    return Cell(link=Link(str(officer), officer_address(officer))) if officer else Cell()


def _day(value: date | None) -> Cell:
    return Cell(day(value), short=True)
