"""Officers and employers that must stand in OneFile before a step can name them: linked, matched or created."""

from __future__ import annotations

from onefile_integration.rules.sides import Choices, Employer, Officer
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep

ANSWER = "answer"  # a step that needs an answer waits for it


def officer_first(draft: Draft, officer: Officer, choices: Choices) -> tuple[str, ...]:
    """What a step that names ``officer`` needs: nothing where the officer is linked in the centre."""
    if officer.onefile_id is not None:
        return ()
    if len(officer.found) > 1:
        return _which(draft, officer.key, f"officer {officer.ident} {officer.name}", officer.found, choices)
    if officer.holder and not _may_create(officer.key, choices):
        return _held(draft, officer, f"officer {officer.ident} {officer.name}", choices)
    if officer.found and not officer.holder:
        change = Change("onefile_id", None, officer.found[0])
        title = f"Link officer {officer.name} with assessor {officer.found[0]}"
        return _once(draft, PlannedStep(Kind.LINK_OFFICER, officer.key, title, (change,)))
    values = {"first_name": officer.first_name, "surname": officer.surname, "mis_value": officer.ident}
    if choices.send_officer_email and officer.email:
        values["email"] = officer.email
    made = tuple(Change(name, None, value) for name, value in values.items())
    title = f"Create assessor {officer.name} in OneFile"
    return _once(draft, PlannedStep(Kind.CREATE_ASSESSOR, officer.key, title, made))


def employer_first(draft: Draft, employer: Employer, choices: Choices) -> tuple[str, ...]:
    if employer.onefile_id is not None:
        return ()
    may_create = _may_create(employer.key, choices)
    if employer.holder and not may_create:
        return _held(draft, employer, f"employer {employer.ident} {employer.name}", choices)
    candidates = () if employer.holder else employer.found or (() if may_create else employer.same_name)
    if len(candidates) > 1 or (candidates and not employer.found):
        return _which(draft, employer.key, f"employer {employer.ident} {employer.name}", candidates, choices)
    if candidates:
        change = Change("onefile_id", None, candidates[0])
        title = f"Link employer {employer.name} with placement {candidates[0]}"
        return _once(draft, PlannedStep(Kind.LINK_EMPLOYER, employer.key, title, (change,)))
    made = (Change("name", None, employer.name), Change("mis_value", None, employer.ident))
    title = f"Create employer {employer.name} in OneFile"
    return _once(draft, PlannedStep(Kind.CREATE_EMPLOYER, employer.key, title, made))


def _once(draft: Draft, step: PlannedStep) -> tuple[str, ...]:
    if all(other.key != step.key for other in draft.steps):
        draft.steps.append(step)
    return (step.key,)


def _about(key: str, choices: Choices) -> str:
    return f"{key} centre:{choices.centre}"


def _may_create(key: str, choices: Choices) -> bool:
    """A person has said that none of the records found is ours."""
    return choices.answers.get(f"which_record {_about(key, choices)}") == "create"


def _held(draft: Draft, partner: Officer | Employer, whom: str, choices: Choices) -> tuple[str, ...]:
    """Its MIS Value stands on a record that another of ours is linked with: one of the two is wrong."""
    (found,) = partner.found
    text = f"OneFile's {found} has the MIS Value of {whom}, but is linked with {partner.holder} here."
    answers = (("again", "It has been put right: look again"), ("create", "Another: create it"))
    return _ask(draft, _about(partner.key, choices), text, answers)


def _which(draft: Draft, key: str, whom: str, candidates: tuple[int, ...], choices: Choices) -> tuple[str, ...]:
    about = _about(key, choices)
    answers = tuple((str(each), f"OneFile record {each}") for each in candidates)
    if key.startswith("organisation"):
        answers += (("create", "None of these: create it"),)
    text = f"OneFile holds {len(candidates)} record{'s' if len(candidates) > 1 else ''} that could be {whom}."
    return _ask(draft, about, text, answers)


def _ask(draft: Draft, about: str, text: str, answers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    if all(doubt.about != about for doubt in draft.doubts):
        draft.doubts.append(Doubt("which_record", about, text, answers))
    return (f"{ANSWER} {about}",)
