"""A learner's own details after the creation: pushed or pulled, by the mode. A blank never erases the other side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from onefile_integration.rules.addresses import completed, same_address
from onefile_integration.rules.fields import PULLED, PUSHED
from onefile_integration.rules.matching import as_kept, same_text
from onefile_integration.rules.shown import fingerprint, is_all_it_shows
from onefile_integration.rules.sides import Choices, Firm, Here, Person, There
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep, plain

DISABILITY = ("lldd_primary", "lldd_others")  # OneFile does not show them: they go with the flag

NUMBERS = ("uln", "nino")  # written with spaces by some

Details = Person | Firm


def plan(draft: Draft, here: Here, there: There, choices: Choices) -> None:
    if there.person is None:
        return
    if choices.learner_mode == "push":
        _push(draft, here, there.person, choices)
    elif choices.learner_mode == "pull":
        _pull(draft, here, there.person)


def differing(names: Iterable[str], source: Details, target: Details) -> list[str]:
    """Fields that the source has and the target has not, or has otherwise."""
    return [name for name in names if _differs(name, getattr(source, name), getattr(target, name))]


def to_send(names: Iterable[str], ours: Details, theirs: Details, agreed: Mapping[str, str], record: str) -> list[str]:
    """Those that differ, but for what OneFile shows otherwise than it was sent."""
    return [
        name
        for name in differing(names, ours, theirs)
        if not is_all_it_shows(agreed, record, name, getattr(ours, name), getattr(theirs, name))
    ]


def _differs(name: str, value: Any, other: Any) -> bool:
    if is_blank(value):
        return False
    return not is_same(name, completed(value, other) if name == "address" else value, other)


def is_blank(value: Any) -> bool:
    return value in (None, "", ())


def is_same(name: str, first: Any, second: Any) -> bool:
    """In the form in which either side keeps such a value."""
    if name == "address":
        return same_address(first, second)
    if name == "mis_value":
        return same_text(first, second)
    if name in NUMBERS and first and second:
        return "".join(first.upper().split()) == "".join(second.upper().split())
    if isinstance(first, str) and isinstance(second, str):
        return as_kept(first) == as_kept(second)
    return bool(first == second)


def made(names: Iterable[str], old: Details, new: Details) -> tuple[Change, ...]:
    return tuple(Change(name, plain(getattr(old, name)), plain(getattr(new, name))) for name in names)


def _push(draft: Draft, here: Here, theirs: Person, choices: Choices) -> None:
    names = to_send(PUSHED["learner"], here.person, theirs, here.agreed, here.key)
    if not may_send_email(draft, names, (here.key, here.ident, "learner"), here.person, theirs, choices.answers):
        names.remove("email")
    if "lldd" in names:
        names += [name for name in DISABILITY if not is_blank(getattr(here.person, name))]
    if names:
        title, changes = f"Update {here.ident} in OneFile", made(names, theirs, here.person)
        draft.steps.append(PlannedStep(Kind.UPDATE_LEARNER, here.key, title, changes))


def _pull(draft: Draft, here: Here, theirs: Person) -> None:
    theirs = replace(theirs, address=completed(theirs.address, here.person.address))
    if names := differing(PULLED["learner"], theirs, here.person):
        title, changes = f"Details of {here.ident} from OneFile", made(names, here.person, theirs)
        draft.steps.append(PlannedStep(Kind.UPDATE_DETAILS, here.key, title, changes))


def may_send_email(
    draft: Draft,
    names: list[str],
    whose: tuple[str, str, str],
    person: Person,
    theirs: Person,
    answers: Mapping[str, str],
) -> bool:
    """Another email can lock a person out of OneFile: asked once for each pair of addresses.

    ``whose``: the record's key, its Ident, and the word for it.
    """
    if "email" not in names or not theirs.email:
        return True
    key, ident, word = whose
    about = f"{key} {fingerprint(f'{person.email} {theirs.email}')}"
    if answer := answers.get(f"replace_email {about}"):
        return answer == "replace"
    text = f"The email of {ident} differs from the one in OneFile, with which the {word} may sign in there."
    choices = (("replace", "Replace it in OneFile"), ("keep", "Keep OneFile's"))
    if all(other.about != about for other in draft.doubts):
        draft.doubts.append(Doubt("replace_email", about, text, choices, (("Email", person.email, theirs.email),)))
    return False
