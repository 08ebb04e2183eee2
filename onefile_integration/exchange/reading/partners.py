"""Officers and employers that are not linked: what the centre holds that could be them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from django.db.models import Max, Q

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import OneFileError
from onefile_integration.api.names import Role
from onefile_integration.exchange.reading.lookups import Alike, Lookups, name_of
from onefile_integration.models import Link, Question
from onefile_integration.rules.matching import same_text
from onefile_integration.rules.needs import employer_needed, officers_named, officers_needed
from onefile_integration.rules.partners import CREATE, about, answer_key
from onefile_integration.rules.sides import Candidate, Choices, Employer, Here, Officer
from onefile_integration.rules.steps import Kind, Plan
from onefile_integration.words import LinkState, QuestionKind

P = TypeVar("P", Officer, Employer)


def with_matches(here: Here, choices: Choices, lookups: Lookups) -> Here:
    """Asks OneFile for those who are not linked but would be needed."""
    matching = Matching(choices, lookups, officers_needed(here, choices))
    return replace(
        here,
        main_officer=matching.officer(here.main_officer),
        additional_assessors=tuple(each for each in map(matching.officer, here.additional_assessors) if each),
        lines=tuple(replace(line, assessor=matching.officer(line.assessor)) for line in here.lines),
        reviews=tuple(replace(review, officer=matching.officer(review.officer)) for review in here.reviews),
        employer=matching.employer(here.employer) if employer_needed(here, choices) else here.employer,
    )


class Matching:
    """The same officer is the same wherever a plan names it: each is matched once."""

    def __init__(self, choices: Choices, lookups: Lookups, needed: set[int]) -> None:
        self._choices, self._lookups, self._needed = choices, lookups, needed
        self._officers: dict[int, Officer] = {}

    def officer(self, officer: Officer | None) -> Officer | None:
        if officer is None or officer.onefile_id is not None or officer.pk not in self._needed:
            return officer
        if officer.pk not in self._officers:
            names = officer.first_name, officer.surname
            alike = self._lookups.assessors_like(officer.ident, *names, self._choices.centre)
            self._officers[officer.pk] = self._matched(officer, alike, Q(organisation=None))
        return self._officers[officer.pk]

    def employer(self, employer: Employer | None) -> Employer | None:
        if employer is None or employer.onefile_id is not None:
            return employer
        alike = self._lookups.employers_like(employer.ident, employer.name, self._choices.centre)
        return self._matched(employer, alike, Q(organisation__isnull=False))

    def _matched(self, partner: P, alike: Alike, same_kind: Q) -> P:
        """One look at our links, after OneFile was asked: another exchange may have made this very one meanwhile."""
        mine = Q(**{partner.key.split(":")[0]: partner.pk})
        numbers = [each.onefile_id for each in (*alike.by_value, *alike.by_name)]
        links = Link.objects.within(self._choices.environment).filter(mine | same_kind & Q(onefile_id__in=numbers))
        found = list(links.select_related("learner", "officer", "organisation"))
        for link in found:
            if link.centre == self._choices.centre and _is_of(link, partner) and link.onefile_id is not None:
                return replace(partner, onefile_id=link.onefile_id)
        holders = {link.onefile_id: _holder(link, partner) for link in found if link.onefile_id is not None}
        return replace(partner, found=_held(alike.by_value, holders), same_name=_held(alike.by_name, holders))


def _is_of(link: Link, partner: Officer | Employer) -> bool:
    own = link.officer_id if isinstance(partner, Officer) else link.organisation_id
    return own == partner.pk


def _holder(link: Link, partner: Officer | Employer) -> str:
    where = " in another centre" if _is_of(link, partner) else ""
    return f"{link.record.ident} {link.record}{where}"


def _held(candidates: tuple[Candidate, ...], holders: dict[int, str]) -> tuple[Candidate, ...]:
    return tuple(replace(each, holder=holders.get(each.onefile_id, "")) for each in candidates)


def told_to_create(environment: str) -> dict[str, str]:
    """Where people said *None of these: create it*. That held until a link of the record was removed: a link is what
    it led to, and whoever removed it knew better.
    """
    rows = Question.objects.filter(environment=environment, kind=QuestionKind.WHICH_RECORD, answer=CREATE[0])
    removed = Link.objects.filter(environment=environment, learner=None, state=LinkState.REMOVED)
    ended = {
        about(f"officer:{officer}" if officer else f"organisation:{organisation}", centre): last
        for officer, organisation, centre, last in removed.values_list("officer", "organisation", "centre")
        .annotate(last=Max("removed_at"))
        .order_by()
    }
    said = rows.filter(step=None).values_list("about", "text", "answered_at")
    return {
        answer_key(whom, text): CREATE[0]
        for whom, text, at in said
        if whom not in ended or (at is not None and at > ended[whom])
    }


class Absence(StrEnum):
    """Why OneFile may refuse a record that is linked."""

    NOT_LISTED = "not_listed"
    INACTIVE = "inactive"
    GONE = "gone"


def absences(here: Here, plan: Plan, centre: int, lookups: Lookups) -> dict[str, Absence]:
    """Of the linked officers and the employer whom a plan names, by key. It costs three calls at most; of what OneFile
    does not answer nothing is said.
    """
    officers = {key: each.onefile_id for key, each in officers_named(plan, here).items() if each.onefile_id is not None}
    found: dict[str, Absence] = {}
    with suppress(OneFileError):
        found |= _employer_absence(here.employer, lookups)
    with suppress(OneFileError):
        found |= dict.fromkeys(_not_listed(officers, centre, lookups), Absence.NOT_LISTED)
    return found


def _not_listed(officers: dict[str, int], centre: int, lookups: Lookups) -> list[str]:
    """The list of trainee assessors is read only for those who are not in that of assessors."""
    missing = officers
    for role in (Role.ASSESSOR, Role.TRAINEE_ASSESSOR):
        if missing:
            listed = {row.id for row in lookups.staff(role, centre)}
            missing = {key: number for key, number in missing.items() if number not in listed}
    return list(missing)


def _employer_absence(employer: Employer | None, lookups: Lookups) -> dict[str, Absence]:
    if employer is None or employer.onefile_id is None:
        return {}
    placement = lookups.placement(employer.onefile_id)
    if placement is None:
        return {employer.key: Absence.GONE}
    return {employer.key: Absence.INACTIVE} if placement.active is False else {}


OTHER_STAFF = {Role.IQA: "an IV/IQA", Role.OBSERVER: "an observer"}
MOST_ASKED = 3  # two calls each, in a window that must not keep anybody waiting


def in_other_roles(here: Here, plan: Plan, centre: int, client: OneFile) -> dict[str, str]:
    """Who would be created as an assessor although OneFile has the MIS Value on somebody of another role, by key.
    Where OneFile does not answer nothing is said.
    """
    made = {step.record for step in plan.steps if step.kind == Kind.CREATE_ASSESSOR}
    officers = {key: each for key, each in officers_named(plan, here).items() if key in made}
    try:
        found = {key: _in_other_role(each, centre, client) for key, each in list(officers.items())[:MOST_ASKED]}
    except OneFileError:
        return {}
    return {key: said for key, said in found.items() if said}


def _in_other_role(officer: Officer, centre: int, client: OneFile) -> str:
    for role, words in OTHER_STAFF.items():
        for row in client.search_users(role, centre, misid=officer.ident):
            if same_text(row.misid, officer.ident):
                return f"OneFile's {row.id} {name_of(row)}, {words}"
    return ""
