"""What a cell of a sheet says, as the text that a CSV file would have in its place."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from learners.files.faults import CellFault, RawCell
from learners.files.xlsx.book import Book

UNKEPT = 10**15  # Excel keeps fifteen digits; those after them are noughts
NO_VALUE = "The formula here has no value. Open the file in Excel, or put the value itself in, and save it."
TOO_LONG = "Excel keeps 15 digits of a number, and this has more. Format the column as text and type it again."
SCIENTIFIC = "Excel has made a number of this. Format the column as text and type it again."
NO_NUMBER = "Excel shows no number, date or text here that can be read."


def text_of(kind: str, value: str | None, style: int, book: Book, *, is_formula: bool) -> RawCell:
    """``kind`` and ``value`` as the sheet has them; ``value`` None where there is none."""
    try:
        if kind == "e":
            return CellFault(f"Excel shows an error here ({(value or '').strip()[:20]}).")
        if value is None or (kind == "n" and not value.strip()):
            return CellFault(NO_VALUE) if is_formula else ""
        match kind:
            case "s":
                return book.strings[_index(value)]
            case "str" | "inlineStr":
                return value
            case "b":
                return "TRUE" if value.strip() in ("1", "true") else "FALSE"
            case "d":
                return _moment(datetime.fromisoformat(value.strip()))
        return _number(float(value), book.formats[style] if style < len(book.formats) else "General", book)
    except CellFault as fault:
        return fault
    except (ValueError, IndexError, OverflowError):
        return CellFault(NO_NUMBER)


def _index(value: str) -> int:
    if not re.fullmatch("[0-9]{1,8}", value.strip()):
        raise ValueError
    return int(value)


@lru_cache(maxsize=1000)
def _look(format: str) -> str:
    if is_timedelta_format(format):
        return "duration"
    if is_date_format(format) and format != "General":
        return "date"
    if re.search("0E[+-]", format, re.IGNORECASE):
        return "scientific"
    return "padded" if re.fullmatch("0{2,}", format) else "plain"


def _number(number: float, format: str, book: Book) -> str:
    look = _look(format)
    if not math.isfinite(number) or abs(number) >= UNKEPT:
        raise CellFault(TOO_LONG)
    if look in ("date", "duration"):
        return _moment(from_excel(number, book.epoch, timedelta=look == "duration"))
    if look == "scientific":
        raise CellFault(SCIENTIFIC)
    text = f"{number:.15g}" if number else "0"
    return text.zfill(len(format)) if look == "padded" else text


def _moment(moment: date | time | timedelta) -> str:
    if isinstance(moment, timedelta):
        if not timedelta(0) <= moment < timedelta(days=1):
            raise CellFault("This is a time of more than a day.")
        return _clock((WINDOWS_EPOCH + moment).time())
    if isinstance(moment, datetime):
        day, at = moment.date(), moment.time()
        return day.isoformat() if at == time() else f"{day.isoformat()} {_clock(at)}"
    return _clock(moment) if isinstance(moment, time) else moment.isoformat()


def _clock(at: time) -> str:
    return at.isoformat("seconds" if at.second else "minutes")
