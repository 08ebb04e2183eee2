"""A learner's summary and form: what is masked, what is refused, what is saved and by whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from learners.models import Learner
from tests import factories

pytestmark = [pytest.mark.usefixtures("mis_alone"), pytest.mark.once]

SUMMARY, EDIT, NEW, TIE = "/learners/AB12C/", "/learners/AB12C/edit/", "/learners/new/", "/learners/AB12C/tie/"
SENSITIVE_WORDS = ("AB123456C", "Dyslexia", "English / Welsh")


def filled(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """The form as the page gives it, with ``changes``."""
    form = client.get(address).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in (values | changes).items() if value not in (None, False)}


def test_an_ident_may_be_typed_in_lower_case(viewer: Client, learner: Learner) -> None:
    assert "Amara Lane" in viewer.get("/learners/ab12c/").text


def test_sensitive_values_are_masked_for_others(staff: Client, learner: Learner) -> None:
    text = staff.get(SUMMARY).text
    assert not any(words in text for words in SENSITIVE_WORDS)
    assert text.count("Hidden.") == 5


def test_sensitive_values_show_to_those_who_may(administrator: Client, learner: Learner) -> None:
    text = administrator.get(SUMMARY).text
    assert all(words in text for words in SENSITIVE_WORDS)


def test_who_cannot_see_a_value_cannot_overwrite_it(staff: Client, learner: Learner) -> None:
    values = filled(staff, EDIT, surname="Oakes")
    assert not {"nino", "ethnicity", "lldd", "lldd_primary", "lldd_others"} & set(values)
    answer = staff.post(EDIT, values | {"nino": "CE123456A", "ethnicity": "98", "lldd": "2"})
    assert answer.status_code == 302
    learner.refresh_from_db()
    assert (learner.surname, learner.nino, learner.ethnicity, learner.lldd) == ("Oakes", "AB123456C", 31, 1)


def test_an_edit_is_saved_in_the_name_of_who_made_it(administrator: Client, learner: Learner) -> None:
    tag = factories.TagFactory()
    values = filled(administrator, EDIT, email="a.lane@example.org", nino="ce 12 34 56 a", tags=[tag.pk])
    answer = administrator.post(EDIT, values, follow=True)
    learner.refresh_from_db()
    assert (learner.email, learner.nino, list(learner.tags.all())) == ("a.lane@example.org", "CE123456A", [tag])
    assert "The learner is saved." in answer.text
    assert {row.history_user.username for row in learner.history.all()[:2]} == {answer.context["user"].username}


def test_saving_a_form_untouched_changes_nothing(administrator: Client, learner: Learner) -> None:
    before = learner.history.count()
    assert administrator.post(EDIT, filled(administrator, EDIT)).status_code == 302
    assert learner.history.count() == before


def test_faults_stand_in_a_summary_whose_links_lead_to_the_fields(administrator: Client, learner: Learner) -> None:
    text = administrator.post(EDIT, filled(administrator, EDIT, uln="123", email="nobody")).text
    assert "Nothing has been saved yet" in text
    for name in ("uln", "email"):
        assert f'href="#id_{name}"' in text
        assert f'aria-describedby="id_{name}_error"' in text
        assert f'id="id_{name}_error"' in text
    learner.refresh_from_db()
    assert learner.uln == ""


def test_a_fault_of_a_field_that_is_not_shown_is_not_lost(staff: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(nino="NONSENSE")
    answer = staff.post(EDIT, filled(staff, EDIT, surname="Oakes"))
    assert answer.status_code == 200
    assert "National Insurance" in answer.text


def test_a_new_learner_needs_a_name_and_a_start(staff: Client) -> None:
    answer = staff.post(NEW, {"system_status": "Live"})
    assert set(answer.context["form"].errors) == {"forenames", "surname", "start"}


def test_a_new_learner_gets_an_ident(staff: Client) -> None:
    values = {"forenames": "Zoë", "surname": "Novák", "start": "2026-09-01", "system_status": "Live"}
    answer = staff.post(NEW, values)
    learner = Learner.objects.get()
    assert len(learner.ident) == 5
    assert answer.url == f"/learners/{learner.ident}/delivery-plan/"


def test_an_ident_is_given_once(staff: Client, learner: Learner) -> None:
    values = {"ident": "ab12c", "forenames": "B", "surname": "C", "start": "2026-09-01", "system_status": "Live"}
    answer = staff.post(NEW, values)
    assert "ident" in answer.context["form"].errors
    assert Learner.objects.count() == 1


def test_two_records_are_tied_as_episodes_of_one_person(staff: Client, learner: Learner) -> None:
    other = factories.LearnerFactory(ident="CD34E")
    assert "no learner with this Ident" in staff.post(TIE, {"ident": "ZZZZZ"}).text
    assert staff.post(TIE, {"ident": "cd34e"}).status_code == 302
    learner.refresh_from_db()
    assert learner.person == other.person
    assert "CD34E" in staff.get("/learners/AB12C/delivery-plan/").text


def test_an_archived_officer_is_offered_only_where_the_learner_has_it(staff: Client, learner: Learner) -> None:
    gone = factories.OfficerFactory(status="Archived")
    assert gone not in staff.get(NEW).context["form"].fields["main_officer"].queryset
    Learner.objects.filter(pk=learner.pk).update(main_officer=gone)
    assert gone in staff.get(EDIT).context["form"].fields["main_officer"].queryset


def test_a_window_brings_its_content_without_the_page_around_it(staff: Client, learner: Learner) -> None:
    window = {"HX-Request": "true", "HX-Target": "window"}
    text = staff.get(EDIT, headers=window).text
    assert "data-window-content" in text
    assert "<html" not in text
    assert "data-window-content" not in staff.get(SUMMARY, headers=window).text


def test_a_window_that_is_left_keeps_the_message_for_the_page(staff: Client, learner: Learner) -> None:
    window = {"HX-Request": "true", "HX-Target": "window"}
    staff.post(EDIT, filled(staff, EDIT, surname="Oakes"), headers=window, follow=True)
    assert "The learner is saved." in staff.get(SUMMARY).text
