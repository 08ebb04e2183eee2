"""Somebody may be in OneFile already: staff decide in the window, by keyboard, and move a link to a new episode."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from learners.models import Learner
from onefile_integration.models import Link, Question
from tests.browser import test_onefile_enrol as story
from tests.browser.acting import tab_to
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import another, onefile_id
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
connected, learner, staff, worker = story.connected, story.learner, story.staff, story.worker
SISTERS = [
    {"ID": number, "Role": 1, "OrganisationID": 101, "FirstName": name, "LastName": "Okafor-Lane",
     "Email": "amara.lane@example.org", "DOB": "2008-02-29T00:00:00Z"}
    for number, name in ((700123, "Iona"), (700124, "Isla"))
]  # fmt: skip


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def account(page: Page, number: int) -> Locator:
    return page.get_by_role("dialog").get_by_role("region", name=f"OneFile learner {number}", exact=False)


def test_another_person_is_said_by_keyboard_and_remembered(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess, barriers: Callable[[], str]
) -> None:
    connected.seed(users=SISTERS)
    story.given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + story.PLAN)
    press(page, "Create in OneFile")
    expect(account(page, 700123)).to_be_visible()
    expect(account(page, 700124).get_by_role("cell", name="Isla")).to_be_visible()
    assert barriers() == ""

    press(page, "Another person: create")
    expect(account(page, 700123)).to_be_hidden()
    expect(page.get_by_text(re.compile("Iona Okafor-Lane is another person: said by member"))).to_be_visible()
    assert barriers() == ""
    press(page, "Another person: create")
    create = page.get_by_role("dialog").get_by_role("button", name="Create in OneFile")
    expect(create).to_be_visible()
    press(page, "Ask again")
    expect(create).to_be_hidden()
    press(page, "Another person: create")
    expect(create).to_be_visible()

    page.keyboard.press("Escape")
    press(page, "Create in OneFile")
    expect(create).to_be_visible()
    assert Question.objects.filter(answer="another_person").count() == 3


def test_the_link_is_moved_by_keyboard(
    live_server: Any, page: Page, staff: User, learner: Learner, connected: SandboxProcess, barriers: Callable[[], str]
) -> None:
    assert command("onefile_enrol", "AB12C").status == 0
    number = onefile_id(connected)
    another(learner, "CD34E", person=learner.person, forenames="Amara", surname=learner.surname,
            date_of_birth=learner.date_of_birth, email=learner.email)  # fmt: skip
    story.given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/learners/CD34E/delivery-plan/")
    press(page, "Create in OneFile")
    expect(account(page, number)).to_be_visible()
    press(page, "Move the link to this episode")
    window = page.get_by_role("dialog")
    expect(window.get_by_text("AB12C keeps its reviews")).to_be_visible()
    assert barriers() == ""
    assert Link.objects.live().get(onefile_id=number).learner == learner
    press(page, "Move the link to this episode")

    panel = page.get_by_role("region", name="OneFile Integration")
    expect(panel.get_by_text("Moved from AB12C")).to_be_visible()
    page.goto(live_server.url + story.PLAN)
    expect(panel.get_by_text("Not linked")).to_be_visible()
    press(page, "Earlier OneFile links")
    expect(panel.get_by_role("link", name="CD34E")).to_be_visible()
    assert barriers() == ""
