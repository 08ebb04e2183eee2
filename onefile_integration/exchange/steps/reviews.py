"""Reviews: a visit is booked, then the review that names it; OneFile's reviews come back."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from learners.models import Officer, Review
from learners.services import reviews as review_services
from learners.words import Attended, ReviewType
from onefile_integration.api.names import VisitType
from onefile_integration.exchange import questions
from onefile_integration.exchange.steps.base import (
    NotAllowed,
    NotNeeded,
    Plain,
    Work,
    key_of,
    olds,
    review_of,
    values,
)
from onefile_integration.models import ExchangePlan, HeldField, RemoteReview, Step
from onefile_integration.rules.fields import REVIEW_FIELDS
from onefile_integration.rules.steps import Kind, plain
from onefile_integration.rules.times import SkippedTime, to_utc
from onefile_integration.words import StepState

LENGTH = timedelta(hours=1)  # the MIS keeps no duration
VISIT_TYPES = {
    "not_specified": VisitType.NOT_SPECIFIED,
    "remote": VisitType.REMOTE,
    "face_to_face": VisitType.FACE_TO_FACE,
}


def begins(step: Step) -> datetime:
    """The moment that was shown, in UTC."""
    shown = values(step)
    try:
        return to_utc(date.fromisoformat(shown["scheduled_date"]), time.fromisoformat(shown["start_time"]))
    except SkippedTime as why:
        raise NotAllowed(str(why)) from None


def still_here(step: Step) -> Review | None:
    """None where staff have deleted it: what OneFile has made by then is kept all the same."""
    return Review.objects.select_related("officer").filter(pk=key_of(step)).first()


def refuse_changed(step: Step) -> None:
    """Raises NotNeeded where staff have moved, held or deleted the review since the step was planned: sent all the
    same, the old day would come back as OneFile's.
    """
    review, shown = review_of(step), values(step)
    is_held = review.attended != Attended.UNKNOWN or review.actual_date is not None
    if is_held or any(current(review, name) != shown[name] for name in ("scheduled_date", "start_time")):
        raise NotNeeded("The review was changed here meanwhile; the next exchange compares anew.")


def assessor(work: Work, review: Review) -> Officer | None:
    """As it was planned: who is archived and not in OneFile leads no review there."""
    own, main = review.officer, work.learner.main_officer
    return own if own and (own.is_live or work.is_linked(own)) else main


def assessor_id(work: Work, review: Review) -> int | None:
    officer = assessor(work, review)
    return work.partner_id(officer) if officer else None


class CreateVisit(Plain):
    """OneFile offers no way to look a visit up: a lost reply is for a person."""

    reverse: ClassVar[str] = "A visit cannot be deleted from here: cancel it in OneFile."
    lost: ClassVar[str] = "ask"

    def before(self, work: Work, step: Step) -> list[int]:
        refuse_changed(step)
        return []

    def do(self, work: Work, step: Step) -> int:
        start = begins(step)
        return work.client.create_visit(
            learner_id=work.learner_id(),
            organisation_id=work.centre(),
            date_from=start,
            date_to=start + LENGTH,
            visit_type_id=VISIT_TYPES[values(step)["visit_type"]],
            assessor_id=assessor_id(work, review_of(step)),
        )

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        if review := still_here(step):
            RemoteReview.objects.update_or_create(
                link=work.link(), review=review, defaults={"visit_onefile_id": result}
            )


class CreateReview(Plain):
    reverse: ClassVar[str] = "A review cannot be deleted from here: delete it in OneFile."

    def before(self, work: Work, step: Step) -> list[int]:
        refuse_changed(step)
        mine = self._remembered(work, step)
        if mine and mine.onefile_id is not None:
            raise NotNeeded("It is in OneFile already.")
        return sorted(row.id for row in work.client.reviews(work.centre(), work.learner_id()))

    def do(self, work: Work, step: Step) -> int:
        mine = self._remembered(work, step)
        return work.client.create_review(
            learner_id=work.learner_id(),
            assessor_id=assessor_id(work, review_of(step)),
            visit_id=mine.visit_onefile_id if mine else None,
            scheduled_for=begins(step),
        )

    def look(self, work: Work, step: Step) -> list[int]:
        """New reviews that name our visit; their time is no proof, a server may ignore zones."""
        visit_id = self._visit_id(work, step)
        new = [row.id for row in work.client.reviews(work.centre(), work.learner_id()) if row.id not in step.known_ids]
        read = [work.client.review(number) for number in new]
        return sorted(
            each.id for each in read if each.visit_id == visit_id and each.learner_id in (None, work.learner_id())
        )

    def _visit_id(self, work: Work, step: Step) -> int | None:
        """A review deleted here since has taken its note of the visit along: the step that booked it knows."""
        if still_here(step):
            mine = self._remembered(work, step)
            return mine.visit_onefile_id if mine else None
        booked = Step.objects.filter(kind=Kind.CREATE_VISIT, record=step.record, state=StepState.DONE)
        last = booked.filter(plan__run__environment=work.environment).order_by("-pk").first()
        return last.result_id if last else None

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """From then on it is the review of the officer under whom it went up, unless staff hold it. One deleted here
        meanwhile is known as such, and does not come back.
        """
        review = still_here(step)
        if review is None:
            RemoteReview.objects.create(link=work.link(), onefile_id=result)
            return
        RemoteReview.objects.update_or_create(link=work.link(), review=review, defaults={"onefile_id": result})
        officer = assessor(work, review)
        if officer and officer != review.officer and not self._is_held(step, "officer"):
            review_services.update(review, by=work.actor, officer=officer)

    def _is_held(self, step: Step, field: str) -> bool:
        return HeldField.objects.held().filter(record=step.record, field=field).exists()

    def refused(self, work: Work, step: Step) -> None:
        """The visit is there, but its id is lost, and OneFile wants it: then only staff can add the review there."""
        mine = self._remembered(work, step)
        if mine is None or mine.visit_onefile_id is None:
            questions.ask_about_lost_visit(work.plan, step)

    def _remembered(self, work: Work, step: Step) -> RemoteReview | None:
        return RemoteReview.objects.filter(link=work.link(), review=key_of(step)).first()


class UpdateReview:
    reverse: ClassVar[str] = "The old values can be put back, field by field."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        review = review_of(step)
        for name, old in olds(step).items():
            if current(review, name) != old:
                raise NotNeeded("The review was changed here meanwhile; the next exchange compares anew.")
        review_services.update(review, by=work.actor, **_own(values(step)))


class AddReview:
    reverse: ClassVar[str] = "Delete the review here; it then stays away."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        given = values(step)
        number = given.pop("onefile_id")
        kept = self._kept(work, step, number)
        review = review_services.create(work.learner, by=work.actor, **_own(given))
        if kept:
            RemoteReview.objects.filter(pk=kept.pk).update(review=review)
        else:
            RemoteReview.objects.create(link=work.link(), review=review, onefile_id=number)

    def _kept(self, work: Work, step: Step, number: int) -> RemoteReview | None:
        """The id of one that was removed: only an undo brings it back."""
        if not step.undoes_id:
            if RemoteReview.objects.filter(link=work.link(), onefile_id=number).exists():
                raise NotNeeded("It is here already.")
            return None
        kept = remembered(work.plan, number)
        if kept and kept.review:
            raise NotNeeded("It is here already.")
        return kept


class RemoveReview:
    """An added review taken back. OneFile's id of it is kept, so that it stays away."""

    reverse: ClassVar[str] = "The review can be added here again."

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        known = remembered(work.plan, key_of(step))
        if known is None or known.review is None:
            raise NotNeeded("It is gone already.")
        if as_added(known) != olds(step):
            raise NotNeeded("The review was changed here meanwhile.")
        review_services.delete(known.review, by=work.actor)


def remembered(plan: ExchangePlan, number: int) -> RemoteReview | None:
    """OneFile's review of the plan's learner, whatever has become of the link since."""
    known = RemoteReview.objects.filter(
        link__learner=plan.learner_id, link__environment=plan.run.environment, onefile_id=number
    )
    return known.select_related("review").order_by("-link").first()


def as_added(kept: RemoteReview) -> dict[str, Any] | None:
    """A review as the step that adds it would hold it, with whatever else stands in it by now."""
    review = kept.review
    if review is None:
        return None
    own = {name: current(review, name) for name in REVIEW_FIELDS}
    more = {"type": review.type != ReviewType.NORMAL, "actual_time": review.actual_time, "notes": review.notes}
    held = {name: plain(value) for name, value in {**own, **more}.items() if value not in (None, "", False)}
    return {"onefile_id": kept.onefile_id} | held


def current(review: Review, name: str) -> Any:
    """A field's value as a step holds it."""
    if name == "officer":
        return f"officer:{review.officer_id}" if review.officer_id else None
    return plain(getattr(review, name))


def _own(given: dict[str, Any]) -> dict[str, Any]:
    """Values as the services take them: an officer as the record."""
    if given.get("officer"):
        return given | {"officer": Officer.objects.get(pk=int(given["officer"].split(":")[1]))}
    return given
