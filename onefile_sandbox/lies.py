"""Paged lists that are not what GET says, so that a client can be seen not to believe them."""

from collections.abc import Callable
from typing import Any

from onefile_sandbox import switches

Row = dict[str, Any]
GROWN = ("Progress", "ElementsCompleted", "StartedOn", "AssessorSignedOn", "LearnerSignedOn", "EmployerSignedOn")
OWNERS = ("UserID", "LearnerID")
SEVENTH = 7


def told(rows: list[Row]) -> list[Row]:
    return LIES[switches.get("paged_lies")](rows)


def _old(rows: list[Row]) -> list[Row]:
    """As each record was when it was made."""
    return [{name: value for name, value in row.items() if name not in GROWN} | _at_first(row) for row in rows]


def _at_first(row: Row) -> Row:
    return {name: 0 for name in ("Progress", "ElementsCompleted") if name in row}


def _lacking(rows: list[Row]) -> list[Row]:
    return [row for row in rows if int(row["ID"]) % SEVENTH]


def _of_another(rows: list[Row]) -> list[Row]:
    """Each row names the learner of the one before."""
    shifted = [rows[-1], *rows[:-1]] if rows else []
    return [
        row | {name: other[name] for name in OWNERS if name in row and name in other}
        for row, other in zip(rows, shifted, strict=True)
    ]


def _cut(rows: list[Row]) -> list[Row]:
    """The second half of each page is lost."""
    return rows[: (len(rows) + 1) // 2]


def _without_a_member(rows: list[Row]) -> list[Row]:
    return [{k: v for k, v in row.items() if k not in ("RegistrationNumber", "StartedOn", "Email")} for row in rows]


LIES: dict[str, Callable[[list[Row]], list[Row]]] = {
    "none": lambda rows: rows,
    "old": _old,
    "lacking": _lacking,
    "other_learner": _of_another,
    "cut": _cut,
    "member": _without_a_member,
}
