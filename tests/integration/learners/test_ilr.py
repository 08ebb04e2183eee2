from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest

from learners.actor import Actor
from learners.files.ilr.importing import IlrOutcome, import_ilr
from learners.models import Break, DeliveryPlanLine, Learner, Organisation, Placement, Qualification
from learners.services import learners, organisations, placements
from tests.integration.learners.conftest import sample
from tests.integration.learners.ilr_sample import AIM, PART, PROGRAMME, RETURN, employed, file, learner

pytestmark = pytest.mark.django_db
DFE = "2025-26/ILR-99999999-2526-20250108-094401.xml"

Load = Callable[..., IlrOutcome]


@pytest.fixture
def load(by: Actor) -> Load:
    def load(*data: str | bytes, dry_run: bool = False) -> IlrOutcome:
        content = data[0] if isinstance(data[0], bytes) else file(*data)  # type: ignore[arg-type]
        return import_ilr(io.BytesIO(content), by=by, dry_run=dry_run)

    return load


def counts(outcome: IlrOutcome) -> tuple[int, int, int]:
    assert not outcome.errors, outcome.errors
    return outcome.created, outcome.updated, outcome.unchanged


def faults(outcome: IlrOutcome) -> list[str]:
    return [error.column for error in outcome.errors]


# A learner


def test_a_learner_arrives_whole(load: Load) -> None:
    trouble = {"LLDDCat": "12", "PrimaryLLDD": "1"}, {"LLDDCat": "4"}
    assert counts(load(learner(LLDDHealthProb="1", LLDDandHealthProblem=list(trouble)))) == (1, 0, 0)
    made = Learner.objects.get()
    assert (made.ukprn, made.lrn, made.full_name) == ("10000001", "A0001", "Amara Okafor-Lane")
    assert (made.uln, made.nino, made.sex, made.ethnicity) == ("4123456781", "AB123456C", "F", 31)
    assert (made.lldd, made.lldd_primary, made.lldd_others) == (1, 12, [4])
    assert (made.email, made.telephone, made.address1) == ("amara.lane@example.org", "01614960001", "1 High St")
    assert (made.system_status, made.start, made.planned_end) == ("Live", date(2025, 9, 1), date(2026, 7, 31))
    assert made.history.get().history_change_reason == "test"


def test_importing_twice_changes_nothing(load: Load) -> None:
    full = learner(PROGRAMME, PART, employed=[employed("2025-01-01", "123456789")])
    assert counts(load(full)) == (1, 0, 0)
    rows = [model.history.count() for model in (Learner, DeliveryPlanLine, Placement)]
    assert counts(load(full)) == (0, 0, 1)
    assert rows == [model.history.count() for model in (Learner, DeliveryPlanLine, Placement)]


def test_what_follows_the_file_is_changed(load: Load) -> None:
    load(learner(PROGRAMME))
    ended = PROGRAMME | {"CompStatus": "2", "LearnActEndDate": "2026-06-30"}
    assert counts(load(learner(ended, FamilyName="Okafor"))) == (0, 1, 0)
    made = Learner.objects.get()
    assert (made.surname, made.actual_end) == ("Okafor", date(2026, 6, 30))
    assert made.delivery_plan.get().actual_end == date(2026, 6, 30)


def test_what_the_file_lacks_is_left(load: Load, by: Actor) -> None:
    load(learner(), learner(LearnRefNumber="A0002", ULN="5234567892"))
    outcome = load(learner(Email=None, TelNo=None, AddLine1=None))
    assert counts(outcome) == (0, 0, 1)
    assert Learner.objects.filter(lrn="A0001", email="amara.lane@example.org").exists()
    assert [note.message for note in outcome.notes] == ["1 in the MIS, not in this file (left as they are): A0002"]


def test_a_person_s_words_win_over_the_file(load: Load, by: Actor) -> None:
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
    ],
)
def test_a_learner_is_loaded_without_it_and_it_is_told(field: str, value: str, load: Load) -> None:
    outcome = load(learner(**{field: value}))
    assert (outcome.created, faults(outcome)) == (1, [field])
    [error] = outcome.errors
    assert error.line > 1
    assert "A0001" in error.message
    assert value not in error.message


def test_a_placeholder_never_replaces_a_real_value(load: Load) -> None:
    load(learner())
    outcome = load(learner(ULN="9999999999", Postcode="ZZ99 9ZZ"))
    assert (outcome.unchanged, faults(outcome)) == (1, ["ULN"])
    made = Learner.objects.get()
    assert (made.uln, made.postcode) == ("4123456781", "M1 1AA")


def test_a_learner_without_number_is_refused_and_the_others_load(load: Load) -> None:
    outcome = load(learner(LearnRefNumber=None), learner(LearnRefNumber="A0002"))
    assert (outcome.created, faults(outcome)) == (1, ["LearnRefNumber"])


def test_a_number_that_stands_twice_is_refused_both_times(load: Load) -> None:
    outcome = load(learner(), learner(GivenNames="Zofia"), learner(LearnRefNumber="A0002", ULN=None))
    assert (outcome.created, faults(outcome)) == (1, ["LearnRefNumber", "LearnRefNumber"])


def test_an_aim_without_a_start_is_left_out(load: Load) -> None:
    outcome = load(learner(AIM, AIM | {"LearnAimRef": "60093729", "LearnStartDate": "soon"}))
    assert outcome.created == 1
    assert set(faults(outcome)) == {"LearnStartDate"}
    assert DeliveryPlanLine.objects.count() == 1


def test_an_end_before_the_start_is_left_out(load: Load) -> None:
    wrong = AIM | {"CompStatus": "2", "LearnActEndDate": "2025-08-01"}
    outcome = load(learner(wrong))
    assert (outcome.created, faults(outcome)) == (1, ["LearnActEndDate"])
    assert Learner.objects.get().actual_end is None


def test_what_a_refused_learner_brought_is_taken_back(load: Load) -> None:
    wrong = AIM | {"LearnAimRef": "X" * 21}
    outcome = load(learner(AIM | {"LearnAimRef": "NEWONE01"}, wrong), learner(LearnRefNumber="A0002", ULN=None))
    assert (outcome.created, len(outcome.errors)) == (1, 1)
    assert not Qualification.objects.filter(vq_reference="NEWONE01").exists()
    assert "NEWONE01" not in "".join(note.message for note in outcome.notes)


def test_a_planned_end_before_the_start_loads(load: Load) -> None:
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
def test_another_person_under_our_number_is_held_for_a_decision(
    change: dict[str, str | None], field: str, load: Load
) -> None:
    load(learner())
    for dry_run in (True, False):
        outcome = load(learner(**change), learner(LearnRefNumber="A0002", ULN=None), dry_run=dry_run)
        assert (outcome.created, outcome.updated, faults(outcome)) == (1, 0, [field])
        assert "held for a decision" in outcome.errors[0].message
    ours = Learner.objects.get(lrn="A0001")
    assert (ours.full_name, ours.date_of_birth) == ("Amara Okafor-Lane", date(2007, 7, 14))


def test_a_temporary_uln_becomes_the_real_one(load: Load) -> None:
    load(learner(ULN="9999999999"))
    assert counts(load(learner())) == (0, 1, 0)
    assert Learner.objects.get().uln == "4123456781"


def test_a_renumbered_learner_is_the_same(load: Load) -> None:
    load(learner())
    renumbered = {"LearnRefNumber": "B 0001", "PrevLearnRefNumber": "A0001"}
    assert counts(load(learner(**renumbered))) == (0, 1, 0)
    assert Learner.objects.get().lrn == "B 0001"
    assert {row.lrn for row in Learner.history.all()} == {"A0001", "B 0001"}


def test_one_uln_under_two_numbers_is_told_and_never_merged(load: Load) -> None:
    outcome = load(learner(), learner(LearnRefNumber="S2002"))
    assert counts(outcome) == (2, 0, 0)
    assert len({one.person for one in Learner.objects.all()}) == 2
    assert [note.column for note in outcome.notes if "perhaps one person" in note.message] == ["ULN"]


def test_the_same_number_of_another_provider_is_another_learner(load: Load) -> None:
    load(file(learner()))
    assert counts(load(file(learner(GivenNames="Zofia", FamilyName="Brandt"), ukprn="10000002"))) == (1, 0, 0)


# Episodes, lines, breaks


def test_a_programme_and_a_later_one_are_two_episodes_of_one_person(load: Load) -> None:
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


def test_a_new_programme_in_a_later_file_is_a_new_episode(load: Load) -> None:
    load(learner(PROGRAMME | {"CompStatus": "2", "LearnActEndDate": "2025-12-01"}))
    second = PROGRAMME | {"StdCode": "23", "LearnStartDate": "2026-02-01"}
    outcome = load(learner(second))
    assert (outcome.created, outcome.updated) == (1, 0)
    assert len({one.person for one in Learner.objects.all()}) == 1


def test_a_break_opens_and_closes_with_the_files(load: Load) -> None:
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


def test_an_employer_is_unapproved_until_named(load: Load) -> None:
    load(learner(employed=[employed("2025-01-01", "123456789"), employed("2025-11-01", "987654321")]))
    assert {(each.edrs, each.name, each.status) for each in Organisation.objects.all()} == {
        ("123456789", "", "Unapproved"),
        ("987654321", "", "Unapproved"),
    }
    assert [(each.type, each.start, each.end) for each in Placement.objects.order_by("start")] == [
        ("P", date(2025, 1, 1), date(2025, 10, 31)),
        ("P", date(2025, 11, 1), None),
    ]


def test_an_employer_that_is_there_is_used(load: Load, by: Actor) -> None:
    employer = organisations.create(name="Pitt & Sons' Joinery", edrs="123456789", by=by)
    load(learner(employed=[employed("2025-01-01", "123456789")]))
    assert Placement.objects.get().organisation == employer


def test_an_unknown_employer_is_no_organisation(load: Load) -> None:
    outcome = load(
        learner(employed=[employed("2025-01-01", "999999999")]),
        learner(LearnRefNumber="A0002", ULN=None, employed=[employed("2025-01-01", "999999999")]),
    )
    assert (outcome.created, faults(outcome)) == (2, ["EmpId", "EmpId"])
    assert not Organisation.objects.exists()


def test_an_employer_before_the_episode_is_not_its_placement(load: Load) -> None:
    statuses = [employed("2020-01-01", "123456789"), employed("2024-01-01", "", status="11")]
    assert counts(load(learner(employed=statuses))) == (1, 0, 0)
    assert not Placement.objects.exists()


def test_a_work_placement_is_of_type_w(load: Load) -> None:
    place = {"WorkPlaceStartDate": "2025-10-01", "WorkPlaceEndDate": "2025-10-31", "WorkPlaceEmpId": "123456789"}
    load(learner(AIM | {"LearningDeliveryWorkPlacement": [place]}))
    placement = Placement.objects.get()
    assert (placement.type, placement.start, placement.end) == ("W", date(2025, 10, 1), date(2025, 10, 31))


# Files that are none


BOMB = (
    """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
)
OUTSIDE = """<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (file(learner(FamilyName="&c;"), before=BOMB), "DOCTYPE"),
        (file(learner(FamilyName="&secret;"), before=OUTSIDE), "DOCTYPE"),
        (file(learner(), before="<!DOCTYPE Message>"), "DOCTYPE"),
        (file(learner(), before='<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">'), "DOCTYPE"),
        (b"", "empty"),
        (b"IDENT,FIRSTNAME\n", "not well-formed"),
        (b"\x00\x01\x02\x03", "not"),
        (b"PK\x03\x04", "zip"),
        (file(learner(FamilyName="Sméth")).decode().encode("cp1252"), "encoding"),
        (b"<html><body>503</body></html>", "not an ILR file"),
        (file(learner(), namespace="http://example.org"), "not an ILR file"),
        (file(learner())[:-30], "cut off"),
        (file(), "no learner"),
        (file(learner(), ukprn="123"), "UKPRN"),
    ],
)
def test_what_is_no_ilr_file_is_refused_whole(data: bytes, said: str, load: Load) -> None:
    outcome = load(data)
    assert outcome.refused
    assert said in outcome.errors[0].message
    assert not Learner.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + file(learner(FamilyName="Sméth")),
        file(learner(FamilyName="Sméth"), before='<?xml version="1.0"?><!-- a note -->\r\n'),
        file(learner(FamilyName="Sméth"), before='<?xml version="1.0" encoding="cp1252"?>').decode().encode("cp1252"),
        file(learner(FamilyName="Sméth")).decode().encode("utf-16"),
    ],
)
def test_marks_comments_and_declared_encodings_are_read(data: bytes, load: Load) -> None:
    assert counts(load(data)) == (1, 0, 0)
    assert Learner.objects.get().surname == "Sméth"


def test_a_dry_run_changes_nothing(load: Load) -> None:
    assert counts(load(learner(), dry_run=True)) == (1, 0, 0)
    assert not Learner.objects.exists()


# The published sample


def test_the_department_s_sample_loads_whole(by: Actor) -> None:
    with sample(DFE).open("rb") as stream:
        first = import_ilr(stream, by=by)
        second = import_ilr(stream, by=by)
    assert (first.created, first.updated, first.unchanged) == (19, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 19)
    assert sorted(faults(first)) == ["ULN"] * 7  # six not yet known, one wrong
    assert Organisation.objects.filter(status="Unapproved").count() == 3
    assert Learner.objects.exclude(uln="").values("uln").distinct().count() == 11
    assert DeliveryPlanLine.objects.count() == 31
    both = Learner.objects.filter(uln="1061485810")
    assert len({one.person for one in both}) == 2


def test_the_sample_after_that_of_another_year_renames_nobody(by: Actor) -> None:
    with sample("2019-20/ILR-99999999-1920-20190626-144401-01.xml").open("rb") as stream:
        import_ilr(stream, by=by)
    before = {(one.lrn, one.surname, one.date_of_birth) for one in Learner.objects.all()}
    with sample(DFE).open("rb") as stream:
        outcome = import_ilr(stream, by=by)
    assert len([error for error in outcome.errors if "held for a decision" in error.message]) == 12
    assert before <= {(one.lrn, one.surname, one.date_of_birth) for one in Learner.objects.all()}


def test_a_person_of_a_deleted_record_is_not_made_again(load: Load, by: Actor) -> None:
    load(learner())
    learners.update(Learner.objects.get(), system_status="Deleted", by=by)
    assert counts(load(learner())) == (0, 0, 1)
    assert Learner.objects.get().system_status == "Deleted"
