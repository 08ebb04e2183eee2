"""Chromium for the stories: the system's own, never downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from picsweb.permissions import STAFF

HOW_TO_GET_IT = "needs Chromium: apt-get install chromium, or name one in CHROMIUM; CI installs it and runs these"
ARGUMENTS = (
    "--no-sandbox",  # as root, and in containers
    "--disable-gpu",
    # It calls home otherwise; nothing in a test leaves this machine.
    *("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
HERE = Path(__file__).parent
expect.set_options(timeout=15_000)  # both cores are busy with other tests; what never comes still fails
LONGEST = "test_learners.py"
PASSWORD = "a long one, for once"
# The rules of WCAG 2.2 AA, as axe names them.
# Only what is wrong is worked out in full: twice as quick.
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two workers have a Chromium, not all of them: each keeps one to the end, and it is never quite idle."""
    for item in items:
        if item.path.parent == HERE:
            group = "browser 1" if item.path.name == LONGEST else "browser 2"
            item.add_marker(pytest.mark.xdist_group(group))


def chromium() -> str:
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or ""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium()
    if not path:
        pytest.skip(HOW_TO_GET_IT)  # with CI=true tests/skips.py makes a failure of it
    return {**browser_type_launch_args, "executable_path": path, "args": list(ARGUMENTS)}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Stories say "/learners/"; the browser is where the staff are."""
    place = {"base_url": live_server.url, "locale": "en-GB", "timezone_id": "Europe/London"}
    return {**browser_context_args, **place}


@pytest.fixture(scope="session", autouse=True)
def records_beside_playwright() -> None:
    """Playwright's event loop stays in this thread to the end of the run, and Django takes that for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def quiet_console(page: Page) -> Iterator[list[str]]:
    """What a page complains of (a script's error, something the CSP blocked, a missing file) fails its test."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield said
    assert said == []


@pytest.fixture
def barriers(page: Page) -> Callable[[], str]:
    """What axe finds against a page or a window as a person meets it, as its report; blank where it finds nothing."""

    def find() -> str:
        found = Axe().run(page, options=STANDARD)
        return found.generate_report() if found.violations_count else ""

    return find


@pytest.fixture
def sign_in(page: Page, transactional_db: None) -> Callable[..., User]:
    """Signs in a new member of a group, who then stands on the start page."""

    def enter(group: str = STAFF) -> User:
        user = User.objects.create_user("clerk", password=PASSWORD)
        user.groups.add(Group.objects.get(name=group))
        page.goto("/")
        page.get_by_label("Username").fill("clerk")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return user

    return enter
