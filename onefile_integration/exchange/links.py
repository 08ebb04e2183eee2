"""Links made and removed by people, with the same checks in windows, commands, files and the admin."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from learners.values import ULN_NOT_YET_KNOWN, cleaned
from onefile_integration.api import errors
from onefile_integration.api.client import OneFile
from onefile_integration.api.names import Role
from onefile_integration.exchange.basedata import the_only_centre
from onefile_integration.models import (
    Centre,
    ExchangePlan,
    Link,
    OfficerAssignment,
    RemoteAim,
    RemoteReview,
    Step,
)
from onefile_integration.rules.times import london_date
from onefile_integration.words import LinkOrigin, LinkState, PlanState

Record = Learner | Officer | Organisation
STAFF_ROLES = (Role.ASSESSOR, Role.TRAINEE_ASSESSOR)


class BadLink(ValueError):
    """The link is refused, in words for people."""


class UnknownCentre(BadLink):
    pass


@dataclass(frozen=True)
class Found:
    """What OneFile says of an id. ``facts``: (what, here, there)."""

    centre: int | None
    facts: tuple[tuple[str, object, object], ...]
    is_listed: bool = True


def parse_id(text: str) -> int:
    """Digits as people paste them. Raises BadLink."""
    digits = cleaned(text)
    if not re.fullmatch(r"[0-9]{1,9}", digits) or int(digits) == 0:
        raise BadLink("A OneFile ID is a number, normally of 6 or 7 digits.")
    return int(digits)


def live_link(record: Record, environment: str, centre: int | None = None) -> Link | None:
    links = Link.objects.within(environment).of(record)
    return (links if centre is None else links.filter(centre=centre)).first()


def holder(record: Record, onefile_id: int, environment: str) -> Record | None:
    """Who else here is linked with that OneFile record."""
    same_kind = Link.objects.within(environment).filter(
        onefile_id=onefile_id, organisation__isnull=not isinstance(record, Organisation)
    )
    other = same_kind.first()
    return other.record if other and other.record != record else None


def check_learner(learner: Learner, onefile_id: int, client: OneFile) -> Found:
    """Compare with OneFile. Raises BadLink where it knows no such learner; the API's errors where it is down."""
    try:
        user = client.user(onefile_id)
    except errors.NotFound:
        raise BadLink(f"OneFile knows no learner {onefile_id}.") from None
    if user.role not in (None, Role.LEARNER):
        raise BadLink(f"OneFile's {onefile_id} is not a learner.")
    listed = client.search_users(Role.LEARNER, user.organisation_id)
    facts = (
        ("First Name", learner.forenames, user.first_name),
        ("Surname", learner.surname, user.last_name),
        ("DOB", learner.date_of_birth, london_date(user.dob)),
        ("Email", learner.email, user.email),
        ("ULN", learner.uln if learner.uln != ULN_NOT_YET_KNOWN else "", user.uln),
        ("MIS Value", learner.ident, user.misid),
    )
    return Found(user.organisation_id, facts, any(row.id == onefile_id for row in listed))


def set_learner_link(
    learner: Learner, onefile_id: int, *, environment: str, found: Found | None, by: Actor, centre: int | None = None
) -> Link:
    """Manually Set OneFile ID: unverified until the next exchange has compared it. Raises BadLink."""
    if centre is None:
        centre = found.centre if found else the_only_centre(environment)
    may_link(learner, onefile_id, environment, centre)
    return _insert(learner, onefile_id, environment, centre, LinkState.UNVERIFIED, by)


def to_move(learner: Learner, onefile_id: int, environment: str) -> Link | None:
    """The live link of another episode of the same person, which may be moved to this one."""
    links = Link.objects.within(environment).filter(onefile_id=onefile_id, learner__person=learner.person)
    return links.exclude(learner=learner).select_related("learner").first()


def may_move(learner: Learner, link: Link) -> None:
    """Raises BadLink where something here stands against moving ``link`` to this learner."""
    assert link.onefile_id is not None, "to_move finds no other"
    _refuse_linked(live_link(learner, link.environment), link.onefile_id)
    may_be_taken(link)


def may_be_taken(link: Link) -> None:
    """From the learner who has it. Raises BadLink while that one is exchanged."""
    assert link.learner is not None, "to_move finds no other"
    _refuse_while_exchanged(link.learner)


@transaction.atomic
def move(learner: Learner, link: Link, *, found: Found | None, by: Actor) -> Link:
    """The other episode's link retires, this one's begins, unverified until the next exchange. Raises BadLink.

    The account's reviews that the other episode knew stay its own. Aims are found again by their standards.
    """
    remove(link, by=by)
    centre = found.centre if found and found.centre is not None else link.centre
    number = link.onefile_id or 0
    may_link(learner, number, link.environment, centre)
    how = {"origin": LinkOrigin.MOVED, "made_at": link.removed_at}  # the one moment tells that the two belong together
    return _insert(learner, number, link.environment, centre, LinkState.UNVERIFIED, by, **how)


def check_partner(record: Officer | Organisation, onefile_id: int, client: OneFile) -> Found:
    """Raises BadLink where OneFile knows no such assessor or employer; the API's errors where it is down."""
    try:
        if isinstance(record, Organisation):
            placement = client.placement(onefile_id)
            return Found(placement.organisation_id, (("Name", record.name, placement.name),))
        user = client.user(onefile_id)
    except errors.NotFound:
        what = "employer" if isinstance(record, Organisation) else "assessor"
        raise BadLink(f"OneFile knows no {what} {onefile_id}.") from None
    if user.role not in (None, *STAFF_ROLES):
        raise BadLink(f"OneFile's {onefile_id} is not an assessor.")
    name = f"{user.first_name or ''} {user.last_name or ''}".strip()
    return Found(user.organisation_id, (("Name", record.full_name, name),))


def check_partner_in(record: Officer | Organisation, onefile_id: int, client: OneFile, centre: Centre) -> Found:
    """As ``check_partner``; also raises BadLink where it stands in another centre."""
    found = check_partner(record, onefile_id, client)
    if found.centre is not None and found.centre != centre.onefile_id:
        other = Centre.objects.filter(environment=centre.environment, onefile_id=found.centre).first()
        where = other.name if other else found.centre
        raise BadLink(f"OneFile's {onefile_id} belongs to another centre ({where}), not to {centre.name}.")
    return found


def link_partner(
    record: Officer | Organisation, onefile_id: int, *, environment: str, centre: int | None, by: Actor
) -> Link:
    """Raises BadLink."""
    centre = centre if centre is not None else the_only_centre(environment)
    if centre is None:
        raise UnknownCentre("Several OneFile centres are known, or none: say which centre it is.")
    may_link(record, onefile_id, environment, centre)
    return _insert(record, onefile_id, environment, centre, LinkState.VERIFIED, by)


@transaction.atomic
def remove(link: Link, *, by: Actor) -> None:
    """Here only: the record in OneFile stays. Its aims and reviews retire with it, as history. Raises BadLink."""
    if link.state == LinkState.CREATING and not _given_up(link):
        raise BadLink("It is being created at this moment; wait until that has ended.")
    if link.learner:
        list(link.learner.onefile_plans.open().select_for_update())  # none is claimed before this has ended
        _refuse_while_exchanged(link.learner)
    link.state, link.removed_at, link.removed_by = LinkState.REMOVED, timezone.now(), by.label
    link.save(update_fields=["state", "removed_at", "removed_by"])
    if link.learner:
        _end_open_plans(link.learner, link.environment)


def is_abandoned(link: Link) -> bool:
    """A reservation whose plan has ended, with nothing of it in doubt, is anybody's."""
    return link.plan is None or not (link.plan.is_open or link.plan.steps.unsettled().exists())


def _given_up(link: Link) -> bool:
    """Taken from its plan; False where it is in hand, or another has taken it over in this moment."""
    mine = Link.objects.filter(pk=link.pk, state=LinkState.CREATING, plan=link.plan)
    return is_abandoned(link) and bool(mine.update(plan=None))


def _refuse_while_exchanged(learner: Learner) -> None:
    if learner.onefile_plans.filter(claim__isnull=False, dry=False).exists():
        raise BadLink("An exchange of this learner is going on; try again in a moment.")
    if Step.objects.unsettled().filter(plan__learner=learner).exists():
        raise BadLink("A reply of OneFile's was lost and is not settled yet; see the questions, or try again later.")


def _end_open_plans(learner: Learner, environment: str) -> None:
    open_plans = ExchangePlan.objects.open().filter(learner=learner, run__environment=environment)
    open_plans.update(state=PlanState.SKIPPED, ended_at=timezone.now(), failure_message="The link was removed.")


def may_link(record: Record, onefile_id: int, environment: str, centre: int | None) -> None:
    """Raises BadLink where something here stands against it."""
    _refuse_unknown_centre(centre, environment)
    refuse_holder(record, onefile_id, environment)
    _refuse_linked(live_link(record, environment, None if isinstance(record, Learner) else centre), onefile_id)


def refuse_holder(record: Record, onefile_id: int, environment: str) -> None:
    """Raises BadLink where another of ours is linked with it."""
    if other := holder(record, onefile_id, environment):
        told = f"OneFile's {onefile_id} is linked with {other.ident} {other} already."
        if isinstance(record, Learner) and isinstance(other, Learner) and record.person == other.person:
            told += " That is another episode of the same person: the link can be moved to this one."
        raise BadLink(told)


def _refuse_linked(link: Link | None, onefile_id: int) -> None:
    if link is not None and link.onefile_id != onefile_id:
        now = f"linked with OneFile's {link.onefile_id}" if link.onefile_id else "being created in OneFile"
        raise BadLink(f"It is {now} already; remove that link first.")


def _refuse_unknown_centre(centre: int | None, environment: str) -> None:
    if centre is not None and not Centre.objects.known(environment).filter(onefile_id=centre).exists():
        raise UnknownCentre(f"No OneFile centre {centre} is known; refresh the qualification links first.")


def _insert(
    record: Record, onefile_id: int, environment: str, centre: int | None, state: LinkState, by: Actor, **more: Any
) -> Link:
    if link := live_link(record, environment, None if isinstance(record, Learner) else centre):
        return link
    how = {"origin": LinkOrigin.SET_BY_HAND, "made_at": timezone.now(), **more}
    try:
        with transaction.atomic():
            link = Link.objects.create(
                **{record._meta.model_name or "": record},
                environment=environment,
                centre=centre,
                onefile_id=onefile_id,
                state=state,
                made_by=by.label,
                **how,
            )
            _take_up_again(link)
            return link
    except IntegrityError:
        raise BadLink(f"OneFile's {onefile_id} was linked with another record at this moment.") from None


def _take_up_again(link: Link) -> None:
    """A learner linked with an account that this person was linked with before: what was known of it is known again.

    Rows are copied; retired links keep their own as history. A review of another episode stays that one's: it is
    known, without a review here, so that it neither comes again nor is taken for one of this learner's.
    """
    if link.learner is None:
        return
    retired = Link.objects.filter(environment=link.environment, onefile_id=link.onefile_id, state=LinkState.REMOVED)
    before = list(retired.filter(learner__person=link.learner.person).order_by("-removed_at", "-pk"))
    if own := next((each for each in before if each.learner_id == link.learner_id), None):
        _copy([*own.aims.all(), *own.reviews.all(), *own.assignments.all()], link)
    of_person = set(RemoteReview.objects.filter(link__in=before).values_list("onefile_id", flat=True))
    strange = of_person - set(link.reviews.values_list("onefile_id", flat=True))
    rows = [RemoteReview(link=link, onefile_id=number) for number in sorted(filter(None, strange))]
    RemoteReview.objects.bulk_create(rows)


def _copy(rows: Iterable[RemoteAim | RemoteReview | OfficerAssignment], link: Link) -> None:
    for row in rows:
        row.pk, row.link = None, link
        row.save(force_insert=True)
