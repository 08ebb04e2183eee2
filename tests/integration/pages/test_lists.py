"""Lists: found as people type, narrowed by filters, sorted on every column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from learners import tables
from learners.registry import ListColumn, MenuItem, registry
from learners.words import SystemStatus
from picsweb.tables import RowLinks
from tests import factories

LEARNERS = "/learners/"
TABLES = [
    (LEARNERS, tables.LearnerTable),
    ("/officers/", tables.OfficerTable),
    ("/organisations/", tables.OrganisationTable),
    ("/qualifications/", tables.QualificationTable),
]
pytestmark = pytest.mark.usefixtures("mis_alone")


def names(answer: Any) -> list[str]:
    return [str(row.record) for row in answer.context["table"].page.object_list]


@pytest.mark.parametrize(("typed", "found"), [("osten", "Östen"), ("ODELL", "O'Dell"), ("östen GW", "Östen")])
def test_found_as_people_type(viewer: Client, typed: str, found: str) -> None:
    for surname in ("Oakes", "Östen", "ossian", "O'Dell"):
        factories.LearnerFactory(forenames="Gwen", surname=surname)
    assert names(viewer.get(LEARNERS, {"q": typed})) == [f"Gwen {found}"]


def test_order_of_names_knows_no_case_and_no_accents(viewer: Client) -> None:
    for surname in ("Östen", "ossian", "Oakes", "O'Dell"):
        factories.LearnerFactory(forenames="", surname=surname)
    assert names(viewer.get(LEARNERS)) == ["Oakes", "O'Dell", "ossian", "Östen"]


@pytest.mark.parametrize(("address", "table"), TABLES)
def test_every_column_sorts(address: str, table: Any, viewer: Client) -> None:
    columns = [name for name, column in table.base_columns.items() if not isinstance(column, RowLinks)]
    for name in columns:
        for sign in ("", "-"):
            answer = viewer.get(address, {"sort": f"{sign}{name}"})
            assert answer.context["table"].columns[name].is_ordered, name


def test_pages_of_equals_never_overlap(viewer: Client) -> None:
    factories.LearnerFactory.create_batch(60, surname="Lane")
    pages = [viewer.get(LEARNERS, {"sort": "start", "page": page}) for page in (1, 2, 3)]
    idents = [row.record.ident for page in pages for row in page.context["table"].page.object_list]
    assert len(idents) == len(set(idents)) == 60


def test_unknown_dates_stand_last_both_ways(viewer: Client) -> None:
    factories.LearnerFactory(forenames="", surname="Unknown", actual_end=None)
    factories.LearnerFactory(forenames="", surname="Ended", actual_end=date(2026, 10, 1))
    for sort in ("actual_end", "-actual_end"):
        assert names(viewer.get(LEARNERS, {"sort": sort})) == ["Ended", "Unknown"]


def test_deleted_learners_show_only_when_asked_for(viewer: Client) -> None:
    factories.LearnerFactory(forenames="", surname="Gone", system_status=SystemStatus.DELETED)
    factories.LearnerFactory(forenames="", surname="Here")
    assert names(viewer.get(LEARNERS)) == ["Here"]
    assert names(viewer.get(LEARNERS, {"system_status": "Deleted"})) == ["Gone"]


def by_programme() -> dict[str, Any]:
    factories.BreakFactory(learner=factories.LearnerFactory(forenames="", surname="Wanted"), to_date=None)
    return {"programme_status": "Break"}


def by_officer() -> dict[str, Any]:
    officer = factories.OfficerFactory()
    factories.LearnerFactory(forenames="", surname="Wanted", main_officer=officer)
    return {"main_officer": officer.pk}


def by_tag() -> dict[str, Any]:
    tag = factories.TagFactory()
    factories.LearnerFactory(forenames="", surname="Wanted").tags.add(tag)
    return {"tag": tag.pk}


def by_main_tag() -> dict[str, Any]:
    tag = factories.TagFactory()
    factories.LearnerFactory(forenames="", surname="Wanted", main_tag=tag)
    return {"tag": tag.pk}


def by_qualification() -> dict[str, Any]:
    learner = factories.LearnerFactory(forenames="", surname="Wanted")
    line = factories.DeliveryPlanLineFactory(learner=learner)
    factories.DeliveryPlanLineFactory(learner=learner, qualification=line.qualification, start=date(2027, 1, 1))
    return {"qualification": line.qualification_id}


@pytest.mark.parametrize("narrowing", [by_programme, by_officer, by_tag, by_main_tag, by_qualification])
def test_filters_narrow_the_list(narrowing: Callable[[], dict[str, Any]], viewer: Client) -> None:
    factories.LearnerFactory(forenames="", surname="Other")
    chosen = narrowing()
    assert names(viewer.get(LEARNERS, chosen)) == ["Wanted"]


def test_a_filter_that_makes_no_sense_is_left_out(viewer: Client) -> None:
    factories.LearnerFactory()
    answer = viewer.get(LEARNERS, {"main_officer": "x", "page": "999", "per_page": "1000000", "sort": "nix"})
    assert len(names(answer)) == 1


@pytest.mark.parametrize("address", [address for address, _ in TABLES])
def test_an_empty_list_says_what_to_do_next(address: str, staff: Client) -> None:
    assert "yet" in staff.get(address).text
    assert "Clear search" in staff.get(address, {"q": "nobody"}).text


def test_as_people_type_only_the_results_come(viewer: Client) -> None:
    answer = viewer.get(LEARNERS, headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in answer.text
    assert 'id="results"' in answer.text
    assert {"HX-Request", "HX-Target"} <= set(answer["Vary"].split(", "))


def test_another_app_may_find_learners_and_add_columns(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import Value

    known = factories.LearnerFactory(surname="Elsewhere")
    factories.LearnerFactory(surname="Other")
    monkeypatch.setattr(registry, "learner_search", [lambda text: [known.pk] if text == "700100" else []])
    column = ListColumn(name="other_id", label="Other number", expression=lambda: Value(700100))
    monkeypatch.setattr(registry, "list_columns", {"learners": [column]})
    answer = viewer.get(LEARNERS, {"q": "700100", "sort": "other_id"})
    assert names(answer) == [str(known)]
    assert "Other number" in answer.text
    assert ">700100<" in answer.text


def test_another_app_does_something_with_chosen_learners(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    learner = factories.LearnerFactory(ident="AB12C")
    assert 'type="checkbox"' not in viewer.get(LEARNERS).text
    action = MenuItem(lambda request: "Enrol them", "health", lambda request: True)
    monkeypatch.setattr(registry, "learner_actions", [action])
    text = viewer.get(LEARNERS).text
    assert 'formaction="/health"' in text
    assert f'name="learner" value="AB12C" aria-label="Choose AB12C {learner}"' in text


def test_names_are_text_never_markup(viewer: Client) -> None:
    name = "<script>alert(1)</script>"
    officer = factories.OfficerFactory(surname=name)
    tag = factories.TagFactory(name=name)
    factories.LearnerFactory(surname=name, main_officer=officer, main_tag=tag)
    factories.OrganisationFactory(name=name)
    factories.QualificationFactory(title=name)
    for address, _ in TABLES:
        text = viewer.get(address).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
