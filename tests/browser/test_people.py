"""Stories of those who look after personal data and accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from learners.models import Learner
from picsweb.permissions import DATABASE_ADMINISTRATOR
from tests import factories

pytestmark = pytest.mark.browser
SignIn = Callable[..., User]


def test_a_learner_asks_what_is_held_and_is_then_erased(
    page: Page, sign_in: SignIn, barriers: Callable[[], str]
) -> None:
    amara = factories.LearnerFactory(ident="AB12C", forenames="Amara", surname="Lane")
    factories.ReviewFactory(learner=amara)
    sign_in(DATABASE_ADMINISTRATOR)
    page.goto("/learners/AB12C/")
    page.get_by_role("link", name="Everything held").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it as JSON").click()
    assert download.value.suggested_filename.startswith("learner-AB12C-")
    page.get_by_role("button", name="Show it to read and print").click()
    expect(page.get_by_role("heading", name="Everything held on Amara Lane")).to_be_visible()
    assert barriers() == ""

    page.goto("/learners/AB12C/")
    page.get_by_role("link", name="Erase").click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("heading", name="Erase Amara Lane?")).to_be_visible()
    assert barriers() == ""
    window.get_by_label("Type AB12C to confirm").fill("AB12")
    window.get_by_role("button", name="Yes, erase for good").click()
    expect(window.get_by_role("alert")).to_contain_text("This is not the Ident")
    window.get_by_label("Type AB12C to confirm").fill("AB12C")
    window.get_by_role("button", name="Yes, erase for good").click()
    expect(page.get_by_text("AB12C: erased for good.")).to_be_visible()
    assert not Learner.objects.exists()


def test_a_colleague_gets_an_account_by_a_link(page: Page, sign_in: SignIn, barriers: Callable[[], str]) -> None:
    sign_in(DATABASE_ADMINISTRATOR)
    page.get_by_role("link", name="Users", exact=True).click()
    assert barriers() == ""
    page.get_by_role("link", name="New user").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Username").fill("bea")
    window.get_by_label("Staff", exact=True).check()
    assert barriers() == ""
    window.get_by_role("button", name="Save").click()
    link = window.get_by_label("Link to set a password").input_value()
    assert barriers() == ""
    window.get_by_role("link", name="Done, back to the users").click()
    expect(page.get_by_text("No password yet")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto(link)
    for label in ("New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("another longer one")
    assert barriers() == ""
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password is set. Sign in with it.")).to_be_visible()
