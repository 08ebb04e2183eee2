"""Sides and choices from the plain values of `tests/cases/*.json`."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, time
from pathlib import Path
from typing import Any

from onefile_integration.rules.sides import (
    Aim,
    Choices,
    Employer,
    Here,
    Line,
    Officer,
    OwnReview,
    Person,
    RemoteAim,
    RemoteReview,
    Review,
    Standard,
    There,
)

CASES = Path(__file__).resolve().parent.parent.parent / "cases"
TODAY = date(2026, 11, 23)
CENTRE = 101
STANDARD = Standard(4001, CENTRE, "196AS", "Business Administrator [196AS]")
OFFICER = Officer(1, "OF001", "Bryn", "Tallis", "bryn@provider.example", True, onefile_id=500101)
OTHER = Officer(2, "OF002", "Meera", "Chandran", None, True, onefile_id=500102)
EMPLOYER = Employer(1, "EM001", "Pitt & Sons' Joinery", onefile_id=900010)
PERSON = Person("Amara", "Okafor-Lane", "amara.lane@example.org", date_of_birth=date(2007, 7, 14), mis_value="AB12C")
DATES = {each.name for kind in (Aim, Review, Person) for each in fields(kind) if "date |" in str(each.type)}


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file, each with its `name`."""
    found: list[dict[str, Any]] = json.loads((CASES / f"{name}.json").read_text())
    assert found and len({case["name"] for case in found}) == len(found), "each case has a name of its own"
    return found


def valued(values: dict[str, Any] | None) -> dict[str, Any]:
    """Dates and times as such."""
    made = dict(values or {})
    for name in DATES & set(made):
        made[name] = made[name] and date.fromisoformat(made[name])
    for name in ("address", "lldd_others"):
        if name in made:
            made[name] = tuple(made[name])
    if made.get("start_time"):
        made["start_time"] = time.fromisoformat(made["start_time"])
    return made


def line(**values: Any) -> Line:
    """An assigned line; `values` of the line itself beside those of its aim."""
    own = {each.name for each in fields(Line)}
    given = {name: value for name, value in values.items() if name in own}
    rest = {name: value for name, value in values.items() if name not in own}
    base = {"pk": 1, "vq_reference": "196AS", "title": "Business Administrator", "aim_id": 610001, "standard_id": 4001}
    return Line(**base | given, values=Aim(**valued(rest)))


def remote_aim(**values: Any) -> RemoteAim:
    complaint = values.pop("complaint", "")
    number = values.pop("onefile_id", 610001)
    return RemoteAim(number, values.pop("standard_id", 4001), Aim(**valued(values)), complaint)


def own_review(**values: Any) -> OwnReview:
    own = {each.name for each in fields(OwnReview)} - {"officer"}
    given = {"pk": 1, "type": "Normal", "officer": OFFICER} | {k: v for k, v in values.items() if k in own}
    said = {"officer": OFFICER.key} | {k: v for k, v in values.items() if k not in own}
    if said["officer"] is None:
        given["officer"] = None
    return OwnReview(**given, values=Review(**valued(said)))


def remote_review(number: int = 88001, complete: bool = True, **values: Any) -> RemoteReview:
    return RemoteReview(number, Review(**valued(values)), complete)


def here(**changes: Any) -> Here:
    """AB12C, linked and verified, with nothing to exchange."""
    base: dict[str, Any] = {
        "pk": 1,
        "ident": "AB12C",
        "person": PERSON,
        "system_status": "Live",
        "programme_status": "In Learning",
        "actual_end": None,
        "onefile_id": 700100,
        "is_verified": True,
        "main_officer": OFFICER,
        "employer": EMPLOYER,
    }
    return Here(**base | changes)


def there(**changes: Any) -> There:
    return There(**{"onefile_id": 700100} | changes)


def choices(**changes: Any) -> Choices:
    base: dict[str, Any] = {
        "today": TODAY,
        "environment": "practice",
        "centre": CENTRE,
        "standards": (STANDARD,),
    }
    if isinstance(changes.get("upload_reviews_from"), str):
        changes["upload_reviews_from"] = date.fromisoformat(changes["upload_reviews_from"])
    return Choices(**base | changes)


def told(steps: Any) -> list[dict[str, Any]]:
    """Steps as the case files write them: the kind, and what is set."""
    return [{"kind": str(step.kind), "set": {each.field: each.new for each in step.changes}} for step in steps]
