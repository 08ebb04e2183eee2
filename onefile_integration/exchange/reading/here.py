"""The MIS's picture of a learner, from our database: a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from learners.models import DeliveryPlanLine, Learner, Review
from learners.models import Officer as OfficerRecord
from learners.values import ULN_NOT_YET_KNOWN
from learners.words import PlacementType
from onefile_integration.api.values import text
from onefile_integration.exchange.held_fields import held_of
from onefile_integration.models import Link, RemoteAim, RemoteReview
from onefile_integration.rules.addresses import address_of
from onefile_integration.rules.sides import Aim, Choices, Employer, Here, Line, Officer, OwnReview, Person
from onefile_integration.rules.sides import Review as ReviewValues

PREFETCHED = (
    "breaks",
    "placements__organisation",
    "learner_officers__officer",
    "delivery_plan__qualification",
    "delivery_plan__assessor",
    "delivery_plan__units",
    "reviews__officer",
)


def learner_with_all(pk: int) -> Learner:
    return Learner.objects.select_related("main_officer", "main_tag").prefetch_related(*PREFETCHED).get(pk=pk)


def side_here(learner: Learner, link: Link | None, choices: Choices, additional_roles: Iterable[str]) -> Here:
    """``link`` is the learner's live one in the environment. ``found`` of officers and employer is still empty."""
    book = _Officers(learner, choices)
    employer = _employer(learner, choices)
    aims = list(link.aims.all()) if link else []
    lines = _lines(learner, aims, book)
    remote = _remote_reviews(learner, link, choices.environment)
    return Here(
        pk=learner.pk,
        ident=learner.ident,
        person=person_here(learner),
        system_status=learner.system_status,
        programme_status=learner.programme_status(choices.today),
        actual_end=learner.actual_end,
        held_reason=learner.held_reason,
        onefile_id=link.onefile_id if link else None,
        is_verified=bool(link and link.state == "verified"),
        upload_due=bool(link and link.upload_due),
        main_officer=book.get(learner.main_officer),
        additional_assessors=book.with_roles(learner, set(additional_roles)),
        employer=employer,
        main_tag=learner.main_tag.name if learner.main_tag else None,
        lines=lines,
        earlier_aims=_earlier_aims(aims, lines),
        reviews=_reviews(learner, link, book, remote),
        removed_reviews=_removed(remote),
        assigned=frozenset(link.assignments.values_list("officer_id", "standard_id")) if link else frozenset(),
        agreed=dict(link.agreed.values_list("name", "value")) if link else {},
        held=held_of(learner),
    )


def person_here(learner: Learner) -> Person:
    """Texts as OneFile gives them back, or equal ones would differ for ever."""
    return Person(
        first_name=text(learner.forenames),
        surname=text(learner.surname),
        email=(text(learner.email) or "").lower() or None,
        telephone=text(learner.telephone),
        mobile=text(learner.mobile),
        date_of_birth=learner.date_of_birth,
        uln=text(learner.uln) if learner.uln != ULN_NOT_YET_KNOWN else None,
        nino=text(learner.nino),
        start=learner.start,
        planned_end=learner.planned_end,
        ethnicity=text(learner.ethnicity),
        sex=text(learner.sex),
        lldd=text(learner.lldd),
        lldd_primary=text(learner.lldd_primary) if learner.lldd == 1 else None,
        lldd_others=tuple(str(each) for each in learner.lldd_others) if learner.lldd == 1 else (),
        mis_value=learner.ident,
        address=address_of(
            [learner.address1, learner.address2, learner.address3, learner.address4, learner.postcode],
        ),
    )


class _Officers:
    """Every officer around the learner, with the live link in the centre."""

    def __init__(self, learner: Learner, choices: Choices) -> None:
        around = [line.assessor for line in learner.delivery_plan.all()]
        around += [each.officer for each in learner.learner_officers.all()]
        around += [review.officer for review in learner.reviews.all()]
        pks = {officer.pk for officer in (learner.main_officer, *around) if officer}
        links = Link.objects.within(choices.environment).filter(officer__in=pks, centre=choices.centre)
        self.ids = dict(links.values_list("officer_id", "onefile_id"))

    def get(self, officer: OfficerRecord | None) -> Officer | None:
        if officer is None:
            return None
        return Officer(
            pk=officer.pk,
            ident=officer.ident,
            first_name=text(officer.forenames) or "",
            surname=text(officer.surname) or "",
            email=text(officer.email),
            is_live=officer.is_live,
            onefile_id=self.ids.get(officer.pk),
        )

    def with_roles(self, learner: Learner, roles: set[str]) -> tuple[Officer, ...]:
        wanted = {each.officer_id: each.officer for each in learner.learner_officers.all() if each.role in roles}
        found = (self.get(officer) for _, officer in sorted(wanted.items()))
        return tuple(officer for officer in found if officer)


def _employer(learner: Learner, choices: Choices) -> Employer | None:
    """The most recent placement of type P, else the most recent of any type."""
    today: date = choices.today
    placement = learner.most_recent_placement(today, types=[PlacementType.EMPLOYER])
    placement = placement or learner.most_recent_placement(today)
    if placement is None:
        return None
    organisation = placement.organisation
    link = Link.objects.within(choices.environment).filter(organisation=organisation, centre=choices.centre).first()
    return Employer(
        pk=organisation.pk,
        ident=organisation.ident,
        name=text(organisation.name),
        address=address_of([*organisation.address_lines, organisation.postcode]),
        onefile_id=link.onefile_id if link else None,
    )


def _lines(learner: Learner, aims: list[RemoteAim], book: _Officers) -> tuple[Line, ...]:
    """Of a qualification that was restarted only the latest line."""
    remote = {aim.line_id: aim for aim in aims}
    latest: dict[int, DeliveryPlanLine] = {}
    for line in learner.delivery_plan.all():
        held = latest.get(line.qualification_id)
        if held is None or line.start > held.start:
            latest[line.qualification_id] = line
    ordered = sorted(latest.values(), key=lambda line: (line.qualification.vq_reference, line.pk))
    return tuple(_line(line, remote.get(line.pk), book) for line in ordered)


def _earlier_aims(aims: list[RemoteAim], lines: tuple[Line, ...]) -> frozenset[int]:
    latest = {line.pk for line in lines}
    return frozenset(aim.onefile_id for aim in aims if aim.line_id not in latest)


def _line(line: DeliveryPlanLine, remote: RemoteAim | None, book: _Officers) -> Line:
    return Line(
        pk=line.pk,
        vq_reference=line.qualification.vq_reference,
        title=line.qualification.title,
        values=Aim(
            start=line.start,
            planned_end=line.planned_end,
            total_elements=line.total_elements,
            elements_done=line.elements_done,
            registration_number=text(line.registration_number),
            registration_date=line.registration_date,
            certificate_applied=line.certificate_applied,
            certificate_received=line.certificate_received,
        ),
        assessor=book.get(line.assessor),
        has_units=bool(line.units.all()),
        aim_id=remote.onefile_id if remote else None,
        standard_id=remote.standard_id if remote else None,
        upload_due=bool(remote and remote.upload_due),
    )


def _remote_reviews(learner: Learner, link: Link | None, environment: str) -> list[RemoteReview]:
    """Of the learner under any link, and those of this link that were deleted here. As one OR no index could be used,
    and each learner would cost a look through the reviews of all.
    """
    own = [review.pk for review in learner.reviews.all()]
    there = RemoteReview.objects.filter(review__in=own, link__environment=environment)
    return list(there.union(RemoteReview.objects.filter(link=link, review=None), all=True) if link else there)


def _reviews(learner: Learner, link: Link | None, book: _Officers, remote: list[RemoteReview]) -> tuple[OwnReview, ...]:
    """A review that went up under an earlier link is known as exchanged, though not as one of this link's."""
    rows = [row for row in remote if row.review_id is not None]
    mine = {row.review_id: row for row in rows if link and row.link_id == link.pk}
    exchanged = {row.review_id for row in rows if row.onefile_id is not None}
    return tuple(_review(review, mine.get(review.pk), review.pk in exchanged, book) for review in learner.reviews.all())


def _review(review: Review, remote: RemoteReview | None, exchanged: bool, book: _Officers) -> OwnReview:
    return OwnReview(
        pk=review.pk,
        type=review.type,
        values=ReviewValues(
            scheduled_date=review.scheduled_date,
            start_time=review.start_time,
            attended=review.attended,
            actual_date=review.actual_date,
            officer=f"officer:{review.officer_id}" if review.officer_id else None,
            trainee_signed=review.trainee_signed,
            officer_signed=review.officer_signed,
            employer_signed=review.employer_signed,
        ),
        officer=book.get(review.officer),
        onefile_id=remote.onefile_id if remote else None,
        visit_id=remote.visit_onefile_id if remote else None,
        exchanged=exchanged,
    )


def _removed(remote: list[RemoteReview]) -> frozenset[int]:
    return frozenset(row.onefile_id for row in remote if row.review_id is None and row.onefile_id is not None)
