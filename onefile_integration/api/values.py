"""Single values as OneFile writes them: tolerant of form, strict about kind. No ValueError names a value."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

JOINERS = "\u200c\u200d"
DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
NO_DATE = 1900  # servers write year 1 for "none"

Json = Any


def text(value: object) -> str | None:
    """One line, without what cannot be printed; blank is None; numbers are text."""
    if value is None:
        return None
    if isinstance(value, (bool, dict, list)):
        raise ValueError("not a text")
    return " ".join(_printable(str(value)).split()) or None


def lines(value: object) -> str | None:
    """As `text`, but keeps the line ends of an address."""
    if not isinstance(value, str):
        return text(value)
    kept = [text(line) or "" for line in re.split(r"\r\n|\r|\n", value)]
    return "\n".join(kept).strip("\n") or None


def identity(value: object) -> int:
    number = whole(value)
    if number is None or number <= 0:
        raise ValueError("not an id")
    return number


def link(value: object) -> int | None:
    """An id of another record; 0 means none."""
    return None if blank(value) or whole(value) == 0 else identity(value)


def whole(value: object) -> int | None:
    found = number(value)
    if found is None:
        return None
    if found != int(found):
        raise ValueError("not a whole number")
    return int(found)


def number(value: object) -> float | None:
    if blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError("not a number")
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", value.strip()):
        raise ValueError("not a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise ValueError("not a number")
    return found


def flag(value: object) -> bool | None:
    if blank(value):
        return None
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, (bool, int, str)) and str(value).strip().lower() in known:
        return known[str(value).strip().lower()]
    raise ValueError("not true or false")


def instant(value: object) -> datetime | None:
    """Aware, in UTC; no zone means UTC. A date alone is its midnight in UTC, one before 1900 is none."""
    if blank(value):
        return None
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip()):
        raise ValueError("not a date")
    if int(value.strip()[:4]) < NO_DATE:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("not a date")


def blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def lenient(parse: Callable[[object], Any]) -> Callable[[object], Any]:
    """For names that are guessed: a surprise there is None and ruins nothing."""

    def parsed(value: object) -> Any:
        try:
            return parse(value)
        except ValueError:
            return None

    return parsed


def sent(value: object) -> Json:
    """How a value goes into a body. A date is its midnight in UTC [C]; a time without a zone is refused."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, date):
        return sent(datetime.combine(value, time(), UTC))
    return list(value) if isinstance(value, tuple) else value


def _printable(raw: str) -> str:
    spaced = re.sub(r"[\s\u00a0]", " ", raw)
    return "".join(c for c in spaced if c in JOINERS or unicodedata.category(c) not in DROPPED)
