"""The kinds of bulk change: each takes the form's values, and says what it would do with chosen learners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from learners.bulk import outcomes
from learners.bulk.outcomes import Held, NewPlacement
from learners.bulk.plans import Plan
from learners.forms import bulk as forms
from learners.models import DeliveryPlanLine, Learner, LearnerOfficer, Officer, Review, Tag
from learners.parts import locked_reviews
from learners.words import Attended, BulkChangeKind, SystemStatus

Values = dict[str, Any]
DELETED_NOTE = (
    "Deleted learners leave the lists and every synchronisation. Nothing of them is erased, and the status can be"
    " set back."
)


@dataclass(frozen=True)
class Kind:
    """``plan`` reads what it needs of the given learners in a fixed number of queries."""

    kind: BulkChangeKind
    form: type[forms.BulkForm]
    plan: Callable[[QuerySet[Learner], Values], Plan]
    words: Callable[[Values], str]
    help: str
    warning: Callable[[Values], str] = lambda values: ""

    @property
    def label(self) -> str:
        return self.kind.label


def _main_officer(learners: QuerySet[Learner], values: Values) -> Plan:
    records = learners.select_related("main_officer")
    return Plan([outcomes.related(r, "main_officer", "Main officer", values["main_officer"]) for r in records])


def _main_tag(learners: QuerySet[Learner], values: Values) -> Plan:
    records = learners.select_related("main_tag")
    return Plan([outcomes.related(record, "main_tag", "Main tag", values["tag"]) for record in records])


def _add_tag(learners: QuerySet[Learner], values: Values) -> Plan:
    tag, having = values["tag"], _having(learners, values["tag"])
    return Plan([outcomes.tagged(record, tag, has=record.pk in having) for record in learners])


def _remove_tag(learners: QuerySet[Learner], values: Values) -> Plan:
    tag, having = values["tag"], _having(learners, values["tag"])
    return Plan([outcomes.untagged(record, tag, has=record.pk in having) for record in learners])


def _having(learners: QuerySet[Learner], tag: Tag) -> set[int]:
    held = Learner.tags.through._default_manager.filter(tag=tag, learner__in=learners.order_by().values("pk"))
    return set(held.values_list("learner_id", flat=True))


def _placement(learners: QuerySet[Learner], values: Values) -> Plan:
    wanted = _wanted(values)
    records = learners.prefetch_related("placements__organisation")
    return Plan([outcomes.placed(record, wanted) for record in records])


def _wanted(values: Values) -> NewPlacement:
    return NewPlacement(values["organisation"], values["type"], values["start"], values["ends_current"])


def _system_status(learners: QuerySet[Learner], values: Values) -> Plan:
    return Plan([outcomes.system_status(record, values["system_status"]) for record in learners])


KINDS = {
    kind.kind.value: kind
    for kind in (
        Kind(
            BulkChangeKind.MAIN_OFFICER,
            forms.MainOfficerForm,
            _main_officer,
            lambda values: f"Main officer: {values['main_officer']}",
            "The officer who looks after these learners from now on.",
        ),
        Kind(
            BulkChangeKind.MAIN_TAG,
            forms.TagForm,
            _main_tag,
            lambda values: f"Main tag: {values['tag']}",
            "The one tag that says which group a learner belongs to.",
        ),
        Kind(
            BulkChangeKind.ADD_TAG,
            forms.TagForm,
            _add_tag,
            lambda values: f"Add the tag {values['tag']}",
            "One more tag; those that a learner has stay.",
        ),
        Kind(
            BulkChangeKind.REMOVE_TAG,
            forms.TagForm,
            _remove_tag,
            lambda values: f"Remove the tag {values['tag']}",
            "The tag is taken from whoever has it; main tags stay.",
        ),
        Kind(
            BulkChangeKind.PLACEMENT,
            forms.BulkPlacementForm,
            _placement,
            lambda values: f"Placement: {_wanted(values).words}",
            "A new placement for each, with one employer from one day.",
        ),
        Kind(
            BulkChangeKind.SYSTEM_STATUS,
            forms.SystemStatusForm,
            _system_status,
            lambda values: f"Status: {values['system_status']}",
            "Live, Archived, Partial Entry or Deleted.",
            lambda values: DELETED_NOTE if values["system_status"] == SystemStatus.DELETED else "",
        ),
    )
}


@dataclass(frozen=True)
class Caseload:
    """What is handed over from ``officer``; ``today`` tells which reviews are to come."""

    officer: Officer
    today: date
    values: Values

    @property
    def words(self) -> str:
        return f"Caseload of {self.officer} to {self.values['to']}"

    def learners(self) -> QuerySet[Learner]:
        """Whoever has something of it; nothing of a Deleted learner is handed over."""
        having = Q(main_officer=self.officer)
        if self.values["lines"]:
            having |= Q(pk__in=self._lines().values("learner"))
        if self.values["reviews"]:
            having |= Q(pk__in=self._reviews().values("learner"))
        if self.values["roles"]:
            having |= Q(pk__in=LearnerOfficer.objects.filter(officer=self.officer).values("learner"))
        return Learner.objects.filter(having).exclude(system_status=SystemStatus.DELETED)

    def plan(self, learners: QuerySet[Learner]) -> Plan:
        records = learners.prefetch_related(
            Prefetch("delivery_plan", self._lines().select_related("qualification"), "handed_lines"),
            Prefetch("reviews", self._reviews(), "handed_reviews"),
            Prefetch("learner_officers", self._roles(), "handed_roles"),
        )
        held = {record: _held(record, self.values) for record in records}
        locked = _locked(review for parts in held.values() for review in parts.reviews)
        to = self.values["to"]
        return Plan([outcomes.handed_over(record, held[record], self.officer, to, locked) for record in held])

    def _lines(self) -> QuerySet[DeliveryPlanLine]:
        return DeliveryPlanLine.objects.filter(assessor=self.officer, actual_end__isnull=True)

    def _reviews(self) -> QuerySet[Review]:
        to_come = Q(scheduled_date__gte=self.today, actual_date__isnull=True, attended=Attended.UNKNOWN)
        return Review.objects.filter(to_come, officer=self.officer)

    def _roles(self) -> QuerySet[LearnerOfficer]:
        return LearnerOfficer.objects.filter(officer__in=[self.officer, self.values["to"]])


def _held(learner: Any, values: Values) -> Held:
    return Held(
        lines=learner.handed_lines if values["lines"] else [],
        reviews=learner.handed_reviews if values["reviews"] else [],
        roles=learner.handed_roles if values["roles"] else [],
    )


def _locked(reviews: Iterable[Review]) -> dict[int, str]:
    return {pk: fields["officer"] for pk, fields in locked_reviews(list(reviews)).items() if "officer" in fields}
