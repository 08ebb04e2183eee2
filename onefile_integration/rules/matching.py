"""Which record is which: exact keys only, and a blank never matches."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from onefile_integration.rules.sides import Standard

LAST_BRACKETS = re.compile(r"\[([^\[\]]*)\]\s*\Z")


def code_of(title: str) -> str:
    """The code that ends a standard's title, in upper case; blank where there is none."""
    found = LAST_BRACKETS.search(title)
    return found.group(1).strip().upper() if found else ""


@dataclass(frozen=True)
class Availability:
    """``standard`` is set where it is clear; else ``options`` are what a person chooses from (none: not there)."""

    standard: Standard | None
    options: tuple[Standard, ...]

    @property
    def in_several_centres(self) -> bool:
        return len({option.centre for option in self.options}) > 1


def availability(
    vq_reference: str, centre: int, standards: Iterable[Standard], chosen: int | None = None
) -> Availability:
    """A qualification's standard: the learner's own centre before others, a choice only where there are several."""
    options = tuple(each for each in standards if each.code and each.code == vq_reference.strip().upper())
    own = [each for each in options if each.centre == centre]
    candidates = own or list(options)
    if chosen is not None:
        return Availability(next((each for each in options if each.onefile_id == chosen), None), options)
    return Availability(candidates[0] if len(candidates) == 1 else None, options)


def same_text(one: str | None, other: str | None) -> bool:
    """Equal as people write names and addresses: case and ends ignored; a blank equals nothing."""
    first, second = ((text or "").strip().casefold() for text in (one, other))
    return first != "" and first == second


def same_person(surname: str | None, born: object, other_surname: str | None, other_born: object) -> bool:
    return same_text(surname, other_surname) and born is not None and born == other_born
