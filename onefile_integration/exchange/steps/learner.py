"""The learner's account: created once, verified once; officers assigned to it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.utils import timezone

from learners.models import Organisation
from learners.words import PlacementType
from onefile_integration.api.bodies import NewUser
from onefile_integration.api.errors import Refused, Unknown, Why
from onefile_integration.api.names import Level, Role
from onefile_integration.api.values import text
from onefile_integration.exchange.steps.base import (
    NotAllowed,
    Plain,
    Work,
    created,
    give_back,
    line_of,
    officer_of,
    reserve,
    values,
)
from onefile_integration.models import Link, OfficerAssignment, RemoteAim, Step
from onefile_integration.rules.matching import same_text
from onefile_integration.rules.times import london_date
from onefile_integration.words import LinkState, StepState

SENT_AGAIN = "The reply was lost; it is sent again."
TWICE_WORDLESS = "OneFile answered twice, without a word."
DONE_BEFORE = "The first reply was lost, and OneFile refused the repeat: it had been done."


class CreateLearner(Plain):
    reverse: ClassVar[str] = (
        "A learner made in OneFile cannot be deleted from here: delete it there, remove the link here."
    )
    changes_the_ground: ClassVar[bool] = True
    begins_anew: ClassVar[bool] = True  # its class may have brought what would be assigned next

    def before(self, work: Work, step: Step) -> list[int]:
        reserve(work, work.learner, work.centre())
        return self._found(work)

    def do(self, work: Work, step: Step) -> int:
        return work.client.create_user(self._account(work, values(step)))

    def look(self, work: Work, step: Step) -> list[int]:
        """New ids only. Where rows show no MIS Value, the account itself must have our birth date and email."""
        return [number for number in self._found(work) if number not in step.known_ids]

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        created(work, work.learner, result)

    def refused(self, work: Work, step: Step) -> None:
        give_back(work, work.learner)

    def _found(self, work: Work) -> list[int]:
        learner, centre = work.learner, work.centre()
        rows = work.client.search_users(Role.LEARNER, centre, misid=learner.ident)
        found = {row.id for row in rows if same_text(row.misid, learner.ident)}
        first_name, surname = text(learner.forenames), text(learner.surname)  # as they were sent
        named = work.client.search_users(Role.LEARNER, centre, first_name=first_name, last_name=surname)
        for row in named:
            if row.misid is None and same_text(row.first_name, first_name) and self._is_ours(work, row.id):
                found.add(row.id)
        return sorted(found)

    def _is_ours(self, work: Work, number: int) -> bool:
        user = work.client.user(number)
        born = london_date(user.dob)
        return same_text(user.email, work.learner.email) and born == work.learner.date_of_birth

    def _account(self, work: Work, sent: dict[str, Any]) -> NewUser:
        learner = work.learner
        officer, employer = learner.main_officer, self._employer(work)
        if officer is None or employer is None:
            raise NotAllowed("The learner has no main officer or no placement any more.")
        return NewUser(
            organisation_id=int(sent["centre"]),
            role=Role.LEARNER,
            first_name=sent["first_name"],
            last_name=sent["surname"],
            email=sent.get("email"),
            telephone=sent.get("telephone"),
            mobile_number=sent.get("mobile"),
            dob=day(sent.get("date_of_birth")),
            uln=sent.get("uln"),
            nino=sent.get("nino"),
            l12=sent.get("ethnicity"),
            l13=sent.get("sex"),
            l14=sent.get("lldd"),
            primary_lldd_code=sent.get("lldd_primary"),
            secondary_lldd_codes=tuple(sent["lldd_others"]) if sent.get("lldd_others") else None,
            misid=sent["mis_value"],
            start_on=day(sent.get("start")),
            planned_end_date=day(sent.get("planned_end")),
            default_assessor_id=work.partner_id(officer),
            placement_id=work.partner_id(employer),
            classroom_id=sent.get("classroom"),
        )

    def _employer(self, work: Work) -> Organisation | None:
        today = timezone.localdate()
        placement = work.learner.most_recent_placement(today, types=[PlacementType.EMPLOYER])
        placement = placement or work.learner.most_recent_placement(today)
        return placement.organisation if placement else None


class RestoreLearner(Plain):
    reverse: ClassVar[str] = "Archive the learner in OneFile again."
    lost: ClassVar[str] = "again"
    changes_the_ground: ClassVar[bool] = True
    begins_anew: ClassVar[bool] = True  # nothing else has been read of an archived account

    def do(self, work: Work, step: Step) -> None:
        try:
            work.client.unarchive_user(work.learner_id())
        except Unknown as lost:
            if not (is_wordless(lost) and was_sent_before(step)):
                raise
            step.message = TWICE_WORDLESS

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """Whoever plans the rest need not wait until a search finds it."""
        work.plan.choices = {**work.plan.choices, "restore": "done"}
        work.plan.save(update_fields=["choices"])


class VerifyLink:
    reverse: ClassVar[str] = "Remove the link on the Delivery Plan."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        mine = Link.objects.within(work.environment).filter(learner=work.learner, state=LinkState.UNVERIFIED)
        mine.update(state=LinkState.VERIFIED, centre=work.centre())


def is_wordless(lost: Unknown) -> bool:
    """A whole answer of 200 without a body: some servers mean *done* by it, one in maintenance means nothing."""
    return lost.why is Why.EMPTY and lost.status == 200


def was_sent_before(step: Step) -> bool:
    earlier = Step.objects.filter(plan__learner=step.plan.learner_id, kind=step.kind, record=step.record)
    return earlier.filter(state=StepState.SKIPPED, message=SENT_AGAIN).exists()


class AssignOfficer(Plain):
    """Of a line: for its standard. Of an officer: for the whole portfolio. OneFile cannot be asked who is assigned."""

    reverse: ClassVar[str] = "Take the assessor off the learner in OneFile."
    lost: ClassVar[str] = "again"

    def do(self, work: Work, step: Step) -> None:
        officer, standard_id = self._whom(work, step)
        level = Level.STANDARD if standard_id else Level.PORTFOLIO
        try:
            work.client.assign_user(work.partner_id(officer), work.learner_id(), level, standard_id=standard_id)
        except Refused as refusal:
            # A repeat is refused where the first one had arrived [X].
            if refusal.status != 400 or not was_sent_before(step):
                raise
            step.message = DONE_BEFORE
        except Unknown as lost:
            if not (is_wordless(lost) and was_sent_before(step)):
                raise
            step.message = TWICE_WORDLESS

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        officer, standard_id = self._whom(work, step)
        OfficerAssignment.objects.get_or_create(link=work.link(), officer=officer, standard_id=standard_id)

    def _whom(self, work: Work, step: Step) -> tuple[Any, int | None]:
        if step.record.startswith("officer:"):
            return officer_of(step), None
        line = line_of(step)
        aim = RemoteAim.objects.filter(link=work.link(), line=line).first()
        if line.assessor is None or aim is None:
            raise NotAllowed("The line has no assessor, or is not assigned in OneFile.")
        return line.assessor, aim.standard_id


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
