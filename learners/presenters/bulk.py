"""Bulk changes in words: what a preview says, what was done, what an undo put back and what it left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from learners.bulk.kinds import Kind
from learners.bulk.plans import Outcome, Plan, Step
from learners.models import BulkChange, BulkChangeRow, Learner
from learners.presenters.records import learner_link
from picsweb.display import Badge, Cell, Fact, Grid, GridRow, Link

NOT_AS_SHOWN = (
    "Nothing was changed: since this preview was made, somebody has changed what it showed. Look at what would happen"
    " now, then decide again."
)
HEADS = ["Learner", "Ident", "What", "Old", "New"]


@dataclass(frozen=True)
class KindChoice:
    link: Link
    help: str


def kind_choices(kinds: Iterable[Kind], query: QueryDict) -> list[KindChoice]:
    """Each kind with its form for the learners that ``query`` chooses."""
    return [
        KindChoice(
            Link(kind.label, f"{reverse('learners:bulk-form', args=[kind.kind])}?{query.urlencode()}"), kind.help
        )
        for kind in kinds
    ]


def carried(query: QueryDict) -> list[tuple[str, str]]:
    """Names and values for hidden fields."""
    return [(name, value) for name in query for value in query.getlist(name)]


def plan_facts(plan: Plan) -> list[Fact]:
    return [
        Fact("Would change", _learners(len(plan.changed))),
        Fact("Are so already", _learners(len(plan.already))),
        Fact("Something cannot be changed", _learners(len(plan.refused))),
    ]


def steps_grid(steps: Iterable[tuple[Learner, Step]]) -> Grid:
    rows = [GridRow(_cells(learner, step)) for learner, step in steps]
    return Grid("What would change", HEADS, rows)


def refusals_grid(outcomes: Iterable[Outcome]) -> Grid:
    rows = [GridRow([*_learner_cells(outcome.learner), Cell(why)]) for outcome in outcomes for why in outcome.refusals]
    return Grid("What cannot be changed", ["Learner", "Ident", "Why"], rows)


def confirm_words(plan: Plan) -> str:
    """Blank where there is nothing to do."""
    return f"Change {_learners(len(plan.changed))}" if plan.changed else ""


def done_words(change: BulkChange) -> str:
    return f"{_learners(change.changed)} changed. {_rest(change)}".strip()


def _rest(change: BulkChange) -> str:
    refused = f" With {_learners(change.refused)} something could not be changed." if change.refused else ""
    already = f"{_learners(change.already)} had it already." if change.already else ""
    return f"{already}{refused}"


def changes_grid(changes: Iterable[BulkChange]) -> Grid:
    rows = [
        GridRow(
            [
                Cell(link=Link(str(change.pk), reverse("learners:bulk-change", args=[change.pk]))),
                Cell(_moment(change.made_at), short=True),
                Cell(change.made_by),
                Cell(change.words),
                Cell(f"{change.changed:,}"),
                Cell(badge=_undone(change)),
            ]
        )
        for change in changes
    ]
    return Grid("Bulk changes", ["Number", "When", "Who", "What", "Learners changed", "Undone"], rows)


def _undone(change: BulkChange) -> Badge:
    return Badge(f"Undone by {change.undone_by}", "warning") if change.undone_at else Badge("Stands", "good")


def change_facts(change: BulkChange, *, left_count: int) -> list[Fact]:
    made = [
        Fact("Made by", change.made_by),
        Fact("When", _moment(change.made_at)),
        Fact("Chosen", _learners(change.chosen)),
        Fact("Changed", _learners(change.changed)),
        Fact("Were so already", _learners(change.already)),
        Fact("Something could not be changed", _learners(change.refused)),
    ]
    if not change.undone_at:
        return made
    undone = f"{_moment(change.undone_at)} by {change.undone_by}"
    left = f"{left_count:,} of the values below" if left_count else "Nothing"
    return [*made, Fact("Undone", undone), Fact("Left by the undo", left)]


def rows_grid(rows: Iterable[BulkChangeRow]) -> Grid:
    found = [GridRow([*_learner_cells(row.learner), *_row_cells(row)]) for row in rows]
    return Grid("What was changed", [*HEADS, "Undo"], found)


def left_grid(rows: Iterable[BulkChangeRow]) -> Grid:
    found = [GridRow([*_learner_cells(row.learner), Cell(row.label), Cell(row.left_because)]) for row in rows]
    return Grid("What the undo left as it is", ["Learner", "Ident", "What", "Why"], found)


def undo_question(change: BulkChange, left: dict[int, str]) -> list[str]:
    if change.undone_at:
        return [f"{change.undone_by} has undone this change already, on {_moment(change.undone_at)}."]
    back = change.rows.count() - len(left)
    lines = [f"{change.words}, made by {change.made_by}.", f"{_values(back)} put back to what it was before."]
    reasons = Counter(left.values()).most_common()
    return [*lines, *(f"{_values(count)} left as it is now: {why}" for why, count in reasons)]


def _values(count: int) -> str:
    return "1 value is" if count == 1 else f"{count:,} values are each"


def _cells(learner: Learner, step: Step) -> list[Cell]:
    return [*_learner_cells(learner), Cell(step.label), Cell(step.old_words), Cell(step.new_words)]


def _learner_cells(learner: Learner) -> list[Cell]:
    return [Cell(link=learner_link(learner)), Cell(learner.ident, short=True)]


def _row_cells(row: BulkChangeRow) -> list[Cell]:
    undo = "Put back" if row.undone else row.left_because
    return [Cell(row.label), Cell(row.old_words), Cell(row.new_words), Cell(undo)]


def _learners(count: int) -> str:
    return "1 learner" if count == 1 else f"{count:,} learners"


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
