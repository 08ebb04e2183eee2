"""Learning aims: assigned once, linked, updated; what comes back goes to the line."""

from __future__ import annotations

from typing import Any, ClassVar

from learners.models import DeliveryPlanLine
from learners.services import delivery
from onefile_integration.api.bodies import LearningAimFields
from onefile_integration.api.records import LearningAimRow
from onefile_integration.api.values import text
from onefile_integration.exchange.reading.there import aim_values
from onefile_integration.exchange.steps.base import (
    NotAllowed,
    NotNeeded,
    Plain,
    Shown,
    Work,
    exact,
    key_of,
    line_of,
    olds,
    values,
)
from onefile_integration.exchange.steps.learner import day
from onefile_integration.models import RemoteAim, Step
from onefile_integration.rules.fields import FILLED_BOTH_WAYS
from onefile_integration.rules.steps import plain


class AssignStandard(Plain):
    reverse: ClassVar[str] = "A learning aim cannot be deleted from here: take it off in OneFile."
    changes_the_ground: ClassVar[bool] = True

    def before(self, work: Work, step: Step) -> list[int]:
        if RemoteAim.objects.filter(link=work.link(), line=line_of(step)).exists():
            raise NotNeeded("It is assigned already.")
        rows = work.client.learning_aims(work.learner_id())
        linked = set(work.link().aims.values_list("onefile_id", flat=True))
        wanted = values(step)["standard_id"]
        if any(row.standard_id == wanted and row.id not in linked and self._is_theirs(work, row) for row in rows):
            raise NotNeeded("OneFile has it already.")
        return sorted(row.id for row in rows)

    def _is_theirs(self, work: Work, row: LearningAimRow) -> bool:
        """A row that does not say whose it is, is read itself: the search's filter is not trusted."""
        owner = row.user_id or work.client.learning_aim(row.id).user_id
        return owner == work.learner_id()

    def do(self, work: Work, step: Step) -> int:
        return work.client.assign_standard(values(step)["standard_id"], work.learner_id())

    def look(self, work: Work, step: Step) -> list[int]:
        rows = work.client.learning_aims(work.learner_id())
        wanted = values(step)["standard_id"]
        new = [row for row in rows if row.standard_id == wanted and row.id not in step.known_ids]
        return sorted(row.id for row in new if self._is_theirs(work, row))

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        assert result is not None
        RemoteAim.objects.create(
            link=work.link(),
            line=DeliveryPlanLine.objects.filter(pk=key_of(step)).first(),  # None: deleted here meanwhile
            standard_id=values(step)["standard_id"],
            onefile_id=result,
            upload_due=True,
        )


class LinkAim:
    reverse: ClassVar[str] = "It is a note of ours only; nothing in OneFile was changed."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """A line that was begun anew takes the aim over from the line before."""
        link, found = work.link(), values(step)
        kept = {"line": line_of(step), "standard_id": found["standard_id"], "upload_due": link.upload_due}
        RemoteAim.objects.update_or_create(link=link, onefile_id=found["onefile_id"], defaults=kept)


class UpdateAim(Plain):
    reverse: ClassVar[str] = "Put the old values back in OneFile by hand."
    lost: ClassVar[str] = "read"

    def do(self, work: Work, step: Step) -> None:
        aim = self._aim(work, step)
        sent = values(step)
        changes = LearningAimFields(
            start_date=day(sent.get("start")),
            planned_end=day(sent.get("planned_end")),
            registration_number=sent.get("registration_number"),
            registration_date=day(sent.get("registration_date")),
            certificate_applied_date=day(sent.get("certificate_applied")),
            certificate_received_date=day(sent.get("certificate_received")),
        )
        work.client.update_learning_aim(aim.onefile_id, work.learner_id(), changes)

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Nothing: the next reading finds both sides agreed."""

    def shown(self, work: Work, step: Step) -> Shown | None:
        """The dates of the aim are sent once: nobody compares them."""
        if not set(values(step)) & set(FILLED_BOTH_WAYS):
            return None
        aim = self._aim(work, step)
        return Shown(aim.link, step.record, FILLED_BOTH_WAYS, aim_values(work.client.learning_aim(aim.onefile_id)))

    def _aim(self, work: Work, step: Step) -> RemoteAim:
        aim = RemoteAim.objects.filter(link=work.link(), line=line_of(step)).select_related("link").first()
        if aim is None:
            raise NotAllowed("The line is not assigned in OneFile.")
        return aim


def line_value(line: DeliveryPlanLine, name: str) -> Any:
    """As the step holds it, in the form in which it was compared."""
    value = getattr(line, name)
    return text(value) if isinstance(value, str) else plain(value)


class UpdateLine:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        line = line_of(step)
        for name, old in olds(step).items():
            if line_value(line, name) != old:
                raise NotNeeded("The line was changed here meanwhile; the next exchange compares anew.")
        delivery.update_line(line, by=work.actor, **values(step) | exact(step))
