"""A learner's own details, sent to OneFile or brought from it, after the creation."""

from __future__ import annotations

from typing import Any, ClassVar

from learners.services import learners
from onefile_integration.api.bodies import UserFields
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.steps.base import NotNeeded, Plain, Work, olds, values
from onefile_integration.exchange.steps.learner import day
from onefile_integration.models import Step
from onefile_integration.rules.addresses import split
from onefile_integration.rules.steps import plain

OWN_NAMES = {"first_name": "forenames"}


class UpdateLearner(Plain):
    """Sets a state: where the reply is lost, OneFile is read again and what still differs is planned anew."""

    reverse: ClassVar[str] = "The old values can be sent again, field by field."
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        sent = values(step)
        changes = UserFields(
            first_name=sent.get("first_name"),
            last_name=sent.get("surname"),
            email=sent.get("email"),
            telephone=sent.get("telephone"),
            mobile_number=sent.get("mobile"),
            dob=day(sent.get("date_of_birth")),
            home_address="\n".join(sent["address"]) if "address" in sent else None,
            uln=sent.get("uln"),
            nino=sent.get("nino"),
            start_on=day(sent.get("start")),
            planned_end_date=day(sent.get("planned_end")),
            l12=sent.get("ethnicity"),
            l13=sent.get("sex"),
            l14=sent.get("lldd"),
            primary_lldd_code=sent.get("lldd_primary"),
            secondary_lldd_codes=tuple(sent["lldd_others"]) if "lldd_others" in sent else None,
        )
        work.client.update_user(work.learner_id(), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Nothing: the next reading finds both sides agreed."""


class UpdateDetails:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        ours = person_here(work.learner)
        if any(plain(getattr(ours, name)) != old for name, old in olds(step).items()):
            raise NotNeeded("The learner was changed here meanwhile; the next exchange compares anew.")
        learners.update(work.learner, by=work.actor, **_own(values(step)))


def _own(pulled: dict[str, Any]) -> dict[str, Any]:
    """By the names of our fields. An address without a postcode leaves ours."""
    address = pulled.pop("address", None)
    own = {OWN_NAMES.get(name, name): value for name, value in pulled.items()}
    if address is not None:
        lines, postcode = split(tuple(address))
        own |= {f"address{number}": line for number, line in enumerate(lines, start=1)}
        own |= {"postcode": postcode} if postcode else {}
    return own
