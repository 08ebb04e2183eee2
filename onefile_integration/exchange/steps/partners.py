"""Officers and employers: linked with what OneFile holds, or created there by name only."""

from __future__ import annotations

from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from learners.models import Officer, Organisation
from onefile_integration.api.bodies import NewPlacement, NewUser
from onefile_integration.api.names import Role
from onefile_integration.api.values import text
from onefile_integration.exchange.steps.base import (
    NotAllowed,
    NotNeeded,
    Plain,
    WaitsForAnother,
    Work,
    created,
    give_back,
    officer_of,
    organisation_of,
    reserve,
    take_over,
    values,
)
from onefile_integration.models import Link, Step
from onefile_integration.rules.matching import same_text
from onefile_integration.words import LinkOrigin, LinkState


class CreateAssessor(Plain):
    reverse: ClassVar[str] = "An account made in OneFile cannot be deleted from here: archive it there."

    def before(self, work: Work, step: Step) -> list[int]:
        officer = officer_of(step)
        reserve(work, officer, work.centre())
        return self._found(work, officer)

    def do(self, work: Work, step: Step) -> int:
        sent = values(step)
        user = NewUser(
            organisation_id=work.centre(),
            role=Role.ASSESSOR,
            first_name=sent.get("first_name") or "",
            last_name=sent.get("surname") or "",
            misid=sent["mis_value"],
            email=sent.get("email"),
        )
        return work.client.create_user(user)

    def look(self, work: Work, step: Step) -> list[int]:
        return [number for number in self._found(work, officer_of(step)) if number not in step.known_ids]

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        created(work, officer_of(step), result)

    def refused(self, work: Work, step: Step) -> None:
        give_back(work, officer_of(step))

    def _found(self, work: Work, officer: Officer) -> list[int]:
        """By MIS Value; where rows do not say it, by exactly this name."""
        rows = work.client.search_users(Role.ASSESSOR, work.centre(), misid=officer.ident)
        found = {row.id for row in rows if same_text(row.misid, officer.ident)}
        first_name, surname = text(officer.forenames), text(officer.surname)  # as they were sent
        named = work.client.search_users(Role.ASSESSOR, work.centre(), first_name=first_name, last_name=surname)
        found |= {
            row.id
            for row in named
            if row.misid is None and same_text(row.first_name, first_name) and same_text(row.last_name, surname)
        }
        return sorted(found)


class CreateEmployer(Plain):
    reverse: ClassVar[str] = "A placement made in OneFile cannot be deleted from here: make it inactive there."

    def before(self, work: Work, step: Step) -> list[int]:
        organisation = organisation_of(step)
        reserve(work, organisation, work.centre())
        return self._found(work, organisation)

    def do(self, work: Work, step: Step) -> int:
        sent = values(step)
        placement = NewPlacement(organisation_id=work.centre(), name=sent["name"], misid=sent["mis_value"])
        return work.client.create_placement(placement)

    def look(self, work: Work, step: Step) -> list[int]:
        return [number for number in self._found(work, organisation_of(step)) if number not in step.known_ids]

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        created(work, organisation_of(step), result)

    def refused(self, work: Work, step: Step) -> None:
        give_back(work, organisation_of(step))

    def _found(self, work: Work, organisation: Organisation) -> list[int]:
        rows = work.client.placements(work.centre(), name=text(organisation.name) or "")
        return sorted(
            row.id
            for row in rows
            if same_text(row.name, organisation.name)
            and (row.misid is None or same_text(row.misid, organisation.ident))
        )


def link_partner(work: Work, record: Officer | Organisation, onefile_id: int, origin: LinkOrigin) -> None:
    """Raises NotNeeded where it is linked with that id already, NotAllowed where something else stands against it,
    WaitsForAnother where another exchange is creating it: what was found may be just that one.
    """
    centre = work.centre()
    found = {"onefile_id": onefile_id, "state": LinkState.VERIFIED, "origin": origin}
    link = Link.objects.within(work.environment).of(record).filter(centre=centre).first()
    if link and link.onefile_id == onefile_id:
        raise NotNeeded("It is linked already.")
    if link and link.state != LinkState.CREATING:
        raise NotAllowed(f"{record} is linked with {link.onefile_id}.")
    if link and link.plan_id != work.plan.pk and not take_over(link, work):
        raise WaitsForAnother(record, link.plan)
    try:
        with transaction.atomic():
            if link:
                Link.objects.filter(pk=link.pk).update(**found, plan=None)
            else:
                Link.objects.create(
                    **{record._meta.model_name or "": record},
                    environment=work.environment,
                    centre=centre,
                    made_at=timezone.now(),
                    made_by=work.actor.label,
                    **found,
                )
    except IntegrityError:
        raise NotAllowed(f"OneFile's {onefile_id} is linked with another record here.") from None


class LinkOfficer:
    reverse: ClassVar[str] = "Remove the link on the officer's page."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        link_partner(work, officer_of(step), values(step)["onefile_id"], LinkOrigin.MATCHED)


class LinkEmployer:
    reverse: ClassVar[str] = "Remove the link on the organisation's page."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        link_partner(work, organisation_of(step), values(step)["onefile_id"], LinkOrigin.MATCHED)
