"""A file that would give many learners another surname or birth date is held: probably its rows have slipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SHARE, LEAST = 10, 3  # per cent of the learners met, and a number below which nothing is held
IDENTITY = ("surname", "date_of_birth")
IDENTITY_OVERWRITTEN = "identity_overwritten"


class ImportGuard:
    """Counts learners who are here already and whose surname or birth date would be overwritten."""

    def __init__(self) -> None:
        self.met = 0
        self.overwritten = 0

    def see(self, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """``changes`` of one learner who is here already: field name to old and new. First fills do not count."""
        self.met += 1
        self.overwritten += any(name in changes and changes[name][0] for name in IDENTITY)

    @property
    def held(self) -> dict[str, int]:
        """Counts by kind, empty where the file may go through."""
        allowed = max(LEAST, self.met * SHARE / 100)
        return {IDENTITY_OVERWRITTEN: self.overwritten} if self.overwritten > allowed else {}


def explained(held: Mapping[str, int]) -> list[str]:
    """Why a file is held, in words."""
    said = {
        IDENTITY_OVERWRITTEN: "{} learners who are here already would get another surname or birth date. Perhaps the "
        "rows of the file have slipped."
    }
    return [said.get(kind, kind + ": {}").format(count) for kind, count in held.items()]
