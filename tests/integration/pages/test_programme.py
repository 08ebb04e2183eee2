"""Breaks and ends from the head of the Delivery Plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from learners.models import Learner
from tests import factories

pytestmark = [pytest.mark.usefixtures("mis_alone"), pytest.mark.usefixtures("on_the_day"), pytest.mark.once]
PLAN = "/learners/AB12C/delivery-plan/"
BREAK, RETURN, END, UNDO = (f"/learners/AB12C/{end}/" for end in ("break", "return", "end", "end/undo"))


@pytest.fixture
def on_the_day() -> Any:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False):
        yield


def head(client: Client) -> tuple[str, list[str]]:
    """The status in words, and what can be done."""
    context = client.get(PLAN).context
    status = next(fact for fact in context["facts"] if fact.label == "Programme status")
    offered = [link.text for link in context["actions"] if "learner" not in link.text.lower()]
    return status.badges[0].text, offered


def test_away_and_back(staff: Client, learner: Learner) -> None:
    assert head(staff) == ("In Learning, planned end 31 Aug 2028", ["Start a break", "End programme"])
    staff.post(BREAK, {"from_date": "2026-11-03"})
    assert head(staff) == ("On a break since 3 Nov 2026", ["Return from break", "End programme"])
    assert "its last day cannot lie before that" in staff.post(RETURN, {"last_day": "2026-11-02"}).text
    staff.post(RETURN, {"last_day": "2026-11-24"})
    assert head(staff)[0] == "In Learning, planned end 31 Aug 2028"
    assert "another break in that time" in staff.post(BREAK, {"from_date": "2026-11-20"}).text
    assert learner.breaks.count() == 1


def test_an_end_ends_what_is_ticked_and_closes_the_break(staff: Client, learner: Learner) -> None:
    pause = factories.BreakFactory(learner=learner, to_date=None)
    lines = [factories.DeliveryPlanLineFactory(learner=learner) for _ in range(3)]
    placed = factories.PlacementFactory(learner=learner)
    ticked = {f"line_{lines[0].pk}": "on", f"line_{lines[1].pk}": "on", f"placement_{placed.pk}": "on"}
    values = {"actual_end": "2026-11-20", **ticked, f"line_{lines[1].pk}_on": "2026-10-01"}
    assert staff.post(END, values).status_code == 302
    for record in (learner, pause, placed, *lines):
        record.refresh_from_db()
    assert (learner.actual_end, pause.to_date, placed.end) == (date(2026, 11, 20),) * 3
    assert [line.actual_end for line in lines] == [date(2026, 11, 20), date(2026, 10, 1), None]
    assert head(staff) == ("Ended 20 Nov 2026", ["Undo the end"])


def test_a_refused_end_changes_nothing(staff: Client, learner: Learner) -> None:
    line = factories.DeliveryPlanLineFactory(learner=learner, start=date(2026, 10, 1))
    tick = {f"line_{line.pk}": "on"}
    assert "cannot end before that" in staff.post(END, {"actual_end": "2026-08-01"}).text
    answer = staff.post(END, {"actual_end": "2026-09-20", **tick})
    assert answer.context["form"].errors == {
        f"line_{line.pk}_on": ["It started on 1 Oct 2026: it cannot end before that."]
    }
    factories.BreakFactory(learner=learner, from_date=date(2026, 12, 1), to_date=None)
    assert "A break begins on 1 Dec 2026" in staff.post(END, {"actual_end": "2026-11-20", **tick}).text
    learner.refresh_from_db()
    line.refresh_from_db()
    assert (learner.actual_end, line.actual_end) == (None, None)


def test_the_end_is_taken_back(staff: Client, learner: Learner) -> None:
    line = factories.DeliveryPlanLineFactory(learner=learner)
    staff.post(END, {"actual_end": "2026-11-20", f"line_{line.pk}": "on"})
    assert "keep their ends" in staff.get(UNDO).text
    assert "ended already" in staff.post(END, {"actual_end": "2026-11-21"}).text
    staff.post(UNDO)
    learner.refresh_from_db()
    line.refresh_from_db()
    assert (learner.actual_end, line.actual_end) == (None, date(2026, 11, 20))


def test_a_break_after_the_end_is_refused_wherever_it_is_entered(staff: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(actual_end=date(2026, 10, 12))
    for address in (BREAK, f"{PLAN}breaks/new/"):
        assert "The learner ended on 12 Oct 2026" in staff.post(address, {"from_date": "2026-10-13"}).text
    assert not learner.breaks.exists()


def test_who_may_only_look_is_offered_nothing(viewer: Client, learner: Learner) -> None:
    assert head(viewer)[1] == []
