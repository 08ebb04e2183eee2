"""What OneFile brings of an officer or organisation is kept only over the values that were compared."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from learners.models import Learner, Officer
from onefile_integration.api.records import Placement, User, UserRow
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


def test_what_was_changed_of_a_learner_since_an_earlier_step_stays() -> None:
    """The learner who was read for that step is not what stands here now."""
    learner = factories.LearnerFactory(mobile="1")
    plan = make.a_plan(learner=learner)
    row = {"field": "mobile", "old": "1", "new": "2"}
    step = make.a_step(plan=plan, kind="update_details", side="mis", record=f"learner:{learner.pk}", changes=[row])
    work = Work(cast(Any, None), make.settings(), plan)
    assert work.learner.mobile == "1"
    Learner.objects.update(mobile="9")
    with pytest.raises(NotNeeded):
        LOCAL[Kind.UPDATE_DETAILS].keep(work, step, None)
    assert Learner.objects.get().mobile == "9"


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


class Oddly:
    """A centre that holds one of each, under the name as it was sent, and shows no MIS Value in its rows."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def search_users(self, *_: object, **named: Any) -> list[UserRow]:
        self.asked.append(named)
        sent = {"first_name": "Zoë 👩🏫", "last_name": "O'Dell Reyes"}
        return [UserRow(ID=500101, FirstName="Zoë 👩🏫", LastName="O'Dell Reyes")] if named == sent else []

    def placements(self, *_: object, name: str) -> list[Placement]:
        return [Placement(ID=900010, Name="Pitt & Sons")] if name == "Pitt & Sons" else []

    def user(self, number: int) -> User:
        return User(ID=number, Email="zoe@example.org", DOB="2007-07-14T00:00:00Z")


@pytest.mark.parametrize("kind", [Kind.CREATE_ASSESSOR, Kind.CREATE_EMPLOYER, Kind.CREATE_LEARNER])
def test_a_lost_reply_is_found_whatever_stands_in_the_name_here(kind: Kind) -> None:
    """Sent were the names as one line, without what cannot be seen."""
    names = {"forenames": "Zoë\u200e 👩🏫", "surname": "O'Dell\t Reyes"}
    learner = factories.LearnerFactory(**names, email="zoe@example.org", date_of_birth=date(2007, 7, 14))
    officer, firm = factories.OfficerFactory(**names), factories.OrganisationFactory(name="Pitt  &\tSons")
    record = {Kind.CREATE_ASSESSOR: officer, Kind.CREATE_EMPLOYER: firm}.get(kind, learner)
    plan = make.a_plan(learner=learner, choices={"centre": 101})
    step = make.a_step(plan=plan, kind=kind, side="onefile", record=f"{record._meta.model_name}:{record.pk}")

    found = REMOTE[kind].look(Work(cast(Any, Oddly()), make.settings(), plan), step)

    assert len(found) == 1
