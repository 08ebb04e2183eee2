"""A data manager hands learners over with the keyboard alone, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from learners.models import Learner
from picsweb.permissions import DATA_MANAGER
from tests import factories

pytestmark = pytest.mark.browser


@pytest.fixture
def learners(transactional_db: None) -> list[Learner]:
    gwen = factories.OfficerFactory(forenames="Gwen", surname="Östen")
    factories.OfficerFactory(forenames="Bryn", surname="Tallis")
    return [factories.LearnerFactory(ident=ident, main_officer=gwen) for ident in ("AB12C", "CD34E", "EF56G")]


def tab_to(page: Page, words: str) -> None:
    """By what the focused element is called, as a screen reader would say it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        named = focused.evaluate("e => e.ariaLabel || e.labels?.[0]?.textContent || e.textContent || ''")
        if words in named:
            return
    raise AssertionError(f"{words} is not reached with Tab")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def test_chosen_previewed_changed_and_undone_with_the_keyboard(
    page: Page, sign_in: Callable[..., User], learners: list[Learner], barriers: Callable[[], str]
) -> None:
    sign_in(DATA_MANAGER)
    expect(page.get_by_role("heading", name="Learners")).to_be_visible()
    for ident in ("AB12C", "EF56G"):
        page.get_by_role("link", name="Skip to main content").focus()
        tab_to(page, f"Choose {ident}")
        page.keyboard.press("Space")
    page.get_by_role("link", name="Skip to main content").focus()
    press(page, "Change them")
    expect(page.get_by_role("heading", name=re.compile("2 learners chosen in the list"))).to_be_visible()
    assert barriers() == ""

    press(page, "Main officer")
    expect(page.get_by_role("button", name="Preview")).to_be_visible()
    tab_to(page, "Main officer")
    page.keyboard.type("Bryn")
    assert barriers() == ""
    press(page, "Preview")
    expect(page.get_by_role("table", name="What would change").get_by_role("row")).to_have_count(3)
    assert barriers() == ""
    press(page, "Change 2 learners")

    expect(page.get_by_role("status").filter(has_text="2 learners changed.")).to_be_visible()
    assert barriers() == ""
    assert Learner.objects.filter(main_officer__surname="Tallis").count() == 2
    press(page, "Undo")
    expect(page.get_by_role("dialog", name=re.compile("Undo bulk change"))).to_be_visible()
    assert barriers() == ""
    press(page, "Yes, undo it")
    expect(page.get_by_role("status").filter(has_text="is undone")).to_be_visible()
    expect(page.get_by_role("cell", name="Put back")).to_have_count(2)
    assert Learner.objects.filter(main_officer__surname="Östen").count() == 3
    page.get_by_role("link", name="Skip to main content").focus()  # the message has it, further down
    press(page, "Bulk changes")
    expect(page.get_by_role("cell", name="Undone by clerk")).to_be_visible()
    assert barriers() == ""
