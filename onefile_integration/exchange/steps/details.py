"""A learner's own details, sent to OneFile or brought from it, after the creation."""

from __future__ import annotations

from typing import ClassVar

from learners.models import Learner
from learners.services import learners
from onefile_integration.api.bodies import UserFields
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.reading.there import person_there
from onefile_integration.exchange.steps.base import Plain, Shown, Work, values
from onefile_integration.exchange.steps.learner import day
from onefile_integration.exchange.steps.own import address_text, own_fields, person_members, refuse_changed
from onefile_integration.models import Step
from onefile_integration.rules.fields import PUSHED


class UpdateLearner(Plain):
    """Sets a state: where the reply is lost, OneFile is read again and what still differs is planned anew."""

    reverse: ClassVar[str] = "The old values can be sent again, field by field."
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        sent = values(step)
        changes = UserFields(
            **person_members(sent),
            dob=day(sent.get("date_of_birth")),
            home_address=address_text(sent),
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

    def shown(self, work: Work, step: Step) -> Shown:
        theirs = person_there(work.client.user(work.learner_id()))
        return Shown(work.link(), step.record, PUSHED["learner"], theirs)


class UpdateDetails:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Read anew, and locked: a person may save just now."""
        learner = Learner.objects.select_for_update().get(pk=work.learner.pk)
        refuse_changed(step, person_here(learner), "learner")
        learners.update(learner, by=work.actor, **own_fields(step))
