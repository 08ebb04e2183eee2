"""The settings, a row each: how each is written, read and checked. Command, form and summary page read this table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from learners.officer_roles import OFFICER_ROLES


class BadSetting(ValueError):
    """``key`` is the setting at fault; the text says why, without the value of a token."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(f"{key}: {message}")


@dataclass(frozen=True)
class Setting:
    key: str
    label: str
    read: Callable[[str], Any]
    write: Callable[[Any], Any] = lambda value: value
    words: tuple[str, ...] = ()

    def parse(self, text: str) -> Any:
        """Raises BadSetting."""
        try:
            return self.read(text.strip())
        except ValueError as why:
            raise BadSetting(self.key, str(why)) from None


def switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("is on or off")
    return text.lower() == "on"


def on_off(value: bool) -> str:
    return "on" if value else "off"


def one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"is one of {', '.join(words)}")
        return text

    return read


def number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"is a whole number from {least} to {most}")
        return int(text)

    return read


def day(text: str) -> date | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("is a date as YYYY-MM-DD, or blank")
    return date.fromisoformat(text)


def clock(text: str) -> time:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("is a time as HH:MM")
    return time.fromisoformat(text)


def words(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("is up to 200 printable characters")
    return text


MOST_ADDRESSES = 20
ADDRESS = re.compile(
    r"[^\s@,;<>\"()]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)


def addresses(text: str) -> str:
    """Of mail, parted by commas, semicolons, spaces or lines; each once."""
    found = {each.lower(): each for each in re.split(r"[\s,;]+", text) if each}
    for each in found.values():
        if len(each) > 254 or not each.isprintable() or not ADDRESS.fullmatch(each):
            raise ValueError(f"holds {each[:60]}, which is no mail address; give addresses alone, parted by commas")
    if len(found) > MOST_ADDRESSES:
        raise ValueError(f"takes {MOST_ADDRESSES} addresses at most")
    return ", ".join(found.values())


def address_list(text: str) -> list[str]:
    """What ``addresses`` gave, one by one."""
    return [each for each in text.split(", ") if each]


def roles(text: str) -> list[str]:
    names = [name.strip() for name in text.split("*") if name.strip()]
    if unknown := [name for name in names if name not in OFFICER_ROLES]:
        raise ValueError(f"{unknown[0]} is no officer role; roles are {', '.join(OFFICER_ROLES)}")
    return names


def iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


MODES = ("none", "push", "pull")
ENVIRONMENTS = ("practice", "beta", "live")
VISIT_TYPES = ("not_specified", "remote", "face_to_face")

TABLE = (
    Setting("enabled", "Integration Enabled", switch, on_off),
    Setting("environment", "Environment", one_of(*ENVIRONMENTS), words=ENVIRONMENTS),
    Setting("learner_mode", "Update Learner Demographics Mode", one_of(*MODES), words=MODES),
    Setting("officer_mode", "Update Officer Demographics Mode", one_of(*MODES), words=MODES),
    Setting("organisation_mode", "Update Organisation Demographics Mode", one_of(*MODES), words=MODES),
    Setting("push_main_officer", "Push Changes to Learner Main Officer", switch, on_off),
    Setting("push_employer", "Push Changes to Learner Employer", switch, on_off),
    Setting("classroom_from_main_tag", "Create Learner: Classroom from Main Tag", switch, on_off),
    Setting("default_classroom", "Default classroom", words),
    Setting("upload_reviews", "Upload Reviews to OneFile", switch, on_off),
    Setting("upload_reviews_from", "Upload Reviews From", day, iso),
    Setting("visit_type", "Visit Type for Uploaded Reviews", one_of(*VISIT_TYPES), words=VISIT_TYPES),
    Setting("download_reviews", "Download Reviews from OneFile", switch, on_off),
    Setting("additional_assessors", "Additional Assessors", roles, "*".join),
    Setting("send_officer_email", "Send officer email when creating assessors", switch, on_off),
    Setting("months_after_end", "Months after the end", number(0, 120)),
    Setting("nightly_at", "Time of the nightly run (London)", clock, lambda value: f"{value:%H:%M}"),
    Setting("paused_until", "Paused until", day, iso),
    Setting("calls_per_minute", "Calls per minute", number(1, 100_000)),
    Setting("people_share", "Share kept for people, %", number(0, 90)),
    Setting("guard_share", "Guard: share, %", number(0, 100)),
    Setting("guard_least", "Guard: least number", number(0, 1000)),
    Setting("alerts_to", "Alerts to", addresses),
)
BY_KEY = {setting.key: setting for setting in TABLE}


def parse_all(pairs: dict[str, str]) -> dict[str, Any]:
    """Checked values of all ``pairs``. Raises BadSetting for the first bad one."""
    values = {}
    for key, text in pairs.items():
        if key not in BY_KEY:
            raise BadSetting(key, f"is no setting; settings are customer_token, {', '.join(BY_KEY)}")
        values[key] = BY_KEY[key].parse(text)
    return values
