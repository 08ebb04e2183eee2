"""Officers and employers that must stand in OneFile before a step can name them: linked, matched or created."""

from __future__ import annotations

from dataclasses import dataclass

from onefile_integration.rules.sides import Candidate, Choices, Employer, Officer
from onefile_integration.rules.steps import Change, Doubt, Draft, Kind, PlannedStep

ANSWER = "answer"  # a step that needs an answer waits for it
AGAIN = ("again", "It has been put right: look again")
CREATE = ("create", "None of these: create it in OneFile")
MOST_OFFERED = 10
LONGEST = 1000  # what the text of a question may have

Partner = Officer | Employer


@dataclass(frozen=True)
class Words:
    """``ours`` and ``theirs``: what such a record is called here and in OneFile."""

    ours: str
    theirs: str
    created: str
    link: Kind
    create: Kind


OFFICER = Words("officer", "assessor", "assessor", Kind.LINK_OFFICER, Kind.CREATE_ASSESSOR)
EMPLOYER = Words("employer", "placement", "employer", Kind.LINK_EMPLOYER, Kind.CREATE_EMPLOYER)


def may_be_named(officer: Officer) -> bool:
    """Who has left is neither created in OneFile nor assigned; who stands there already may be named."""
    return officer.is_live or officer.onefile_id is not None


def partner_first(draft: Draft, partner: Partner, choices: Choices) -> tuple[str, ...]:
    """What a step that names ``partner`` needs: nothing where it is linked in the centre."""
    if partner.onefile_id is not None:
        return ()
    if len(partner.found) == 1 and not partner.found[0].holder:
        return _once(draft, _linked(partner, partner.found[0]))
    candidates = partner.found or tuple(each for each in partner.same_name if not each.holder)
    if not candidates:
        return _once(draft, _created(partner, choices))
    doubt = _which(partner, candidates, choices)
    if choices.answers.get(answer_key(doubt.about, doubt.text)) == CREATE[0]:
        return _once(draft, _created(partner, choices))
    if all(other.about != doubt.about for other in draft.doubts):
        draft.doubts.append(doubt)
    return (f"{ANSWER} {doubt.about}",)


def about(key: str, centre: int | None) -> str:
    """What a question about the partner names: it is answered once for all who need it in that centre."""
    return f"{key} centre:{centre}"


def answer_key(whom: str, text: str) -> str:
    """An answer counts for the question as it was put: about other candidates it is put anew."""
    return f"which_record {whom}: {text}"


def _words(partner: Partner) -> Words:
    return OFFICER if isinstance(partner, Officer) else EMPLOYER


def _once(draft: Draft, step: PlannedStep) -> tuple[str, ...]:
    if all(other.key != step.key for other in draft.steps):
        draft.steps.append(step)
    return (step.key,)


def _linked(partner: Partner, found: Candidate) -> PlannedStep:
    words, change = _words(partner), Change("onefile_id", None, found.onefile_id)
    title = f"Link {words.ours} {partner.name} with {words.theirs} {found.onefile_id}"
    return PlannedStep(words.link, partner.key, title, (change,))


def _created(partner: Partner, choices: Choices) -> PlannedStep:
    """By name only, with the MIS Value by which it is found again."""
    if isinstance(partner, Officer):
        values = {"first_name": partner.first_name, "surname": partner.surname, "mis_value": partner.ident}
        if choices.send_officer_email and partner.email:
            values["email"] = partner.email
    else:
        values = {"name": partner.name or "", "mis_value": partner.ident}
    words, made = _words(partner), tuple(Change(name, None, value) for name, value in values.items())
    return PlannedStep(words.create, partner.key, f"Create {words.created} {partner.name} in OneFile", made)


def _which(partner: Partner, candidates: tuple[Candidate, ...], choices: Choices) -> Doubt:
    free = [each for each in candidates if not each.holder]
    answers = [(str(each.onefile_id), _called(each)) for each in free[:MOST_OFFERED]]
    if len(free) < len(candidates):
        answers.append(AGAIN)
    text = _by_value(partner, candidates) if partner.found else _by_name(partner, candidates)
    whom = about(partner.key, choices.centre)
    return Doubt("which_record", whom, text[:LONGEST], (*answers, CREATE), _facts(partner, candidates))


def _facts(partner: Partner, candidates: tuple[Candidate, ...]) -> tuple[tuple[str, str | None, str], ...]:
    """What tells two people, or two employers, of one name apart."""
    if isinstance(partner, Officer):
        return tuple((f"Email of {each.onefile_id}", partner.email, each.email) for each in candidates if each.email)
    ours = ", ".join(partner.address) or None
    return tuple(
        (f"Address of {each.onefile_id}", ours, ", ".join(each.address)) for each in candidates if each.address
    )


def _called(candidate: Candidate) -> str:
    return f"It is OneFile's {candidate.onefile_id}" + (f", {candidate.name}" if candidate.name else "")


def _by_value(partner: Partner, candidates: tuple[Candidate, ...]) -> str:
    """One that another of ours is linked with, or several: one of them is wrong."""
    whom = f"{_words(partner).ours} {partner.ident} {partner.name or ''}".strip()
    if len(candidates) == 1:
        (found,) = candidates
        return f"OneFile's {found.onefile_id} has the MIS Value of {whom}, but is linked with {found.holder} here."
    return f"OneFile holds {len(candidates)} records with the MIS Value of {whom}: {_list(candidates)}. Which is it?"


def _by_name(partner: Partner, candidates: tuple[Candidate, ...]) -> str:
    words = _words(partner)
    whom = f"{words.ours} {partner.ident} {partner.name}"
    if len(candidates) == 1:
        found = candidates[0].onefile_id
        return f"OneFile's {words.theirs} {found} has no MIS Value, but exactly the name of {whom}. Is it the same?"
    several = f"OneFile holds {len(candidates)} {words.theirs}s without MIS Value and with exactly the name of {whom}"
    return f"{several}: {_list(candidates)}. Is one of them the same?"


def _list(candidates: tuple[Candidate, ...]) -> str:
    said = [
        f"{each.onefile_id}{f' (linked with {each.holder})' if each.holder else ''}"
        for each in candidates[:MOST_OFFERED]
    ]
    more = len(candidates) - len(said)
    return ", ".join(said) + (f" and {more} more" if more else "")
