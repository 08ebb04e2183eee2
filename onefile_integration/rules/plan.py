"""From two pictures of a learner to the steps that would make them agree. Nothing here reads or writes anything."""

from __future__ import annotations

from onefile_integration.rules import aims, details, officer_and_employer, reviews
from onefile_integration.rules.eligibility import classroom_for
from onefile_integration.rules.fields import AT_CREATION
from onefile_integration.rules.held_fields import leave_out
from onefile_integration.rules.matching import same_person
from onefile_integration.rules.partners import may_be_named, partner_first
from onefile_integration.rules.sides import Choices, Here, There
from onefile_integration.rules.steps import Doubt, Draft, Kind, Plan, PlannedStep, changes


def make_plan(here: Here, there: There, choices: Choices) -> Plan:
    """An agreed pair gives a plan without steps."""
    return leave_out(_whole(here, there, choices), here.held)


def _whole(here: Here, there: There, choices: Choices) -> Plan:
    draft = Draft()
    if here.onefile_id is None:
        created = _create_learner(draft, here, there, choices)
    elif there.is_archived:
        _restore(draft, here, there)
        return draft.finished()
    elif here.is_verified or _verify(draft, here, there):
        created = ()
    else:
        return draft.finished()
    draft.missing = there.missing
    if here.onefile_id is not None:
        details.plan(draft, here, there, choices)
        officer_and_employer.plan(draft, here, there, choices)
    aims.plan(draft, here, there, choices, learner=created)
    _additional_assessors(draft, here, choices, learner=created)
    reviews.plan(draft, here, there, choices, learner=created)
    return draft.finished()


def _create_learner(draft: Draft, here: Here, there: There, choices: Choices) -> tuple[str, ...]:
    needs: list[str] = []
    ours = {name: getattr(here.person, name) for name in AT_CREATION}
    values = {name: value for name, value in ours.items() if value not in (None, ())}
    values["centre"] = choices.centre
    values["classroom"] = classroom_for(here, there, choices)
    if here.main_officer:
        if may_be_named(here.main_officer):
            needs += partner_first(draft, here.main_officer, choices)
        values["default_assessor"] = here.main_officer.name
    if here.employer:
        needs += partner_first(draft, here.employer, choices)
        values["placement"] = here.employer.name
    step = PlannedStep(
        Kind.CREATE_LEARNER,
        here.key,
        f"Create {here.person.first_name or ''} {here.person.surname or ''} in OneFile",
        changes({}, values),
        tuple(needs),
    )
    draft.steps.append(step)
    return (step.key,)


def _restore(draft: Draft, here: Here, there: There) -> None:
    """What else is to be exchanged is planned after it. Nobody's account is opened for another person."""
    if here.is_verified or _is_same(here, there):
        title = f"Restore OneFile learner {there.onefile_id} from the archive"
        draft.steps.append(PlannedStep(Kind.RESTORE_LEARNER, here.key, title))
    else:
        draft.doubts.append(_other_person(here, there))


def _is_same(here: Here, there: There) -> bool:
    ours, theirs = here.person, there.person
    return theirs is not None and same_person(ours.surname, ours.date_of_birth, theirs.surname, theirs.date_of_birth)


def _verify(draft: Draft, here: Here, there: There) -> bool:
    """A link set by hand is believed when surname and birth date agree; else nothing of it is exchanged."""
    if _is_same(here, there):
        draft.steps.append(PlannedStep(Kind.VERIFY_LINK, here.key, "The link is verified"))
        return True
    draft.doubts.append(_other_person(here, there))
    return False


def _other_person(here: Here, there: There) -> Doubt:
    ours, theirs = here.person, there.person
    facts = (
        ("First Name", ours.first_name, theirs and theirs.first_name),
        ("Surname", ours.surname, theirs and theirs.surname),
        ("DOB", ours.date_of_birth, theirs and theirs.date_of_birth),
    )
    text = f"OneFile learner {there.onefile_id} may be another person than {here.ident}. Nothing was exchanged."
    answers = (("same", "The same person: verify the link"), ("other", "Another person: remove the link"))
    return Doubt("other_person", f"{here.key} {there.onefile_id}", text, answers, facts)


def _additional_assessors(draft: Draft, here: Here, choices: Choices, learner: tuple[str, ...]) -> None:
    """Officers of the Additional Assessors' roles, for the whole portfolio; as a part of the upload only."""
    if not (learner or here.upload_due):
        return
    for officer in here.additional_assessors:
        if officer == here.main_officer or (officer.pk, None) in here.assigned:
            continue
        if not officer.is_live:
            draft.notes.append(f"The additional assessor {officer.name} is archived, so not assigned.")
            continue
        needs = partner_first(draft, officer, choices)
        title = f"Assign {officer.name} to the whole portfolio"
        draft.steps.append(PlannedStep(Kind.ASSIGN_OFFICER, officer.key, title, (), (*learner, *needs)))
