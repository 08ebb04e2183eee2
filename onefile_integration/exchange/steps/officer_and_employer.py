"""A learner's main officer and employer, changed in OneFile as they were changed here; what both sides agree on."""

from __future__ import annotations

from typing import ClassVar

from learners.models import Officer, Organisation
from onefile_integration.api.bodies import UserFields
from onefile_integration.exchange.steps.base import Plain, Work, values
from onefile_integration.models import AgreedValue, Step
from onefile_integration.rules.officer_and_employer import EMPLOYER, MAIN_OFFICER

SENT_BACK = "Change it back here: the next exchange sends it."


class UpdateMainOfficer(Plain):
    """Sets a state: where the reply is lost, OneFile is read again."""

    reverse: ClassVar[str] = SENT_BACK
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        officer = Officer.objects.get(pk=_key(step, MAIN_OFFICER))
        changes = UserFields(default_assessor_id=work.partner_id(officer))
        work.client.update_user(work.learner_id(), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        agree(work, step, MAIN_OFFICER)


class UpdateEmployer(Plain):
    reverse: ClassVar[str] = SENT_BACK
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        organisation = Organisation.objects.get(pk=_key(step, EMPLOYER))
        changes = UserFields(placement_id=work.partner_id(organisation))
        work.client.update_user(work.learner_id(), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        agree(work, step, EMPLOYER)


class Note:
    """``name``: which of the two both sides agree on."""

    reverse: ClassVar[str] = "It is a note of ours only; nothing was changed on either side."

    def __init__(self, name: str) -> None:
        self.name = name

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        agree(work, step, self.name)


def agree(work: Work, step: Step, name: str) -> None:
    """What was shown, and no later value: a change since then is pushed the next time."""
    AgreedValue.objects.update_or_create(link=work.link(), name=name, defaults={"value": values(step)[name]})


def _key(step: Step, name: str) -> int:
    return int(values(step)[name].split(":")[1])
