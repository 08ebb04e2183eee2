"""Each fact that the exchange relies on. A fact that fails against a real OneFile is a change to make here."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onefile_integration.api import records
from tests.contract.conftest import Own, Server, missing

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def lower(row: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in row.items()}


# ---- signing in


def test_a_session_is_one_line_of_text(server: Server) -> None:
    answer = server.sign_in()
    assert answer.status_code == 200
    assert re.fullmatch(r'"?[\w.~+/=:;|\-]{8,4096}"?', answer.text.strip())


def test_sessions_stand_beside_each_other(server: Server) -> None:
    server.sign_in()
    assert server.get("Customer").status_code == 200


@pytest.mark.parametrize("path", ["Customer", "User/1", "Review/1"])
def test_without_a_session_nothing_is_told(server: Server, path: str) -> None:
    assert server.get(path, **{"X-TokenID": "no-such-session"}).status_code == 401


# ---- reading


def test_the_customer_and_its_centres(server: Server, centre: int) -> None:
    assert records.parse(records.Customer, server.get("Customer").json()).id
    assert centre > 0


@pytest.mark.parametrize("kind", ["User", "LearningAim", "Review", "Placement", "Classroom", "Standard"])
def test_an_unknown_id_is_404_and_no_web_page(server: Server, kind: str) -> None:
    answer = server.get(f"{kind}/999999999")
    assert answer.status_code == 404
    assert "html" not in answer.headers.get("Content-Type", "")


def test_nothing_found_is_204_or_an_empty_list(server: Server, centre: int) -> None:
    answer = server.post("User/Search", {"Role": 1, "OrganisationID": centre, "FirstName": "Zzqx", "LastName": "Qxzz"})
    assert answer.status_code == 204 or (answer.status_code == 200 and answer.json() == [])


def test_learners_are_listed_with_their_names(server: Server, centre: int) -> None:
    rows = server.found("User/Search", Role=1, OrganisationID=centre)
    found = records.parse_all(records.UserRow, rows)
    assert found and all(row.first_name for row in found)
    assert len({row.id for row in found}) == len(found)


def test_a_search_by_mis_value_finds_only_that(server: Server, centre: int) -> None:
    rows = records.parse_all(records.UserRow, server.found("User/Search", Role=1, OrganisationID=centre))
    marked = next((row for row in rows if row.misid), None)
    if marked is None:
        missing("a learner with a MIS Value")
    hits = server.found("User/Search", Role=1, OrganisationID=centre, MISID=marked.misid)
    assert {lower(hit)["misid"].lower() for hit in hits} == {marked.misid.lower()}
    assert marked.id in {int(lower(hit)["id"]) for hit in hits}


def test_a_learner_as_a_whole(server: Server, centre: int) -> None:
    first = lower(server.found("User/Search", Role=1, OrganisationID=centre)[0])
    raw = server.get(f"User/{first['id']}").json()
    user = records.parse(records.User, raw)
    assert (user.id, user.role, user.organisation_id) == (int(first["id"]), 1, centre)
    dates = {name: value for name, value in lower(raw).items() if name in ("dob", "starton", "lastmodified") and value}
    assert all(DATE.fullmatch(value) for value in dates.values()), dates


def test_aims_name_their_learner_and_their_standard(server: Server, centre: int) -> None:
    for row in server.found("User/Search", Role=1, OrganisationID=centre)[:10]:
        number = int(lower(row)["id"])
        for each in records.parse_all(records.LearningAimRow, server.found("LearningAim/Search", UserID=number)):
            assert each.user_id in (None, number)
            aim = records.parse(records.LearningAim, server.get(f"LearningAim/{each.id}").json())
            assert (aim.id, aim.user_id) == (each.id, number)
            assert aim.standard_id
            return
    missing("a learner with an aim")


def test_reviews_name_their_learner(server: Server, centre: int) -> None:
    rows = records.parse_all(records.ReviewRow, server.found("Review/Search", OrganisationID=centre))
    if not rows:
        missing("a review")
    review = records.parse(records.Review, server.get(f"Review/{rows[0].id}").json())
    assert review.id == rows[0].id and review.learner_id
    mine = server.found("Review/Search", OrganisationID=centre, LearnerID=review.learner_id)
    assert rows[0].id in {int(lower(row)["id"]) for row in mine}


def test_standards_have_titles(server: Server, centre: int) -> None:
    rows = records.parse_all(records.Standard, server.found("Standard/Search", OrganisationID=centre))
    assert rows and all(row.title for row in rows)


def test_members_may_be_asked_for_in_any_case(server: Server, centre: int) -> None:
    rows = server.found("user/search", role=1, organisationid=centre)
    assert len(rows) == len(server.found("User/Search", Role=1, OrganisationID=centre))


# ---- writing


def test_a_create_answers_the_new_id(own: Own) -> None:
    number = own.learner(MISID="CT001", DOB="2007-07-14T00:00:00.000Z")
    user = records.parse(records.User, own.server.get(f"User/{number}").json())
    assert (user.first_name, user.misid, user.dob and user.dob.date().isoformat()) == (
        "Contract",
        "CT001",
        "2007-07-14",
    )
    found = own.server.found("User/Search", Role=1, OrganisationID=own.centre, MISID="CT001")
    assert number in {int(lower(row)["id"]) for row in found}


def test_the_same_again_is_a_second_one(own: Own) -> None:
    """No key, no uniqueness: that is why a lost reply is looked for."""
    assert own.learner(MISID="CT002") != own.learner(MISID="CT002")


def test_a_create_that_lacks_something_is_400(own: Own) -> None:
    body = own.a_learner()
    del body["PlacementID"]
    answer = own.server.post("User", body)
    assert answer.status_code == 400
    assert {"code", "message"} <= set(lower(answer.json()))


def a_standard(own: Own) -> int:
    rows = own.server.found("Standard/Search", OrganisationID=own.centre)
    return int(lower(rows[0])["id"]) if rows else missing("a standard")


def test_a_standard_is_assigned_once(own: Own) -> None:
    learner, standard = own.learner(), a_standard(own)
    aim = own.server.created(f"Standard/{standard}/Assign/{learner}")
    assert [int(lower(row)["id"]) for row in own.server.found("LearningAim/Search", UserID=learner)] == [aim]
    again = own.server.post(f"Standard/{standard}/Assign/{learner}")
    assert again.status_code == 400 or records.parse_id(again.json()) != aim


def test_an_update_leaves_alone_what_it_does_not_name(own: Own) -> None:
    learner = own.learner()
    aim = own.server.created(f"Standard/{a_standard(own)}/Assign/{learner}")
    for body in ({"RegistrationNumber": "R-1"}, {"StartDate": "2026-09-07T00:00:00.000Z"}):
        assert own.server.post(f"LearningAim/{aim}", {"ID": aim, "UserID": learner, **body}).status_code in (200, 204)
    read = records.parse(records.LearningAim, own.server.get(f"LearningAim/{aim}").json())
    assert (read.registration_number, read.start_date and read.start_date.date().isoformat()) == ("R-1", "2026-09-07")


def test_a_review_tells_the_visit_it_was_given(own: Own) -> None:
    """A lost review is found by it."""
    learner = own.learner()
    when = {"DateFrom": "2027-07-01T08:00:00.000Z", "DateTo": "2027-07-01T09:00:00.000Z"}
    booked = {"LearnerID": learner, "OrganisationID": own.centre, "VisitTypeID": 0, **when}
    visit = own.server.created("Visit", booked)
    body = {"LearnerID": learner, "VisitID": visit, "ScheduledFor": when["DateFrom"], "Status": 1}
    number = own.server.created("Review", body)
    review = records.parse(records.Review, own.server.get(f"Review/{number}").json())
    assert (review.visit_id, review.learner_id, review.started_on) == (visit, learner, None)
    assert review.scheduled_for and review.scheduled_for.isoformat().startswith("2027-07-01T08:00")


def test_an_officer_is_assigned(own: Own) -> None:
    """The officer in the path, the learner in the body."""
    learner = own.learner()
    staff = own.user(Role=5, FirstName="Con", LastName="Tract", MISID="CT9")
    assert own.server.post(f"User/{staff}/Assign", {"LearnerID": learner, "Level": 1}).status_code in (200, 204)


def test_who_is_archived_is_not_listed_and_can_be_read(own: Own) -> None:
    learner = own.learner(LastName="Archived")
    for path, listed in (("Archive", False), ("Unarchive", True), ("Unarchive", True)):
        assert own.server.post(f"User/{learner}/{path}").status_code in (200, 204)
        rows = own.server.found("User/Search", Role=1, OrganisationID=own.centre, LastName="Archived")
        assert (learner in {int(lower(row)["id"]) for row in rows}) == listed
        assert own.server.get(f"User/{learner}").status_code == 200
