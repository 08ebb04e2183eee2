"""Staff enrol a Monday's starters at once: chosen in the list of learners, put right in one table, created, watched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from learners.models import Learner
from tests.browser.acting import a_worker, tab_to
from tests.browser.test_onefile_enrol import given_that_one_is_signed_in, staff
from tests.integration.onefile import conftest as provider
from tests.integration.onefile_pages.many import created, mixed
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
__all__ = ["staff"]
connected = provider.connected
learner = provider.learner

Barriers = Callable[[], str]
SOON = 60_000


@pytest.fixture
def world(learner: Learner, connected: SandboxProcess) -> SandboxProcess:
    mixed(learner, connected)
    return connected


@pytest.fixture
def worker(world: SandboxProcess) -> Iterator[None]:
    with a_worker():
        yield


def test_with_the_keyboard_alone(
    live_server: Any, page: Page, staff: User, world: SandboxProcess, worker: None, barriers: Barriers
) -> None:
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/learners/")
    page.get_by_label("Choose all on this page").focus()
    page.keyboard.press("Space")
    back_to(page, "Enrol in OneFile")
    page.keyboard.press("Enter")
    expect(page.get_by_text("9 learners chosen in the list.")).to_be_visible()
    assert barriers() == ""
    tab_to(page, "Show the list")
    page.keyboard.press("Enter")

    words = page.get_by_role("status").filter(has_text="ready to be created")
    expect(words).to_have_text("5 ready to be created in OneFile. 3 need you first.", timeout=SOON)
    assert barriers() == ""
    row = page.get_by_role("row", name=re.compile("AB12E"))
    select = row.get_by_label("Pathway of 300PW")
    select.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(select).to_have_value("4006")
    tab_to(page, "Save choices")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 learner is looked at again.")).to_be_visible()
    expect(page.get_by_role("button", name="Create 6 in OneFile")).to_be_visible(timeout=SOON)

    page.get_by_role("row", name=re.compile("AB12F")).get_by_role("link", name=re.compile("Look at it")).focus()
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="One learner of the list")).to_be_visible()
    assert barriers() == ""
    page.keyboard.press("Escape")

    tab_to(page, "Create 6 in OneFile")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Enrol in OneFile: the result")).to_be_visible()
    assert barriers() == ""
    ended = page.get_by_role("status").filter(has_text="It has ended.")
    expect(ended).to_have_text("It has ended. 5 of 6 created in OneFile, 1 left out.", timeout=SOON)
    the_second = page.get_by_role("row", name=re.compile("AB12[HJ].*Possible duplicate"))
    expect(the_second).to_have_count(1)  # of two records of one person, whichever came later
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    assert barriers() == ""
    assert max(created(world).values()) == 1
    page.goto(f"{live_server.url}/onefile/enrolments/")
    assert barriers() == ""


def back_to(page: Page, words: str) -> None:
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.locator(":focus").text_content() == words:
            return
    raise AssertionError(f"{words} is not reached with Shift and Tab")


def test_what_is_chosen_stays_while_the_list_fills(
    live_server: Any, page: Page, staff: User, world: SandboxProcess, worker: None
) -> None:
    """Rows come in one by one; a tick or a choice made meanwhile is not lost."""
    world.fault("delay", "User/Search", "POST", times=0, seconds=0.4)
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/onefile/enrolments/new/?all=1")
    page.get_by_role("button", name="Show the list").click()
    first = page.get_by_role("row", name=re.compile("AB12C"))
    expect(first).to_contain_text("Ready", timeout=SOON)
    box = first.get_by_role("checkbox")
    box.check()
    box.focus()
    expect(page.get_by_role("row", name=re.compile("AB12K"))).to_contain_text("Ready", timeout=SOON)
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="ready to be created")).to_be_visible(timeout=SOON)


def test_without_javascript(
    live_server: Any, browser: Browser, staff: User, world: SandboxProcess, worker: None
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/learners/")
    for ident in ("AB12C", "AB12E"):
        page.get_by_label(re.compile(f"Choose {ident}")).check()
    page.get_by_role("button", name="Enrol in OneFile").click()
    page.get_by_role("button", name="Show the list").click()
    until(page, "1 ready to be created in OneFile. 1 needs you first.")
    page.get_by_label("Pathway of 300PW").select_option("4005")
    page.get_by_role("button", name="Save choices").click()
    until(page, "2 ready to be created in OneFile.")
    page.get_by_role("link", name=re.compile("Look at it")).first.click()
    page.get_by_role("button", name="Keep these choices").click()
    page.get_by_role("button", name="Create 2 in OneFile").click()
    until(page, "It has ended. 2 of 2 created in OneFile.")
    page.context.close()


def until(page: Page, words: str) -> None:
    """As somebody does who presses the link that shows how far it is."""
    for _ in range(60):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words)).to_be_visible()
