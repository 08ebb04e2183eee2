"""What every kind of step answers, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from learners.actor import Actor
from learners.models import DeliveryPlanLine, Learner, Officer, Organisation, Review
from onefile_integration.api.client import OneFile
from onefile_integration.exchange.links import is_abandoned
from onefile_integration.models import AgreedValue, ExchangePlan, Link, Settings, Step
from onefile_integration.rules import shown as rule
from onefile_integration.rules.details import is_blank, is_same
from onefile_integration.rules.sides import Aim, Firm, Person
from onefile_integration.rules.steps import plain
from onefile_integration.words import LinkState


class NotNeeded(Exception):
    """What the step was for is there already, or has changed meanwhile; its text says so."""


class NotAllowed(Exception):
    """Our own rules refuse the step, in words for people."""


class WaitsForAnother(Exception):
    """Another exchange, ``plan``, is creating the very record that this step needs."""

    def __init__(self, record: object, plan: ExchangePlan | None) -> None:
        self.plan = plan
        super().__init__(f"{record} is being created by another exchange.")


@dataclass
class Work:
    """The plan in hand, with the client and the settings of its run."""

    client: OneFile
    settings: Settings
    plan: ExchangePlan

    @property
    def environment(self) -> str:
        return self.settings.environment

    @property
    def actor(self) -> Actor:
        run = self.plan.run
        return Actor(label=run.signature, user=run.user)

    @cached_property
    def learner(self) -> Learner:
        return Learner.objects.get(pk=self.plan.the_learner.pk)

    def link(self) -> Link:
        """The learner's live link, read anew: a step names our records, the link says what they are in OneFile now."""
        return Link.objects.within(self.environment).get(learner=self.plan.learner_id)

    def learner_id(self) -> int:
        number = self.link().onefile_id
        if number is None:
            raise NotAllowed("The learner is not linked.")
        return number

    def centre(self) -> int:
        link = Link.objects.within(self.environment).filter(learner=self.plan.learner_id).first()
        centre = link.centre if link and link.centre is not None else self.plan.choices.get("centre")
        if centre is None:
            raise NotAllowed("The learner's centre is not known.")
        return int(centre)

    def partner_id(self, record: Officer | Organisation) -> int:
        """The OneFile id of an officer or employer in the learner's centre."""
        link = self._partner_link(record)
        if link is None or link.onefile_id is None:
            raise NotAllowed(f"{record} is not linked in this centre.")
        return link.onefile_id

    def is_linked(self, record: Officer | Organisation) -> bool:
        link = self._partner_link(record)
        return link is not None and link.onefile_id is not None

    def _partner_link(self, record: Officer | Organisation) -> Link | None:
        return Link.objects.within(self.environment).of(record).filter(centre=self.centre()).first()


def key_of(step: Step) -> int:
    return int(step.record.split(":")[1])


def centre_of(step: Step) -> int:
    """Of a step that names a record and a centre, as in ``officer:12:101``."""
    return int(step.record.split(":")[2])


def officer_of(step: Step) -> Officer:
    return Officer.objects.get(pk=key_of(step))


def organisation_of(step: Step) -> Organisation:
    return Organisation.objects.get(pk=key_of(step))


def line_of(step: Step) -> DeliveryPlanLine:
    """Raises NotNeeded where staff have deleted it since the step was planned."""
    lines = DeliveryPlanLine.objects.select_related("assessor", "qualification", "learner")
    if line := lines.filter(pk=key_of(step)).first():
        return line
    raise NotNeeded("The line was deleted here meanwhile.")


def review_of(step: Step) -> Review:
    """As above."""
    if review := Review.objects.select_related("officer").filter(pk=key_of(step)).first():
        return review
    raise NotNeeded("The review was deleted here meanwhile.")


def values(step: Step) -> dict[str, Any]:
    """What the step sets, by field: the very values that were shown."""
    return {change["field"]: change["new"] for change in step.changes}


def exact(step: Step) -> dict[str, Any]:
    """Of an undo: by column the very texts that stood here before."""
    return {name: text for change in step.changes for name, text in change.get("columns", {}).items()}


def olds(step: Step) -> dict[str, Any]:
    return {change["field"]: change["old"] for change in step.changes}


@dataclass(frozen=True)
class Shown:
    """What OneFile shows of ``record`` by ``link``; ``names``: the fields that each exchange compares."""

    link: Link
    record: str
    names: tuple[str, ...]
    values: Person | Firm | Aim


class Kind(Protocol):
    """``reverse`` says how, or why not, a step of this kind can be taken back."""

    reverse: ClassVar[str]

    def keep(self, work: Work, step: Step, result: int | None) -> None:
        """What to remember here, in the transaction that ends the step. Raises NotNeeded and NotAllowed."""


class Remote(Kind, Protocol):
    """A step that is exactly one write in OneFile.

    ``lost`` says how a lost reply is settled: "look" asks OneFile with ``look``, "again" repeats the write (it sets
    a state), "read" plans anew from what is there, "ask" puts it to a person.
    """

    lost: ClassVar[str]
    changes_the_ground: ClassVar[bool]  # after it both sides are read again
    begins_anew: ClassVar[bool]  # and before anything else is done

    def before(self, work: Work, step: Step) -> list[int]:
        """Reserve what must not be created twice; give the ids that a search finds before. Raises NotNeeded."""

    def do(self, work: Work, step: Step) -> int | None:
        """The one write; gives the new id of a create."""

    def look(self, work: Work, step: Step) -> list[int]:
        """New ids that can only be this step's effect."""

    def refused(self, work: Work, step: Step) -> None:
        """OneFile refused: give back what ``before`` reserved."""

    def shown(self, work: Work, step: Step) -> Shown | None:
        """Of values that would be sent again each night, were they not read back as they were sent."""


class Plain:
    """What most remote kinds need not say."""

    lost: ClassVar[str] = "look"
    changes_the_ground: ClassVar[bool] = False
    begins_anew: ClassVar[bool] = False

    def before(self, work: Work, step: Step) -> list[int]:
        return []

    def look(self, work: Work, step: Step) -> list[int]:
        raise NotImplementedError(f"{type(self).__name__} is settled otherwise")

    def refused(self, work: Work, step: Step) -> None:
        return None

    def shown(self, work: Work, step: Step) -> Shown | None:
        return None


def remember(step: Step, shown: Shown) -> list[str]:
    """Keeps what is shown otherwise than it was sent, and gives its fields.

    Where the value of before is still there, it may be too early to tell: that is sent again.
    """
    sent, before, odd = values(step), olds(step), []
    for name in shown.names:
        there = plain(getattr(shown.values, name))
        if name not in sent or is_same(name, sent[name], there):
            continue
        if is_blank(there) or not is_same(name, there, before[name]):
            kept = {"value": rule.pair(sent[name], there)}
            AgreedValue.objects.update_or_create(link=shown.link, name=rule.slot(shown.record, name), defaults=kept)
            odd.append(name)
    return odd


def reserve(work: Work, record: Learner | Officer | Organisation, centre: int) -> Link:
    """The link in state *creating*, one per record (and centre): whoever comes second waits.

    Raises NotNeeded where the record is linked, WaitsForAnother where another plan is creating it.
    """
    live = Link.objects.within(work.environment).of(record)
    mine = live if isinstance(record, Learner) else live.filter(centre=centre)
    if link := mine.first():
        if link.state != LinkState.CREATING:
            raise NotNeeded(f"It is linked with {link.onefile_id} already.")
        if link.plan_id != work.plan.pk and not take_over(link, work):
            raise WaitsForAnother(record, link.plan)
        return link
    try:
        with transaction.atomic():
            return Link.objects.create(
                **{record._meta.model_name or "": record},
                environment=work.environment,
                centre=centre,
                state=LinkState.CREATING,
                origin="created",
                upload_due=isinstance(record, Learner),
                plan=work.plan,
                made_at=timezone.now(),
                made_by=work.actor.label,
            )
    except IntegrityError:
        raise WaitsForAnother(record, None) from None


def take_over(link: Link, work: Work) -> bool:
    """A reservation whose plan has ended, with nothing of it in doubt, is anybody's."""
    free = Link.objects.filter(pk=link.pk, state=LinkState.CREATING, plan=link.plan)
    return is_abandoned(link) and bool(free.update(plan=work.plan))


def created(work: Work, record: Learner | Officer | Organisation, onefile_id: int | None) -> None:
    """The reserved link gets its id."""
    live = Link.objects.within(work.environment).of(record).filter(state=LinkState.CREATING, plan=work.plan)
    live.update(onefile_id=onefile_id, state=LinkState.VERIFIED, plan=None)


def give_back(work: Work, record: Learner | Officer | Organisation) -> None:
    Link.objects.within(work.environment).of(record).filter(state=LinkState.CREATING, plan=work.plan).delete()
