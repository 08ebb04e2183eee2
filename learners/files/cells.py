"""One cell of a file: from text to a value and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from learners.files.faults import CellFault
from learners.officer_roles import OFFICER_ROLES
from learners.values import IDENT_PATTERN, cleaned
from learners.words import Lldd

CLEAR = "-"
PARTED_BY = "*"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def safe(text: str) -> str:
    """Text that a spreadsheet takes for text and never for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain(cell: str) -> str:
    """What a cell says: cleaned, without the apostrophe that ``safe`` put before it."""
    text = cleaned(cell)
    if _UNSEEN.search(text):
        raise CellFault("The cell holds a control character.")
    return text[1:] if _ESCAPED.match(text) else text


def _same(value: Any) -> Any:
    return value


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Cell:
    """``read`` raises CellFault; ``empty`` is what ``-`` makes of the value; ``form`` says how to write it."""

    read: Callable[[str], Any] = _same
    write: Callable[[Any], str] = _shown
    empty: Any = None
    form: str = "Text"


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise CellFault("There is no such day.") from None
    raise CellFault("Write dates as YYYY-MM-DD.")


def _clock(text: str) -> time:
    try:
        if _CLOCK.fullmatch(text):
            return time.fromisoformat(text)
    except ValueError:
        pass
    raise CellFault("Write times as HH:MM.")


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise CellFault("Write a whole number, digits only.")
    return int(text)


def _ident(text: str) -> str:
    if not re.match(IDENT_PATTERN, text.upper()):
        raise CellFault("An Ident is five letters or digits.")
    return text.upper()


def word(words: Iterable[str], *, empty: Any = None) -> Cell:
    """One of ``words``, case ignored."""
    known = {each.casefold(): each for each in words}

    def read(text: str) -> str:
        if text.casefold() not in known:
            raise CellFault(f"Not one of: {', '.join(known.values())}.")
        return known[text.casefold()]

    return Cell(read=read, empty=empty, form=f"One of: {', '.join(known.values())}")


def code(codes: Iterable[int]) -> Cell:
    known = set(codes)

    def read(text: str) -> int:
        if not text.isdigit() or int(text) not in known:
            raise CellFault(f"Not one of the codes {', '.join(map(str, sorted(known)))}.")
        return int(text)

    return Cell(read=read, form=f"One of the codes {', '.join(map(str, sorted(known)))}")


def _roles(text: str) -> list[str]:
    return [ROLE.read(cleaned(role)) for role in text.split(PARTED_BY) if cleaned(role)]


def _lldd(text: str) -> dict[str, Any]:
    """The flag, then the primary category (may be left empty), then the others."""
    parts = [cleaned(part) for part in text.split(PARTED_BY)]
    if any(part and not re.fullmatch("[0-9]{1,2}", part) for part in parts):
        raise CellFault("Write the flag and the categories as numbers parted by *.")
    flag, *categories = [int(part) if part else None for part in parts]
    if flag not in Lldd.values:
        raise CellFault("The flag is 1, 2 or 9.")
    primary = categories[0] if categories else None
    return {"lldd": flag, "lldd_primary": primary, "lldd_others": [each for each in categories[1:] if each]}


def lldd_text(flag: int | None, primary: int | None, others: list[int]) -> str:
    parts = [flag, primary, *others] if primary or others else [flag]
    return PARTED_BY.join(_shown(part) for part in parts)


TEXT = Cell(empty="")
DAY = Cell(read=_day, form="Date: YYYY-MM-DD")
CLOCK = Cell(read=_clock, write=lambda value: f"{value:%H:%M}" if value else "", form="Time: HH:MM")
NUMBER = Cell(read=_number, form="Whole number")
IDENT = Cell(read=_ident, form="Ident: five letters or digits")
ROLE = word(OFFICER_ROLES)
ROLES = Cell(
    read=_roles, write=PARTED_BY.join, empty=[], form=f"Any of these, parted by {PARTED_BY}: {', '.join(OFFICER_ROLES)}"
)
LLDD = Cell(
    read=_lldd,
    empty={"lldd": None, "lldd_primary": None, "lldd_others": []},
    form=f"The flag (1, 2 or 9), then ILR categories parted by {PARTED_BY}, the primary one first",
)
