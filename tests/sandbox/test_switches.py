"""Both sides of every switch that changes an answer."""

from typing import Any

import pytest
import requests

from tests.sandbox.conftest import ASSESSOR, CLASSROOM, LEARNER, NEW_LEARNER, STANDARD, Call
from tests.sandbox_process import SandboxProcess


def test_switches_are_checked_and_put_back(onefile: SandboxProcess) -> None:
    assert onefile.switches()["times"] == "z_ms"
    assert onefile.switches(times="naive", order="unstable")["times"] == "naive"
    assert onefile.switches(times=None)["times"] == "z_ms"
    for wrong in ({"times": "x"}, {"nothing": 1}, {"max_page_size": "x"}, {"drop_members": {"Review": 1}}):
        with pytest.raises(ValueError, match="BadSwitchError"):
            onefile.switches(numbers="text", **wrong)
    assert onefile.switches()["numbers"] == "number"
    onefile.reset()
    assert onefile.switches()["order"] == "id"


def test_session_reply_may_be_quoted(onefile: SandboxProcess) -> None:
    onefile.switches(session_reply="json")
    headers = {"X-CustomerToken": onefile.token}
    answer = requests.post(onefile.url("Authentication"), headers=headers, timeout=10)
    assert answer.text == f'"{answer.json()}"'


@pytest.mark.parametrize(("form", "kind"), [("empty", None), ("html", "text/html"), ("json", "application/json")])
def test_body_of_a_401(onefile: SandboxProcess, form: str, kind: str | None) -> None:
    onefile.switches(body_401=form)
    answer = requests.get(onefile.url("Customer"), timeout=10)
    assert answer.status_code == 401
    assert (answer.text == "") == (kind is None)
    assert kind is None or answer.headers["Content-Type"].startswith(kind)


def test_empty_search_may_be_a_list(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(empty_search="list")
    assert call("POST", "User/Search", {"Role": 10}).json() == []
    assert call("POST", "User/Search/2/10", {"Role": 5}).status_code == 204
    onefile.switches(page_beyond_end="list")
    assert call("POST", "User/Search/2/10", {"Role": 5}).json() == []


@pytest.mark.parametrize(("form", "value"), [("null", None), ("empty_text", "")])
def test_blank_members_may_be_there(onefile: SandboxProcess, call: Call, form: str, value: object) -> None:
    onefile.switches(null_members=form)
    got = call("GET", f"User/{LEARNER}").json()
    assert (got["NINO"], got["StartOn"], got["SecondaryLLDDCodes"]) == (value, value, value)


def test_numbers_and_booleans_may_be_text(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(numbers="text", booleans="text")
    assert call("GET", "Placement/900010").json()["Active"] == "true"
    made = call("POST", "User", NEW_LEARNER).json()
    assert isinstance(made["ID"], str)
    aim = call("POST", f"Standard/{STANDARD}/Assign/{LEARNER}").json()
    assert isinstance(aim, str)
    assert call("GET", f"LearningAim/{aim}").json()["Progress"] == "0"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("z_ms", "2008-02-29T00:00:00.000Z"),
        ("z", "2008-02-29T00:00:00Z"),
        ("offset", "2008-02-29T00:00:00.000+00:00"),
        ("naive", "2008-02-29T00:00:00.000"),
    ],
)
def test_forms_of_time(onefile: SandboxProcess, call: Call, form: str, text: str) -> None:
    onefile.switches(times=form)
    assert call("GET", f"User/{LEARNER}").json()["DOB"] == text


def test_zone_in_input_may_be_ignored(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(zone_in_input="ignored")
    call("POST", f"User/{LEARNER}", {"StartOn": "2026-06-01T09:00:00+01:00"})
    assert call("GET", f"User/{LEARNER}").json()["StartOn"] == "2026-06-01T09:00:00.000Z"


def test_a_long_text_may_be_cut(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(longest_text=5)
    call("POST", f"User/{LEARNER}", {"LastName": "Okafor-Lane", "DOB": "2008-02-29"})
    learner = call("GET", f"User/{LEARNER}").json()
    assert (learner["LastName"], learner["DOB"]) == ("Okafo", "2008-02-29T00:00:00.000Z")


def test_page_size_is_clamped_or_refused(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(users=[NEW_LEARNER, NEW_LEARNER])
    onefile.switches(max_page_size=2)
    assert len(call("POST", "User/Search/1/50", {"Role": 1}).json()) == 2
    onefile.switches(page_size_over="refused")
    assert call("POST", "User/Search/1/50", {"Role": 1}).status_code == 400


def test_paged_rows_may_be_full(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(paged_rows="full")
    assert call("POST", "User/Search/1/50", {"Role": 1}).json()[0] == call("GET", f"User/{LEARNER}").json()
    assert "DOB" not in call("POST", "User/Search", {"Role": 1}).json()[0]


@pytest.mark.parametrize("lie", ["old", "lacking", "other_learner", "cut", "member"])
def test_paged_rows_may_lie(onefile: SandboxProcess, call: Call, lie: str) -> None:
    onefile.switches(paged_rows="full", aim_search_scope="organisation")
    aims = [{"UserID": LEARNER, "StandardID": STANDARD, "TotalElements": 40, "RegistrationNumber": "R"}] * 8
    aims += [{**aims[0], "UserID": onefile.seed(users=[{**NEW_LEARNER, "Role": 1}])["users"][0]}]
    for pk in onefile.seed(aims=aims)["aims"]:
        onefile.edit("aims", pk, ElementsCompleted=4)
    true = call("POST", "LearningAim/Search/1/50", {"OrganisationID": 101}).json()
    onefile.switches(paged_lies=lie)
    assert call("POST", "LearningAim/Search/1/50", {"OrganisationID": 101}).json() != true
    assert call("GET", f"LearningAim/{true[0]['ID']}").json() == true[0]


def test_rows_of_aims_and_reviews(onefile: SandboxProcess, call: Call, aim: int, review: int) -> None:
    onefile.switches(aim_rows="full", review_rows="more", aim_search_scope="organisation")
    assert call("POST", "LearningAim/Search", {"OrganisationID": 101}).json()[0]["TotalElements"] == 40
    assert call("POST", "Review/Search", {}).json()[0]["LearnerID"] == LEARNER
    onefile.switches(review_rows="full")
    assert call("POST", "Review/Search", {}).json()[0] == call("GET", f"Review/{review}").json()


def test_order_may_be_unstable(onefile: SandboxProcess, call: Call) -> None:
    onefile.seed(users=[NEW_LEARNER] * 8)
    onefile.switches(order="unstable")
    orders = {tuple(r["ID"] for r in call("POST", "User/Search", {"Role": 1}).json()) for _ in range(5)}
    assert len(orders) > 1
    assert len({frozenset(order) for order in orders}) == 1


def test_archived_on_the_other_side(onefile: SandboxProcess, call: Call) -> None:
    onefile.edit("users", LEARNER, Archived=True)
    onefile.switches(archived_in_search="yes", archived_get="missing", archived_update="accepted")
    assert call("POST", "User/Search", {"Role": 1}).json()[0]["ID"] == LEARNER
    assert call("GET", f"User/{LEARNER}").status_code == 404
    assert call("POST", f"User/{LEARNER}", {"FirstName": "X"}).status_code == 204


def test_mis_values_may_be_lost(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(misid="lost", row_misid="absent")
    made = call("POST", "User", NEW_LEARNER).json()["ID"]
    assert "MISID" not in call("GET", f"User/{made}").json()
    assert "MISID" not in call("POST", "Placement/Search", {}).json()[0]


@pytest.mark.parametrize(
    ("form", "misid", "email"),
    [("text_clears", None, "kept"), ("both_clear", None, None), ("ignored", "kept", "kept")],
)
def test_blanks_in_an_update(
    onefile: SandboxProcess, call: Call, form: str, misid: str | None, email: str | None
) -> None:
    onefile.switches(blanks_in_update=form)
    call("POST", f"User/{LEARNER}", {"MISID": "", "Email": None})
    got = call("GET", f"User/{LEARNER}").json()
    assert ("MISID" in got, "Email" in got) == (misid is not None, email is not None)


def test_form_booleans_may_be_refused(onefile: SandboxProcess, http: requests.Session) -> None:
    url = onefile.url("Placement/900010")
    assert http.post(url, data={"Active": 0}, timeout=10).status_code == 204
    onefile.switches(form_booleans="refused")
    assert http.post(url, data={"Active": 1}, timeout=10).status_code == 400
    assert http.get(url, timeout=10).json()["Active"] is False


def test_names_may_be_found_by_a_part(onefile: SandboxProcess, call: Call) -> None:
    assert call("POST", "User/Search", {"Role": 1, "LastName": "lane"}).status_code == 204
    onefile.switches(name_search="contains")
    assert call("POST", "User/Search", {"Role": 1, "LastName": "lane"}).status_code == 200
    assert call("POST", "User/Search", {"Role": 1, "MISID": "AB1"}).status_code == 204


def test_filters_may_be_ignored(onefile: SandboxProcess, call: Call, review: int) -> None:
    onefile.switches(search_filter="ignored")
    assert len(call("POST", "User/Search", {"Role": 1, "MISID": "none"}).json()) == 2
    assert call("POST", "Review/Search", {"LearnerID": 5}).json()[0]["ID"] == review


def test_last_modified_filter_edges(onefile: SandboxProcess, call: Call) -> None:
    moment = "2026-02-01T02:00:00.000Z"
    onefile.edit("users", LEARNER, LastModified=moment)
    assert call("POST", "User/Search", {"Role": 1, "LastModified": moment}).status_code == 200
    onefile.switches(last_modified_filter="after")
    assert call("POST", "User/Search", {"Role": 1, "LastModified": moment}).status_code == 204


def test_progress_may_move_last_modified(onefile: SandboxProcess, call: Call, aim: int) -> None:
    onefile.switches(last_modified_moves="progress")
    before = call("GET", f"User/{LEARNER}").json()["LastModified"]
    onefile.edit("aims", aim, ElementsCompleted=1)
    assert call("GET", f"User/{LEARNER}").json()["LastModified"] > before


def test_repeats_may_be_accepted(onefile: SandboxProcess, call: Call, aim: int) -> None:
    onefile.switches(repeat_assign="second_aim", repeat_assignment="accepted", assign_status="200")
    assert call("POST", f"Standard/{STANDARD}/Assign/{LEARNER}").json() != aim
    for _ in range(2):
        assert call("POST", f"User/{ASSESSOR}/Assign", {"LearnerID": LEARNER}).status_code == 200


def test_aims_without_elements(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(assign_elements="none", aim_progress="percent_only", aim_update_status="200")
    aim = call("POST", f"Standard/{STANDARD}/Assign/{LEARNER}").text
    onefile.edit("aims", int(aim), TotalElements=8, ElementsCompleted=5)
    got = call("GET", f"LearningAim/{aim}").json()
    assert (got["Progress"], "TotalElements" in got, "ElementsCompleted" in got) == (62.5, False, False)
    assert call("POST", f"LearningAim/{aim}", {"Status": 0}).status_code == 200


@pytest.mark.parametrize("odd", [104, "87,5", -1, 99.6])
def test_odd_progress(onefile: SandboxProcess, call: Call, aim: int, odd: Any) -> None:
    onefile.edit("aims", aim, Progress=odd)
    assert call("GET", f"LearningAim/{aim}").json()["Progress"] == odd


def test_reviews_on_the_other_side(onefile: SandboxProcess, call: Call, review: int) -> None:
    onefile.switches(review_without_visit="accepted", review_dates_on="started")
    assert call("POST", "Review", {"LearnerID": LEARNER}).status_code == 200
    assert call("POST", "Review/Search", {"DateFrom": "2026-01-01"}).status_code == 204
    onefile.edit("reviews", review, StartedOn="2026-12-01T09:07:00Z")
    assert len(call("POST", "Review/Search", {"DateFrom": "2026-01-01"}).json()) == 1


def test_members_may_be_dropped(onefile: SandboxProcess, call: Call, review: int) -> None:
    onefile.edit("reviews", review, StartedOn="2026-12-01T09:07:00Z")
    assert "StartedOn" in call("GET", f"Review/{review}").json()
    onefile.switches(drop_members={"Review": ["StartedOn", "VisitID"]})
    assert not {"StartedOn", "VisitID"} & set(call("GET", f"Review/{review}").json())


def test_the_clock_may_be_wrong(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(clock_offset_seconds=-3600)
    before = call("GET", f"User/{LEARNER}").json()["LastModified"]
    call("POST", f"User/{LEARNER}", {"ClassroomID": CLASSROOM})
    assert call("GET", f"User/{LEARNER}").json()["LastModified"] < before


def test_hours_off_the_job_may_not_exist(onefile: SandboxProcess, call: Call) -> None:
    served = call("GET", f"User/{LEARNER}/offthejob")
    assert served.json()["ID"] == LEARNER
    onefile.switches(off_the_job="missing")
    assert call("GET", f"User/{LEARNER}/offthejob").status_code == 404


@pytest.mark.parametrize(
    ("form_404", "form_429", "starts"), [("json", "plain", "{T"), ("empty", "json", "{"), ("html", "html", "<<")]
)
def test_bodies_of_a_404_and_a_429(
    onefile: SandboxProcess, call: Call, form_404: str, form_429: str, starts: str
) -> None:
    onefile.switches(body_404=form_404, body_429=form_429)
    unknown = call("GET", "User/1")
    onefile.set_limit(0)
    many = call("GET", "Customer")
    assert (unknown.status_code, many.status_code) == (404, 429)
    assert unknown.text[:1] + many.text[:1] == starts


def test_an_unknown_id_in_a_body(onefile: SandboxProcess, call: Call) -> None:
    assert call("POST", "User", NEW_LEARNER | {"PlacementID": 1}).json()["code"] == -57
    onefile.switches(unknown_in_body="404")
    refused = call("POST", "User", NEW_LEARNER | {"PlacementID": 1})
    assert (refused.status_code, refused.json()["code"]) == (404, -57)


def test_what_a_removed_learner_leaves(onefile: SandboxProcess, call: Call, aim: int, review: int) -> None:
    onefile.switches(removed_learner="served")
    assert onefile.remove("users", LEARNER)
    assert call("GET", f"User/{LEARNER}").status_code == 404
    assert call("POST", "User/Search", {"Role": 1}).status_code == 204
    assert [row["ID"] for row in call("POST", "LearningAim/Search", {"UserID": LEARNER}).json()] == [aim]
    assert call("GET", f"Review/{review}").status_code == 200
    assert call("POST", f"LearningAim/{aim}", {"RegistrationNumber": "R"}).status_code == 404
    onefile.reset()
    assert onefile.state()["users"] == []


def test_forms_of_statuses_and_visit_types(onefile: SandboxProcess, call: Call, aim: int) -> None:
    onefile.seed(learner_statuses=[{"ID": 21, "OrganisationID": 101, "Name": "Active"}])
    assert call("GET", "Organisation/101/LearnerStatuses").json() == [{"ID": 21, "Name": "Active"}]
    assert call("GET", f"LearningAim/{aim}").json()["Status"] == 0
    onefile.switches(status_lists="names", status_numbers="other", visit_types="from_one")
    assert call("GET", "Organisation/101/LearnerStatuses").json() == ["Active"]
    assert call("GET", f"LearningAim/{aim}").json()["Status"] == 70
    booked = {"LearnerID": LEARNER, "OrganisationID": 101, "DateFrom": "2026-12-01", "DateTo": "2026-12-01"}
    assert [call("POST", "Visit", booked | {"VisitTypeID": kind}).status_code for kind in (0, 3)] == [400, 200]
