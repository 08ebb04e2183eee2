"""A series of reviews and a typed organisation, as a person meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from learners.models import Learner
from tests import factories

pytestmark = pytest.mark.browser
PLAN = "/learners/AB12C/delivery-plan/"


@pytest.fixture
def amara(transactional_db: None) -> Learner:
    learner = factories.LearnerFactory(ident="AB12C", forenames="Amara", surname="O'Dell")
    factories.ReviewFactory(learner=learner)
    return learner


def test_a_series_is_looked_at_made_and_taken_back(
    page: Page, sign_in: Any, amara: Learner, barriers: Callable[[], str]
) -> None:
    before = amara.reviews.count()
    sign_in()
    page.goto(f"{PLAN}reviews/")
    page.get_by_role("link", name="Add a series").click()
    window = page.get_by_role("dialog", name="Add a series of reviews")
    window.get_by_label("First review").fill("2026-11-28")
    window.get_by_label("How many").fill("2")
    window.get_by_role("button", name="Show the days").click()
    expect(window.get_by_text("Saturday (weekend)").first).to_be_visible()
    assert barriers() == ""
    window.get_by_role("button", name="Schedule 2 reviews").click()
    expect(page.get_by_role("heading", name="Reviews scheduled")).to_be_visible()
    assert amara.reviews.count() == before + 2
    assert barriers() == ""
    page.get_by_role("button", name="Take back 2 reviews").click()
    expect(page.get_by_text("2 reviews taken back.")).to_be_visible()
    assert amara.reviews.count() == before


def test_an_organisation_is_suggested_while_it_is_typed(page: Page, sign_in: Any, amara: Learner) -> None:
    factories.OrganisationFactory(ident="QQ777", name="Lathe & Plane")
    sign_in()
    page.goto(f"{PLAN}placements/")
    page.get_by_role("link", name="Add a placement").first.click()
    window = page.get_by_role("dialog", name="New placement")
    window.get_by_label("Organisation").press_sequentially("lathe")
    expect(window.locator("datalist option")).to_have_attribute("value", "QQ777 Lathe & Plane")
    window.get_by_label("Organisation").fill("QQ777 Lathe & Plane")
    window.get_by_label("Start").fill("2026-11-02")
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Lathe & Plane", exact=True)).to_be_visible()
