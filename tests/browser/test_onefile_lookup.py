"""Staff find an officer and an employer in OneFile's own list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from onefile_integration.models import Link
from tests.browser import test_onefile_enrol as enrolling
from tests.browser.acting import tab_to
from tests.browser.test_onefile_enrol import given_that_one_is_signed_in
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
connected = enrolling.connected
learner = enrolling.learner
staff = enrolling.staff
administrator = enrolling.administrator

Barriers = Callable[[], str]


@pytest.fixture
def centre(connected: SandboxProcess) -> SandboxProcess:
    """More assessors than stand on a page; ours is among them, and somebody of the same surname."""
    staff = {"Role": 5, "OrganisationID": 101}
    others = [staff | {"FirstName": f"Person {n}", "LastName": f"Number {n:02}", "MISID": f"SP-{n}"} for n in range(55)]
    connected.seed(
        users=[
            *others,
            staff | {"ID": 700101, "FirstName": "Bryn", "LastName": "Tallis", "Email": "bryn@provider.example"},
            staff | {"ID": 700102, "FirstName": "<b>Anwen</b>", "LastName": "Tallis"},
        ],
        placements=[{"ID": 900010, "OrganisationID": 101, "Name": "Pitt & Sons' Joinery"}],
    )
    return connected


def test_an_officer_is_looked_up_with_the_keyboard(
    live_server: Any, page: Page, staff: User, centre: SandboxProcess, barriers: Barriers
) -> None:
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/officers/OF001/")
    tab_to(page, "Look Up OneFile ID")
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    expect(window.get_by_text("57 listed, 1 to 50 shown")).to_be_visible()
    assert barriers() == ""
    expect(window.get_by_label("Name, MIS Value, email or OneFile ID")).to_be_focused()

    page.keyboard.type("tallis")
    page.keyboard.press("Enter")
    expect(window.get_by_text("2 found")).to_be_visible()
    expect(window.get_by_text("<b>Anwen</b> Tallis")).to_be_visible()
    assert barriers() == ""
    when_it_is_chosen_and_saved(page, "<b>Anwen</b> Tallis")
    expect(window.get_by_text("The names differ.")).to_be_visible()
    assert barriers() == ""

    tab_to(page, "Back to the list")
    page.keyboard.press("Enter")
    expect(window.get_by_text("2 found")).to_be_visible()
    when_it_is_chosen_and_saved(page, "Bryn Tallis")
    expect(page.get_by_text("OF001 is linked with OneFile's 700101.")).to_be_visible()
    expect(page.get_by_role("cell", name="700101", exact=True)).to_be_visible()
    assert Link.objects.get().onefile_id == 700101
    assert barriers() == ""


def when_it_is_chosen_and_saved(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    while page.evaluate("document.activeElement.labels[0].textContent") != name:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    tab_to(page, "Save")
    page.keyboard.press("Enter")


def test_pages_and_order_stay_in_the_window(live_server: Any, page: Page, staff: User, centre: SandboxProcess) -> None:
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/officers/OF001/")
    page.get_by_role("link", name="Look Up OneFile ID").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("row").nth(1)).to_contain_text("Equal name")
    window.get_by_role("link", name="Next page").click()
    expect(window.get_by_text("57 listed, 51 to 57 shown")).to_be_visible()
    window.get_by_role("link", name="MIS Value").click()
    expect(window.get_by_role("row").nth(1)).to_contain_text("SP-0")
    window.get_by_role("link", name="The likely ones first").click()
    expect(window.get_by_role("row").nth(1)).to_contain_text("Equal name")
    expect(page).to_have_url(f"{live_server.url}/officers/OF001/")


def test_an_employer_without_javascript(
    live_server: Any, browser: Browser, staff: User, centre: SandboxProcess, barriers: Barriers
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/organisations/EM001/")
    page.get_by_role("link", name="Look Up OneFile ID").click()
    page.get_by_role("searchbox").fill("pitt")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Pitt & Sons' Joinery").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("EM001 is linked with OneFile's 900010.")).to_be_visible()
    context.close()


def test_while_onefile_is_down_it_is_said(
    live_server: Any, page: Page, staff: User, centre: SandboxProcess, barriers: Barriers
) -> None:
    centre.fault("status", times=0, status=503)
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(f"{live_server.url}/officers/OF001/")
    page.get_by_role("link", name="Look Up OneFile ID").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="OneFile could not be asked")).to_be_visible(timeout=20_000)
    assert barriers() == ""
    centre.clear_faults()
    window.get_by_role("link", name="Try again", exact=True).click()
    expect(window.get_by_text("57 listed")).to_be_visible()


def test_a_removed_link_is_listed(
    live_server: Any, page: Page, administrator: User, centre: SandboxProcess, barriers: Barriers
) -> None:
    given_that_one_is_signed_in(page, live_server.url, administrator)
    page.goto(f"{live_server.url}/officers/OF001/")
    page.get_by_role("link", name="Look Up OneFile ID").click()
    page.get_by_label("Bryn Tallis").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove the link in Northmoor College").click()
    page.get_by_role("button", name="Yes, remove Link with OneFile").click()
    page.get_by_text("Links that were removed").click()
    expect(page.get_by_role("region", name="Other System ID removed").get_by_text("700101")).to_be_visible()
    assert barriers() == ""
