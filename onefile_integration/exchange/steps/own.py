"""Own details of a person or an organisation between a step and our fields: the same for learners and partners."""

from __future__ import annotations

from typing import Any

from onefile_integration.exchange.steps.base import NotNeeded, exact, olds, values
from onefile_integration.models import Step
from onefile_integration.rules.addresses import MOST_LINES, split
from onefile_integration.rules.sides import Firm, Person
from onefile_integration.rules.steps import plain


def person_members(sent: dict[str, Any]) -> dict[str, Any]:
    """What every user of OneFile has, by the names of ``UserFields``; None leaves a member out."""
    names = {"first_name": "first_name", "surname": "last_name", "email": "email", "telephone": "telephone"}
    return {theirs: sent.get(ours) for ours, theirs in {**names, "mobile": "mobile_number"}.items()}


def address_text(sent: dict[str, Any]) -> str | None:
    return "\n".join(sent["address"]) if "address" in sent else None


def refuse_changed(step: Step, ours: Person | Firm, word: str) -> None:
    """Raises NotNeeded where a field is no longer what the step was planned from."""
    if any(plain(getattr(ours, name)) != old for name, old in olds(step).items()):
        raise NotNeeded(f"The {word} was changed here meanwhile; the next exchange compares anew.")


def own_fields(step: Step, lines: int = MOST_LINES) -> dict[str, Any]:
    """By the names of our fields. An address without a postcode leaves ours. An undo knows the very texts."""
    return _own(values(step), lines) | exact(step)


def _own(own: dict[str, Any], lines: int) -> dict[str, Any]:
    if "first_name" in own:
        own["forenames"] = own.pop("first_name")
    address = own.pop("address", None)
    if address is None:
        return own
    kept, postcode = split(tuple(address), lines)
    own |= {f"address{number}": line for number, line in enumerate(kept, start=1)}
    return own | ({"postcode": postcode} if postcode else {})
