"""Staff create a learner in OneFile from the Delivery Plan, and bring progress back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser, Page, expect

from learners.groups import set_up_groups
from learners.models import Learner
from onefile_integration.models import Licence, Link, Run
from picsweb.permissions import DATABASE_ADMINISTRATOR, STAFF
from tests.browser.acting import a_worker, tab_to
from tests.integration.onefile import conftest as provider
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
connected = provider.connected
learner = provider.learner
PASSWORD = "a long one, for once"
PLAN = "/learners/AB12C/delivery-plan/"

Barriers = Callable[[], str]


@pytest.fixture
def worker(learner: Learner) -> Iterator[None]:
    with a_worker():
        yield


@pytest.fixture
def staff(learner: Learner) -> User:
    return _member("member", STAFF)


@pytest.fixture
def administrator(learner: Learner) -> User:
    return _member("administrator", DATABASE_ADMINISTRATOR)


def _member(name: str, group: str) -> User:
    set_up_groups()
    user = User.objects.create_user(name, password=PASSWORD)
    user.groups.add(Group.objects.get(name=group))
    Licence.objects.create(user=user)
    return user


def given_that_one_is_signed_in(page: Page, address: str, user: User) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/sign-in/"))


def when_the_learner_is_created(page: Page) -> None:
    page.get_by_role("link", name="Create in OneFile").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="Create Learner in OneFile")).to_be_visible()
    expect(window.get_by_text("amara.lane@example.org")).to_be_visible()
    window.get_by_role("button", name="Create in OneFile").click()


def then_the_end_is_seen_without_a_reload(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text="All is done.")).to_be_visible(timeout=30_000)
    expect(page.locator("#progress")).to_contain_text("11 of 11 steps ended")


def test_created_watched_and_refreshed(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess, worker: None, barriers: Barriers
) -> None:
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + PLAN)
    assert barriers() == ""
    page.get_by_role("link", name="Create in OneFile").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Create in OneFile")).to_be_visible()
    assert barriers() == ""
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    when_the_learner_is_created(page)
    then_the_end_is_seen_without_a_reload(page)
    assert barriers() == ""
    page.get_by_role("button", name="Close window").click()

    number = str(Link.objects.get(learner__isnull=False).onefile_id)
    panel = page.get_by_role("region", name="OneFile Integration")
    expect(panel.get_by_text(number, exact=True)).to_be_visible()
    assert barriers() == ""

    when_an_assessor_signs_elements_off(connected)
    panel.get_by_role("link", name="Refresh with OneFile").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("cell", name="Not available")).to_be_visible()
    assert barriers() == ""
    window.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("status").filter(has_text="Both sides agree.")).to_be_visible(timeout=30_000)
    expect(window.get_by_role("cell", name="Elements Done")).to_be_visible()
    expect(window.get_by_role("cell", name="21", exact=True)).to_be_visible()
    assert barriers() == ""
    window.get_by_role("link", name="To the Delivery Plan").click()
    expect(page.get_by_text("21 of 42 (50%)").first).to_be_visible()
    page.get_by_role("link", name="View Last Refresh Log").click()
    expect(page.get_by_role("dialog").get_by_role("cell", name="21", exact=True)).to_be_visible()


def when_an_assessor_signs_elements_off(onefile: SandboxProcess) -> None:
    aim = next(aim for aim in onefile.state()["aims"] if aim["StandardID"] == 4001)
    onefile.edit("aims", aim["ID"], ElementsCompleted=21)


def test_with_the_keyboard_alone(live_server: Any, page: Page, staff: User, worker: None) -> None:
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + PLAN)
    tab_to(page, "Create in OneFile")
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="Create Learner in OneFile")).to_be_visible()
    tab_to(page, "Create in OneFile")
    page.keyboard.press("Enter")
    then_the_end_is_seen_without_a_reload(page)
    page.keyboard.press("Escape")
    expect(page.get_by_text(str(Link.objects.get(learner__isnull=False).onefile_id), exact=True)).to_be_visible()
    tab_to(page, "Remove OneFile Link")
    page.keyboard.press("Enter")
    expect(window.get_by_text("Only the link is removed.")).to_be_visible()
    tab_to(page, "Yes, remove Link with OneFile")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The OneFile link is removed.")).to_be_visible()


def test_without_javascript(live_server: Any, browser: Browser, staff: User, worker: None) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + PLAN)
    page.get_by_role("link", name="Create in OneFile").click()
    page.get_by_label("Classroom").select_option(label="Unassigned")
    page.get_by_role("button", name="Update preview").click()
    page.get_by_role("button", name="Create in OneFile").click()
    for _ in range(60):
        if page.get_by_text("All is done.").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("11 of 11 steps ended").first).to_be_visible()
    page.get_by_role("link", name="To the Delivery Plan").click()
    page.get_by_role("link", name="Refresh with OneFile").click()
    page.get_by_role("button", name="Refresh", exact=True).click()
    expect(page.get_by_role("heading", name="Refresh Log")).to_be_visible()
    page.context.close()


def test_an_id_set_by_hand_shows_both_sides_first(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess, barriers: Barriers
) -> None:
    connected.seed(users=[{"ID": 700123, "Role": 1, "OrganisationID": 101, "FirstName": "Amara",
                           "LastName": "<script>alert(1)</script>", "DOB": "2007-07-14T00:00:00Z"}])  # fmt: skip
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + PLAN)
    page.get_by_role("link", name="Manually Set OneFile ID").click()
    window = page.get_by_role("dialog")
    window.get_by_label("OneFile ID").fill("99")
    assert barriers() == ""
    window.get_by_role("button", name="Check with OneFile").click()
    expect(window.get_by_text("OneFile knows no learner 99.").first).to_be_visible()
    assert barriers() == ""
    window.get_by_label("OneFile ID").fill(" 700123")
    window.get_by_role("button", name="Check with OneFile").click()
    expect(window.get_by_role("row", name=re.compile("Surname.*Differs"))).to_be_visible()
    assert barriers() == ""
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Set by hand, not yet compared")).to_be_visible()


def test_while_onefile_is_down_it_is_said_and_tried_again(
    live_server: Any, page: Page, staff: User, connected: SandboxProcess, barriers: Barriers
) -> None:
    connected.fault("status", times=0, status=503)
    given_that_one_is_signed_in(page, live_server.url, staff)
    page.goto(live_server.url + PLAN)
    page.get_by_role("link", name="Create in OneFile").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="OneFile could not be asked")).to_be_visible(timeout=20_000)
    assert barriers() == ""
    connected.clear_faults()
    window.get_by_role("link", name="Try again", exact=True).click()
    expect(window.get_by_role("button", name="Create in OneFile")).to_be_visible()


def test_the_pages_of_an_administrator(
    live_server: Any,
    page: Page,
    administrator: User,
    connected: SandboxProcess,
    worker: None,
    barriers: Barriers,
) -> None:
    given_that_one_is_signed_in(page, live_server.url, administrator)
    page.goto(live_server.url + "/onefile/")
    assert barriers() == ""
    page.get_by_role("button", name="Connection Test").click()
    expect(page.get_by_text("Connected with Practice.")).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Download Reviews from OneFile").check()
    assert barriers() == ""
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The OneFile settings are saved.")).to_be_visible()
    page.get_by_role("link", name="Synchronise now").click()
    assert barriers() == ""
    window.get_by_role("button", name="Yes, synchronise now").click()
    expect(page.get_by_text("Finished: 0 of 0 learners ended.")).to_be_visible(timeout=30_000)
    assert barriers() == ""
    run = Run.objects.get()
    for address in ("exchanged/", "questions/", "runs/", f"runs/{run.pk}/learners/", f"runs/{run.pk}/changes/"):
        page.goto(f"{live_server.url}/onefile/{address}")
        assert barriers() == ""
    page.goto(f"{live_server.url}/officers/OF001/")
    assert barriers() == ""
