from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learners.actor import Actor
from learners.models import Break, DeliveryPlanLine, Learner, Organisation, Placement, Qualification
from learners.services import learners, organisations, placements
from tests.integration.learners.ilr_sample import (
    AIM,
    OTHER,
    PART,
    PROGRAMME,
    RETURN,
    counts,
    employed,
    faults,
    file,
    learner,
    load,
)

pytestmark = pytest.mark.django_db

# A learner


def test_a_learner_arrives_whole() -> None:
    trouble = {"LLDDCat": "12", "PrimaryLLDD": "1"}, {"LLDDCat": "4"}
    assert counts(load(learner(LLDDHealthProb="1", LLDDandHealthProblem=list(trouble)))) == (1, 0, 0)
    made = Learner.objects.get()
    assert (made.ukprn, made.lrn, made.full_name) == ("10000001", "A0001", "Amara Okafor-Lane")
    assert (made.uln, made.nino, made.sex, made.ethnicity) == ("4123456781", "AB123456C", "F", 31)
    assert (made.lldd, made.lldd_primary, made.lldd_others) == (1, 12, [4])
    assert (made.email, made.telephone, made.address1) == ("amara.lane@example.org", "01614960001", "1 High St")
    assert (made.system_status, made.start, made.planned_end) == ("Live", date(2025, 9, 1), date(2026, 7, 31))
    assert made.history.get().history_change_reason == "test"


def test_the_contact_details_of_old_are_read_without_the_address_of_before() -> None:
    new = dict.fromkeys(["Postcode", "AddLine1", "TelNo", "Email"])
    groups = [
        {"LocType": "2", "ContType": "1", "PostCode": "L1 1AA"},
        {"LocType": "1", "ContType": "2", "PostAdd": [{"AddLine1": "2 Mill Lane", "AddLine3": "Sale"}]},
        {"LocType": "2", "ContType": "2", "PostCode": "M2 2BB"},
        {"LocType": "3", "ContType": "2", "TelNumber": "01614960002"},
        {"LocType": "4", "ContType": "2", "Email": "old@example.org"},
    ]
    assert counts(load(learner(**new, LearnerContact=groups))) == (1, 0, 0)
    made = Learner.objects.get()
    assert (made.address1, made.address3, made.postcode) == ("2 Mill Lane", "Sale", "M2 2BB")
    assert (made.telephone, made.email) == ("01614960002", "old@example.org")


def test_importing_twice_changes_nothing() -> None:
    full = learner(PROGRAMME, PART, employed=[employed("2025-01-01", "123456789")])
    assert counts(load(full)) == (1, 0, 0)
    rows = [model.history.count() for model in (Learner, DeliveryPlanLine, Placement)]
    assert counts(load(full)) == (0, 0, 1)
    assert rows == [model.history.count() for model in (Learner, DeliveryPlanLine, Placement)]


def test_what_follows_the_file_is_changed() -> None:
    load(learner(PROGRAMME))
    ended = PROGRAMME | {"CompStatus": "2", "LearnActEndDate": "2026-06-30"}
    assert counts(load(learner(ended, FamilyName="Okafor"))) == (0, 1, 0)
    made = Learner.objects.get()
    assert (made.surname, made.actual_end) == ("Okafor", date(2026, 6, 30))
    assert made.delivery_plan.get().actual_end == date(2026, 6, 30)


def test_what_the_file_lacks_is_left(by: Actor) -> None:
    load(learner(), learner(**OTHER))
    outcome = load(learner(Email=None, TelNo=None, AddLine1=None))
    assert counts(outcome) == (0, 0, 1)
    assert Learner.objects.filter(lrn="A0001", email="amara.lane@example.org").exists()
    assert [note.message for note in outcome.notes] == ["1 in the MIS, not in this file (left as they are): A0002"]


def test_a_person_s_words_win_over_the_file(by: Actor) -> None:
    row = learner(employed=[employed("2025-01-01", "123456789")])
    load(row)
    placement = Placement.objects.get()
    named = organisations.create(name="Pitt & Sons' Joinery", by=by)
    placements.update(placement, organisation=named, by=by)
    assert counts(load(row)) == (0, 0, 1)
    assert Placement.objects.get().organisation == named


# Values that cannot be taken


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ULN", "4123456782"),
        ("ULN", "9999999999"),
        ("NINumber", "DA123456C"),
        ("Email", "amara at example"),
        ("DateOfBirth", "2007-02-30"),
        ("Ethnicity", "12"),
        ("Sex", "X"),
        ("Sex", ""),
        ("Postcode", ""),
        ("FamilyName", "Ng" * 51),
        ("LearnRefNumber", "A_0001"),
    ],
)
def test_a_learner_is_loaded_without_it_and_it_is_told(field: str, value: str) -> None:
    outcome = load(learner(**{field: value}))
    assert (outcome.created, faults(outcome)) == (1, [field])
    [error] = outcome.errors
    assert error.line > 1
    assert error.message.startswith(f"LearnRefNumber {Learner.objects.get().lrn}: ")
    assert field == "LearnRefNumber" or not value or value not in error.message


@pytest.mark.parametrize(
    ("aim", "field"),
    [
        ({"AimType": "7"}, "AimType"),
        ({"AimType": None}, "AimType"),
        ({"CompStatus": "9"}, "CompStatus"),
        ({"CompStatus": "2"}, "LearnActEndDate"),
        ({"LearnPlanEndDate": None}, "LearnPlanEndDate"),
        ({"LearnPlanEndDate": "9999-12-31"}, "LearnPlanEndDate"),
        ({"OrigLearnStartDate": "2026-01-01"}, "OrigLearnStartDate"),
        ({"LearnAimRef": "6013-30"}, "LearnAimRef"),
    ],
)
def test_an_aim_is_loaded_and_what_is_wrong_is_told(aim: dict[str, str | None], field: str) -> None:
    outcome = load(learner(AIM | aim))
    assert (outcome.created, faults(outcome)) == (1, [field])
    line = DeliveryPlanLine.objects.get()
    assert (line.start, line.learner.start, line.actual_end) == (date(2025, 9, 1), date(2025, 9, 1), None)


@pytest.mark.parametrize("programme", [{"StdCode": None}, {"StdCode": "ST0001"}])
def test_a_standard_without_its_number_makes_no_line(programme: dict[str, str | None]) -> None:
    outcome = load(learner(PROGRAMME | programme))
    assert (outcome.created, faults(outcome), DeliveryPlanLine.objects.count()) == (1, ["StdCode"], 0)


def test_a_placeholder_never_replaces_a_real_value() -> None:
    load(learner())
    outcome = load(learner(ULN="9999999999", Postcode="ZZ99 9ZZ"))
    assert (outcome.unchanged, faults(outcome)) == (1, ["ULN"])
    made = Learner.objects.get()
    assert (made.uln, made.postcode) == ("4123456781", "M1 1AA")


def test_a_learner_without_number_is_refused_and_the_others_load() -> None:
    outcome = load(learner(LearnRefNumber=None), learner(**OTHER))
    assert (outcome.created, faults(outcome)) == (1, ["LearnRefNumber"])


def test_a_number_that_stands_twice_is_refused_both_times() -> None:
    outcome = load(learner(), learner(GivenNames="Zofia"), learner(**OTHER))
    assert (outcome.created, faults(outcome)) == (1, ["LearnRefNumber", "LearnRefNumber"])


def test_an_aim_without_a_start_is_left_out() -> None:
    outcome = load(learner(AIM, AIM | {"LearnAimRef": "60093729", "LearnStartDate": "soon"}))
    assert outcome.created == 1
    assert set(faults(outcome)) == {"LearnStartDate"}
    assert DeliveryPlanLine.objects.count() == 1


def test_an_end_before_the_start_is_left_out() -> None:
    wrong = AIM | {"CompStatus": "2", "LearnActEndDate": "2025-08-01"}
    outcome = load(learner(wrong))
    assert (outcome.created, faults(outcome)) == (1, ["LearnActEndDate"])
    assert Learner.objects.get().actual_end is None


def test_an_aim_with_an_impossible_code_is_left_out() -> None:
    outcome = load(learner(AIM, AIM | {"LearnAimRef": "X" * 21}))
    assert (outcome.created, faults(outcome)) == (1, ["LearnAimRef"])
    assert DeliveryPlanLine.objects.count() == Qualification.objects.count() == 1


def test_a_learner_without_an_aim_is_refused_with_the_reason() -> None:
    outcome = load(learner(AIM | {"LearnStartDate": None}), learner(**OTHER))
    assert (outcome.created, faults(outcome)) == (1, ["LearningDelivery", "LearnStartDate"])


def test_a_planned_end_before_the_start_loads() -> None:
    assert counts(load(learner(AIM | {"LearnPlanEndDate": "2025-08-01"}))) == (1, 0, 0)


# Who it is


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"DateOfBirth": "1999-01-01"}, "DateOfBirth"),
        ({"ULN": "5234567892"}, "ULN"),
        ({"GivenNames": "Zofia", "FamilyName": "Brandt"}, "FamilyName"),
        ({"FamilyName": "Brandt", "DateOfBirth": None}, "FamilyName"),
    ],
)
def test_another_person_under_our_number_waits_for_a_decision(change: dict[str, str | None], field: str) -> None:
    load(learner())
    ours = Learner.objects.get()
    for dry_run in (True, False):
        outcome = load(learner(**change), learner(**OTHER), dry_run=dry_run)
        assert (outcome.created, outcome.updated, faults(outcome)) == (1, 0, [field])
        [conflict] = outcome.conflicts
        assert (conflict.line, conflict.ref, conflict.ident) == (outcome.errors[0].line, "A0001", ours.ident)
        assert "held for a decision" in outcome.errors[0].message
        assert not any(str(value) in outcome.errors[0].message for value in change.values())
    ours.refresh_from_db()
    assert (ours.full_name, ours.date_of_birth) == ("Amara Okafor-Lane", date(2007, 7, 14))


def test_the_facts_of_a_conflict_stand_side_by_side() -> None:
    load(learner())
    [conflict] = load(learner(DateOfBirth="1999-01-31", FamilyName="Brandt", ULN="9999999999")).conflicts
    assert conflict.facts == [
        ("Surname", "Okafor-Lane", "Brandt"),
        ("Forenames", "Amara", "Amara"),
        ("Date of birth", "14 Jul 2007", "31 Jan 1999"),
        ("ULN", "4123456781", ""),
    ]


def test_whom_a_person_has_named_is_loaded_with_the_file_s_values() -> None:
    load(learner(), learner(**OTHER))
    changed = {"DateOfBirth": "1999-01-01", "FamilyName": "Brandt", "GivenNames": "Zofia"}
    outcome = load(learner(**changed), learner(**OTHER | changed), same_person={"A0001", "Z9"})
    assert (outcome.updated, [conflict.ref for conflict in outcome.conflicts]) == (1, ["A0002"])
    assert Learner.objects.get(lrn="A0001").full_name == "Zofia Brandt"
    assert Learner.objects.get(lrn="A0002").full_name == "Amara Okafor-Lane"
    assert any("Z9" in note.message for note in outcome.notes)


def queries_of(count: int, first: int) -> int:
    def row(number: int) -> str:
        return learner(PROGRAMME, PART, LearnRefNumber=f"Q{number}", ULN="", employed=[employed("2025-01-01", "123")])

    with CaptureQueriesContext(connection) as queries:
        load(*map(row, range(first, first + count)))
    return len(queries)


def test_many_new_learners_cost_hardly_more_queries_than_one() -> None:
    queries_of(1, first=0)
    assert queries_of(50, first=100) < queries_of(1, first=1) + 10, "SQLite takes a few statements for one insert"


def test_learners_who_are_as_the_file_says_cost_two_queries_each() -> None:
    """The savepoint of each, and its release."""
    queries_of(51, first=0)
    assert queries_of(51, first=0) - queries_of(1, first=0) <= 2 * 50


# The guard and the preview


def people(count: int, **values: str) -> list[str]:
    return [learner(LearnRefNumber=f"G{number:04d}", ULN="9999999999", **values) for number in range(count)]


@pytest.mark.parametrize(
    ("met", "renamed", "held"),
    [(4, 3, {}), (4, 4, {"identity_overwritten": 4}), (40, 4, {}), (40, 5, {"identity_overwritten": 5})],
)
def test_a_file_that_renames_many_is_held_before_its_first_change(met: int, renamed: int, held: dict[str, int]) -> None:
    load(*people(met))
    file = [*people(met)[renamed:], *people(renamed, FamilyName="Slipped"), learner(**OTHER)]
    outcome = load(*file)
    assert outcome.held == held
    assert Learner.objects.filter(surname="Slipped").count() == (0 if held else renamed)
    assert Learner.objects.filter(lrn="A0002").exists() is not bool(held)
    if held:
        assert outcome.as_data() == {"created": 0, "updated": 0, "unchanged": 0, "errors": [], "held": held}
        assert load(*file, dry_run=True).updated == renamed, "a dry run of it shows what it would do"
        assert load(*file, go_on=True).updated == renamed


def test_who_is_not_loaded_or_gets_a_first_value_is_not_counted() -> None:
    load(*people(10, DateOfBirth=""))
    first_fills = people(10, DateOfBirth="2001-01-01")
    assert load(*first_fills).updated == 10
    conflicts = load(*people(10, DateOfBirth="2002-02-02"))
    assert (conflicts.held, len(conflicts.conflicts)) == ({}, 10)


def test_whom_a_person_has_named_is_not_counted_either() -> None:
    load(*people(5))
    outcome = load(*people(5, FamilyName="Brandt"), same_person=[f"G{number:04d}" for number in range(5)])
    assert (outcome.held, outcome.updated) == ({}, 5)


def test_the_preview_tells_all_that_hangs_on_a_learner() -> None:
    place = {"WorkPlaceStartDate": "2025-10-01", "WorkPlaceEmpId": "987654321"}
    paused = PROGRAMME | {"CompStatus": "6", "LearnActEndDate": "2025-12-01"}
    row = learner(paused | {"LearningDeliveryWorkPlacement": [place]}, employed=[employed("2025-01-01", "123456789")])
    first = load(row, dry_run=True).preview
    assert [change.record for change in first.changes] == [
        "Qualification", "Organisation", "Organisation", "Learner", "Delivery plan line", "Break", "Placement",
        "Placement",
    ]  # fmt: skip
    load(row)
    changed = load(learner(PROGRAMME, FamilyName="Okafor", employed=[employed("2025-11-01", "123456789")])).preview
    told = {(change.record, change.field, change.old, change.new) for change in changed.changes}
    assert ("Learner", "surname", "Okafor-Lane", "Okafor") in told
    assert ("Placement", "end", "", "2025-10-31") in told
    assert {change.ident for change in changed.changes} == {Learner.objects.get().ident}


def test_a_temporary_uln_becomes_the_real_one() -> None:
    load(learner(ULN="9999999999"))
    assert counts(load(learner())) == (0, 1, 0)
    assert Learner.objects.get().uln == "4123456781"


def test_a_renumbered_learner_is_the_same() -> None:
    load(learner())
    renumbered = {"LearnRefNumber": "B 0001", "PrevLearnRefNumber": "A0001"}
    assert counts(load(learner(**renumbered))) == (0, 1, 0)
    assert Learner.objects.get().lrn == "B 0001"
    assert {row.lrn for row in Learner.history.all()} == {"A0001", "B 0001"}


def test_a_former_number_whose_uln_contradicts_is_another_person() -> None:
    load(learner())
    assert counts(load(learner(**OTHER, PrevLearnRefNumber="A0001"))) == (1, 0, 0)
    assert {(one.lrn, one.uln) for one in Learner.objects.all()} == {("A0001", "4123456781"), ("A0002", "5234567892")}


def test_a_former_number_that_is_still_in_use_is_no_renumbering() -> None:
    twice = [learner(), learner(**OTHER, PrevLearnRefNumber="A0001")]
    assert counts(load(*twice)) == (2, 0, 0)
    outcome = load(*twice)
    assert counts(outcome) == (0, 0, 2)
    assert [note.column for note in outcome.notes] == ["PrevLearnRefNumber"]


def test_two_learners_cannot_both_have_been_one() -> None:
    load(learner(ULN="9999999999"))
    heirs = [learner(LearnRefNumber=f"B000{number}", PrevLearnRefNumber="A0001", ULN="") for number in (1, 2)]
    outcome = load(*heirs)
    assert (outcome.created, outcome.updated) == (1, 1)
    assert load(*heirs).unchanged == 2


def test_a_uln_that_is_here_under_another_number_is_told() -> None:
    load(learner())
    outcome = load(learner(LearnRefNumber="S2002"))
    ident = Learner.objects.get(lrn="A0001").ident
    assert counts(outcome) == (1, 0, 0)
    assert [note.column for note in outcome.notes if f"has the ULN of the record {ident}" in note.message] == ["ULN"]


def test_one_uln_under_two_numbers_is_told_and_never_merged() -> None:
    outcome = load(learner(), learner(LearnRefNumber="S2002"))
    assert counts(outcome) == (2, 0, 0)
    assert len({one.person for one in Learner.objects.all()}) == 2
    assert [note.column for note in outcome.notes if "perhaps one person" in note.message] == ["ULN"]


def test_the_same_number_of_another_provider_is_another_learner() -> None:
    load(file(learner()))
    assert counts(load(file(learner(GivenNames="Zofia", FamilyName="Brandt"), ukprn="10000002"))) == (1, 0, 0)


# Episodes, lines, breaks


def test_a_programme_and_a_later_one_are_two_episodes_of_one_person() -> None:
    first = PROGRAMME | {"CompStatus": "3", "LearnActEndDate": "2025-12-01"}
    second = PROGRAMME | {"StdCode": "23", "LearnStartDate": "2026-02-01", "LearnPlanEndDate": "2027-01-31"}
    assert counts(load(learner(first, second))) == (2, 0, 0)
    one, two = Learner.objects.order_by("start")
    assert one.person == two.person
    assert one.ident != two.ident
    assert [line.qualification.vq_reference for line in (*one.delivery_plan.all(), *two.delivery_plan.all())] == [
        "157AS",
        "23AS",
    ]
    assert counts(load(learner(second, first))) == (0, 0, 2)


def test_a_new_programme_in_a_later_file_is_a_new_episode() -> None:
    load(learner(PROGRAMME | {"CompStatus": "2", "LearnActEndDate": "2025-12-01"}))
    second = PROGRAMME | {"StdCode": "23", "LearnStartDate": "2026-02-01"}
    outcome = load(learner(second))
    assert (outcome.created, outcome.updated) == (1, 0)
    assert len({one.person for one in Learner.objects.all()}) == 1


def test_a_break_opens_and_closes_with_the_files() -> None:
    paused = PROGRAMME | {"CompStatus": "6", "LearnActEndDate": "2025-12-01"}
    load(learner(paused))
    assert Break.objects.get().to_date is None
    back = PROGRAMME | {
        "LearnStartDate": "2026-03-01",
        "OrigLearnStartDate": "2025-09-01",
        "LearningDeliveryFAM": [RETURN],
    }
    assert counts(load(learner(paused, back))) == (0, 1, 0)
    pause = Break.objects.get()
    assert (pause.from_date, pause.to_date) == (date(2025, 12, 2), date(2026, 2, 28))
    assert DeliveryPlanLine.objects.count() == 1


# Employers


def test_an_employer_is_unapproved_until_named() -> None:
    load(learner(employed=[employed("2025-01-01", "123456789"), employed("2025-11-01", "987654321")]))
    assert {(each.edrs, each.name, each.status) for each in Organisation.objects.all()} == {
        ("123456789", "", "Unapproved"),
        ("987654321", "", "Unapproved"),
    }
    assert [(each.type, each.start, each.end) for each in Placement.objects.order_by("start")] == [
        ("P", date(2025, 1, 1), date(2025, 10, 31)),
        ("P", date(2025, 11, 1), None),
    ]


def test_an_employer_that_is_there_is_used(by: Actor) -> None:
    employer = organisations.create(name="Pitt & Sons' Joinery", edrs="123456789", by=by)
    load(learner(employed=[employed("2025-01-01", "123456789")]))
    assert Placement.objects.get().organisation == employer


def test_an_unknown_employer_is_no_organisation() -> None:
    outcome = load(
        learner(employed=[employed("2025-01-01", "999999999")]),
        learner(**OTHER, employed=[employed("2025-01-01", "999999999")]),
    )
    assert (outcome.created, faults(outcome)) == (2, ["EmpId", "EmpId"])
    assert not Organisation.objects.exists()


def test_an_employer_before_the_episode_is_not_its_placement() -> None:
    statuses = [employed("2020-01-01", "123456789"), employed("2024-01-01", "", status="11")]
    assert counts(load(learner(employed=statuses))) == (1, 0, 0)
    assert not Placement.objects.exists()


def test_a_work_placement_is_of_type_w() -> None:
    place = {"WorkPlaceStartDate": "2025-10-01", "WorkPlaceEndDate": "2025-10-31", "WorkPlaceEmpId": "123456789"}
    load(learner(AIM | {"LearningDeliveryWorkPlacement": [place]}))
    placement = Placement.objects.get()
    assert (placement.type, placement.start, placement.end) == ("W", date(2025, 10, 1), date(2025, 10, 31))


def test_a_person_of_a_deleted_record_is_not_made_again(by: Actor) -> None:
    load(learner())
    learners.update(Learner.objects.get(), system_status="Deleted", by=by)
    assert counts(load(learner())) == (0, 0, 1)
    assert Learner.objects.get().system_status == "Deleted"
