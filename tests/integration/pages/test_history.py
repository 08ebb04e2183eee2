"""Who changed what: on the page of every record, whoever wrote it and however; for a learner also as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from simple_history.signals import pre_create_historical_record

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners, officers, organisations, qualifications, tags

BY = Actor("run:12")
HISTORY = "/learners/AB12C/delivery-plan/history"


def officer() -> tuple[Any, str]:
    record = officers.create(by=Actor("command:anna"), surname="Tallis", roles=["Assessor"])
    officers.update(record, by=BY, telephone="0123", roles=["Assessor", "Examiner"])
    return record, f"/officers/{record.ident}/"


def organisation() -> tuple[Any, str]:
    record = organisations.create(by=Actor("command:anna"), name="Pitt")
    organisations.update(record, by=BY, telephone="0123", status="Unapproved")
    return record, f"/organisations/{record.ident}/"


def qualification() -> tuple[Any, str]:
    record = qualifications.create(by=Actor("command:anna"), vq_reference="60012345", title="Joinery")
    qualifications.update(record, by=BY, level="0123", status="Dormant")
    return record, f"/qualifications/{record.pk}/"


def tag() -> tuple[Any, str]:
    record = tags.create(by=Actor("command:anna"), name="Cohort")
    tags.rename(record, by=BY, name="0123")
    return record, f"/tags/{record.pk}/"


MADE = [officer, organisation, qualification, tag]
CHANGED: dict[str, tuple[Any, str]] = {
    "officer": (officers.update, "mobile"),
    "organisation": (organisations.update, "contact"),
    "qualification": (qualifications.update, "level"),
    "tag": (tags.rename, "name"),
}


def rows(client: Client, address: str) -> list[list[str]]:
    return [[cell.text for cell in row.cells[1:]] for row in client.get(address).context["history"].rows]


@pytest.mark.parametrize("make", MADE)
def test_every_record_shows_its_history(make: Callable[[], Any], viewer: Client) -> None:
    record, address = make()
    kind = type(record)._meta.verbose_name.capitalize()
    found = rows(viewer, address)
    assert found[-1] == ["command:anna", kind, "Record added", "", ""]
    changed = {row[2]: (row[0], *row[3:]) for row in found[:-1]}
    assert ("run:12", "Cohort" if make is tag else "", "0123") in changed.values()
    assert "run:12" in viewer.get(address).text


def test_lists_and_choices_are_in_words(viewer: Client) -> None:
    _, address = officer()
    assert ["run:12", "Officer", "Roles", "Assessor", "Assessor, Examiner"] in rows(viewer, address)


@pytest.mark.parametrize("make", MADE)
def test_a_change_in_the_admin_is_in_it_too(make: Callable[[], Any], viewer: Client, db: None) -> None:
    record, address = make()
    admin = Client()
    admin.force_login(User.objects.create_superuser("root"))
    change = reverse(f"admin:learners_{type(record)._meta.model_name}_change", args=[record.pk])
    form = admin.get(change).context["adminform"].form
    values = {field.html_name: field.value() for field in form if field.value() is not None}
    text_field = {"officer": "mobile", "organisation": "contact", "qualification": "level", "tag": "name"}
    name = text_field[make.__name__]
    assert admin.post(change, values | {name: "by hand"}).status_code == 302
    assert rows(viewer, address)[0][0] == "root"
    assert rows(viewer, address)[0][-1] == "by hand"


@pytest.mark.parametrize("make", MADE)
def test_a_long_history_asks_no_more_and_comes_in_pages(make: Callable[[], Any], viewer: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address)
        return len(captured)

    record, address = make()
    queries()
    update, name = CHANGED[make.__name__]
    queries()  # the first request of a session notes when it was
    few = queries()
    for number in range(60):
        update(record, by=BY, **{name: str(number)})
    assert queries() == few
    assert "Page </span>1 of 2" in viewer.get(address).text
    assert rows(viewer, f"{address}?page=2")[-1][2] == "Record added"


@pytest.mark.parametrize("make", MADE)
def test_a_change_without_its_row_of_history_is_none(make: Callable[[], Any], viewer: Client) -> None:
    """One row with each change, in the same transaction: where it cannot be written, nothing is."""

    def refuse(**row: Any) -> None:
        raise DatabaseError

    record, address = make()
    written = len(rows(viewer, address))
    model, before = type(record), type(record).objects.values().get(pk=record.pk)
    update, name = CHANGED[make.__name__]
    pre_create_historical_record.connect(refuse)
    try:
        with pytest.raises(DatabaseError):
            update(record, by=BY, **{name: "changed"})
    finally:
        pre_create_historical_record.disconnect(refuse)
    assert model.objects.values().get(pk=record.pk) == before
    assert len(rows(viewer, address)) == written
    update(model.objects.get(pk=record.pk), by=BY, **{name: "changed"})
    assert len(rows(viewer, address)) == written + 1


def read(client: Client, address: str) -> list[list[str]]:
    text = b"".join(client.get(address).streaming_content).decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def changed(learner: Learner) -> Learner:
    learners.update(learner, by=Actor("clerk"), email="new@example.org", nino="CE123456A")
    learners.update(learner, by=BY, email="+cmd@example.org")
    return learner


def test_a_learners_history_is_narrowed_by_who_and_field(changed: Learner, staff: Client) -> None:
    page = staff.get(f"{HISTORY}/", {"who": "clerk", "field": "Email"})
    found = [[cell.text for cell in row.cells] for row in page.context["grid"].rows]
    assert [(row[1], row[3], row[5]) for row in found] == [("clerk", "Email", "new@example.org")]
    assert page.context["people"] == ["clerk", "run:12"]
    assert {"Email", "NI number"} <= set(page.context["fields"])
    assert "All changes" in staff.get(f"{HISTORY}/", {"who": "nobody"}).text


def test_a_learners_history_as_a_file(changed: Learner, staff: Client, administrator: Client) -> None:
    found = read(staff, f"{HISTORY}.csv")
    assert found[0] == ["When", "Who or what", "Record", "Field", "Old", "New"]
    assert found[1][1:] == ["run:12", "Learner", "Email", "new@example.org", "'+cmd@example.org"]
    assert ["NI number", "hidden from your account", "hidden from your account"] in [row[3:] for row in found]
    assert ["NI number", "AB123456C", "CE123456A"] in [row[3:] for row in read(administrator, f"{HISTORY}.csv")]
    assert [row[1] for row in read(staff, f"{HISTORY}.csv?who=clerk")[1:]] == ["clerk", "clerk"]


def test_only_who_may_export_gets_the_file(changed: Learner, viewer: Client, stranger: Client) -> None:
    assert viewer.get(f"{HISTORY}.csv").status_code == 403
    assert stranger.get(f"{HISTORY}.csv").status_code == 302
    assert "history.csv" not in viewer.get(f"{HISTORY}/").text
