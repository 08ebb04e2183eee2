"""The control API, and how the process starts and ends."""

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.sandbox.conftest import LEARNER, NEW_LEARNER, PLACEMENT, STANDARD, Call
from tests.sandbox_process import ROOT, SandboxProcess


def test_seeding_is_all_or_nothing(onefile: SandboxProcess) -> None:
    before = onefile.state()
    for wrong in ({"users": [NEW_LEARNER | {"ClassroomID": 5}]}, {"things": []}, {"users": [{"Colour": "red"}]}):
        with pytest.raises(ValueError, match="error"):
            onefile.seed(placements=[{"OrganisationID": 101, "Name": "X"}], **wrong)
    assert onefile.state() == before


def test_seeding_takes_ids_and_overwrites(onefile: SandboxProcess, call: Call) -> None:
    assert onefile.seed(placements=[{"ID": 5, "OrganisationID": 101, "Name": "Low"}]) == {"placements": [5]}
    onefile.seed(placements=[{"ID": PLACEMENT, "Name": "Pitt Ltd"}])
    got = call("GET", f"Placement/{PLACEMENT}").json()
    assert (got["Name"], got["MISID"]) == ("Pitt Ltd", "EM001")
    assert call("POST", "Placement", {"OrganisationID": 101, "Name": "Next"}).json() > PLACEMENT


def test_thousands_are_seeded_quickly(onefile: SandboxProcess, call: Call) -> None:
    began = time.monotonic()
    ids = onefile.seed(users=[NEW_LEARNER | {"FirstName": f"N{i}"} for i in range(3000)])["users"]
    onefile.seed(aims=[{"UserID": pk, "StandardID": STANDARD, "TotalElements": 4} for pk in ids])
    assert time.monotonic() - began < 60
    onefile.switches(paged_rows="full")
    began = time.monotonic()
    assert len(call("POST", "User/Search/2/500", {"Role": 1}).json()) == 500
    assert time.monotonic() - began < 20


def test_ids_are_never_given_twice(onefile: SandboxProcess, call: Call, review: int, visit: int) -> None:
    assert onefile.remove("reviews", review)
    assert call("GET", f"Review/{review}").status_code == 404
    assert call("POST", "Review", {"LearnerID": LEARNER, "VisitID": visit}).json() > review


def test_what_belongs_to_a_removed_learner_goes(onefile: SandboxProcess, call: Call, review: int, aim: int) -> None:
    onefile.remove("users", LEARNER)
    assert call("GET", f"LearningAim/{aim}").status_code == 404
    assert call("POST", "Review/Search", {"LearnerID": LEARNER}).status_code == 204


def test_edits_move_last_modified_unless_told(onefile: SandboxProcess, call: Call) -> None:
    def stamp() -> str:
        return str(call("GET", f"User/{LEARNER}").json()["LastModified"])

    first = stamp()
    onefile.edit("users", LEARNER, touch=False, LastName="Silent")
    onefile.edit("users", LEARNER, Archived=False)
    assert stamp() == first
    onefile.edit("users", LEARNER, LastName="Loud")
    assert stamp() > first


def test_get_may_show_an_older_copy(onefile: SandboxProcess, call: Call) -> None:
    onefile.switches(stale_seconds=1)
    call("POST", f"User/{LEARNER}", {"LastName": "New"})
    assert call("GET", f"user/{LEARNER}/").json()["LastName"] == "Okafor-Lane"
    time.sleep(1.1)
    assert call("GET", f"User/{LEARNER}").json()["LastName"] == "New"


def test_the_control_api_takes_json_only(onefile: SandboxProcess) -> None:
    answer = requests.post(f"{onefile.root_url}/control/reset", data={"seed": "empty"}, timeout=10)
    assert answer.status_code == 415
    assert requests.get(f"{onefile.root_url}/control/nothing", timeout=10).status_code == 404
    assert requests.get(onefile.url("Customer"), headers={"Host": "evil.example"}, timeout=10).status_code == 400


def test_control_calls_are_free(onefile: SandboxProcess, call: Call) -> None:
    onefile.set_limit(1, 60)
    for _ in range(5):
        onefile.state()
    assert call("GET", "Customer").status_code == 200


def test_senseless_paths_are_404(call: Call) -> None:
    for path in (f"User/{'9' * 5000}", "User/²", "User/-1", "User/1.0", f"User/Search/1/{'9' * 30}"):
        assert call("POST", path, {"Role": 1}).status_code == 404


def test_names_cannot_be_cleared(call: Call) -> None:
    assert call("POST", f"User/{LEARNER}", {"LastName": ""}).status_code == 400
    assert call("POST", f"Placement/{PLACEMENT}", {"Name": ""}).status_code == 400


def test_a_crash_of_its_own_is_a_logged_500(onefile: SandboxProcess, call: Call) -> None:
    answer = call("POST", f"User/{LEARNER}", {"LastName": "\ud800"})
    assert answer.status_code in (400, 500)
    assert onefile.calls()[-1]["status"] == answer.status_code


def test_a_call_in_hand_is_answered_before_the_end() -> None:
    statuses: list[int] = []
    with SandboxProcess(seed="demo") as onefile, onefile.session() as http:
        onefile.fault("delay", "Placement$", "POST", seconds=30)

        def create() -> None:
            sent = {"OrganisationID": 101, "Name": "In hand"}
            statuses.append(http.post(onefile.url("Placement"), json=sent, timeout=60).status_code)

        waiting = threading.Thread(target=create)
        waiting.start()
        time.sleep(0.5)
        began = time.monotonic()
        onefile.stop()
        waiting.join(60)
        assert statuses == [200]
        assert time.monotonic() - began < 20
        onefile.start()
        assert any(row["Name"] == "In hand" for row in onefile.state()["placements"])


def test_the_first_line_tells_the_address(tmp_path: Path) -> None:
    arguments = ["--port", "0", "--data", str(tmp_path), "--seed", "empty", "--token", "t", "--reset"]
    with subprocess.Popen(
        [sys.executable, "-m", "onefile_sandbox", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(30) == 0
    assert re.fullmatch(r"OneFile sandbox on http://127\.0\.0\.1:\d+/api/v2\.1\n", line)


def test_every_switch_is_tried_in_a_test(onefile: SandboxProcess) -> None:
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in onefile.switches() if f"{name}=" not in text] == []


def test_the_manual_names_every_switch_and_action(onefile: SandboxProcess) -> None:
    manual = (ROOT / "docs" / "sandbox.md").read_text()
    with pytest.raises(ValueError, match="action is one of") as refused:
        onefile.fault("nothing")
    actions = re.findall(r"one of ([\w, ]+)", str(refused.value))[0].split(", ")
    assert [name for name in [*onefile.switches(), *actions] if f"`{name}`" not in manual] == []
