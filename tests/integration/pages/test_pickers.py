"""Records that are typed, because there are too many for a drop-down: suggested as people type, checked when sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learners.models import Learner, Organisation
from tests import factories

NEW = "/learners/AB12C/delivery-plan/placements/new/"
TIE = "/learners/AB12C/tie/"


@pytest.fixture
def places(db: None) -> list[Organisation]:
    names = {"PT001": "Pitt & Sons", "PT002": "Pitt Ltd", "SMITH": "Joinery", "QX003": "Smith", "NN004": ""}
    twins = {"TW001": "Twins", "TW002": "Twins"}
    return [factories.OrganisationFactory(ident=ident, name=name) for ident, name in (names | twins).items()]


def send(client: Client, text: str) -> Any:
    return client.post(NEW, {"organisation": text, "type": "P", "start": "2026-09-07"})


@pytest.mark.parametrize(
    ("typed", "ident"),
    [
        ("PT001", "PT001"),
        (" pt001 ", "PT001"),
        ("PT001 Pitt & Sons", "PT001"),
        ("pitt & sons", "PT001"),
        ("PITT LTD", "PT002"),
        ("NN004", "NN004"),
        ("SMITH", "SMITH"),
        ("SMITH Joinery", "SMITH"),
        ("NN004 NN004 (no name yet)", "NN004"),
    ],
)
def test_what_names_one_record_is_taken(typed: str, ident: str, staff: Client, learner: Learner, places: Any) -> None:
    assert send(staff, typed).status_code == 302
    assert learner.placements.get().organisation.ident == ident


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("pitt", "Say which organisation, by its Ident: PT001 Pitt &amp; Sons; PT002 Pitt Ltd."),
        ("twins", "Say which organisation, by its Ident: TW001 Twins; TW002 Twins."),
        ("PT001 Pitt Ltd", "There is no organisation with this Ident or name."),
        ("nothing like it", "There is no organisation with this Ident or name."),
        ("", "This field is required."),
        ("<script>", "There is no organisation with this Ident or name."),
    ],
)
def test_what_does_not_is_asked_again(typed: str, said: str, staff: Client, learner: Learner, places: Any) -> None:
    answer = send(staff, typed)
    assert said in answer.text
    assert not learner.placements.exists()
    assert "<script>" not in answer.text.replace("<script src", "")
    if typed == "pitt":
        assert '<option value="PT002 Pitt Ltd"></option>' in answer.text


def test_a_placement_is_edited_without_typing_anew(staff: Client, learner: Learner, places: Any) -> None:
    placement = factories.PlacementFactory(learner=learner, organisation=places[0])
    edit = f"/learners/AB12C/delivery-plan/placements/{placement.pk}/edit/"
    assert staff.get(edit).context["form"]["organisation"].value() == "PT001 Pitt & Sons"


def test_suggestions_hold_every_word_and_are_few(viewer: Client, places: Any) -> None:
    factories.OrganisationFactory.create_batch(30, name="Lane Motors")
    found = viewer.get("/organisations/choices/", {"field": "organisation", "organisation": "PITT ltd"}).text
    assert found.strip() == '<option value="PT002 Pitt Ltd"></option>'
    many = viewer.get("/organisations/choices/", {"field": "organisation", "organisation": "lane"}).text
    assert many.count("<option") == 20
    assert viewer.get("/organisations/choices/", {"field": "organisation", "organisation": " "}).text.strip() == ""


def test_two_episodes_are_tied_by_name_or_ident(staff: Client, learner: Learner) -> None:
    other = factories.LearnerFactory(ident="ZZ99Z", forenames="Amara", surname="Lane-Smith")
    assert "Say which learner, by its Ident: ZZ99Z Amara Lane-Smith." in staff.post(TIE, {"ident": "lane-smith"}).text
    assert staff.post(TIE, {"ident": "zz99z Amara Lane-Smith"}).status_code == 302
    learner.refresh_from_db()
    assert learner.person == other.person
    choices = staff.get("/learners/choices/", {"field": "ident", "ident": "lane-sm"}).text
    assert choices.strip() == '<option value="ZZ99Z Amara Lane-Smith"></option>'


def test_the_form_does_not_list_every_organisation(staff: Client, learner: Learner) -> None:
    factories.OrganisationFactory.create_batch(30)
    with CaptureQueriesContext(connection) as captured:
        page = staff.get(NEW).text
    assert "<option" not in page.split('name="type"')[0].split('name="organisation"')[1]
    assert not any("learners_organisation" in query["sql"] for query in captured)
    assert 'list="id_organisation_offered"' in page
    assert 'aria-describedby="id_organisation_helptext"' in page


@pytest.mark.parametrize("kind", ["learners", "organisations"])
def test_suggestions_are_for_those_who_may_see_them(kind: str, without_permission: Client, stranger: Client) -> None:
    assert without_permission.get(f"/{kind}/choices/").status_code == 403
    assert stranger.get(f"/{kind}/choices/").status_code == 302
