"""What windows owe to people who wait, who zoom in, or who have no mouse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from onefile_integration.views import create
from tests.browser import test_onefile_enrol as enrol
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
connected = enrol.connected
learner = enrol.learner
worker = enrol.worker
staff = enrol.staff
Barriers = enrol.Barriers

FOCUSED = "() => document.activeElement.id || document.activeElement.textContent.trim()"
HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, Math.max(box.top, 0) + Math.min(box.height / 2, 12));
  if (one === document.body) return "";  // past the last one: the browser's own
  return seen && (one.contains(seen) || seen.contains(one)) ? "" : one.outerHTML.slice(0, 80);
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_slow_onefile_is_waited_for_in_words_and_nothing_jumps(
    live_server: Any,
    page: Page,
    staff: User,
    connected: SandboxProcess,
    worker: None,
    barriers: Barriers,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(create, "SECONDS", 1.5)
    enrol.given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + enrol.PLAN)
    connected.fault("delay", times=0, seconds=0.5)
    page.get_by_role("link", name="Create in OneFile").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("status").filter(has_text="OneFile is being asked.")).to_be_visible()
    expect(page.locator("#window")).to_have_attribute("aria-busy", "true")
    assert barriers() == ""
    expect(window.get_by_text("It is being read on, for up to a minute.")).to_be_visible()
    expect(window.get_by_role("button", name="Create in OneFile")).to_be_disabled()

    button = window.get_by_role("button", name="Create in OneFile")
    expect(button).to_be_enabled()
    assert page.evaluate(FOCUSED) == "window-title"
    expect(page.locator("#window")).not_to_have_attribute("aria-busy", "true")
    button.click()
    expect(window.get_by_role("button", name="Create in OneFile: please wait…")).to_be_visible()
    summary = window.locator("summary").filter(has_text="Create Amara")
    expect(summary).to_be_visible()
    summary.focus()
    page.keyboard.press("Enter")
    focused = page.evaluate(FOCUSED)
    connected.clear_faults()
    enrol.then_the_end_is_seen_without_a_reload(page)
    expect(window.locator("details[open] summary").filter(has_text="Create Amara")).to_be_visible()
    assert page.evaluate(FOCUSED) == focused != ""
    page.keyboard.press("Escape")
    expect(page.locator("#onefile-title")).to_be_focused()

    page.get_by_role("link", name="Remove OneFile Link").click()
    window.get_by_role("button", name="Yes, remove Link with OneFile").click()
    expect(page.get_by_text("The OneFile link is removed.")).to_be_focused()


def test_a_window_that_is_closed_while_it_is_read_stays_closed(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess
) -> None:
    enrol.given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + enrol.PLAN)
    connected.fault("delay", times=0, seconds=0.2)
    page.get_by_role("link", name="Create in OneFile").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    with page.expect_response(re.compile("/onefile/create/")):
        page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_zoomed_to_four_times_nothing_is_hidden(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess, worker: None
) -> None:
    connected.seed(users=[{"ID": 700123, "Role": 1, "OrganisationID": 101, "FirstName": "Amara",
                           "LastName": "Okafor-Lane", "DOB": "2007-07-14T00:00:00Z"}])  # fmt: skip
    page.set_viewport_size({"width": 320, "height": 256})
    enrol.given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + enrol.PLAN)
    page.get_by_role("link", name="Create in OneFile").click()
    window = page.get_by_role("dialog")
    found = window.get_by_role("region", name=re.compile("OneFile learner 700123"))
    expect(found).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(HIDDEN) == ""
    window.get_by_role("button", name="Another person: create").click()
    window.get_by_role("button", name="Create in OneFile").click()
    enrol.then_the_end_is_seen_without_a_reload(page)
    page.get_by_role("button", name="Close window").click()
    expect(page.locator("#onefile-title")).to_be_focused()
    assert page.evaluate(TOO_WIDE) == 0
    page.get_by_role("link", name="Refresh with OneFile").click()
    box = window.get_by_role("region", name="Qualifications")
    assert box.evaluate("each => each.scrollWidth - each.clientWidth") == 0
