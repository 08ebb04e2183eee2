"""A learner's own details after the creation: pushed or pulled, by the mode. A blank never erases the other side."""

from __future__ import annotations

import hashlib

from onefile_integration.rules.addresses import same_address
from onefile_integration.rules.fields import PULLED, PUSHED
from onefile_integration.rules.sides import Choices, Here, Person, There
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep, plain

DISABILITY = ("lldd_primary", "lldd_others")  # OneFile does not show them: they go with the flag

NUMBERS = ("uln", "nino")  # written with spaces by some


def plan(draft: Draft, here: Here, there: There, choices: Choices) -> None:
    if there.person is None:
        return
    if choices.learner_mode == "push":
        _push(draft, here, there.person, choices)
    elif choices.learner_mode == "pull":
        _pull(draft, here, there.person)


def differing(names: tuple[str, ...], source: Person, target: Person) -> list[str]:
    """Fields that the source has and the target has not, or has otherwise."""
    return [name for name in names if not _is_blank(source, name) and not _same(name, source, target)]


def _is_blank(person: Person, name: str) -> bool:
    return getattr(person, name) in (None, "", ())


def _same(name: str, one: Person, other: Person) -> bool:
    if name == "address":
        return same_address(one.address, other.address)
    first, second = getattr(one, name), getattr(other, name)
    if name in NUMBERS and first and second:
        return "".join(first.upper().split()) == "".join(second.upper().split())
    return bool(first == second)


def _push(draft: Draft, here: Here, theirs: Person, choices: Choices) -> None:
    names = differing(PUSHED, here.person, theirs)
    if "email" in names and theirs.email and not _may_replace(draft, here, theirs, choices):
        names.remove("email")
    if "lldd" in names:
        names += [name for name in DISABILITY if not _is_blank(here.person, name)]
    if names:
        title = f"Update {here.ident} in OneFile"
        draft.steps.append(PlannedStep(Kind.UPDATE_LEARNER, here.key, title, _made(names, theirs, here.person)))


def _pull(draft: Draft, here: Here, theirs: Person) -> None:
    if names := differing(PULLED, theirs, here.person):
        title = f"Details of {here.ident} from OneFile"
        draft.steps.append(PlannedStep(Kind.UPDATE_DETAILS, here.key, title, _made(names, here.person, theirs)))


def _made(names: list[str], old: Person, new: Person) -> tuple[Change, ...]:
    return tuple(Change(name, plain(getattr(old, name)), plain(getattr(new, name))) for name in names)


def _may_replace(draft: Draft, here: Here, theirs: Person, choices: Choices) -> bool:
    """Another email can lock a person out of OneFile: asked once for each pair of addresses."""
    ours = here.person.email or ""
    pair = hashlib.sha256(f"{ours} {theirs.email}".encode()).hexdigest()[:12]
    about = f"{here.key} {pair}"
    if answer := choices.answers.get(f"replace_email {about}"):
        return answer == "replace"
    text = f"The email of {here.ident} differs from the one in OneFile, with which the learner may sign in there."
    answers = (("replace", "Replace it in OneFile"), ("keep", "Keep OneFile's"))
    draft.doubts.append(Doubt("replace_email", about, text, answers, (("Email", ours, theirs.email),)))
    return False
