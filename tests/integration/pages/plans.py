"""Learners with a full delivery plan."""

from __future__ import annotations

from datetime import date, time

from learners.models import Learner
from tests import factories


def fill(learner: Learner, *, times: int) -> None:
    """``times`` of everything that hangs on a learner."""
    for number in range(times):
        day = date(2026, 9, number % 28 + 1)
        line = factories.DeliveryPlanLineFactory(learner=learner, assessor=factories.OfficerFactory())
        factories.UnitFactory(line=line)
        factories.ReviewFactory(
            learner=learner, officer=factories.OfficerFactory(), scheduled_date=day, start_time=time(10, 30)
        )
        factories.PlacementFactory(learner=learner, start=day)
        factories.LearnerOfficerFactory(learner=learner)
        year = 2027 + learner.breaks.count()
        factories.BreakFactory(learner=learner, from_date=date(year, 1, 1), to_date=date(year, 1, 9))
        factories.LearnerFactory(person=learner.person)
        learner.tags.add(factories.TagFactory())


def add_learners(count: int) -> None:
    for _ in range(count):
        factories.LearnerFactory(main_officer=factories.OfficerFactory(), main_tag=factories.TagFactory())
