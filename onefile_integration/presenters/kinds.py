"""Kinds of steps in words, and how many of each."""

from __future__ import annotations

from collections.abc import Mapping

from onefile_integration.presenters.words import SIDES
from onefile_integration.rules.steps import HERE, WRITES_HERE, Kind
from picsweb.display import Cell, Grid, GridRow, Link

KIND_WORDS = {
    Kind.LINK_OFFICER: "Link an officer",
    Kind.CREATE_ASSESSOR: "Create an assessor",
    Kind.LINK_EMPLOYER: "Link an employer",
    Kind.CREATE_EMPLOYER: "Create an employer",
    Kind.CREATE_LEARNER: "Create a learner",
    Kind.RESTORE_LEARNER: "Restore a learner",
    Kind.VERIFY_LINK: "Verify a link set by hand",
    Kind.LINK_AIM: "Link a qualification",
    Kind.UPDATE_LEARNER: "Push learner details",
    Kind.UPDATE_MAIN_OFFICER: "Push the main officer",
    Kind.UPDATE_EMPLOYER: "Push the employer",
    Kind.UPDATE_ASSESSOR: "Push officer details",
    Kind.UPDATE_PLACEMENT: "Push organisation details",
    Kind.NOTE_MAIN_OFFICER: "Note the main officer",
    Kind.NOTE_EMPLOYER: "Note the employer",
    Kind.ASSIGN_STANDARD: "Assign a qualification",
    Kind.UPDATE_AIM: "Send dates and registration",
    Kind.ASSIGN_OFFICER: "Assign an officer",
    Kind.CREATE_VISIT: "Book a visit",
    Kind.CREATE_REVIEW: "Create a review",
    Kind.UPDATE_DETAILS: "Bring learner details",
    Kind.UPDATE_OFFICER: "Bring officer details",
    Kind.UPDATE_ORGANISATION: "Bring organisation details",
    Kind.UPDATE_LINE: "Bring progress and registration",
    Kind.UPDATE_REVIEW: "Bring a review",
    Kind.ADD_REVIEW: "Bring a new review",
    Kind.REMOVE_REVIEW: "Take a review away again",
}
KIND_CHOICES = sorted(((kind.value, words) for kind, words in KIND_WORDS.items()), key=lambda each: each[1])


def kind_words(kind: str) -> str:
    return KIND_WORDS[Kind(kind)]


def side_of(kind: str) -> str:
    return SIDES[HERE if kind in WRITES_HERE else "onefile"]


def kinds_grid(title: str, counts: Mapping[str, int], address: str) -> Grid:
    """``counts`` of steps by kind; each leads to its steps at ``address``."""
    order = {kind.value: number for number, kind in enumerate(Kind)}
    rows = [
        GridRow(
            [Cell(kind_words(kind)), Cell(side_of(kind), short=True), Cell(str(counts[kind]), short=True)],
            [Link("Show", f"{address}?kind={kind}", about=f"those: {kind_words(kind)}")],
        )
        for kind in sorted(counts, key=lambda kind: order[kind])
    ]
    return Grid(title, ["What", "Side", "How many"], rows)
