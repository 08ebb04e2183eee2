"""The desk as a person uses it: real pages, real forms."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import LEARNER, Call
from tests.sandbox_process import SandboxProcess


class Form(HTMLParser):
    """The fields of the page's forms as a browser would send them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._select = self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        kind = given.get("type")
        if tag == "input" and name and kind not in ("submit", "checkbox"):
            self.values[name] = value
        elif tag == "input" and kind == "checkbox" and "checked" in given:
            self.values[name] = value or "on"
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values[self._select] = value
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data.strip()


class Desk:
    def __init__(self, root: str) -> None:
        self.root, self.http = f"{root}/admin/", requests.Session()
        page = self.http.get(self.root, timeout=30)
        self.submit(page.url.removeprefix(root + "/admin/"), username="onefile", password="onefile")

    def page(self, path: str) -> str:
        answer = self.http.get(self.root + path, timeout=30)
        assert answer.status_code == 200, path
        return answer.text

    def submit(self, path: str, /, **changes: Any) -> str:
        """Fills in the form of a page and sends it."""
        sent = Form(self.page(path)).values | changes
        answer = self.http.post(self.root + path, data=sent, headers={"Referer": self.root}, timeout=30)
        assert answer.status_code == 200
        wrong = re.findall(r'class="errorlist[^>]*>(.*?)</ul>', answer.text, re.DOTALL)
        return " ".join(wrong) or answer.text

    def act(self, path: str, action: str, pk: int) -> str:
        return self.submit(path, action=action, _selected_action=str(pk))


@pytest.fixture
def desk(onefile: SandboxProcess) -> Iterator[Desk]:
    opened = Desk(onefile.root_url)
    yield opened
    opened.http.close()


def test_every_page_opens(desk: Desk, call: Call, review: int, aim: int) -> None:
    index = desk.page("")
    assert "The assessor" in index
    paths = set(re.findall(r'href="/admin/(sandbox/[^"]+)"', index))
    assert len(paths) > 15
    for path in paths:
        desk.page(path)
    assert desk.http.get(desk.root.replace("admin/", "static/admin/css/base.css"), timeout=10).ok


def test_elements_completed_move_the_progress_only(desk: Desk, onefile: SandboxProcess, call: Call, aim: int) -> None:
    before = call("GET", f"User/{LEARNER}").json()
    answer = desk.submit(f"sandbox/learner/{LEARNER}/change/", **{"aims-0-elements_completed": "10"})
    assert "changed successfully" in answer
    after = call("GET", f"User/{LEARNER}").json()
    assert call("GET", f"LearningAim/{aim}").json()["Progress"] == 25
    assert (after.pop("Progress"), before.pop("Progress")) == (25, 0)
    assert after == before


def test_a_users_own_field_moves_last_modified(desk: Desk, call: Call) -> None:
    before = call("GET", f"User/{LEARNER}").json()
    assert "changed successfully" in desk.submit(f"sandbox/learner/{LEARNER}/change/", last_name="Lane")
    after = call("GET", f"User/{LEARNER}").json()
    assert after["LastName"] == "Lane"
    assert after["LastModified"] > before["LastModified"]


def test_a_review_is_started_and_signed_in_turn(desk: Desk, call: Call, review: int) -> None:
    path = "sandbox/review/"
    assert "not their turn" in desk.act(path, "learner_signs", review)
    for action in ("start", "assessor_signs", "learner_signs"):
        desk.act(path, action, review)
    got = call("GET", f"Review/{review}").json()
    assert got["StartedOn"] < got["AssessorSignedOn"] < got["LearnerSignedOn"]
    assert "EmployerSignedOn" not in got
    assert "Signed by the learner" in desk.page(path)
    desk.act(path, "back_to_scheduled", review)
    assert "StartedOn" not in call("GET", f"Review/{review}").json()


def test_learners_are_archived_and_come_back(desk: Desk, call: Call) -> None:
    desk.act("sandbox/learner/", "archive", LEARNER)
    assert call("POST", "User/Search", {"Role": 1}).status_code == 204
    desk.act("sandbox/learner/", "unarchive", LEARNER)
    assert call("POST", "User/Search", {"Role": 1}).status_code == 200


def test_switches_are_set_at_the_desk(desk: Desk, onefile: SandboxProcess) -> None:
    path = "sandbox/switches/1/change/"
    desk.page("sandbox/switches/")
    desk.submit(path, times="naive", max_page_size="50")
    assert (onefile.switches()["times"], onefile.switches()["max_page_size"]) == ("naive", 50)
    assert "lists of member names" in desk.submit(path, drop_members="[1]")
    assert onefile.switches()["drop_members"] == {}


def test_faults_are_queued_at_the_desk(desk: Desk, onefile: SandboxProcess, call: Call) -> None:
    path = "sandbox/faultrule/add/"
    assert "no option" in desk.submit(path, action="html", path="Customer", options='{"seconds": 1}')
    desk.submit(path, action="status", path="Customer", options='{"status": 500}')
    assert [call("GET", "Customer").status_code for _ in range(2)] == [500, 200]
    desk.act("sandbox/faultrule/", "again", onefile.faults()[0]["id"])
    assert call("GET", "Customer").status_code == 500


def test_the_desk_is_closed_to_strangers(onefile: SandboxProcess) -> None:
    answer = requests.get(f"{onefile.root_url}/admin/sandbox/learner/", timeout=10)
    assert "/login/" in answer.url
