"""A provider of any size that is whole on both sides: learners with aims and reviews, linked, and some news in OneFile.

The reference is that of the counted nights: four aims and six reviews each, the last of them open; then a tenth of the
learners has gone on, and as many have a review that is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from learners.models import DeliveryPlanLine, Learner, Qualification, Review
from onefile_integration.models import Link, RemoteAim, RemoteReview
from tests import factories
from tests.sandbox_process import SandboxProcess

CENTRE, FIRST_LEARNER, FIRST_AIM, FIRST_REVIEW, NEW_REVIEW = 101, 700100, 610001, 88001, 990001
ELEMENTS, DONE = 40, 3
START = date(2026, 1, 5)


@dataclass(frozen=True)
class Provider:
    learners: int
    aims: int = 4
    reviews: int = 6

    def aim(self, learner: int, number: int = 0) -> int:
        return FIRST_AIM + learner * self.aims + number

    def review(self, learner: int, number: int = 0) -> int:
        return FIRST_REVIEW + learner * self.reviews + number

    @property
    def changed(self) -> range:
        return range(max(1, self.learners // 10))

    def in_onefile(self, onefile: SandboxProcess) -> None:
        centre = {"ID": CENTRE, "Name": "Northmoor", "CustomerID": 11}
        standards = [
            {"ID": 4001 + n, "OrganisationID": CENTRE, "Title": f"Standard [{100 + n}AS]", "Elements": ELEMENTS}
            for n in range(self.aims)
        ]
        onefile.seed(organisations=[centre], standards=standards)
        for start in range(0, self.learners, 250):
            some = range(start, min(start + 250, self.learners))
            onefile.seed(
                users=[_user(n) for n in some],
                aims=[self._aim(n, m) for n in some for m in range(self.aims)],
                reviews=[self._review(n, m) for n in some for m in range(self.reviews)],
            )

    def _aim(self, learner: int, number: int) -> dict[str, Any]:
        aim = {"ID": self.aim(learner, number), "UserID": FIRST_LEARNER + learner, "StandardID": 4001 + number}
        return aim | {"TotalElements": ELEMENTS, "ElementsCompleted": DONE}

    def _review(self, learner: int, number: int) -> dict[str, Any]:
        held = f"{self._day(number)}T09:00:00Z"
        review = {"ID": self.review(learner, number), "LearnerID": FIRST_LEARNER + learner, "ScheduledFor": held}
        if number < self.reviews - 1:
            review |= {"StartedOn": held, "AssessorSignedOn": held, "LearnerSignedOn": held}
        return review

    def _day(self, number: int) -> date:
        """The last is to be held in some days; all in winter, so that nine o'clock is nine o'clock."""
        return date(2025, 12, 1) + timedelta(days=7 * number)

    def here(self) -> list[Learner]:
        """The same here, and linked; the integration is on, and the centre's standards are known."""
        officer = factories.OfficerFactory(ident="OF001")
        qualifications = [factories.QualificationFactory(vq_reference=f"{100 + n}AS") for n in range(self.aims)]
        built = [self._learner(n, officer) for n in range(self.learners)]
        learners: list[Learner] = bulk_create_with_history(built, Learner, batch_size=500)
        now = timezone.now()
        made: dict[str, Any] = {"environment": "practice", "centre": CENTRE, "made_at": now, "made_by": "test"}
        links = Link.objects.bulk_create(
            Link(learner=each, onefile_id=FIRST_LEARNER + n, state="verified", origin="created", **made)
            for n, each in enumerate(learners)
        )
        self._lines(learners, links, qualifications)
        self._reviews(learners, links)
        return learners

    def _learner(self, number: int, officer: Any) -> Learner:
        learner: Learner = factories.LearnerFactory.build(
            ident=f"L{number:04d}",
            surname=f"Bench-{number}",
            date_of_birth=date(2006, 1, 1),
            main_officer=officer,
            start=START,
            actual_end=None,
        )
        return learner

    def _lines(self, learners: list[Learner], links: list[Link], qualifications: list[Qualification]) -> None:
        figures: dict[str, Any] = {"start": START, "total_elements": ELEMENTS, "elements_done": DONE}
        lines = DeliveryPlanLine.objects.bulk_create(
            DeliveryPlanLine(learner=each, qualification=qualification, assessor=each.main_officer, **figures)
            for each in learners
            for qualification in qualifications
        )
        RemoteAim.objects.bulk_create(
            RemoteAim(
                link=links[number // self.aims],
                line=line,
                standard_id=4001 + number % self.aims,
                onefile_id=FIRST_AIM + number,
            )
            for number, line in enumerate(lines)
        )

    def _reviews(self, learners: list[Learner], links: list[Link]) -> None:
        reviews = Review.objects.bulk_create(
            self._own_review(each, m) for each in learners for m in range(self.reviews)
        )
        RemoteReview.objects.bulk_create(
            RemoteReview(link=links[number // self.reviews], review=review, onefile_id=FIRST_REVIEW + number)
            for number, review in enumerate(reviews)
        )

    def _own_review(self, learner: Learner, number: int) -> Review:
        day = self._day(number)
        review = Review(learner=learner, scheduled_date=day, start_time=datetime(2026, 1, 1, 9, 0, tzinfo=UTC).time())
        if number < self.reviews - 1:
            review.attended, review.actual_date, review.officer_signed, review.trainee_signed = "Yes", day, day, day
        return review

    def news(self, onefile: SandboxProcess, elements: int = DONE + 4, review: int = NEW_REVIEW) -> None:
        """What assessors did since: a tenth has gone on, and has a review more."""
        for n in self.changed:
            onefile.edit("aims", self.aim(n), ElementsCompleted=elements)
        held = "2026-02-02T09:00:00Z"
        onefile.seed(
            reviews=[{"ID": review + n, "LearnerID": FIRST_LEARNER + n, "ScheduledFor": held} for n in self.changed]
        )


def _user(number: int) -> dict[str, Any]:
    return {
        "ID": FIRST_LEARNER + number,
        "OrganisationID": CENTRE,
        "Role": 1,
        "FirstName": "Amara",
        "LastName": f"Bench-{number}",
        "DOB": "2006-01-01T00:00:00Z",
        "MISID": f"L{number:04d}",
    }
