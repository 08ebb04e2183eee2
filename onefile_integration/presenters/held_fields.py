"""Held fields in words: what is held, of which record, since when, by whom and why. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse

from onefile_integration.models import HeldField
from onefile_integration.models.journal import Subject
from onefile_integration.presenters.addresses import held_fields_address
from onefile_integration.presenters.words import label_of, when
from onefile_integration.rules.held_fields import MAY_BE_HELD
from picsweb.display import Badge, Cell, Grid, GridRow
from picsweb.display import Link as PageLink

OWN = {"learner": "Details", "officer": "Details", "organisation": "Details"}
KINDS = {
    "learner": "Learner",
    "line": "Qualification",
    "review": "Review",
    "officer": "Officer",
    "organisation": "Organisation",
}
FIELDS = [
    (f"{record}.{name}", f"{KINDS[record]}: {label_of(record, name)}")
    for record, names in MAY_BE_HELD.items()
    for name in names
]
HELD, FREED = Badge("Held", "warning"), Badge("Freed")


def held_fields_link(subject: Subject, count: int) -> PageLink:
    """In the OneFile part of a record's page."""
    text = f"Held fields ({count})" if count else "Held fields"
    return PageLink(text, held_fields_address(subject), window=True)


def record_words(row: HeldField, names: Mapping[str, str]) -> str:
    """``names``: of lines and reviews by key; one that is gone has none."""
    kind = row.record.split(":")[0]
    return OWN.get(kind) or names.get(row.record) or f"a {KINDS[kind].lower()} that is gone"


def field_words(row: HeldField) -> str:
    return label_of(row.record, row.field)


def badge(row: HeldField) -> Badge:
    return FREED if row.freed_at else HELD


def held_words(row: HeldField) -> str:
    return f"{when(row.held_at)}, {row.held_by}"


def freed_words(row: HeldField) -> str:
    return f"{when(row.freed_at)}, {row.freed_by}" if row.freed_at else ""


def free_address(rows: Iterable[HeldField], subject_page: bool = False) -> str:
    query = "&".join(f"held={row.pk}" for row in rows)
    return f"{reverse('onefile:held-fields-free')}?{query}" + ("&back=1" if subject_page else "")


def held_grid(rows: Iterable[HeldField], names: Mapping[str, str]) -> Grid:
    """Of one record: what is held now."""
    made = [
        GridRow(
            [Cell(record_words(row, names)), Cell(field_words(row)), Cell(held_words(row)), Cell(row.why)],
            [PageLink("Free", free_address([row], subject_page=True), window=True, about=field_words(row))],
        )
        for row in rows
    ]
    return Grid("Fields held now", ["Of", "Field", "Held", "Why"], made)


def freed_grid(rows: Iterable[HeldField], names: Mapping[str, str]) -> Grid:
    made = [
        GridRow(
            [
                Cell(record_words(row, names)),
                Cell(field_words(row)),
                Cell(held_words(row)),
                Cell(row.why),
                Cell(freed_words(row)),
            ]
        )
        for row in rows
    ]
    return Grid("Fields that were held", ["Of", "Field", "Held", "Why", "Freed"], made)


def choices(parts: Iterable[tuple[str, str]], held: set[tuple[str, str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a form: what can still be held, by record. ``parts``: key and name."""
    groups = []
    for record, name in parts:
        kind = record.split(":")[0]
        free = [field for field in MAY_BE_HELD[kind] if (record, field) not in held]
        if free:
            groups.append((name, [(f"{record} {field}", label_of(record, field)) for field in free]))
    return groups
