"""Progress over time on the Delivery Plan, and who is ahead, on time and behind by officer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.course import course
from learners.models import Learner
from learners.pace import paces
from learners.progress import standing
from learners.services import delivery, learners
from learners.then import lines_then
from learners.words import SystemStatus
from tests import factories
from tests.integration.pages.test_progress import BY, at, enter, now, story

__all__ = ["now", "story"]
TAB, PACE, LIST = "/learners/AB12C/delivery-plan/progress/", "/learners/pace/", "/learners/"


def test_the_course_is_what_the_list_told_each_day(story: Learner) -> None:
    found = course(story, date(2026, 11, 25))
    assert [(on.day, stood.done, stood.total) for on, stood in found] == [
        (2, 0, 11), (10, 3, 11), (20, 10, 11), (22, 9, 10)
    ]  # fmt: skip
    for on, stood in found:
        assert standing(lines_then([story.pk], on)[story.pk], on) == stood


def test_the_picture_stands_with_its_table_and_only_today(story: Learner, viewer: Client) -> None:
    page = viewer.get(TAB)
    picture = page.context["picture"]
    assert [[cell.text for cell in row.cells] for row in picture.grid.rows][-1] == [
        "22 Nov 2026",
        "9",
        "10",
        "90%",
        "16%",
    ]
    assert "<svg" in page.text and "Progress over time as a table" in page.text
    assert picture.words == "9 of 10 (90%) on 25 Nov 2026. The straight line goes from 1 Sep 2026 to 31 Jan 2028."
    assert viewer.get(TAB, {"as_at": "2026-11-10"}).context["picture"] is None


def test_nothing_measured_is_no_picture(viewer: Client) -> None:
    factories.LearnerFactory(ident="AB12C", start=None, planned_end=None)
    assert viewer.get(TAB).context["picture"] is None


def test_without_a_start_there_is_no_line(story: Learner, viewer: Client) -> None:
    Learner.objects.update(start=None, system_status=SystemStatus.PARTIAL_ENTRY)
    page = viewer.get(TAB)
    assert "no straight line" in page.text and "Straight line" not in str(page.context["picture"].svg)


def test_many_changes_are_shown_by_the_month(db: None, viewer: Client) -> None:
    with at("2026-01-05 09:00"):
        _, line, _ = enter()
        delivery.update_line(line, by=BY, start=date(2026, 1, 1), total_elements=100)
    for number in range(1, 71):
        with at(f"2026-{1 + number // 8:02}-{10 + number % 8} 09:00"):
            delivery.update_line(line, by=BY, elements_done=number)
    rows = viewer.get(TAB).context["picture"].grid.rows
    assert len(rows) == 9 and rows[0].cells[1].text == "7"


# ---- by officer


def learner_at(percent: int | None, **values: Any) -> Learner:
    """On 25 November 2026 half of the time is over."""
    learner = factories.LearnerFactory(system_status=SystemStatus.LIVE, **values)
    if percent is not None:
        factories.DeliveryPlanLineFactory(
            learner=learner,
            start=date(2026, 11, 1),
            planned_end=date(2026, 12, 20),
            total_elements=100,
            elements_done=percent,
        )
    return learner


@pytest.fixture
def caseloads(db: None) -> tuple[Any, Any]:
    tallis = factories.OfficerFactory(ident="QF001", forenames="Bryn", surname="Tallis")
    reith = factories.OfficerFactory(ident="QF002", forenames="Callum", surname="Reith")
    for percent in (90, 50, 10, 20, None):
        learner_at(percent, main_officer=tallis)
    learner_at(45, main_officer=reith)
    learner_at(10, main_officer=None)
    learner_at(10, main_officer=reith, actual_end=date(2026, 11, 20))
    return tallis, reith


def table(client: Client, **asked: Any) -> list[list[str]]:
    grid = client.get(PACE, asked).context["grid"]
    return [[cell.link.text if cell.link else cell.text for cell in row.cells] for row in grid.rows]


def test_counted_by_officer_most_behind_first(caseloads: Any, viewer: Client) -> None:
    assert table(viewer) == [
        ["Bryn Tallis", "1", "1", "2", "1", "5"],
        ["No officer", "0", "0", "1", "0", "1"],
        ["Callum Reith", "0", "1", "0", "0", "1"],
    ]
    assert "1 ahead, 2 on time, 3 behind, 1 not known" in viewer.get(PACE).text
    assert table(viewer, main_officer=caseloads[1].pk, system_status="", programme_status="") == [
        ["Callum Reith", "0", "1", "1", "0", "2"]
    ]


def test_each_number_leads_to_exactly_those_learners(caseloads: Any, viewer: Client) -> None:
    for row in viewer.get(PACE).context["grid"].rows:
        for cell in row.cells[1:]:
            if cell.link:
                assert viewer.get(cell.link.href).context["count"] == int(cell.link.text), cell.link.href


def test_nobody_is_an_empty_state(viewer: Client) -> None:
    assert "Nobody is in learning" in viewer.get(PACE).text
    assert "Clear search and filters" in viewer.get(PACE, {"q": "nobody"}).text


def test_pace_of_now_is_that_of_the_list_of_today(story: Learner, viewer: Client) -> None:
    """Two ways, from today's records and from history, and one answer."""
    unit = factories.UnitFactory(line=story.delivery_plan.get())
    learners.update(story, by=BY, system_status=SystemStatus.LIVE)
    for percent in (10, 50, 90, None):
        learner_at(percent)
    delivery.update_unit(unit, by=BY, actual_end=date(2026, 11, 3))
    today = date(2026, 11, 25)
    found = paces(Learner.objects.all(), today)
    then = lines_then(list(found), today)
    for pk, pace in found.items():
        stood = standing(then.get(pk, []), today)
        assert pace == (stood.pace if stood and stood.pace else "unknown")


def test_as_many_queries_for_many_as_for_few(caseloads: Any, viewer: Client) -> None:
    def queries(address: str) -> int:
        viewer.get(address)
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address)
        return len(captured)

    addresses = PACE, f"{LIST}?pace=Behind"
    few = [queries(address) for address in addresses]
    for number in range(30):
        learner_at(number * 3, main_officer=factories.OfficerFactory())
    assert [queries(address) for address in addresses] == few
