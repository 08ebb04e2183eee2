from typing import Any

import pytest

from tests.sandbox.conftest import ASSESSOR, CLASSROOM, LEARNER, NEW_LEARNER, PLACEMENT, Call
from tests.sandbox_process import SandboxProcess


def test_rows_have_four_members(call: Call) -> None:
    assert call("POST", "User/Search", {"Role": 5}).json() == [
        {"ID": ASSESSOR, "FirstName": "Bryn", "LastName": "Tallis", "MISID": "OF001"}
    ]


def test_nothing_found_is_204_without_a_body(call: Call) -> None:
    answer = call("POST", "User/Search", {"Role": 10, "OrganisationID": 101})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "sent",
    [
        {"FirstName": "amara"},
        {"MISID": "ab12c"},
        {"Email": "IONA@example.org"},
        {"PlacementID": PLACEMENT},
        {"LastModified": "2020-01-01T00:00:00.000Z"},
    ],
)
def test_filters_find_and_do_not_find(call: Call, sent: dict[str, Any]) -> None:
    assert [row["ID"] for row in call("POST", "User/Search", {"Role": 1} | sent).json()] == [LEARNER]
    (name,) = sent
    other = {"LastModified": "2099-01-01T00:00:00.000Z", "PlacementID": 1}.get(name, "other")
    assert call("POST", "User/Search", {"Role": 1, name: other}).status_code == 204


def test_letters_beyond_z_are_folded_too(onefile: SandboxProcess, call: Call) -> None:
    onefile.edit("users", LEARNER, LastName="Östen")
    assert call("POST", "User/Search", {"Role": 1, "LastName": "ÖSTEN"}).status_code == 200


def test_pages_start_at_one_and_end_with_204(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(users=[NEW_LEARNER | {"FirstName": f"N{i}"} for i in range(4)])
    ids = [[row["ID"] for row in call("POST", f"User/Search/{page}/2", {"Role": 1}).json()] for page in (1, 2, 3)]
    assert [len(page) for page in ids] == [2, 2, 1]
    everybody = [pk for page in ids for pk in page]
    assert everybody == sorted(everybody)
    assert call("POST", "User/Search/4/2", {"Role": 1}).status_code == 204
    assert call("POST", "User/Search/0/2", {"Role": 1}).status_code == 400


def test_a_new_learner_gets_an_id_and_a_username(call: Call) -> None:
    made = call("POST", "User", NEW_LEARNER)
    assert made.status_code == 200
    assert set(made.json()) == {"ID", "Username"}
    got = call("GET", f"User/{made.json()['ID']}").json()
    assert got["DOB"] == "2008-02-29T00:00:00.000Z"
    assert got["LastModified"].endswith("Z")
    assert got["Progress"] == 0
    assert "NINO" not in got


def test_nothing_is_unique(call: Call) -> None:
    assert call("POST", "User", NEW_LEARNER).json()["ID"] != call("POST", "User", NEW_LEARNER).json()["ID"]
    assert len(call("POST", "User/Search", {"Role": 1, "MISID": "IO001"}).json()) == 2


@pytest.mark.parametrize(
    "name",
    ["OrganisationID", "FirstName", "LastName", "Role", "Email", "DefaultAssessorID", "ClassroomID", "PlacementID"],
)
def test_what_a_learner_needs(onefile: SandboxProcess, call: Call, name: str) -> None:
    before = onefile.state()
    answer = call("POST", "User", {k: v for k, v in NEW_LEARNER.items() if k != name})
    assert answer.status_code == 400
    assert name in answer.json()["message"]
    assert onefile.state() == before


@pytest.mark.parametrize(
    ("name", "code"),
    [("OrganisationID", -11), ("PlacementID", -57), ("ClassroomID", -58), ("DefaultAssessorID", -60)],
)
def test_wrong_links_have_their_codes(call: Call, name: str, code: int) -> None:
    answer = call("POST", "User", NEW_LEARNER | {name: 12345678})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_links_speak_before_required_fields(onefile: SandboxProcess, call: Call) -> None:
    sent = {k: v for k, v in NEW_LEARNER.items() if k != "Email"} | {"PlacementID": 1}
    assert call("POST", "User", sent).json()["code"] == -57
    onefile.switches(create_checks="fields_first")
    assert call("POST", "User", sent).json()["code"] == -3


def test_links_stay_in_their_centre(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(classrooms=[{"ID": 3101, "OrganisationID": 102, "Name": "Elsewhere"}])
    assert call("POST", "User", NEW_LEARNER | {"ClassroomID": 3101}).status_code == 400
    onefile.switches(cross_centre="accepted")
    assert call("POST", "User", NEW_LEARNER | {"ClassroomID": 3101}).status_code == 200


def test_a_classroom_may_bring_standards(onefile: SandboxProcess, call: Call) -> None:
    onefile.edit("classrooms", CLASSROOM, Standards=[4001])
    made = call("POST", "User", NEW_LEARNER).json()["ID"]
    aims = call("POST", "LearningAim/Search", {"UserID": made}).json()
    assert [aim["StandardID"] for aim in aims] == [4001]


def test_staff_need_no_email_unless_told(onefile: SandboxProcess, call: Call) -> None:
    staff = {"OrganisationID": 101, "Role": 4, "FirstName": "Callum", "LastName": "Reith"}
    assert call("POST", "User", staff).status_code == 200
    onefile.switches(staff_email="required")
    assert call("POST", "User", staff).status_code == 400


def test_an_update_is_partial_and_moves_last_modified(onefile: SandboxProcess, call: Call) -> None:
    before = call("GET", f"User/{LEARNER}").json()
    answer = call("POST", f"User/{LEARNER}", {"LastName": "Lane", "MISID": "", "Email": None, "Role": 5})
    assert (answer.status_code, answer.content) == (204, b"")
    after = call("GET", f"User/{LEARNER}").json()
    assert after["LastName"] == "Lane"
    assert "MISID" not in after  # "" clears
    assert after["Email"] == before["Email"]  # null is ignored
    assert after["Role"] == 1  # not for changing
    assert after["LastModified"] > before["LastModified"]


def test_archived_users_leave_the_search_and_take_no_update(call: Call) -> None:
    assert call("POST", f"User/{LEARNER}/Archive").status_code == 204
    assert call("POST", "User/Search", {"Role": 1}).status_code == 204
    assert call("GET", f"User/{LEARNER}").status_code == 200
    assert call("POST", f"User/{LEARNER}", {"FirstName": "X"}).status_code == 400
    assert call("POST", f"User/{LEARNER}/Unarchive").status_code == 204
    assert call("POST", f"User/{LEARNER}", {"FirstName": "X"}).status_code == 204


def test_an_officer_is_assigned_once(onefile: SandboxProcess, call: Call) -> None:
    sent = {"LearnerID": LEARNER, "Level": 1}
    assert call("POST", f"User/{ASSESSOR}/Assign", sent).status_code == 204
    again = call("POST", f"User/{ASSESSOR}/Assign", sent)
    assert (again.status_code, again.json()["message"]) == (400, "already assigned")
    (assignment,) = onefile.state()["assignments"]
    assert (assignment["AssigneeID"], assignment["LearnerID"]) == (ASSESSOR, LEARNER)


def test_the_learner_may_stand_in_the_path(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(assign_direction="path_learner")
    assert call("POST", f"User/{ASSESSOR}/Assign", {"LearnerID": LEARNER}).status_code == 400
    assert call("POST", f"User/{LEARNER}/Assign", {"LearnerID": ASSESSOR}).status_code == 204


def test_a_placement_is_given(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(placements=[{"ID": 900020, "OrganisationID": 101, "Name": "Other"}])
    assert call("POST", f"User/{LEARNER}/AssignPlacement/900020/true").status_code == 204
    assert call("GET", f"User/{LEARNER}").json()["PlacementID"] == 900020
    assert onefile.state()["placement_grants"][0]["GrantAccess"] is True
