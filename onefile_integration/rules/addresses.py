"""A postal address as both sides hold it: a learner's four lines, or an organisation's five, and a postcode here; one
text there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from onefile_integration.rules.matching import as_kept

MOST_LINES = 4
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}\Z")
PARTS = re.compile(r"[\n,]+")

Address = tuple[str, ...]


def address_of(lines: Iterable[str]) -> Address:
    """Without blank lines; a postcode, as written with one space in capitals, stands last."""
    kept = [" ".join(line.split()) for line in lines]
    return tuple(as_postcode(line) or line for line in kept if line)


def as_postcode(line: str) -> str:
    """In its usual form; blank where the line does not look like a UK postcode."""
    packed = "".join(line.upper().split())
    spaced = f"{packed[:-3]} {packed[-3:]}"
    return spaced if POSTCODE.match(spaced) else ""


def from_text(text: str | None) -> Address:
    """OneFile's text: lines, or parts between commas where it is a single line [C]."""
    whole = text or ""
    return address_of(whole.split("\n") if "\n" in whole else PARTS.split(whole))


def split(address: Address, most: int = MOST_LINES) -> tuple[list[str], str]:
    """(our lines, the postcode): the last line that looks like one. What is too much joins the last line."""
    lines = list(address)
    at = next((number for number in reversed(range(len(lines))) if as_postcode(lines[number])), None)
    postcode = as_postcode(lines.pop(at)) if at is not None else ""
    if len(lines) > most:
        lines = [*lines[: most - 1], ", ".join(lines[most - 1 :])]
    return [*lines, *[""] * (most - len(lines))], postcode


def completed(address: Address, other: Address) -> Address:
    """With the other side's postcode where this one has none: what is not there changes nothing."""
    postcode = split(other)[1] if address and not split(address)[1] else ""
    return (*address, postcode) if postcode else address


def same_address(one: Address, other: Address) -> bool:
    """Whatever parts the lines, and wherever the postcode stands."""
    return _parts(one) == _parts(other)


def _parts(address: Address) -> list[str]:
    return sorted(filter(None, (as_kept(part) for line in address for part in PARTS.split(line))))
