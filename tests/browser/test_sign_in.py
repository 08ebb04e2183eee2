"""Staff arrive."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PASSWORD = "a long one, for once"


@pytest.fixture
def member(transactional_db):
    return get_user_model().objects.create_superuser("member", password=PASSWORD)


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill("member")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_member_of_staff_signs_in_and_is_where_they_wanted_to_go(live_server, page, member, barriers):
    page.goto(live_server.url + "/learners/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    assert barriers() == ""
    sign_in(page, page.url, PASSWORD)
    expect(page).not_to_have_url(re.compile("/sign-in/"))
    assert barriers() == ""


def test_a_wrong_password_is_said(live_server, page, member, barriers):
    sign_in(page, live_server.url + "/sign-in/", "wrong")
    expect(page).to_have_url(re.compile("/sign-in/"))
    expect(page.get_by_role("alert").first).to_be_visible()
    assert barriers() == ""
