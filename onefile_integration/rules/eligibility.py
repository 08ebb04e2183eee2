"""Who is exchanged, and what stands in the way of creating a learner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onefile_integration.rules.matching import availability
from onefile_integration.rules.sides import Choices, Here, There
from onefile_integration.rules.times import months_before


@dataclass(frozen=True)
class Problem:
    """``code`` is for programs, ``message`` for people, ``about`` is where it is put right (learner, officer…)."""

    code: str
    message: str
    about: str = "learner"


def why_not_exchanged(here: Here, choices: Choices) -> Problem | None:
    """None for a learner whom the synchronisation takes."""
    if problem := _standing(here):
        return problem
    if here.programme_status == "Break":
        return Problem("on_break", "The learner is on a break in learning.")
    oldest = months_before(choices.today, choices.months_after_end)
    if here.programme_status == "Ended" and here.actual_end and here.actual_end < oldest:
        months = f"{choices.months_after_end} month{'' if choices.months_after_end == 1 else 's'}"
        return Problem("ended", f"The learner ended on {here.actual_end:%-d %b %Y}, more than {months} ago.")
    return None


def problems(here: Here, there: There, choices: Choices) -> tuple[Problem, ...]:
    """What OneFile would refuse, or what this learner may not be created for: all of it, not only the first."""
    return tuple(_problems(here, there, choices))


def _problems(here: Here, there: There, choices: Choices) -> Iterator[Problem]:
    if problem := _standing(here):
        yield problem
    if here.programme_status == "Ended":
        yield Problem("ended", "The learner's programme has ended.")
    if here.programme_status == "Break":
        yield Problem("on_break", "The learner is on a break in learning.")
    yield from _own_details(here)
    yield from _people_and_places(here)
    yield from _classroom(here, there, choices)
    yield from _pathways(here, choices)


def _standing(here: Here) -> Problem | None:
    if here.system_status != "Live":
        return Problem("not_live", f"The learner's system status is {here.system_status}, not Live.")
    if here.held_reason:
        return Problem("held", f"The learner is held from sync: {here.held_reason}")
    return None


def _own_details(here: Here) -> Iterator[Problem]:
    person = here.person
    if not person.first_name:
        yield Problem("name_missing", "The learner has no first name.")
    if not person.surname:
        yield Problem("name_missing", "The learner has no surname.")
    if not person.email:
        yield Problem("email_missing", "The learner has no email address.")
    if person.start and person.planned_end and person.start > person.planned_end:
        yield Problem("dates_wrong", "The start is after the planned end.")


def _people_and_places(here: Here) -> Iterator[Problem]:
    if here.main_officer is None:
        yield Problem("officer_missing", "The learner has no main officer.")
    elif not here.main_officer.is_live:
        yield Problem("officer_archived", f"The main officer {here.main_officer.name} is archived.", "officer")
    if here.employer is None:
        yield Problem("placement_missing", "The learner has no placement.", "placements")
    elif not here.employer.name:
        yield Problem("employer_unnamed", f"Organisation {here.employer.ident} has no name.", "organisation")


def _classroom(here: Here, there: There, choices: Choices) -> Iterator[Problem]:
    if choices.classroom is not None:
        if choices.classroom not in {number for number, _ in there.classrooms}:
            yield Problem("classroom_missing", f"The centre has no classroom {choices.classroom}.", "settings")
    elif classroom_for(here, there, choices) is None:
        wanted = choices.default_classroom
        yield Problem(
            "classroom_missing",
            f"The centre has no classroom named {wanted}." if wanted else "No classroom is chosen.",
            "settings",
        )


def _pathways(here: Here, choices: Choices) -> Iterator[Problem]:
    for line in here.lines:
        chosen = choices.pathways.get(line.vq_reference)
        found = availability(line.vq_reference, choices.centre, choices.standards, chosen)
        if found.needs:
            gone = f" OneFile has no standard {chosen} for it." if chosen is not None else ""
            said = f"Choose the {found.needs} of {line.vq_reference}.{gone}"
            yield Problem(f"{found.needs}_needed", said, line.key)


def classroom_for(here: Here, there: There, choices: Choices) -> int | None:
    """The chosen one; else the one named as the main tag, if that is on; else the default one."""
    if choices.classroom is not None:
        return choices.classroom
    by_name = {name.strip().casefold(): number for number, name in reversed(there.classrooms)}
    tag = here.main_tag if choices.classroom_from_main_tag else None
    for name in (tag, choices.default_classroom):
        if name and name.strip().casefold() in by_name:
            return by_name[name.strip().casefold()]
    return None
