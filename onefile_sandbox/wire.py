"""Values as they travel: forms of dates, numbers, booleans and blanks, in and out."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.db import models as orm

from onefile_sandbox import switches
from onefile_sandbox.errors import Code, bad
from onefile_sandbox.members import KIND_NAMES, Member

OTHER = 70  # how far other numbers of a status lie from ours
TRUE, FALSE = ("true", "1"), ("false", "0")


# ---- out


def send_date(moment: datetime, form: str | None = None) -> str:
    moment, form = moment.astimezone(UTC), form or switches.get("times")
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    fine = f"{whole}.{moment.microsecond // 1000:03d}"
    return {"z_ms": f"{fine}Z", "z": f"{whole}Z", "offset": f"{fine}+00:00", "naive": fine}[form]


def _send(value: Any, values: dict[str, Any]) -> Any:
    if isinstance(value, datetime):
        return send_date(value, values["times"])
    if isinstance(value, bool):
        return str(value).lower() if values["booleans"] == "text" else value
    if isinstance(value, int | float):
        return _send_number(value, values["numbers"])
    return value


def _send_number(value: int | float, form: str) -> Any:
    whole = int(value) if float(value).is_integer() else value
    return str(whole) if form == "text" else whole


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def send_record(record: orm.Model, members: Iterable[Member], whole: bool = False) -> dict[str, Any]:
    """One record; `whole` for an answer to GET, where the switch may leave members out."""
    values = switches.current()
    dropped = values["drop_members"].get(KIND_NAMES.get(type(record), ""), ()) if whole else ()
    answer = {}
    for member in members:
        value = getattr(record, member.attr)
        if member.name in dropped or (is_blank(value) and values["null_members"] == "omitted"):
            continue
        if member.name == "Status" and values["status_numbers"] == "other":
            value += OTHER
        blank = "" if values["null_members"] == "empty_text" else None
        answer[member.name] = blank if is_blank(value) else _send(value, values)
    return answer


# ---- in


def read_date(value: Any) -> datetime:
    """Every form that was seen in use; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(str(value).strip().replace(" +", "+"))
        zoned = moment.tzinfo is not None and switches.get("zone_in_input") == "honoured"
        return moment.astimezone(UTC) if zoned else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        raise ValueError("is not a date") from wrong


def read_int(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError("is not a whole number")
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError) as wrong:
        raise ValueError("is not a whole number") from wrong


def read_number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as wrong:
        raise ValueError("is not a number") from wrong
    if not isfinite(number):
        raise ValueError("is not a number")
    return number


def read_bool(value: Any) -> bool:
    text = str(value).strip().lower()
    numeric = text in ("0", "1")
    if (numeric and switches.get("form_booleans") == "refused") or text not in TRUE + FALSE:
        raise ValueError("is not true or false")
    return text in TRUE


def read_text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise ValueError("is not text")
    return str(value)


def read_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


READERS: dict[str, Callable[[Any], Any]] = {
    "id": read_int,
    "int": read_int,
    "number": read_number,
    "date": read_date,
    "bool": read_bool,
    "text": read_text,
    "list": read_list,
    "any": lambda value: value,
}


def read(form: str, name: str, value: Any) -> Any:
    try:
        return READERS[form](value)
    except ValueError as wrong:
        raise bad(Code.BAD_VALUE, f"{name} {wrong}") from wrong


def blank_of(member: Member) -> Any:
    return {"text": "", "list": []}.get(member.form)
