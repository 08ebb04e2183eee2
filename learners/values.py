"""Pure rules about values: check digits, Idents, folded keys. No database, no clock, no randomness."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ULN_NOT_YET_KNOWN = "9999999999"
# No vowels: an Ident can never spell a month, a word or 1E5, whatever a spreadsheet makes of text.
IDENT_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
IDENT_PATTERN = r"^[A-Z0-9]{5}\Z"


def uln_is_valid(uln: str) -> bool:
    """True for ten digits whose check digit holds (weights 10 to 2 on the first nine, modulo 11)."""
    if not re.fullmatch(r"[0-9]{10}", uln) or uln == ULN_NOT_YET_KNOWN:
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(uln, range(10, 1, -1), strict=False)) % 11
    return remainder != 0 and int(uln[9]) == 10 - remainder


def nino_is_valid(nino: str) -> bool:
    """True for a National Insurance number as the ILR rules of 2025-26 take it."""
    return bool(re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D ]?", nino))


def new_ident(rng: random.Random) -> str:
    """Five characters, two letters first."""
    rest = IDENT_LETTERS + "23456789"
    return "".join(rng.choices(IDENT_LETTERS, k=2) + rng.choices(rest, k=3))


def folded(text: str) -> str:
    """Text as people type it when they search: no case, no accents, no apostrophes, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    letters = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’‘`")
    return " ".join(letters.split())


INVISIBLE = dict.fromkeys([0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD])


def cleaned(text: str) -> str:
    """Text from a cell or a form: no-break spaces become spaces, zero-width characters go, ends too."""
    return text.translate(INVISIBLE).replace("\u00a0", " ").strip()


LONDON = ZoneInfo("Europe/London")


def london_time_exists(day: date, at: time) -> bool:
    """False for the hour that the clocks skip in spring."""
    local = datetime.combine(day, at)
    return local.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) == local
