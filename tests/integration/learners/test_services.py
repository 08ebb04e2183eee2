from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from learners.actor import Actor
from learners.models import Learner, Organisation, Tag
from learners.services import (
    breaks,
    delivery,
    episodes,
    learner_officers,
    learners,
    officers,
    organisations,
    placements,
    qualifications,
    reviews,
    tags,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


def test_a_learner_gets_an_ident_where_none_is_given(by: Actor) -> None:
    made = learners.create(forenames="Amara", surname="Okafor-Lane", by=by)
    assert len(made.ident) == 5
    assert made.history.get().history_change_reason == "test"


def test_an_update_returns_and_records_what_changed(by: Actor) -> None:
    learner = make.LearnerFactory(surname="Lane")
    officer = make.OfficerFactory()
    before = learner.history.count()
    changes = learners.update(learner, surname=" Okafor ", main_officer=officer, forenames="Amara", by=by)
    assert changes == {"surname": ("Lane", "Okafor"), "main_officer": (None, officer)}
    assert learner.surname == "Okafor"
    assert learner.history.count() == before + 1


def test_nothing_is_written_where_nothing_changes(by: Actor) -> None:
    learner = make.LearnerFactory()
    before = learner.history.count()
    assert learners.update(learner, surname=learner.surname, date_of_birth="2007-07-14", by=by) == {}
    assert learner.history.count() == before


def test_history_names_the_person(by: Actor) -> None:
    user = User.objects.create_user("bryn")
    learner = make.LearnerFactory()
    learners.update(learner, surname="New", by=Actor.of(user))
    row = learner.history.latest()
    assert (row.history_user, row.history_change_reason) == (user, "bryn")


def test_a_form_that_has_filled_the_record_still_changes_it(by: Actor) -> None:
    learner = make.LearnerFactory(surname="Lane")
    learner.surname = "Okafor"
    assert learners.update(learner, surname="Okafor", by=by) == {"surname": ("Lane", "Okafor")}


def test_a_record_read_long_ago_takes_nothing_back(by: Actor) -> None:
    learner = make.LearnerFactory()
    stale = Learner.objects.get(pk=learner.pk)
    learners.update(learner, email="new@example.org", by=by)
    learners.update(stale, mobile="07700 900123", by=by)
    learner.refresh_from_db()
    assert (learner.email, learner.history.latest().email) == ("new@example.org", "new@example.org")


def test_a_refused_change_changes_neither_database_nor_record(by: Actor) -> None:
    learner = make.LearnerFactory()
    with pytest.raises(ValidationError):
        learners.update(learner, surname="New", uln="4123456782", by=by)
    assert learner.surname != "New"
    assert not Learner.objects.filter(surname="New").exists()


def test_a_field_that_is_not_there_is_a_programmer_s_mistake(by: Actor) -> None:
    with pytest.raises(TypeError):
        learners.update(make.LearnerFactory(), search_key="x", by=by)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"uln": "4123456782"}, "uln"),
        ({"nino": "DA123456C"}, "nino"),
        ({"email": "amara at example"}, "email"),
        ({"date_of_birth": date(2100, 1, 1)}, "date_of_birth"),
        ({"date_of_birth": "2007-02-30"}, "date_of_birth"),
        ({"actual_end": date(2026, 8, 31)}, "actual_end"),
        ({"held_from_sync": True}, "held_reason"),
        ({"held_reason": "why"}, "held_reason"),
        ({"lldd": 1, "lldd_primary": 50}, "lldd_primary"),
        ({"lldd": 2, "lldd_others": [4]}, "lldd_others"),
        ({"lldd": 1, "lldd_primary": 4, "lldd_others": [4]}, "lldd_primary"),
        ({"forenames": "x" * 101}, "forenames"),
        ({"surname": "A\x00B"}, "surname"),
        ({"ethnicity": 12}, "ethnicity"),
        ({"ident": "TOOLONG"}, "ident"),
    ],
)
def test_a_learner_refuses(values: dict[str, Any], field: str, by: Actor) -> None:
    with pytest.raises(ValidationError) as caught:
        learners.update(make.LearnerFactory(start=date(2026, 9, 1)), by=by, **values)
    assert field in caught.value.message_dict


def test_what_a_learner_may_be(by: Actor) -> None:
    learner = make.LearnerFactory(start=date(2026, 9, 1))
    learners.update(learner, planned_end=date(2026, 8, 1), uln="9999999999", nino="ab 12 34 56 c", by=by)
    assert (learner.nino, learner.uln) == ("AB123456C", "9999999999")


def test_two_learners_never_share_an_ident(by: Actor) -> None:
    learner = make.LearnerFactory()
    with pytest.raises(ValidationError) as caught:
        learners.create(ident=learner.ident, by=by)
    assert "ident" in caught.value.message_dict


def test_hold_and_release(by: Actor) -> None:
    learner = make.LearnerFactory()
    learners.hold(learner, reason="long-term sick", by=by)
    assert (learner.held_from_sync, learner.held_reason) == (True, "long-term sick")
    learners.release(learner, by=by)
    assert (learner.held_from_sync, learner.held_reason) == (False, "")


def test_tags_are_set_with_one_history_row(by: Actor) -> None:
    learner = make.LearnerFactory()
    one, two = tags.get_or_create("One", by=by), tags.get_or_create("Two", by=by)
    learners.set_tags(learner, [one], by=by)
    before = learner.history.count()
    assert learners.set_tags(learner, [two], by=by) == {"tags": (["One"], ["Two"])}
    assert learners.set_tags(learner, [two], by=by) == {}
    assert learner.history.count() == before + 1


def test_a_tag_is_the_same_whatever_its_case(by: Actor) -> None:
    made = tags.get_or_create("Äda", by=by)
    assert tags.get_or_create(" äDA ", by=by) == made
    assert Tag.objects.count() == 1


def test_learners_are_found_and_ordered_as_people_type(by: Actor) -> None:
    for surname in ("Östen", "Oakes", "ossian", "O'Dell", "de la Cruz", "Delacroix"):
        learners.create(surname=surname, postcode="M1 1AA", by=by)
    found = [learner.surname for learner in Learner.objects.all()]
    assert found == ["de la Cruz", "Delacroix", "Oakes", "O'Dell", "ossian", "Östen"]
    for text, surname in (("osten", "Östen"), ("ODELL", "O'Dell"), ("o’dell m11aa", "O'Dell")):
        assert Learner.objects.found_by(text).get().surname == surname


def test_the_keys_follow_a_new_name(by: Actor) -> None:
    learner = learners.create(surname="Lane", by=by)
    learners.update(learner, surname="Zöe", by=by)
    learner.refresh_from_db()
    assert learner.sort_key.startswith("zoe")
    assert "zoe" in learner.search_key


def test_naming_an_employer_approves_it(by: Actor) -> None:
    employer = organisations.create(edrs="123456789", status="Unapproved", by=by)
    organisations.update(employer, telephone="0161 496 0001", by=by)
    assert employer.status == "Unapproved"
    organisations.update(employer, name="Pitt & Sons' Joinery", by=by)
    assert employer.status == "Live"


def test_a_named_employer_takes_the_place_of_its_bare_number(by: Actor) -> None:
    learner = make.LearnerFactory()
    bare = organisations.create(edrs="123456789", status="Unapproved", by=by)
    placement = placements.create(learner, organisation=bare, start=date(2026, 9, 1), by=by)
    other = organisations.create(edrs="223456789", status="Unapproved", by=by)
    named = organisations.create(ident="EMP01", name="Pitt & Sons' Joinery", edrs="123456789", by=by)
    placement.refresh_from_db()
    assert placement.organisation == named
    assert set(Organisation.objects.all()) == {named, other}


def test_a_number_given_later_does_so_too_and_doubles_no_placement(by: Actor) -> None:
    learner = make.LearnerFactory()
    named = organisations.create(ident="EMP01", name="Pitt & Sons' Joinery", by=by)
    bare = organisations.create(edrs="123456789", status="Unapproved", by=by)
    for organisation, day in ((bare, 1), (bare, 2), (named, 2)):
        placements.create(learner, organisation=organisation, start=date(2026, 9, day), by=by)
    organisations.update(named, edrs="123456789", by=by)
    found = learner.placements.order_by("start", "pk").values_list("organisation", "start__day")
    assert list(found) == [(named.pk, 1), (bare.pk, 2), (named.pk, 2)]


def test_an_officer_has_known_roles(by: Actor) -> None:
    assert officers.create(surname="Tallis", roles=["Assessor", "Main Adviser"], by=by).is_live
    with pytest.raises(ValidationError, match="Wizard"):
        officers.create(surname="Tallis", roles=["Wizard"], by=by)


def test_a_qualification_without_a_title_has_its_code_as_title(by: Actor) -> None:
    assert qualifications.create(vq_reference="157AS", by=by).title == "157AS"


@pytest.mark.parametrize("name", ["start_time", "actual_time"])
def test_a_review_at_a_time_that_the_clocks_skip_is_refused(name: str, by: Actor) -> None:
    day = "scheduled_date" if name == "start_time" else "actual_date"
    skipped = {day: date(2027, 3, 28), name: time(1, 30)}
    with pytest.raises(ValidationError, match="01:30 on 28 Mar 2027 does not exist"):
        reviews.create(make.LearnerFactory(), by=by, **skipped)
    assert reviews.create(make.LearnerFactory(), by=by, **{**skipped, day: date(2027, 10, 31)})


def test_a_deleted_record_leaves_its_history(by: Actor) -> None:
    review = make.ReviewFactory()
    history, pk = type(review).history, review.pk
    reviews.delete(review, by=by)
    last = history.filter(id=pk).latest()
    assert (last.history_type, last.history_change_reason) == ("-", "test")


def test_a_line_goes_with_its_units(by: Actor) -> None:
    line = make.DeliveryPlanLineFactory()
    unit, _ = delivery.set_unit(line, reference="U1", title="Safety", by=by)
    same, changes = delivery.set_unit(line, reference="U1", title="Site safety", by=by)
    assert (same, changes) == (unit, {"title": ("Safety", "Site safety")})
    history, pk = type(unit).history, unit.pk
    delivery.delete_line(line, by=by)
    assert history.filter(id=pk).latest().history_type == "-"


def test_a_restart_is_a_second_line(by: Actor) -> None:
    line = make.DeliveryPlanLineFactory(start=date(2026, 9, 1))
    again = {"learner": line.learner, "qualification": line.qualification, "by": by}
    assert delivery.create_line(start=NEW_YEAR, **again)
    with pytest.raises(ValidationError):
        delivery.create_line(start=NEW_YEAR, **again)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2026, 11, 27), date(2026, 12, 1), True),
        (date(2026, 10, 1), None, True),
        (date(2026, 10, 1), date(2026, 11, 1), False),
        (date(2026, 11, 28), None, False),
    ],
)
def test_breaks_never_overlap(first: date, last: date | None, refused: bool, by: Actor) -> None:
    pause = make.BreakFactory(from_date=date(2026, 11, 2), to_date=date(2026, 11, 27))
    if refused:
        with pytest.raises(ValidationError, match="another break"):
            breaks.create(pause.learner, from_date=first, to_date=last, by=by)
    else:
        assert breaks.create(pause.learner, from_date=first, to_date=last, by=by)


def test_an_open_break_is_closed(by: Actor) -> None:
    pause = make.BreakFactory(to_date=None)
    assert breaks.update(pause, to_date=NEW_YEAR, by=by) == {"to_date": (None, NEW_YEAR)}
    breaks.delete(pause, by=by)
    assert not make.models.Break.objects.exists()


def test_placements_and_officers_of_a_learner(by: Actor) -> None:
    learner, employer, officer = make.LearnerFactory(), make.OrganisationFactory(), make.OfficerFactory()
    placement = placements.create(learner, organisation=employer, start=date(2026, 9, 1), by=by)
    assert placement.type == "P"
    assert placements.update(placement, end=NEW_YEAR, by=by) == {"end": (None, NEW_YEAR)}
    placements.delete(placement, by=by)
    added, is_new = learner_officers.add(learner, officer=officer, role="Mentor", by=by)
    assert is_new
    assert learner_officers.add(learner, officer=officer, role="Mentor", by=by) == (added, False)
    with pytest.raises(ValidationError, match="Wizard"):
        learner_officers.add(learner, officer=officer, role="Wizard", by=by)
    learner_officers.remove(added, by=by)
    assert not learner.learner_officers.exists()


def test_episodes_of_one_person_are_tied(by: Actor) -> None:
    first, second = make.LearnerFactory(), make.LearnerFactory()
    episodes.tie(second, to=first, by=by)
    assert list(first.other_episodes()) == [second]
