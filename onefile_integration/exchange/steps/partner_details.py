"""An officer's or organisation's own details, sent to one centre of OneFile's or brought from them."""

from __future__ import annotations

from typing import ClassVar

from learners.models import Officer, Organisation
from learners.services import officers, organisations
from onefile_integration.api.bodies import PlacementFields, UserFields
from onefile_integration.exchange.reading.partner_details import firm_there, officer_here, organisation_here
from onefile_integration.exchange.reading.there import person_there
from onefile_integration.exchange.steps.base import (
    NotAllowed,
    Plain,
    Shown,
    Work,
    centre_of,
    officer_of,
    organisation_of,
    values,
)
from onefile_integration.exchange.steps.own import address_text, own_fields, person_members, refuse_changed
from onefile_integration.models import Link, Step
from onefile_integration.rules.fields import PUSHED

LINES = 5  # of an organisation's address


class UpdateAssessor(Plain):
    """Sets a state: where the reply is lost, OneFile is read again and what still differs is planned anew."""

    reverse: ClassVar[str] = "The old values can be sent again, field by field."
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        changes = UserFields(**person_members(values(step)))
        work.client.update_user(number_of(_link(work, step, officer_of(step))), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Nothing: the next reading finds both sides agreed."""

    def shown(self, work: Work, step: Step) -> Shown:
        officer = officer_of(step)
        link = _link(work, step, officer)
        theirs = person_there(work.client.user(number_of(link)))
        return Shown(link, f"officer:{officer.pk}", PUSHED["officer"], theirs)


class UpdatePlacement(Plain):
    """Sets a state, as above."""

    reverse: ClassVar[str] = "The old values can be sent again, field by field."
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        sent = values(step)
        changes = PlacementFields(
            name=sent.get("name"),
            misid=sent.get("mis_value"),
            address=address_text(sent),
            telephone=sent.get("telephone"),
            email=sent.get("email"),
            web=sent.get("website"),
            contact=sent.get("contact"),
        )
        work.client.update_placement(number_of(_link(work, step, organisation_of(step))), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Nothing: the next reading finds both sides agreed."""

    def shown(self, work: Work, step: Step) -> Shown:
        organisation = organisation_of(step)
        link = _link(work, step, organisation)
        theirs = firm_there(work.client.placement(number_of(link)))
        return Shown(link, f"organisation:{organisation.pk}", PUSHED["organisation"], theirs)


class UpdateOfficer:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        officer = officer_of(step)
        refuse_changed(step, officer_here(officer), "officer")
        officers.update(officer, by=work.actor, **own_fields(step))


class UpdateOrganisation:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        organisation = organisation_of(step)
        refuse_changed(step, organisation_here(organisation), "organisation")
        organisations.update(organisation, by=work.actor, **own_fields(step, LINES))


def _link(work: Work, step: Step, record: Officer | Organisation) -> Link:
    """The link as it is now: somebody may have removed it since the step was planned."""
    links = Link.objects.within(work.environment).of(record).filter(centre=centre_of(step), onefile_id__isnull=False)
    if link := links.first():
        return link
    raise NotAllowed(f"{record} is not linked in this centre any more.")


def number_of(link: Link) -> int:
    assert link.onefile_id is not None, "the link was looked for by its number"
    return link.onefile_id
