"""Files after each other: of one year and the next, and the wrong way round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from learners.files.ilr.importing import import_ilr
from learners.files.ilr.outcome import IlrOutcome
from learners.models import Break, DeliveryPlanLine, Learner, Placement
from learners.services import breaks, erasure, organisations, placements
from tests.integration.learners.conftest import sample
from tests.integration.learners.ilr_sample import (
    AIM,
    BY,
    OTHER,
    PART,
    PROGRAMME,
    RETURN,
    counts,
    employed,
    file,
    learner,
    load,
)

pytestmark = pytest.mark.django_db

PAUSED = {"CompStatus": "6", "LearnActEndDate": "2025-12-01"}
ENDED = {"CompStatus": "2", "LearnActEndDate": "2025-12-01"}
BACK = {"LearnStartDate": "2026-03-01", "LearnPlanEndDate": "2027-02-28", "LearningDeliveryFAM": [RETURN]}
FIRST = {"OrigLearnStartDate": "2025-09-01"}
FRAMEWORK = PROGRAMME | {"ProgType": "2", "StdCode": None, "FworkCode": "420", "PwayCode": "1"}
UNIT = PART | {"ProgType": "2", "StdCode": None, "FworkCode": "420", "PwayCode": "1"}


def held() -> list[tuple[Any, ...]]:
    """All that files make, without keys."""
    return [
        (
            one.start,
            one.planned_end,
            one.actual_end,
            sorted((line.qualification.vq_reference, line.start, line.actual_end) for line in one.delivery_plan.all()),
            sorted((pause.from_date, pause.to_date) for pause in one.breaks.all()),
            sorted((place.type, place.organisation.edrs, place.start, place.end) for place in one.placements.all()),
        )
        for one in Learner.objects.order_by("start", "planned_end")
    ]


def settled(*learners: str) -> None:
    """The same file once more changes nothing."""
    outcome = load(*learners)
    assert (outcome.created, outcome.updated) == (0, 0), outcome.preview.changes


# Breaks


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([PROGRAMME | PAUSED], [PROGRAMME | BACK | FIRST]),
        ([PROGRAMME | PAUSED], [PROGRAMME | BACK]),
        ([PROGRAMME | PAUSED], [PROGRAMME | PAUSED, PROGRAMME | BACK]),
        ([FRAMEWORK | PAUSED, UNIT | PAUSED], [FRAMEWORK | BACK | FIRST, UNIT | BACK]),
        ([FRAMEWORK | PAUSED, UNIT | PAUSED], [FRAMEWORK | BACK, UNIT | BACK]),
        ([AIM | PAUSED], [AIM | BACK | FIRST]),
        ([AIM | PAUSED], [AIM | PAUSED, AIM | BACK]),
    ],
)
def test_who_comes_back_in_a_later_file_goes_on_with_the_record(before: Sequence[Any], after: Sequence[Any]) -> None:
    load(learner(*before))
    [(start, _, _, [(reference, began, _)], pauses, _)] = held()
    assert (start, began, pauses) == (date(2025, 9, 1), date(2025, 9, 1), [(date(2025, 12, 2), None)])
    assert counts(load(learner(*after))) == (0, 1, 0)
    assert held() == [
        (
            start,
            date(2027, 2, 28),
            None,
            [(reference, began, None)],
            [(date(2025, 12, 2), date(2026, 2, 28))],
            [],
        )
    ]
    settled(learner(*after))


def test_the_file_before_the_return_comes_last() -> None:
    both = [PROGRAMME | PAUSED, PROGRAMME | BACK | FIRST]
    load(learner(*both))
    outcome = load(learner(PROGRAMME | PAUSED))
    assert outcome.created == 0
    assert any("has ended here" in note.message for note in outcome.notes)
    assert Break.objects.get().to_date == date(2026, 2, 28)
    load(learner(*both))
    assert held()[0][1:3] == (date(2027, 2, 28), None)
    settled(learner(*both))


def test_a_break_that_a_file_corrects_is_moved_not_doubled() -> None:
    load(learner(PROGRAMME | PAUSED))
    later = PROGRAMME | PAUSED | {"LearnActEndDate": "2025-12-15"}
    assert counts(load(learner(later))) == (0, 1, 0)
    assert [(pause.from_date, pause.to_date) for pause in Break.objects.all()] == [(date(2025, 12, 16), None)]


def test_a_break_that_overlaps_several_is_left_out_and_told() -> None:
    load(learner(PROGRAMME))
    for month in (10, 12):
        breaks.create(Learner.objects.get(), from_date=date(2025, month, 1), to_date=date(2025, month, 20), by=BY)
    outcome = load(learner(PROGRAMME | PAUSED | {"LearnActEndDate": "2025-09-10"}))
    assert any("overlaps several" in note.message for note in outcome.notes)
    assert Break.objects.count() == 2


# Programmes and aims


def test_programmes_of_two_years_in_either_order() -> None:
    first = learner(FRAMEWORK | ENDED, UNIT | ENDED)
    second = learner(PROGRAMME | {"LearnStartDate": "2026-02-01"}, PART | {"LearnStartDate": "2026-02-01"})
    for files in ((first, second), (second, first)):
        Learner.objects.all().delete()
        for each in files:
            assert load(each).created == 1
        assert [len(one[3]) for one in held()] == [1, 2]
        assert len({one.person for one in Learner.objects.all()}) == 1
        for each in files:
            settled(each)


def test_a_later_file_is_said_to_have_been_here() -> None:
    load(learner(PROGRAMME | {"LearnStartDate": "2026-09-01"}))
    outcome = load(file(learner(PROGRAMME), namespace="ESFA/ILR/2024-25"))
    assert any("began after 2024-25" in note.message for note in outcome.notes)


def test_an_aim_alone_leaves_the_dates_of_the_programme_that_holds_it() -> None:
    maths = AIM | {"LearnStartDate": "2025-10-01", "LearnPlanEndDate": "2026-05-31"}
    load(learner(PROGRAMME, maths))
    before = held()[0][:3]
    over = {"CompStatus": "2", "LearnActEndDate": "2026-05-01"}
    assert counts(load(learner(maths | over))) == (0, 1, 0)
    assert held()[0][:3] == before
    assert DeliveryPlanLine.objects.get(qualification__vq_reference="60311046").actual_end == date(2026, 5, 1)


def test_aims_on_their_own_end_with_the_last_though_the_first_is_no_longer_in_the_file() -> None:
    other = AIM | {"LearnAimRef": "60093729", "LearnStartDate": "2025-11-01", "LearnPlanEndDate": "2026-09-30"}
    load(learner(AIM | ENDED, other))
    assert held()[0][:3] == (date(2025, 9, 1), date(2026, 9, 30), None)
    ended = learner(other | {"CompStatus": "2", "LearnActEndDate": "2026-09-15"})
    assert counts(load(ended)) == (0, 1, 0)
    assert held()[0][:3] == (date(2025, 9, 1), date(2026, 9, 30), date(2026, 9, 15))
    settled(ended)


def test_an_aim_that_a_file_of_its_own_brought_is_not_made_again_in_a_group() -> None:
    other = AIM | {"LearnAimRef": "60093729", "LearnStartDate": "2025-11-01"}
    load(learner(other))
    together = learner(AIM, other)
    load(together)
    assert DeliveryPlanLine.objects.count() == 2
    settled(together)
    settled(learner(other))


# Employers


def test_a_file_that_tells_of_another_employer_only_ends_the_one_before() -> None:
    load(learner(PROGRAMME, employed=[employed("2025-09-01", "123456789")]))
    moved = learner(PROGRAMME, employed=[employed("2026-01-01", "987654321")])
    assert counts(load(moved)) == (0, 1, 0)
    assert held()[0][5] == [
        ("P", "123456789", date(2025, 9, 1), date(2025, 12, 31)),
        ("P", "987654321", date(2026, 1, 1), None),
    ]
    settled(moved)


def test_a_number_that_a_file_corrects_is_corrected() -> None:
    load(learner(PROGRAMME, employed=[employed("2025-09-01", "123456789")]))
    corrected = learner(PROGRAMME, employed=[employed("2025-09-01", "987654321")])
    assert counts(load(corrected)) == (0, 1, 0)
    assert held()[0][5] == [("P", "987654321", date(2025, 9, 1), None)]
    settled(corrected)


def test_the_placement_with_a_named_employer_ends_when_the_file_says_so_and_is_else_left() -> None:
    load(learner(PROGRAMME, employed=[employed("2025-09-01", "123456789")]))
    named = organisations.create(name="Pitt & Sons' Joinery", by=BY)
    placements.update(Placement.objects.get(), organisation=named, by=BY)
    for left, end in (("2026-01-01", date(2025, 12, 31)), ("2026-02-01", date(2025, 12, 31))):
        load(learner(PROGRAMME, employed=[employed("2025-09-01", "123456789"), employed(left, "", status="11")]))
        assert [(one.organisation, one.end) for one in Placement.objects.all()] == [(named, end)]


def test_an_employer_who_is_the_host_too_is_one_placement() -> None:
    place = {"WorkPlaceStartDate": "2025-09-01", "WorkPlaceEndDate": "2025-09-30", "WorkPlaceEmpId": "123456789"}
    row = learner(AIM | {"LearningDeliveryWorkPlacement": [place]}, employed=[employed("2025-09-01", "123456789")])
    load(row)
    assert held()[0][5] == [("P", "123456789", date(2025, 9, 1), None)]
    settled(row)


# Who was erased


def test_who_was_erased_does_not_come_back_under_either_number() -> None:
    load(learner())
    erasure.erase(list(Learner.objects.all()), by=BY)
    renumbered = {"LearnRefNumber": "B0001", "PrevLearnRefNumber": "A0001"}
    for row, column in ((learner(), "LearnRefNumber"), (learner(**renumbered), "PrevLearnRefNumber")):
        outcome = load(row, learner(**OTHER))
        [error] = outcome.errors
        assert (error.column, "was erased on" in error.message) == (column, True)
        assert [one.lrn for one in Learner.objects.all()] == ["A0002"]


def test_an_episode_that_was_erased_does_not_come_back_beside_another() -> None:
    first, second = PROGRAMME | ENDED, PROGRAMME | {"StdCode": "23", "LearnStartDate": "2026-02-01"}
    load(learner(first, second))
    erasure.erase([Learner.objects.latest("start")], by=BY)
    outcome = load(learner(first, second, Email="new@example.org"))
    assert counts(outcome) == (0, 1, 0)
    assert Learner.objects.get().email == "new@example.org"


# The samples of one provider over the years


DFE = {
    "2017-18": "2017-18/ILR-1234567-1718-01.xml",
    "2018-19": "2018-19/ILR-99999999-1819-20180626-144401-01.xml",
    "2019-20": "2019-20/ILR-99999999-1920-20190626-144401-01.xml",
    "2025-26": "2025-26/ILR-99999999-2526-20250108-094401.xml",
}


def load_year(year: str, **options: Any) -> IlrOutcome:
    path = sample(DFE[year])
    with path.open("rb") as stream:
        return import_ilr(stream, by=BY, name=path.name, **options)


def people() -> set[tuple[Any, ...]]:
    return {(one.lrn, one.surname, one.forenames, one.date_of_birth) for one in Learner.objects.all()}


def test_four_years_of_one_provider() -> None:
    """16 of the 18 numbers of 2017-18 are those of 2018-19, whose 18 are those of 2019-20; of these 12 are in 2025-26
    with another name or birth date.
    """
    assert load_year("2017-18").created == 20
    second = load_year("2018-19")
    assert (second.created, second.conflicts) == (2, [])
    assert Learner.objects.values("lrn").distinct().count() == 20
    before = [model.objects.count() for model in (Learner, DeliveryPlanLine, Placement, Break)]
    third = load_year("2019-20")
    assert (third.created, third.updated, third.unchanged, third.preview.count) == (0, 0, 20, 0)
    assert before == [model.objects.count() for model in (Learner, DeliveryPlanLine, Placement, Break)]
    same = people()
    fourth = load_year("2025-26")
    assert (fourth.created, fourth.updated, len(fourth.conflicts), fourth.held) == (7, 0, 12, {})
    assert same <= people(), "nobody has another name"
    assert all(any(ours != theirs for _, ours, theirs in each.facts) for each in fourth.conflicts)


def test_the_conflicts_of_a_year_are_settled_by_name() -> None:
    load_year("2019-20")
    refs = [conflict.ref for conflict in load_year("2025-26").conflicts]
    assert len(refs) == 12
    settled_now = load_year("2025-26", same_person=refs)
    assert (settled_now.conflicts, settled_now.held) == ([], {})
    again = load_year("2025-26")
    assert (again.created, again.updated, again.conflicts) == (0, 0, [])
