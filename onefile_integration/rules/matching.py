"""Which record is which: exact keys only, and a blank never matches."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onefile_integration.rules.sides import Standard

LAST_BRACKETS = re.compile(r"\[([^\[\]]*)\]\s*\Z")


def code_of(title: str) -> str:
    """The code that ends a standard's title, in upper case; blank where there is none."""
    found = LAST_BRACKETS.search(title)
    return found.group(1).strip().upper() if found else ""


@dataclass(frozen=True)
class Availability:
    """``standard`` is set where it is clear; else ``options`` are what a person chooses from (none: not there).

    ``centre`` is the learner's own.
    """

    standard: Standard | None
    options: tuple[Standard, ...]
    centre: int

    @property
    def in_several_centres(self) -> bool:
        return len({option.centre for option in self.options}) > 1

    @property
    def in_own_centre(self) -> bool:
        return any(option.centre == self.centre for option in self.options)

    @property
    def candidates(self) -> tuple[Standard, ...]:
        """The learner's own centre before others."""
        return tuple(each for each in self.options if each.centre == self.centre) or self.options

    @property
    def is_missing(self) -> bool:
        """OneFile had it lately: nobody is given it by itself, nor another in its place."""
        return bool(self.options) and not self.standard and all(each.is_missing for each in self.candidates)

    @property
    def needs(self) -> str:
        """What a person has to choose: pathway, centre, or nothing."""
        if self.standard or not self.options or self.is_missing:
            return ""
        return "pathway" if self.in_own_centre or not self.in_several_centres else "centre"

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Names of the other centres, where the learner's own does not have it: OneFile may refuse theirs."""
        return () if self.in_own_centre else tuple(dict.fromkeys(option.where for option in self.options))

    def last_choice(self, last_used: Mapping[int, int]) -> Standard | None:
        """What was chosen last for this code; ``last_used`` by standard, the higher the later. Only a suggestion."""
        used = [each for each in self.candidates if each.onefile_id in last_used and not each.is_missing]
        return max(used, key=lambda each: last_used[each.onefile_id], default=None)

    @property
    def choosable(self) -> tuple[Standard, ...]:
        return tuple(option for option in self.options if not option.is_missing)

    def told(self, option: Standard) -> str:
        """An option's title, with its centre where that tells them apart."""
        where = f" – {option.where}" if self.in_several_centres else ""
        return f"{option.title}{where}"


def availability(
    vq_reference: str, centre: int, standards: Iterable[Standard], chosen: int | None = None
) -> Availability:
    """A qualification's standard: the learner's own centre before others, a choice only where there are several."""
    options = tuple(each for each in standards if each.code and each.code == vq_reference.strip().upper())
    if chosen is not None:
        listed = (each for each in options if each.onefile_id == chosen and not each.is_missing)
        return Availability(next(listed, None), options, centre)
    candidates = Availability(None, options, centre).candidates
    is_clear = len(candidates) == 1 and not candidates[0].is_missing
    return Availability(candidates[0] if is_clear else None, options, centre)


def as_kept(text: str | None) -> str:
    """A text in the form that both sides can keep: one line, letters composed, nothing that cannot be seen.

    Our services drop the joiners of some scripts and emoji, OneFile's answers are read with them.
    """
    line = " ".join((text or "").split())
    if line.isascii() and line.isprintable():
        return line
    seen = "".join(letter for letter in line if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def same_text(one: str | None, other: str | None) -> bool:
    """Equal as people write names and addresses: case, spacing and ends ignored; a blank equals nothing."""
    first, second = as_kept(one).casefold(), as_kept(other).casefold()
    return first != "" and first == second


def same_or_cut(theirs: str | None, ours: str | None) -> bool:
    """The same, or what a server that keeps fewer letters has left of ours: a sign, never a proof."""
    kept = as_kept(theirs).casefold()
    return kept != "" and as_kept(ours).casefold().startswith(kept)


def same_person(surname: str | None, born: object, other_surname: str | None, other_born: object) -> bool:
    return same_text(surname, other_surname) and born is not None and born == other_born
