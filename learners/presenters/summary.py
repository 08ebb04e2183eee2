"""A learner's summary page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from learners.lldd import LLDD_NAMES
from learners.models import Learner
from learners.presenters.programme import programme_badge
from learners.presenters.records import day, main_officer_links
from picsweb.display import Badge, Fact


@dataclass(frozen=True)
class Card:
    title: str
    facts: list[Fact]


def summary_cards(learner: Learner, *, sees_sensitive: bool) -> list[Card]:
    return [
        Card("Person", _person(learner, sees_sensitive)),
        Card("Contact", _contact(learner)),
        Card("Programme", _programme(learner)),
        Card("Monitoring", _monitoring(learner, sees_sensitive)),
    ]


def _person(learner: Learner, sees_sensitive: bool) -> list[Fact]:
    return [
        Fact("Forenames", learner.forenames),
        Fact("Surname", learner.surname),
        Fact("Date of birth", day(learner.date_of_birth)),
        Fact("Sex", learner.get_sex_display()),
        Fact("ULN", learner.uln),
        Fact("NI number", learner.nino if sees_sensitive else "", masked=not sees_sensitive),
    ]


def _contact(learner: Learner) -> list[Fact]:
    return [
        Fact("Email", learner.email),
        Fact("Telephone", learner.telephone),
        Fact("Mobile", learner.mobile),
        Fact("Address", ", ".join([*learner.address_lines, learner.postcode]).strip(", ")),
    ]


def _programme(learner: Learner) -> list[Fact]:
    held = learner.held_from_sync
    return [
        Fact("Programme status", badges=(programme_badge(learner, timezone.localdate()),)),
        Fact("Start", day(learner.start)),
        Fact("Planned end", day(learner.planned_end)),
        Fact("Actual end", day(learner.actual_end)),
        Fact("Main officer", links=main_officer_links(learner)),
        Fact("Main tag", str(learner.main_tag or "")),
        Fact("Tags", badges=tuple(Badge(tag.name) for tag in learner.tags.all())),
        Fact("UKPRN", learner.ukprn),
        Fact("Learner Reference Number", learner.lrn),
        Fact("Held from synchronisation", f"Yes: {learner.held_reason}" if held else "No"),
    ]


def _monitoring(learner: Learner, sees: bool) -> list[Fact]:
    values = [
        ("Ethnicity", learner.get_ethnicity_display()),
        ("Learning difficulty, disability or health problem", learner.get_lldd_display()),
        ("Primary LLDD category", LLDD_NAMES.get(learner.lldd_primary or 0)),
        ("Other LLDD categories", ", ".join(LLDD_NAMES.get(code, str(code)) for code in learner.lldd_others)),
    ]
    return [Fact(label, str(value or "") if sees else "", masked=not sees) for label, value in values]


def requests_card(answered: list[str]) -> Card:
    """``answered``: when everything held was handed out, and by whom."""
    return Card("Access requests", [Fact("Everything held was handed out", "; ".join(answered) or "Never")])
