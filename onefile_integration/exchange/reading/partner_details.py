"""An officer or organisation: our record, and what each centre of OneFile's holds of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from learners.models import Officer, Organisation
from learners.words import OrganisationStatus
from onefile_integration.api import records
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound
from onefile_integration.api.names import Role
from onefile_integration.api.values import text
from onefile_integration.exchange.failures import ExchangeFailure, LeftOut
from onefile_integration.exchange.held_fields import held_of
from onefile_integration.exchange.reading.lookups import Lookups
from onefile_integration.exchange.reading.there import person_there
from onefile_integration.models import Centre, Link, Question, Settings
from onefile_integration.models.links import LinkQuerySet
from onefile_integration.rules.addresses import address_of, from_text
from onefile_integration.rules.sides import Firm, InCentre, PartnerSides, Person
from onefile_integration.words import FailureKind, LinkState, Mode

ASSESSORS = (None, Role.ASSESSOR, Role.TRAINEE_ASSESSOR)
Record = Officer | Organisation


@dataclass
class _Seen:
    """What the centres gave, and why some gave nothing that can be used."""

    there: list[InCentre] = field(default_factory=list)
    said: dict[FailureKind, list[str]] = field(default_factory=dict)

    def say(self, kind: FailureKind, why: str) -> None:
        self.said.setdefault(kind, []).append(why)

    def of(self, kind: FailureKind) -> tuple[str, ...]:
        return tuple(self.said.get(kind, ()))


class PartnerReading:
    """One read for each link, and lists of a centre that all share."""

    def __init__(self, client: OneFile, lookups: Lookups, settings: Settings) -> None:
        self._client, self._lookups, self._settings = client, lookups, settings
        centres = Centre.objects.filter(environment=settings.environment)
        self._names = dict(centres.values_list("onefile_id", "name"))

    def sides(self, record: Record) -> PartnerSides:
        """Raises the API's errors; LeftOut before any call for one whom the rules leave out; ExchangeFailure where
        no centre holds anything that can be used.
        """
        mode = mode_of(record, self._settings)
        if why := why_left_out(record, mode):
            raise LeftOut(why)
        seen = _Seen()
        for link in linked(self._settings.environment).of(record).order_by("centre").prefetch_related("agreed"):
            self._look(seen, record, link)
        if seen.said and not seen.there:
            kind, said = next(iter(seen.said.items()))
            raise ExchangeFailure(kind, " ".join(said))
        return PartnerSides(
            kind=record._meta.model_name or "",
            pk=record.pk,
            ident=record.ident,
            values=officer_here(record) if isinstance(record, Officer) else organisation_here(record),
            there=tuple(seen.there),
            mode=mode,
            answers=_answers(record, self._settings.environment),
            missing=seen.of(FailureKind.NOT_FOUND),
            archived=seen.of(FailureKind.ARCHIVED),
            unreadable=seen.of(FailureKind.BAD_ANSWER),
            held=held_of(record),
        )

    def _look(self, seen: _Seen, record: Record, link: Link) -> None:
        centre, number = link.centre, link.onefile_id
        assert centre is not None and number is not None, "the database holds both of a verified link"
        where = self._names.get(centre, f"OneFile's centre {centre}")
        is_officer = isinstance(record, Officer)
        try:
            values = self._account(seen, centre, number, where) if is_officer else self._placement(seen, number, where)
        except NotFound:
            seen.say(FailureKind.NOT_FOUND, f"OneFile does not know {number} in {where}. Its values here were kept.")
            return
        if values is not None:
            agreed = {each.name: each.value for each in link.agreed.all()}
            seen.there.append(InCentre(centre, where, values, agreed))

    def _account(self, seen: _Seen, centre: int, number: int, where: str) -> Person | None:
        user = self._client.user(number)
        if user.role not in ASSESSORS:
            seen.say(FailureKind.BAD_ANSWER, f"OneFile's {number} in {where} is no assessor: it was left alone.")
            return None
        if user.organisation_id in (None, centre) and not self._is_listed(user, centre):
            why = f"Assessor {number} is probably archived in OneFile, {where}: it was left alone."
            seen.say(FailureKind.ARCHIVED, why)
            return None
        return person_there(user)

    def _is_listed(self, user: records.User, centre: int) -> bool:
        """Who is not in the list, which may be of an hour ago, is looked for once more before that is said."""
        if any(row.id == user.id for row in self._lookups.assessors(centre)):
            return True
        role = Role(user.role) if user.role else Role.ASSESSOR
        named = self._client.search_users(role, centre, first_name=user.first_name, last_name=user.last_name)
        return any(row.id == user.id for row in named)

    def _placement(self, seen: _Seen, number: int, where: str) -> Firm | None:
        placement = self._client.placement(number)
        if placement.active is False:
            seen.say(FailureKind.ARCHIVED, f"Placement {number} in {where} is not active: it was left alone.")
            return None
        return firm_there(placement)


def mode_of(record: Record, settings: Settings) -> str:
    return settings.officer_mode if isinstance(record, Officer) else settings.organisation_mode


def why_left_out(record: Record, mode: str) -> str:
    """Blank for who is exchanged. ``eligible_partners`` chooses by the same rule."""
    if mode == Mode.NONE:
        return "The mode is none: nothing is exchanged."
    if isinstance(record, Officer):
        return "" if record.is_live else "An archived officer is not exchanged."
    return "" if record.status == OrganisationStatus.LIVE else "An organisation that is not Live is not exchanged."


def linked(environment: str) -> LinkQuerySet:
    return Link.objects.within(environment).filter(state=LinkState.VERIFIED)


def officer_here(officer: Officer) -> Person:
    """Texts as OneFile gives them back, or equal ones would differ for ever."""
    return Person(
        first_name=text(officer.forenames),
        surname=text(officer.surname),
        email=_lower(officer.email),
        telephone=text(officer.telephone),
        mobile=text(officer.mobile),
    )


def organisation_here(organisation: Organisation) -> Firm:
    return Firm(
        name=text(organisation.name),
        mis_value=organisation.ident,
        address=address_of([*(getattr(organisation, f"address{n}") for n in range(1, 6)), organisation.postcode]),
        telephone=text(organisation.telephone),
        email=_lower(organisation.email),
        website=text(organisation.website),
        contact=text(organisation.contact),
    )


def firm_there(placement: records.Placement) -> Firm:
    return Firm(
        name=placement.name,
        mis_value=placement.misid,
        address=from_text(placement.address),
        telephone=placement.telephone,
        email=_lower(placement.email),
        website=placement.web,
        contact=placement.contact,
    )


def _lower(email: str | None) -> str | None:
    found = text(email)
    return found.lower() if found else None


def _answers(record: Record, environment: str) -> dict[str, str]:
    """What people decided about this record; newest last."""
    answered = Question.objects.filter(environment=environment, answered_at__isnull=False)
    rows = answered.filter(**{record._meta.model_name or "": record}).order_by("answered_at", "pk")
    return {f"{row.kind} {row.about}": row.answer for row in rows}
