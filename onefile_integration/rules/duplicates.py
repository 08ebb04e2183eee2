"""Is an account that OneFile already holds this learner's? A blank never equals a blank."""

from __future__ import annotations

from dataclasses import dataclass

from onefile_integration.rules.matching import same_person, same_text
from onefile_integration.rules.sides import Person


@dataclass(frozen=True)
class Duplicate:
    """``reasons`` are what is equal; ``holder`` is the Ident of the learner here who is linked with it, if any."""

    onefile_id: int
    centre: int | None
    person: Person
    reasons: tuple[str, ...]
    holder: str = ""
    is_other_episode: bool = False


def reasons(ours: Person, theirs: Person) -> tuple[str, ...]:
    found = []
    if same_text(ours.mis_value, theirs.mis_value):
        found.append("MIS Value")
    if same_text(ours.uln, theirs.uln):
        found.append("ULN")
    if same_text(ours.email, theirs.email):
        found.append("email")
    if same_text(ours.first_name, theirs.first_name) and same_person(
        ours.surname, ours.date_of_birth, theirs.surname, theirs.date_of_birth
    ):
        found.append("name and date of birth")
    return tuple(found)
