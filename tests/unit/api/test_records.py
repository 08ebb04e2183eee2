from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from onefile_integration.api.errors import BadAnswer, Why
from onefile_integration.api.names import GUESSED, NAMES, PROVEN
from onefile_integration.api.records import (
    LearningAim,
    OffTheJob,
    Placement,
    Record,
    Review,
    User,
    UserRow,
    parse,
    parse_all,
    parse_id,
)


def test_a_user_as_the_server_writes_it() -> None:
    user = parse(
        User,
        {
            "ID": 700100,
            "FirstName": "Amara",
            "LastName": "Okafor-Lane",
            "OrganisationID": "101",
            "Role": 1,
            "PlacementID": 0,
            "ClassroomID": None,
            "DOB": "2007-07-13T23:00:00Z",
            "HomeAddress": "1 High St\r\nLeeds",
            "L12": 31,
            "Progress": 27.5,
            "LastModified": "2021-03-28T14:23:29.195Z",
            "SomethingNew": {"a": 1},
        },
    )
    assert (user.id, user.organisation_id, user.role, user.l12) == (700100, 101, 1, "31")
    assert (user.placement_id, user.classroom_id) == (None, None)
    assert user.dob == datetime(2007, 7, 13, 23, tzinfo=UTC)
    assert user.home_address == "1 High St\nLeeds"
    assert user.progress == 27.5


@pytest.mark.parametrize("name", ["ID", "id", "Id", "iD"])
def test_members_are_found_whatever_their_case(name: str) -> None:
    assert parse(UserRow, {name: 5, "firstname": "Bryn"}) == UserRow(id=5, first_name="Bryn")


def test_absent_null_and_blank_are_told_apart_by_has() -> None:
    absent, null, blank = (parse(Review, {"ID": 1} | more) for more in ({}, {"StartedOn": None}, {"startedon": ""}))
    assert [review.started_on for review in (absent, null, blank)] == [None] * 3
    assert [review.has("started_on") for review in (absent, null, blank)] == [False, True, True]


def test_a_record_cannot_be_changed() -> None:
    row = parse(UserRow, {"ID": 5})
    with pytest.raises(ValidationError):
        row.misid = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("raw", "progress", "unreadable"),
    [
        (99.6, 99.6, False),
        ("62.5", 62.5, False),
        (104, 104.0, False),
        (0, 0.0, False),
        ("87,5", None, True),
        ("n/a", None, True),
        (-1, None, True),
        ("-1", None, True),
        (None, None, False),
        ("", None, False),
    ],
)
@pytest.mark.parametrize("kind", [User, LearningAim, Review])
def test_progress(kind: type[User], raw: object, progress: float | None, unreadable: bool) -> None:
    found = parse(kind, {"ID": 1, "Progress": raw})
    assert (found.progress, found.progress_unreadable) == (progress, unreadable)


@pytest.mark.parametrize(
    ("kind", "data", "member"),
    [
        (User, {"ID": "secret"}, "ID"),
        (User, {}, "ID"),
        (User, {"ID": 1, "Progress": ["secret"]}, "Progress"),
        (User, {"ID": 1, "FirstName": {"a": "secret"}}, "FirstName"),
        (User, {"ID": 1, "DOB": "secret"}, "DOB"),
        (Review, {"ID": 1, "StartedOn": 20270201}, "StartedOn"),
        (Review, {"ID": 1, "LearnerID": "secret"}, "LearnerID"),
        (Placement, {"ID": 1, "Active": "secret"}, "Active"),
        (User, [{"ID": 1}], ""),
        (User, "secret", ""),
        (User, None, ""),
    ],
)
def test_a_wrong_member_is_named_and_its_value_is_not(kind: type[Record], data: object, member: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        parse(kind, data)
    assert caught.value.member == member
    assert caught.value.__context__ is None
    assert "secret" not in f"{caught.value} {caught.value!r}"


def test_a_guessed_member_of_a_surprising_kind_ruins_nothing() -> None:
    aim = parse(
        LearningAim,
        {"ID": 1, "TotalElements": {"n": 3}, "ElementsCompleted": "some", "CertificateReceivedDate": "later"},
    )
    assert (aim.total_elements, aim.elements_completed, aim.certificate_received_date) == (None, None, None)
    assert aim.elements_unreadable


@pytest.mark.parametrize("raw", [{}, {"TotalElements": None}, {"TotalElements": " "}, {"TotalElements": "42"}])
def test_a_count_that_is_blank_or_a_number_is_not_odd(raw: dict[str, object]) -> None:
    assert not parse(LearningAim, {"ID": 1, "Progress": 40} | raw).elements_unreadable


def test_guessed_names_are_apart_from_proven_ones() -> None:
    assert not set(GUESSED) & set(PROVEN)
    assert len(set(NAMES.values())) == len(NAMES)


def test_every_field_has_a_name() -> None:
    ours = {"progress_unreadable", "elements_unreadable", "unreadable"}
    kinds = [kind for base in (Record, *Record.__subclasses__()) for kind in base.__subclasses__()]
    assert len(kinds) > 8
    assert [field for kind in kinds for field in kind.model_fields if field not in NAMES and field not in ours] == []


def test_rows() -> None:
    assert parse_all(UserRow, None) == []
    assert parse_all(UserRow, []) == []
    assert [row.id for row in parse_all(UserRow, [{"ID": 1}, {"ID": 2}])] == [1, 2]
    for spoilt in ({"ID": 1}, "x", 1, [{"ID": 1}, {"ID": None}], [[]]):
        with pytest.raises(BadAnswer):
            parse_all(UserRow, spoilt)


@pytest.mark.parametrize("reply", [88, "88", {"ID": 88, "Username": "a.lane"}, {"id": "88"}])
def test_the_id_of_what_was_made(reply: object) -> None:
    assert parse_id(reply) == 88


@pytest.mark.parametrize("reply", [None, "", 0, -5, True, [], [88], {}, {"ID": None}, "no"])
def test_no_id_of_what_was_made(reply: object) -> None:
    with pytest.raises(BadAnswer) as caught:
        parse_id(reply)
    assert caught.value.why is Why.MEMBER


def test_hours_off_the_job_are_read_each_by_itself() -> None:
    found = parse(OffTheJob, {"ID": 5, "PlannedOTJ": "312.5", "CachedActualHours": "n/a", "MinimumOTJ": -1})
    assert (found.planned_otj, found.cached_actual_hours, found.minimum_otj) == (312.5, None, None)
    assert found.unreadable == ("cached_actual_hours", "minimum_otj")
    assert parse(OffTheJob, {"plannedotj": ""}) == OffTheJob()
    assert parse(OffTheJob, {"PlannedOTJ": [1], "PercentOfPlanned": True}).unreadable == (
        "planned_otj",
        "percent_of_planned",
    )
    with pytest.raises(BadAnswer):
        parse(OffTheJob, [{"PlannedOTJ": 1}])
