"""Before every create: does OneFile, in any of its centres, hold this person already?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from learners.models import Learner
from learners.values import uln_is_valid
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound
from onefile_integration.api.names import Role
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.reading.there import person_there
from onefile_integration.models import Centre, Link
from onefile_integration.rules.duplicates import Duplicate, reasons

MOST_READ = 10


def duplicates(learner: Learner, client: OneFile, environment: str) -> tuple[tuple[Duplicate, ...], tuple[str, ...]]:
    """(those found, notes). Searched by MIS Value, name and email; ten rows of each at most are compared here."""
    ours = person_here(learner)
    candidates: dict[int, None] = dict.fromkeys(_linked_here(learner, environment))
    notes: list[str] = []
    for centre in Centre.objects.filter(environment=environment):
        searches = {"MIS Value": client.search_users(Role.LEARNER, centre.onefile_id, misid=ours.mis_value)}
        if ours.first_name and ours.surname:
            searches["name"] = client.search_users(
                Role.LEARNER, centre.onefile_id, first_name=ours.first_name, last_name=ours.surname
            )
        if ours.email:
            searches["email"] = client.search_users(Role.LEARNER, centre.onefile_id, email=ours.email)
        for what, rows in searches.items():
            if len(rows) > MOST_READ:
                notes.append(f"{centre.name}: OneFile's search by {what} found {len(rows)}; {MOST_READ} were read.")
            candidates |= dict.fromkeys(row.id for row in islice(rows, MOST_READ))
    found = [_compared(learner, number, client, environment) for number in candidates]
    return tuple(each for each in found if each is not None), tuple(notes)


def _linked_here(learner: Learner, environment: str) -> Iterable[int]:
    """Accounts of learners here who look like this one: OneFile cannot be searched by ULN."""
    alike = Learner.objects.none()
    if uln_is_valid(learner.uln):
        alike = Learner.objects.filter(uln=learner.uln)
    alike = alike | Learner.objects.filter(person=learner.person)
    links = Link.objects.within(environment).filter(learner__in=alike.exclude(pk=learner.pk))
    return [number for number in links.values_list("onefile_id", flat=True) if number is not None]


def _compared(learner: Learner, number: int, client: OneFile, environment: str) -> Duplicate | None:
    try:
        user = client.user(number)
    except NotFound:
        return None
    theirs = person_there(user)
    equal = reasons(person_here(learner), theirs)
    holder = Link.objects.within(environment).filter(onefile_id=number, learner__isnull=False).first()
    held_by = holder.learner if holder else None
    if not equal and not (held_by and held_by.person == learner.person):
        return None
    return Duplicate(
        onefile_id=number,
        centre=user.organisation_id,
        person=theirs,
        reasons=equal or ("another episode of this person",),
        holder=held_by.ident if held_by else "",
        is_other_episode=bool(held_by and held_by.person == learner.person),
    )
