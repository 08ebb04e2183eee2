"""Reviews every so many weeks: looked at first, made in one go, taken back while nobody has touched them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from learners.actor import Actor
from learners.models import Learner, Review
from learners.services import reviews as service
from tests import factories

pytestmark = pytest.mark.once
SERIES = "/learners/AB12C/delivery-plan/reviews/series/"
ASKED = {"first": "2026-11-30", "start_time": "10:30", "weeks": "8", "count": "3", "type": "Normal"}
DAYS = [date(2026, 11, 30), date(2027, 1, 25), date(2027, 3, 22)]


def made(learner: Learner) -> list[date | None]:
    return list(learner.reviews.order_by("scheduled_date").values_list("scheduled_date", flat=True))


def create(client: Client, asked: dict[str, str] = ASKED, **more: str) -> Any:
    shown = client.post(SERIES, asked).context["preview"]["shown"]
    return client.post(SERIES, {**asked, "create": "yes", "shown": shown, **more})


def test_the_days_are_shown_before_anything_is_made(staff: Client, learner: Learner) -> None:
    factories.ReviewFactory(learner=learner, scheduled_date=DAYS[1])
    answer = staff.post(SERIES, {**ASKED, "first": "2026-11-30"})
    rows = [[cell.text or cell.badge.text for cell in row.cells] for row in answer.context["preview"]["grid"].rows]
    assert rows == [
        ["30 Nov 2026, 10:30", "Monday", "New"],
        ["25 Jan 2027, 10:30", "Monday", "Left out: a review is there that day"],
        ["22 Mar 2027, 10:30", "Monday", "New"],
    ]
    assert "Schedule 2 reviews" in answer.text
    assert made(learner) == [DAYS[1]]


def test_a_weekend_is_named(staff: Client, learner: Learner) -> None:
    assert "Saturday (weekend)" in staff.post(SERIES, {**ASKED, "first": "2026-11-28"}).text
    assert "(weekend)" not in staff.post(SERIES, {**ASKED, "first": "2026-11-28", "off_weekends": "on"}).text


def test_it_starts_from_what_the_learner_has(staff: Client, learner: Learner) -> None:
    officer = factories.OfficerFactory()
    Learner.objects.filter(pk=learner.pk).update(main_officer=officer)
    form = staff.get(SERIES).context["form"]
    assert (form["until"].value(), form["officer"].value()) == (date(2028, 8, 31), officer.pk)


def test_they_are_made_in_one_go_each_with_its_history(staff: Client, learner: Learner) -> None:
    officer = factories.OfficerFactory()
    answer = create(staff, {**ASKED, "officer": str(officer.pk), "type": "Gateway"})
    assert answer.status_code == 302
    assert made(learner) == DAYS
    assert {(r.type, r.officer, r.start_time) for r in learner.reviews.all()} == {("Gateway", officer, time(10, 30))}
    assert Review.history.count() == 3
    assert "3 reviews scheduled" in staff.get(answer.url).text


def test_what_was_not_looked_at_is_not_made(staff: Client, learner: Learner) -> None:
    assert staff.post(SERIES, {**ASKED, "create": "yes"}).status_code == 200
    assert create(staff, shown="2026-11-30").status_code == 200
    assert made(learner) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count": ""}, "Say until when"),
        ({"until": "2026-11-01"}, "before the first review"),
        ({"weeks": "0"}, "greater than or equal to 1"),
        ({"weeks": "27"}, "less than or equal to 26"),
        ({"count": "61"}, "less than or equal to 60"),
        ({"first": "2027-03-28", "start_time": "01:30"}, "01:30 on 28 Mar 2027 does not exist"),
        ({"first": "2027-03-14", "start_time": "01:30", "weeks": "2"}, "01:30 on 28 Mar 2027 does not exist"),
    ],
)
def test_what_makes_no_sense_is_said_by_its_field(
    wrong: dict[str, str], said: str, staff: Client, learner: Learner
) -> None:
    answer = staff.post(SERIES, {**ASKED, **wrong, "create": "yes"})
    assert said in answer.text
    assert "Nothing has been saved" in answer.text
    assert made(learner) == []


def test_they_are_taken_back_but_for_those_touched_since(staff: Client, learner: Learner) -> None:
    address = create(staff).url
    touched = learner.reviews.order_by("scheduled_date")[1]
    service.update(touched, by=Actor("someone"), notes="Moved to the works")
    other = factories.ReviewFactory(learner=learner, scheduled_date=date(2026, 12, 24))
    page = staff.get(address).text
    assert "Take back 2 reviews" in page
    assert "Changed since: stays" in page
    answer = staff.post(address, follow=True)
    assert "2 reviews taken back. 1 review stayed" in answer.text
    assert made(learner) == [other.scheduled_date, touched.scheduled_date]
    assert "These reviews" not in staff.get(address).text


def test_taken_back_twice_takes_nothing_more(staff: Client, learner: Learner) -> None:
    address = create(staff).url
    staff.post(address)
    assert "These reviews are gone" in staff.get(address).text
    assert "0 reviews taken back" in staff.post(address, follow=True).text


def test_only_a_series_of_this_learner_is_taken_back(staff: Client, learner: Learner) -> None:
    address = create(staff).url
    factories.LearnerFactory(ident="ZZ99Z")
    staff.post(address.replace("AB12C", "ZZ99Z"))
    assert made(learner) == DAYS
    assert staff.get(f"{SERIES}nonsense/").status_code == 404


def test_only_who_may_edit(viewer: Client, staff: Client, stranger: Client, learner: Learner) -> None:
    address = create(staff).url
    for each in (SERIES, address):
        assert viewer.get(each).status_code == viewer.post(each).status_code == 403
        assert stranger.get(each).status_code == 302
    plan = "/learners/AB12C/delivery-plan/reviews/"
    assert "Add a series" in staff.get(plan).text
    assert "Add a series" not in viewer.get(plan).text
