import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import responses

from onefile_integration.api.bodies import LearningAimFields, NewPlacement, NewUser, PlacementFields, UserFields
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import BadAnswer, OneFileError, Why
from onefile_integration.api.names import Level, Role, VisitType
from onefile_integration.api.records import LearningAim, Review, User
from tests.unit.api.conftest import BASE, SESSION

Act = Callable[[OneFile], object]
NINE, TEN = datetime(2027, 2, 1, 9, tzinfo=UTC), datetime(2027, 2, 1, 10, tzinfo=UTC)

SEARCHES: list[tuple[Act, str, dict[str, object]]] = [
    (lambda o: o.organisations(7), "Organisation", {"CustomerID": 7}),
    (lambda o: o.standards(101), "Standard", {"OrganisationID": 101}),
    (lambda o: o.classrooms(101), "Classroom", {"OrganisationID": 101}),
    (lambda o: o.classrooms(101, "A"), "Classroom", {"OrganisationID": 101, "Name": "A"}),
    (lambda o: o.placements(101, "Pitt"), "Placement", {"OrganisationID": 101, "Name": "Pitt"}),
    (lambda o: o.search_users(Role.ASSESSOR), "User", {"Role": 5}),
    (
        lambda o: o.search_users(
            Role.LEARNER,
            101,
            misid="AB12C",
            email="a@example.org",
            first_name="Amara",
            last_name="Lane",
            last_modified=NINE,
        ),
        "User",
        {
            "Role": 1,
            "OrganisationID": 101,
            "MISID": "AB12C",
            "Email": "a@example.org",
            "FirstName": "Amara",
            "LastName": "Lane",
            "LastModified": "2027-02-01T09:00:00.000Z",
        },
    ),
    (lambda o: o.learning_aims(700100), "LearningAim", {"UserID": 700100}),
    (lambda o: o.reviews(101), "Review", {"OrganisationID": 101}),
    (
        lambda o: o.reviews(learner_id=700100, status=1, date_from=date(2027, 2, 1), date_to=date(2027, 3, 1)),
        "Review",
        {
            "LearnerID": 700100,
            "Status": 1,
            "DateFrom": "2027-02-01T00:00:00.000Z",
            "DateTo": "2027-03-01T00:00:00.000Z",
        },
    ),
]


@pytest.mark.parametrize(("act", "resource", "filters"), SEARCHES)
def test_a_search(
    onefile: OneFile, http: responses.RequestsMock, act: Act, resource: str, filters: dict[str, object]
) -> None:
    http.post(f"{BASE}/{resource}/Search", json=[{"ID": 1}, {"ID": 2}])
    assert [row.id for row in act(onefile)] == [1, 2]  # type: ignore[attr-defined]
    request = http.calls[-1].request
    assert json.loads(request.body or "") == filters
    assert request.headers["X-TokenID"] == SESSION
    assert request.headers["Content-Type"] == "application/json"
    assert "X-CustomerToken" not in request.headers


@pytest.mark.parametrize(("act", "resource", "_"), SEARCHES)
@pytest.mark.parametrize("answer", [{"status": 204}, {"json": []}])
def test_a_search_that_finds_nothing(
    onefile: OneFile, http: responses.RequestsMock, act: Act, resource: str, _: object, answer: dict[str, object]
) -> None:
    http.post(f"{BASE}/{resource}/Search", **answer)  # type: ignore[arg-type]
    assert act(onefile) == []


@pytest.mark.parametrize(("act", "resource", "_"), SEARCHES)
@pytest.mark.parametrize("body", ["", "null", "null garbage", '{"ID": 1}', '[{"ID": 1}, {}]', "<html>"])
def test_a_search_that_fails_is_never_empty(
    onefile: OneFile, http: responses.RequestsMock, act: Act, resource: str, _: object, body: str
) -> None:
    http.post(f"{BASE}/{resource}/Search", body=body)
    with pytest.raises(BadAnswer):
        act(onefile)


@pytest.mark.parametrize(
    ("act", "path"),
    [
        (lambda o: o.customer(), "Customer"),
        (lambda o: o.organisation(5), "Organisation/5"),
        (lambda o: o.classroom(5), "Classroom/5"),
        (lambda o: o.placement(5), "Placement/5"),
        (lambda o: o.user(5), "User/5"),
        (lambda o: o.learning_aim(5), "LearningAim/5"),
        (lambda o: o.review(5), "Review/5"),
    ],
)
def test_a_read_by_id(onefile: OneFile, http: responses.RequestsMock, act: Act, path: str) -> None:
    http.get(f"{BASE}/{path}", json={"ID": 5})
    assert act(onefile).id == 5  # type: ignore[attr-defined]
    assert http.calls[-1].request.body is None
    assert onefile.calls[f"GET {path.removesuffix('/5')}"] == 1


def test_another_record_than_the_one_asked_for(onefile: OneFile, http: responses.RequestsMock) -> None:
    http.get(f"{BASE}/User/5", json={"ID": 6})
    with pytest.raises(BadAnswer) as caught:
        onefile.user(5)
    assert (caught.value.why, caught.value.member, caught.value.call) == (Why.MEMBER, "ID", "GET User/5")


@pytest.mark.parametrize("kind", [User, LearningAim, Review])
def test_a_page_has_whatever_members_its_rows_have(
    onefile: OneFile, http: responses.RequestsMock, kind: type[User]
) -> None:
    http.post(f"{BASE}/{kind.__name__}/Search/2/100", json=[{"ID": 1, "Progress": 5}])
    rows = onefile.page(kind, 2, 100, organisation_id=101)
    assert [(row.id, row.progress, row.has("progress"), row.has("misid")) for row in rows] == [(1, 5, True, False)]
    assert json.loads(http.calls[-1].request.body or "") == {"OrganisationID": 101}
    assert onefile.calls[f"POST {kind.__name__}/Search"] == 1


WRITES: list[tuple[Act, str, dict[str, object] | None]] = [
    (
        lambda o: o.update_user(5, UserFields(last_name="Lane", email="")),
        "User/5",
        {"ID": 5, "LastName": "Lane", "Email": ""},
    ),
    (lambda o: o.archive_user(5), "User/5/Archive", None),
    (lambda o: o.unarchive_user(5), "User/5/Unarchive", None),
    (
        lambda o: o.assign_user(500101, 700100, Level.PORTFOLIO),
        "User/500101/Assign",
        {"LearnerID": 700100, "Level": 1},
    ),
    (
        lambda o: o.assign_user(500101, 700100, Level.STANDARD, standard_id=9),
        "User/500101/Assign",
        {"LearnerID": 700100, "Level": 3, "StandardID": 9},
    ),
    (
        lambda o: o.assign_user(500101, 700100, Level.UNIT, unit_id="KS_1"),
        "User/500101/Assign",
        {"LearnerID": 700100, "Level": 2, "UnitID": "KS_1"},
    ),
    (lambda o: o.update_placement(5, PlacementFields(active=False)), "Placement/5", {"ID": 5, "Active": False}),
    (
        lambda o: o.update_learning_aim(5, 700100, LearningAimFields(registration_date=date(2027, 2, 1))),
        "LearningAim/5",
        {"ID": 5, "UserID": 700100, "RegistrationDate": "2027-02-01T00:00:00.000Z"},
    ),
]

CREATES: list[tuple[Act, str, dict[str, object] | None]] = [
    (
        lambda o: o.create_user(
            NewUser(organisation_id=101, role=Role.ASSESSOR, first_name="Bryn", last_name="Tallis")
        ),
        "User",
        {"OrganisationID": 101, "Role": 5, "FirstName": "Bryn", "LastName": "Tallis"},
    ),
    (
        lambda o: o.create_placement(NewPlacement(organisation_id=101, name="Pitt & Sons' Joinery")),
        "Placement",
        {"OrganisationID": 101, "Name": "Pitt & Sons' Joinery", "Active": True},
    ),
    (lambda o: o.assign_standard(9, 700100), "Standard/9/Assign/700100", None),
    (
        lambda o: o.create_visit(
            learner_id=700100,
            organisation_id=101,
            date_from=NINE,
            date_to=TEN,
            visit_type_id=VisitType.REMOTE,
            assessor_id=500101,
        ),
        "Visit",
        {
            "LearnerID": 700100,
            "OrganisationID": 101,
            "DateFrom": "2027-02-01T09:00:00.000Z",
            "DateTo": "2027-02-01T10:00:00.000Z",
            "VisitTypeID": 2,
            "AssessorID": 500101,
            "SMSReminder": False,
        },
    ),
    (
        lambda o: o.create_review(learner_id=700100, assessor_id=500101, visit_id=3, scheduled_for=NINE),
        "Review",
        {
            "LearnerID": 700100,
            "AssessorID": 500101,
            "VisitID": 3,
            "ScheduledFor": "2027-02-01T09:00:00.000Z",
            "Status": 1,
        },
    ),
]


@pytest.mark.parametrize(("act", "path", "members"), [*WRITES, *CREATES])
def test_what_a_write_sends(
    onefile: OneFile, http: responses.RequestsMock, act: Act, path: str, members: dict[str, object] | None
) -> None:
    http.post(f"{BASE}/{path}", json={"ID": 88})
    act(onefile)
    sent = http.calls[-1].request.body
    assert (json.loads(sent) if sent else None) == members


@pytest.mark.parametrize(("act", "path", "_"), WRITES)
def test_an_update_may_answer_with_nothing(
    onefile: OneFile, http: responses.RequestsMock, act: Act, path: str, _: object
) -> None:
    http.post(f"{BASE}/{path}", status=204)
    assert act(onefile) is None


@pytest.mark.parametrize(("act", "path", "_"), CREATES)
@pytest.mark.parametrize("answer", [88, "88", {"ID": 88, "Username": "b.tallis"}])
def test_a_create_gives_the_id(
    onefile: OneFile, http: responses.RequestsMock, act: Act, path: str, _: object, answer: object
) -> None:
    http.post(f"{BASE}/{path}", json=answer)
    assert act(onefile) == 88


def test_a_time_without_a_zone_is_not_sent(onefile: OneFile, http: responses.RequestsMock) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        onefile.create_review(learner_id=1, assessor_id=1, visit_id=1, scheduled_for=datetime(2027, 2, 1, 9))
    assert len(http.calls) == 0


def test_kinds_of_calls_leave_ids_out(onefile: OneFile, http: responses.RequestsMock) -> None:
    http.post(f"{BASE}/Standard/9/Assign/700100", status=400)
    with pytest.raises(OneFileError) as caught:
        onefile.assign_standard(9, 700100)
    assert onefile.calls == {"POST Authentication": 1, "POST Standard/Assign": 1}
    assert caught.value.call == "POST Standard/9/Assign/700100"
