"""Stories of the staff who look after learners."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from learners.models import Learner
from learners.registry import MenuItem, registry
from picsweb.permissions import VIEWER
from tests import factories
from tests.browser.conftest import PASSWORD
from tests.integration.pages.plans import fill

pytestmark = pytest.mark.browser
SignIn = Callable[..., User]
PLAN = "/learners/AB12C/delivery-plan/"


@pytest.fixture
def amara(transactional_db: None) -> Learner:
    officer = factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    learner = factories.LearnerFactory(ident="AB12C", forenames="Amara", surname="O'Dell", main_officer=officer)
    line = factories.DeliveryPlanLineFactory(learner=learner, total_elements=20, elements_done=5)
    line.qualification.title = "Adult Care Worker"
    line.qualification.save()
    factories.ReviewFactory(learner=learner, officer=officer, start_time=time(10, 30))
    factories.PlacementFactory(learner=learner)
    factories.LearnerFactory(forenames="Gwen", surname="Östen")
    return learner


def test_a_learner_is_found_while_typing(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    expect(page.get_by_role("heading", name="Learners")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="2 learners")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("ODELL")
    expect(page.get_by_role("status").filter(has_text="1 learner found")).to_be_visible()
    expect(page.get_by_role("link", name="Gwen Östen")).not_to_be_visible()
    expect(page).to_have_url(re.compile(r"q=ODELL"))
    page.get_by_role("link", name="Amara O'Dell").click()
    expect(page.get_by_role("heading", name="Amara O'Dell")).to_be_visible()
    expect(page.get_by_text("Bryn Tallis")).to_be_visible()


def test_a_filter_narrows_the_list_at_once(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.get_by_label("Main officer").select_option("Bryn Tallis")
    expect(page.get_by_role("status").filter(has_text="1 learner found")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    expect(page.get_by_role("status").filter(has_text="2 learners")).to_be_visible()


def test_all_on_the_page_are_chosen_at_once(
    page: Page, sign_in: SignIn, amara: Learner, barriers: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    action = MenuItem(lambda request: "Show them", "learners:officer-list", lambda request: True)
    monkeypatch.setattr(registry, "learner_actions", [action])
    sign_in()
    page.get_by_label("Choose all on this page").check()
    assert barriers() == ""
    page.get_by_label("Choose AB12C").uncheck()
    page.get_by_role("button", name="Show them").click()
    expect(page).to_have_url(re.compile(r"/officers/\?learner=L\d{4}$"))


def test_sorting_is_told_to_those_who_do_not_see_it(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.get_by_role("columnheader", name="Ident").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Ident")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("columnheader", name="Ident").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Ident")).to_have_attribute("aria-sort", "descending")


def test_a_learner_is_edited_in_a_window(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.goto(PLAN)
    page.get_by_role("link", name="Edit learner").click()
    window = page.get_by_role("dialog", name="Edit learner Amara O'Dell")
    expect(window).to_be_visible()
    window.get_by_label("ULN").fill("123")
    window.get_by_role("button", name="Save").click()
    summary = window.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="ULN").click()
    expect(window.get_by_label("ULN")).to_be_focused()
    window.get_by_label("ULN").fill("")
    window.get_by_label("Surname").fill("Oakes")
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Amara Oakes")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="The learner is saved.")).to_be_visible()
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_a_window_closes_and_gives_the_focus_back(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.goto(PLAN)
    opener = page.get_by_role("link", name="Edit learner")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.get_by_role("link", name="Cancel").click(),
        lambda: page.get_by_role("button", name="Close window").click(),
    ):
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        leave()
        expect(page.get_by_role("dialog")).not_to_be_visible()
        expect(opener).to_be_focused()
    expect(page).to_have_url(re.compile(f"{PLAN}$"))


def test_a_review_is_added_and_deleted(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.goto(f"{PLAN}reviews/")
    page.get_by_role("link", name="Add a review").click()
    window = page.get_by_role("dialog", name="New review")
    window.get_by_label("Scheduled date").fill("2027-01-14")
    window.get_by_label("Start time").fill("14:00")
    window.get_by_label("Officer", exact=True).select_option("Bryn Tallis")
    window.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="14 Jan 2027, 14:00")
    expect(row).to_be_visible()
    row.get_by_role("link", name="Delete").click()
    page.get_by_role("dialog", name="Delete review?").get_by_role("button", name="Yes, delete").click()
    expect(page.get_by_text("The review is deleted.")).to_be_visible()
    expect(row).not_to_be_visible()


def test_the_delivery_plan_by_keyboard_alone(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.goto(PLAN)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    tabs = page.get_by_role("navigation", name="Delivery Plan")
    for name in ("Qualifications", "Units", "Reviews", "Placements", "Officers", "History"):
        press_tab_to(page, tabs.get_by_role("link", name=name))
        page.keyboard.press("Enter")
        expect(tabs.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Qualifications").click()
    edit = page.get_by_role("link", name="Edit")
    press_tab_to(page, edit.last)
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog", name="Edit qualification")
    expect(window).to_be_visible()
    window.get_by_label("Elements done").press("Control+a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="12 of 20 (60%)")).to_be_visible()


def press_tab_to(page: Page, link: object) -> None:
    for _ in range(40):
        if link.evaluate("element => element === document.activeElement"):  # type: ignore[attr-defined]
            return
        page.keyboard.press("Tab")
    raise AssertionError("40 presses of Tab do not lead there")


def test_the_whole_way_without_javascript(browser: Browser, live_server: object, amara: Learner) -> None:
    from django.contrib.auth.models import Group

    User.objects.create_user("clerk", password=PASSWORD).groups.add(Group.objects.get(name="Staff"))
    with browser.new_context(java_script_enabled=False, base_url=live_server.url) as context:  # type: ignore[attr-defined]
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Username").fill("clerk")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Name, Ident").fill("odell")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Amara O'Dell").click()
        page.get_by_role("link", name="Edit learner").click()
        expect(page.get_by_role("heading", name="Edit learner Amara O'Dell")).to_be_visible()
        page.get_by_label("Email").fill("amara@example.org")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("The learner is saved.")).to_be_visible()
        page.get_by_role("link", name="Placements").click()
        page.get_by_role("link", name="Delete").click()
        page.get_by_role("button", name="Yes, delete").click()
        expect(page.get_by_text("No placements yet")).to_be_visible()


def test_a_name_that_is_a_script_stays_text(page: Page, sign_in: SignIn, amara: Learner) -> None:
    Learner.objects.filter(pk=amara.pk).update(surname="<img src=x onerror=alert(1)>")
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    sign_in()
    page.goto(PLAN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Amara <img src=x onerror=alert(1)>")
    page.get_by_role("link", name="Edit learner").click()
    expect(page.get_by_role("dialog")).to_contain_text("<img src=x")


def test_a_viewer_is_told_why_not(
    page: Page, sign_in: SignIn, amara: Learner, barriers: Callable[[], str], quiet_console: list[str]
) -> None:
    sign_in(VIEWER)
    page.goto(PLAN)
    expect(page.get_by_role("link", name="Edit learner")).not_to_be_visible()
    page.goto("/learners/AB12C/edit/")
    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    assert barriers() == ""
    page.goto("/nowhere/")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    assert barriers() == ""
    assert len(quiet_console) == 2  # Chromium says each answer that is not 200
    quiet_console.clear()


def test_a_small_screen_has_a_menu_button(page: Page, sign_in: SignIn, amara: Learner) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    sign_in()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Officers").click()
    expect(page.get_by_role("heading", name="Officers")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_end_of_a_session_leads_to_sign_in(page: Page, sign_in: SignIn, amara: Learner) -> None:
    sign_in()
    page.goto(PLAN)
    page.context.clear_cookies()
    page.get_by_role("link", name="Edit learner").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def addresses(learner: Learner) -> list[str]:
    line, review = learner.delivery_plan.first(), learner.reviews.first()
    placement = learner.placements.first()
    assert line and review and placement
    tabs = ["progress", "qualifications", "units", "reviews", "placements", "officers", "history"]
    return [
        "/learners/",
        "/learners/?q=nobody-at-all",
        "/learners/new/",
        "/learners/AB12C/",
        "/learners/AB12C/edit/",
        *(f"/learners/AB12C/{end}/" for end in ("tie", "untie", "new-episode", "break", "end", "end/undo")),
        *(f"{PLAN}{tab}/" for tab in tabs),
        *(f"{PLAN}{kind}/new/" for kind in ("lines", "units", "reviews", "placements", "officers", "breaks")),
        f"{PLAN}reviews/{review.pk}/edit/",
        f"{PLAN}reviews/{review.pk}/delete/",
        *(f"/{kind}/{end}" for kind in ("officers", "organisations", "qualifications") for end in ("", "new/")),
        f"/officers/{learner.main_officer.ident}/",  # type: ignore[union-attr]
        f"/organisations/{placement.organisation.ident}/",
        f"/qualifications/{line.qualification_id}/",
        *("/reviews/", "/reviews/?state=all", "/tags/", "/tags/new/", "/learners/progress/?lacks=email"),
        *(f"/tags/{tag.pk}/{end}" for tag in learner.tags.all()[:1] for end in ("", "edit/", "merge/", "delete/")),
        f"{PLAN}progress/?as_at=2026-11-20",
        f"{PLAN}reviews/series/",
        "/password/",
    ]


def test_axe_finds_nothing_on_any_page(
    page: Page, sign_in: SignIn, amara: Learner, barriers: Callable[[], str]
) -> None:
    fill(amara, times=2)
    changes = {"planned_end": date(2026, 9, 2), "system_status": "Partial Entry", "uln": "4123456781"}
    Learner.objects.filter(pk=amara.pk).update(**changes)
    factories.LearnerFactory(uln="4123456781")  # perhaps the same person
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    assert barriers() == ""
    sign_in()
    for address in addresses(amara):
        page.goto(address)
        assert barriers() == ""


def test_axe_finds_nothing_in_the_dark(
    page: Page, sign_in: SignIn, amara: Learner, barriers: Callable[[], str]
) -> None:
    page.emulate_media(color_scheme="dark")
    sign_in()
    for address in ("/learners/", PLAN, f"{PLAN}qualifications/", "/learners/AB12C/edit/"):
        page.goto(address)
        assert barriers() == ""


def test_axe_finds_nothing_in_windows(page: Page, sign_in: SignIn, amara: Learner, barriers: Callable[[], str]) -> None:
    sign_in()
    page.goto(f"{PLAN}reviews/")
    page.get_by_role("link", name="Add a review").click()
    expect(page.get_by_role("dialog", name="New review")).to_be_visible()
    assert barriers() == ""
    page.get_by_label("Type").select_option("Exit")
    page.get_by_label("Attended").evaluate("field => field.add(new Option('Nonsense', 'Nonsense', true, true))")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert barriers() == ""
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Delete").first.click()
    expect(page.get_by_role("dialog", name="Delete review?")).to_be_visible()
    assert barriers() == ""
