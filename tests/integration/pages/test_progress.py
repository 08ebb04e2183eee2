"""Progress as it was at a date, rebuilt from history: for one learner and for the list."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.actor import Actor
from learners.models import DeliveryPlanLine, Learner
from learners.services import delivery, learners
from learners.values import LONDON
from learners.words import SystemStatus
from tests import factories

BY = Actor("clerk")
LIST = "/learners/progress/"
TAB = "/learners/AB12C/delivery-plan/progress/"


def at(text: str) -> Any:
    return time_machine.travel(datetime.fromisoformat(text).replace(tzinfo=LONDON), tick=False)


def enter() -> tuple[Learner, DeliveryPlanLine, DeliveryPlanLine]:
    learner = learners.create(
        ident="AB12C",
        forenames="Amara",
        surname="Lane",
        start=date(2026, 9, 1),
        planned_end=date(2027, 8, 31),
        by=BY,
    )
    joinery = factories.QualificationFactory(vq_reference="601", title="Joinery")
    maths = factories.QualificationFactory(vq_reference="602", title="Maths")
    dates = {"start": date(2026, 11, 1), "planned_end": date(2026, 11, 30)}
    by_elements = delivery.create_line(learner, qualification=joinery, **dates, total_elements=10, by=BY)
    return learner, by_elements, delivery.create_line(learner, qualification=maths, start=date(2026, 11, 1), by=BY)


@pytest.fixture
def story(db: None) -> Learner:
    """Entered on 2 November, changed twice on the 10th and once more late on the 20th; a line deleted on the 22nd."""
    with at("2026-11-02 09:00"):
        learner, by_elements, by_units = enter()
        unit = delivery.create_unit(by_units, reference="U1", title="Numbers", by=BY)
    with at("2026-11-10 09:00"):
        delivery.update_line(by_elements, by=BY, elements_done=2)
    with at("2026-11-10 23:59"):
        delivery.update_line(by_elements, by=BY, elements_done=3)
    with at("2026-11-20 23:30"):
        delivery.update_line(by_elements, by=BY, elements_done=9, planned_end=date(2026, 12, 30))
        delivery.update_unit(unit, by=BY, actual_end=date(2026, 11, 20))
    with at("2026-11-22 00:00"):
        delivery.delete_line(by_units, by=BY)
    with at("2026-11-23 12:00"):
        learners.update(learner, by=BY, planned_end=date(2028, 1, 31))
    return learner


@pytest.fixture(autouse=True)
def now() -> Any:
    with at("2026-11-25 12:00"):
        yield


def standings(client: Client, **asked: Any) -> list[Any]:
    rows = client.get(LIST, asked).context["table"].page.object_list
    return [row.record.standing and (row.record.standing.done, row.record.standing.total) for row in rows]


@pytest.mark.parametrize(
    ("as_at", "found"),
    [
        ("2026-11-01", []),
        ("2026-11-02", [(0, 11)]),
        ("2026-11-09", [(0, 11)]),
        ("2026-11-10", [(3, 11)]),
        ("2026-11-19", [(3, 11)]),
        ("2026-11-20", [(10, 11)]),
        ("2026-11-21", [(10, 11)]),
        ("2026-11-22", [(9, 10)]),
        ("", [(9, 10)]),
        ("2031-01-01", [(9, 10)]),
        ("nonsense", [(9, 10)]),
    ],
)
def test_the_list_tells_what_was_known_at_the_end_of_that_day(
    as_at: str, found: list[Any], story: Learner, viewer: Client
) -> None:
    assert standings(viewer, as_at=as_at) == found


def test_pace_is_by_the_dates_of_then(story: Learner, viewer: Client) -> None:
    def pace(as_at: str) -> tuple[int, int, str]:
        standing = viewer.get(LIST, {"as_at": as_at}).context["table"].page.object_list[0].record.standing
        return standing.percent, standing.expected, standing.pace

    assert pace("2026-11-10") == (27, 33, "Behind")
    assert pace("2026-11-20") == (90, 33, "Ahead")


def test_the_list_is_narrowed_as_the_list_of_learners(story: Learner, viewer: Client) -> None:
    officer, tag = factories.OfficerFactory(), factories.TagFactory()
    learners.update(story, by=BY, main_officer=officer, main_tag=tag)
    other = factories.LearnerFactory(surname="Other", system_status=SystemStatus.DELETED)
    assert standings(viewer, main_officer=officer.pk, tag=tag.pk, q="lane") == [(9, 10)]
    assert standings(viewer, q="other") == []
    assert standings(viewer, qualification=factories.QualificationFactory().pk) == []
    assert standings(viewer, system_status="Deleted") == [None]
    assert other.surname in viewer.get(LIST, {"system_status": "Deleted"}).text


def test_the_file_holds_the_same(story: Learner, staff: Client, viewer: Client) -> None:
    answer = staff.get("/lists/progress.csv", {"as_at": "2026-11-10"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()[1:], newline="")))
    heads = ["As at", "Done", "Of", "Done %", "Expected %", "Pace"]
    held = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [(each["Name"], each["Ident"], [each[head] for head in heads]) for each in held] == [
        ("Amara Lane", "AB12C", ["2026-11-10", "3", "11", "27", "33", "Behind"])
    ]
    assert viewer.get("/lists/progress.csv").status_code == 403


def test_the_tab_shows_lines_units_and_dates_of_then(story: Learner, viewer: Client) -> None:
    then = viewer.get(TAB, {"as_at": "2026-11-20"}).context["then"]
    assert [row.cells[0].text for row in then["lines"].rows] == ["601", "602"]
    assert then["lines"].rows[0].cells[6].text == "30 Dec 2026"
    assert [[cell.text for cell in row.cells[1:3]] for row in then["units"].rows] == [["U1", "Numbers"]]
    assert {fact.label: fact.text for fact in then["facts"]}["Planned end"] == "31 Aug 2027"
    assert viewer.get(TAB, {"as_at": "2026-11-22"}).context["then"]["units"].rows == []
    assert "At the end of 20 Nov 2026" in viewer.get(TAB, {"as_at": "2026-11-20"}).text


def test_the_tab_says_where_there_was_no_record_yet(story: Learner, viewer: Client) -> None:
    assert "record was not there yet" in viewer.get(TAB, {"as_at": "2026-11-01"}).text
    assert viewer.get(TAB).context["then"] is None


@pytest.mark.usefixtures("mis_alone")
def test_many_learners_ask_no_more_than_few(story: Learner, staff: Client) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(f"{address}?as_at=2026-11-21&per_page=50")
        return len(captured)

    queries(LIST)
    few = queries(LIST), queries(TAB)
    for _ in range(15):
        with at("2026-11-12 12:00"):
            line = factories.DeliveryPlanLineFactory(learner=factories.LearnerFactory(), total_elements=10)
            factories.UnitFactory(line=line)
            factories.UnitFactory(line=factories.DeliveryPlanLineFactory(learner=story))
    assert len(standings(staff, as_at="2026-11-21")) == 16
    assert (queries(LIST), queries(TAB)) == few == (12, 17)
