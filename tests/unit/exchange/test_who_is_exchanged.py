"""Whom a night takes is said twice, by one query for all and by the rule for each: they must say the same."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from learners.models import Learner
from onefile_integration.exchange.nightly import eligible_learners
from onefile_integration.rules.eligibility import why_not_exchanged
from tests import factories
from tests.unit.exchange import building as make
from tests.unit.rules import building as sides

pytestmark = pytest.mark.django_db
TODAY, DAY = date(2026, 11, 20), timedelta(days=1)
OLDEST = date(2026, 9, 20)
MONTHS = 2
STATUSES = ("Live", "Archived", "Partial Entry")
ENDS = (None, TODAY + DAY, TODAY, OLDEST, OLDEST - DAY)
BREAKS = (None, (TODAY - DAY, None), (TODAY, TODAY), (TODAY - 9 * DAY, TODAY - DAY), (TODAY + DAY, None))


def test_the_query_and_the_rule_take_the_same_learners() -> None:
    everybody = [a_learner(*case) for case in product(STATUSES, ("", "moving"), ENDS, BREAKS)]

    taken = set(eligible_learners(make.settings(months_after_end=MONTHS), TODAY))

    assert taken == {learner for learner in everybody if is_taken(learner)}
    assert 0 < len(taken) < len(everybody)


def a_learner(status: str, held: str, end: date | None, pause: tuple[date, date | None] | None) -> Learner:
    learner: Learner = factories.LearnerFactory(
        system_status=status,
        held_from_sync=bool(held),
        held_reason=held,
        start=date(2025, 9, 1),
        actual_end=end,
    )
    make.a_link(learner=learner)
    if pause:
        factories.BreakFactory(learner=learner, from_date=pause[0], to_date=pause[1])
    return learner


def is_taken(learner: Learner) -> bool:
    here = sides.here(
        system_status=learner.system_status,
        programme_status=learner.programme_status(TODAY),
        actual_end=learner.actual_end,
        held_reason=learner.held_reason,
    )
    return why_not_exchanged(here, sides.choices(today=TODAY, months_after_end=MONTHS)) is None
