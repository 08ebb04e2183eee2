"""A dry run, the real run and the journal, as an administrator meets them: by keyboard, without barriers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from learners.models import Learner
from onefile_integration.models import Licence
from picsweb.permissions import DATABASE_ADMINISTRATOR
from tests.browser.acting import a_worker, tab_to
from tests.integration.onefile import conftest as provider
from tests.integration.onefile_pages import conftest as pages
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.browser
connected = provider.connected
learner = provider.learner
enrolled = pages.enrolled


@pytest.fixture
def worker(enrolled: Learner) -> Iterator[None]:
    with a_worker():
        yield


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_from_the_dry_run_to_the_journal(
    page: Page,
    sign_in: Any,
    enrolled: Learner,
    connected: SandboxProcess,
    worker: None,
    barriers: Callable[[], str],
) -> None:
    aim = connected.state()["aims"][0]["ID"]
    connected.edit("aims", aim, ElementsCompleted=20)
    Licence.objects.create(user=sign_in(DATABASE_ADMINISTRATOR))
    page.goto("/onefile/")
    press(page, "Dry run")
    expect(page.get_by_role("heading", name="Synchronisation, dry run")).to_be_visible()
    expect(page.get_by_role("link", name="Synchronise now")).to_be_visible()
    expect(page.get_by_role("cell", name="Bring progress and registration", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Cancel the rest")).to_have_count(0)
    assert barriers() == ""
    picture(page, "dry-run")
    press(page, "Show those: Bring progress and registration")
    expect(page.get_by_text("Would be done")).to_be_visible()
    page.get_by_label("Field").select_option("line.elements_done")
    expect(page.get_by_text("1 step found")).to_be_visible()
    csv = page.get_by_role("link", name="CSV file of all steps found")
    expect(csv).to_have_attribute("href", re.compile("field=line.elements_done"))  # as filtered now
    assert barriers() == ""
    picture(page, "would-change")

    page.goto("/learners/AB12C/delivery-plan/")
    page.get_by_role("link", name="Refresh with OneFile").click()
    window = page.get_by_role("dialog")
    window.get_by_role("button", name="Dry run").focus()
    page.keyboard.press("Enter")
    expect(window.get_by_text("Nothing was changed. 1 step would be done.").first).to_be_visible()
    assert barriers() == ""
    picture(page, "learner-dry-run")
    window.get_by_role("link", name="Refresh with OneFile").click()
    window.get_by_role("button", name="Refresh").click()
    expect(window.get_by_text("Both sides agree.").first).to_be_visible()

    page.goto("/onefile/exchanged/")
    assert barriers() == ""
    picture(page, "exchanged")
    press(page, "of Qualification Elements Done")
    expect(page.get_by_role("heading", name="OneFile journal")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="becomes 20")).to_be_visible()
    page.get_by_text("More filters").click()
    assert barriers() == ""
    picture(page, "journal")
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
