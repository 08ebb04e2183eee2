"""What OneFile brings of an officer or organisation is kept only over the values that were compared."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from learners.models import Officer
from onefile_integration.exchange.steps import LOCAL, REMOTE
from onefile_integration.exchange.steps.base import NotAllowed, NotNeeded, Work
from onefile_integration.models import Step
from onefile_integration.rules.steps import Kind
from tests import factories
from tests.unit.exchange import building as make

pytestmark = pytest.mark.django_db


def step_of(officer: Officer, kind: str, record: str, *changes: tuple[str, Any, Any]) -> tuple[Work, Step]:
    plan = make.a_plan(officer=officer)
    rows = [{"field": name, "old": old, "new": new} for name, old, new in changes]
    step = make.a_step(plan=plan, kind=kind, side="mis", record=record, changes=rows)
    silent = SimpleNamespace(update_user=lambda *_: pytest.fail("something was sent"))
    return Work(cast(Any, silent), make.settings(), plan), step


def test_what_was_changed_here_meanwhile_stays() -> None:
    officer = factories.OfficerFactory(telephone="9")
    work, step = step_of(officer, "update_officer", f"officer:{officer.pk}", ("telephone", "1", "2"))
    with pytest.raises(NotNeeded):
        LOCAL[Kind.UPDATE_OFFICER].keep(work, step, None)
    officer.refresh_from_db()
    assert officer.telephone == "9"


def test_it_is_written_in_the_name_of_the_run() -> None:
    officer = factories.OfficerFactory(forenames="Bryn", telephone="")
    changes = ("telephone", None, "2"), ("first_name", "Bryn", "Bronwyn")
    work, step = step_of(officer, "update_officer", f"officer:{officer.pk}", *changes)
    LOCAL[Kind.UPDATE_OFFICER].keep(work, step, None)
    officer.refresh_from_db()
    assert (officer.telephone, officer.forenames) == ("2", "Bronwyn")
    assert officer.history.latest().history_change_reason == f"run {work.plan.run_id}: test"


def test_nothing_is_sent_by_a_link_that_was_removed() -> None:
    """The other centre's link does not stand in for it."""
    officer = factories.OfficerFactory()
    make.a_link(officer=officer, centre=102)
    work, step = step_of(officer, "update_assessor", f"officer:{officer.pk}:101", ("telephone", None, "2"))
    with pytest.raises(NotAllowed):
        REMOTE[Kind.UPDATE_ASSESSOR].do(work, step)
