"""Episodes of one person: tied, untied, told apart, and a new one made from the one before."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from learners import rules
from learners.actor import REASON_LENGTH, Actor
from learners.models import DeliveryPlanLine, DifferentPeople, Learner, Placement
from learners.services import delivery, learners, placements

# What is the person's and not the episode's.
PERSONAL = (
    *("person", "ukprn", "lrn", "forenames", "surname", "email", "telephone", "mobile", "date_of_birth"),
    *("uln", "nino", "sex", "ethnicity", "lldd", "lldd_primary", "lldd_others"),
    *("address1", "address2", "address3", "address4", "postcode"),
)


@transaction.atomic
def tie(learner: Learner, *, to: Learner, by: Actor, sure: bool = False) -> None:
    """Make the two, with whatever episodes each has, episodes of one person.

    Two whose names and birth dates both differ are tied only by somebody who is ``sure``.
    """
    if learner.person == to.person:
        raise ValidationError(f"{to.ident} is an episode of this person already.")
    if not sure:
        rules.refuse(rules.tie_faults(learner, to))
    ours, theirs = _episodes(learner), _episodes(to)
    DifferentPeople.objects.filter(first__in=[*ours, *theirs], second__in=[*ours, *theirs]).delete()
    for episode in ours:
        learners.update(episode, by=_because(by, f"tied to {to.ident}"), person=to.person)


@transaction.atomic
def untie(learner: Learner, *, reason: str, by: Actor) -> None:
    """This record alone becomes another person; it is not proposed to be tied again."""
    others = list(learner.other_episodes())
    if not others:
        raise ValidationError("This record is not tied to any other.")
    learners.update(learner, by=_because(by, f"untied, {reason}"), person=uuid.uuid4())
    _note_different([learner], others, by)


@transaction.atomic
def tell_apart(learner: Learner, *, other: Learner, by: Actor) -> None:
    """The two share a number and are not one person, and so with their other episodes."""
    if learner.person == other.person:
        raise ValidationError(f"{other.ident} is an episode of this person. Untie it first.")
    _note_different(_episodes(learner), _episodes(other), by)


def perhaps_the_same_person(learner: Learner) -> QuerySet[Learner]:
    """Other people's records with the same ULN that nobody has told apart from this one."""
    found = Learner.objects.filter(uln=learner.uln).exclude(person=learner.person)
    if not rules.is_known_uln(learner.uln):
        return found.none()
    told = DifferentPeople.objects
    return found.exclude(pk__in=told.filter(first=learner).values("second")).exclude(
        pk__in=told.filter(second=learner).values("first")
    )


@transaction.atomic
def new_episode(
    of: Learner,
    *,
    by: Actor,
    placement: Placement | None = None,
    lines: Sequence[DeliveryPlanLine] = (),
    **values: Any,
) -> Learner:
    """A new record of the same person. ``placement`` and ``lines`` of the one before begin anew with it."""
    personal = {name: getattr(of, name) for name in PERSONAL}
    made = learners.create(by=_because(by, f"new episode from {of.ident}"), **personal, **values)
    for line in lines:
        delivery.create_line(made, by=by, **_line_values(line, values["start"], values["planned_end"]))
    if placement is not None:
        employer, kind = placement.organisation, placement.type
        placements.create(made, organisation=employer, type=kind, start=values["start"], by=by)
    return made


def _line_values(line: DeliveryPlanLine, start: date, planned_end: date | None) -> dict[str, Any]:
    assessor = line.assessor if line.assessor and line.assessor.is_live else None
    values = {"qualification": line.qualification, "assessor": assessor}
    return {**values, "start": start, "planned_end": planned_end}


def _episodes(learner: Learner) -> list[Learner]:
    return list(Learner.objects.filter(person=learner.person))


def _note_different(ours: Sequence[Learner], theirs: Sequence[Learner], by: Actor) -> None:
    pairs = [sorted((one.pk, other.pk)) for one, other in product(ours, theirs)]
    DifferentPeople.objects.bulk_create(
        [DifferentPeople(first_id=first, second_id=second, said_by=by.label) for first, second in pairs],
        ignore_conflicts=True,
    )


def _because(by: Actor, why: str) -> Actor:
    return Actor(f"{by.label}: {why}"[:REASON_LENGTH], by.user)
