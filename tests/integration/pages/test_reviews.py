"""The page of reviews: what someone must act on, by officer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.words import Attended, ReviewState, SystemStatus
from tests import factories

REVIEWS = "/reviews/"


def review(name: str, days: int, **values: Any) -> Any:
    learner = factories.LearnerFactory(forenames="", surname=name, start=None, **values.pop("learner", {}))
    return factories.ReviewFactory(
        learner=learner, scheduled_date=timezone.localdate() + timedelta(days=days), **values
    )


def shown(client: Client, **asked: Any) -> list[tuple[str, str]]:
    table = client.get(REVIEWS, asked).context["table"]
    return [(str(row.record.learner), row.record.state) for row in table.page.object_list]


@pytest.fixture
def some(db: None) -> dict[str, Any]:
    bryn = factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    review("Overdue", -30, officer=bryn)
    review("Due", 10, officer=bryn, type="Gateway")
    review("Unsigned", -5, attended=Attended.YES, officer_signed=date(2026, 11, 1))
    review("Planned", 40, officer=bryn)
    review("Archived", -3, learner={"system_status": SystemStatus.ARCHIVED})
    review("Deleted", -3, learner={"system_status": SystemStatus.DELETED})
    review("Ended", -3, learner={"actual_end": date(2026, 1, 1)})
    return {"officer": bryn}


TO_DO = [("Overdue", "Overdue"), ("Unsigned", "Unsigned"), ("Due", "Due")]


def test_it_shows_what_is_to_do_oldest_first(some: Any, viewer: Client) -> None:
    assert shown(viewer) == TO_DO


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "Planned"}, ["Planned"]),
        ({"state": "Learner ended"}, ["Ended"]),
        ({"state": "all", "sort": "learner"}, ["Due", "Ended", "Overdue", "Planned", "Unsigned"]),
        ({"within": "7"}, ["Overdue", "Unsigned"]),
        ({"within": "56"}, ["Overdue", "Unsigned", "Due", "Planned"]),
        ({"officer": "null"}, ["Unsigned"]),
        ({"type": "Gateway"}, ["Due"]),
        ({"q": "OVERD"}, ["Overdue"]),
        ({"sort": "-scheduled_date"}, ["Due", "Unsigned", "Overdue"]),
        ({"sort": "officer"}, ["Due", "Overdue", "Unsigned"]),
        ({"within": "x", "officer": "y", "state": "z"}, ["Overdue", "Unsigned", "Due"]),
    ],
)
def test_it_is_narrowed_and_sorted(asked: dict[str, str], found: list[str], some: Any, viewer: Client) -> None:
    assert [name for name, _ in shown(viewer, **asked)] == found


def test_from_and_to_are_days_that_count(some: Any, viewer: Client) -> None:
    today = timezone.localdate()
    assert shown(viewer, scheduled_from=today, scheduled_to=today + timedelta(days=10)) == [("Due", "Due")]
    assert shown(viewer, scheduled_from=today, scheduled_to=today + timedelta(days=9)) == []


def test_each_count_by_officer_leads_to_just_those(some: Any, viewer: Client) -> None:
    overview = viewer.get(REVIEWS, {"type": "Normal"}).context["overview"]
    assert overview.text == "By officer: 1 overdue, 0 due, 1 unsigned"
    rows = {row.cells[0].text: row.cells[1:] for row in overview.grid.rows}
    assert list(rows) == ["No officer", "Bryn Tallis"]
    overdue, due, unsigned = rows["Bryn Tallis"]
    assert (due.text, unsigned.text) == ("0", "0")
    table = viewer.get(overdue.link.href).context["table"]
    assert [row.record.learner.surname for row in table.page.object_list] == ["Overdue"]
    table = viewer.get(rows["No officer"][2].link.href).context["table"]
    assert [row.record.learner.surname for row in table.page.object_list] == ["Unsigned"]


def test_it_says_who_has_not_signed(some: Any, viewer: Client) -> None:
    assert "Trainee, Employer" in viewer.get(REVIEWS).text


def test_an_empty_page_says_why(viewer: Client, some: Any) -> None:
    assert "No reviews match" in viewer.get(REVIEWS, {"q": "nobody"}).text


def test_with_nothing_to_do_all_reviews_are_offered(viewer: Client) -> None:
    text = viewer.get(REVIEWS).text
    assert "No review waits for anybody" in text
    assert 'href="/reviews/?state=all"' in text


@pytest.mark.usefixtures("mis_alone")
def test_many_reviews_ask_no_more_than_few(staff: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(REVIEWS)
        return len(captured)

    queries()
    for number in range(2):
        review(f"A{number}", -number - 1, officer=factories.OfficerFactory())
    few = queries()
    for number in range(20):
        review(f"B{number}", -number - 1, officer=factories.OfficerFactory())
    assert queries() == few == 8


def test_the_states_it_offers_are_all_there_are(viewer: Client) -> None:
    choices = [value for value, _ in viewer.get(REVIEWS).context["filter"].form.fields["state"].choices]
    assert choices == ["", *ReviewState.values, "all"]
