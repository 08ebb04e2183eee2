"""What was asked and seen about one of the ten things, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from onefile_integration.exchange.first_day.words import FOLLOWS, NOTHING_SEEN


@dataclass(frozen=True)
class Given:
    """OneFile ids of test learners that somebody has prepared: archived, and worked on just now."""

    archived: int | None = None
    worked_on: int | None = None


@dataclass
class Finding:
    number: int
    subject: str
    why: str
    asked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    sides: dict[str, str] = field(default_factory=dict)
    how_to_look: str = ""
    failed: bool = False

    def side(self, switch: str, value: str) -> None:
        self.sides[switch] = value

    @property
    def follows(self) -> list[str]:
        return [FOLLOWS[switch, value] for switch, value in self.sides.items()]

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "subject": self.subject,
            "why": self.why,
            "asked": self.asked,
            "seen": self.seen or [NOTHING_SEEN],
            "sides": self.sides,
            "follows": self.follows,
            "how_to_look": self.how_to_look or None,
        }


@dataclass(frozen=True)
class Report:
    calls: int
    findings: list[Finding]

    @property
    def has_failures(self) -> bool:
        return any(finding.failed for finding in self.findings)
