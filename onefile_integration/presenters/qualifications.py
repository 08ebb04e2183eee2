"""A learner's qualifications in the window Create Learner in OneFile: available or not, which pathway, which centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onefile_integration.presenters.partners import assessor_of
from onefile_integration.rules.matching import Availability
from onefile_integration.rules.sides import Line
from picsweb.display import Badge, Fact

NOT_AVAILABLE = "OneFile has no standard with this code, so it is simply not linked."
GONE = "OneFile's list showed it lately and does not now, so it is not assigned. Once it is there again, it is."


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class DropDown:
    """``empty`` is the first choice, where nothing is chosen by guess."""

    name: str
    label: str
    options: list[Option]
    help: str = ""
    empty: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True)
class Qualification:
    title: str
    reference: str
    badge: Badge
    choice: DropDown | None
    sent: list[Fact]
    note: str


def qualification(line: Line, found: Availability, sent: list[Fact], last_used: Mapping[int, int]) -> Qualification:
    assessor = [Fact("Assessor", assessor_of(line))] if found.options and line.assessor else []
    return Qualification(
        title=line.title,
        reference=line.vq_reference,
        badge=availability_badge(found),
        choice=pathway_choice(line, found, last_used),
        sent=[*sent, *assessor],
        note=_note(found),
    )


def availability_badge(found: Availability) -> Badge:
    if not found.options:
        return Badge("Not available", "neutral")
    if found.is_missing:
        return Badge("Not in OneFile's list any more", "warning")
    return Badge("Available in another centre", "warning") if found.elsewhere else Badge("Available", "good")


def _note(found: Availability) -> str:
    if not found.options:
        return NOT_AVAILABLE
    if found.is_missing:
        return GONE
    where = " and ".join(found.elsewhere)
    return f"It is in {where}, not in the learner's centre: OneFile may refuse it." if where else ""


def pathway_choice(line: Line, found: Availability, last_used: Mapping[int, int]) -> DropDown | None:
    """Where there are several, or where the one chosen is gone. What was chosen last for this
    qualification, for whomever, is named and stands first; it is not chosen."""
    if len(found.options) < 2 and not found.needs:
        return None
    last = found.last_choice(last_used)
    options = [
        Option(str(each.onefile_id), found.told(each), each == found.standard)
        for each in sorted(found.choosable, key=lambda each: each != last)
    ]
    label = "Centre and pathway" if found.in_several_centres else "Pathway"
    return DropDown(
        f"pathway-{line.pk}",
        f"{label} of {line.vq_reference}",
        options,
        help=f"Chosen last time for this qualification: {found.told(last)}." if last and not found.standard else "",
        empty="" if found.standard else f"Choose the {label.lower()}",
    )


def other_centres(lines: Iterable[tuple[Line, Availability]], centre: str) -> str:
    away = [(line, found) for line, found in lines if found.elsewhere]
    if not away:
        return ""
    names = " and ".join(dict.fromkeys(name for _, found in away for name in found.elsewhere))
    codes = ", ".join(line.vq_reference for line, _ in away)
    is_are = "is" if len(away) == 1 else "are"
    return (
        f"{codes} {is_are} not in {centre}, but in {names}. OneFile may refuse a qualification of another centre, and "
        f"a learner cannot be moved to another centre afterwards. Is {centre} the right one?"
    )
