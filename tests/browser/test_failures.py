"""Failures, incidents and the test mail, as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from onefile_integration.models import Licence, Run, Settings
from picsweb.permissions import DATABASE_ADMINISTRATOR
from tests.browser.acting import tab_to
from tests.unit.exchange import building as make

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def administrator(sign_in: Any) -> None:
    make.settings(enabled=True, alerts_to="kim@provider.example")
    make.a_sign(at=timezone.now())
    Licence.objects.create(user=sign_in(DATABASE_ADMINISTRATOR))


def failed(**values: Any) -> Any:
    given = {"kind": "whole", "state": "failed", "failure_kind": "archived", "ended_at": timezone.now()}
    return make.a_plan(learner=make.a_link().learner, **given | values)


def test_failures_are_read_and_tried_again(
    page: Page, administrator: None, barriers: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onefile_integration.exchange.configuration.require_ready", Settings.objects.current)
    run = make.a_run(kind="whole", state="finished", finished_at=timezone.now())
    archived, _ = failed(run=run), failed(run=run, failure_kind="bug")
    page.goto("/onefile/failures/")
    expect(page.get_by_text("2 failures")).to_be_visible()
    expect(page.get_by_text("Give the support this number")).to_be_visible()
    assert barriers() == ""
    page.get_by_label("Failure", exact=True).select_option("Archived in OneFile")
    expect(page.get_by_text("1 failure found")).to_be_visible()
    page.get_by_role("link", name=str(archived.learner)).click()
    window = page.get_by_role("dialog")
    expect(window.get_by_role("button", name="Restore in OneFile and try again")).to_be_visible()
    assert barriers() == ""
    page.goto(f"/onefile/runs/{run.pk}/")
    assert barriers() == ""
    tab_to(page, "Try all failed again")
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog", name="Try again?")
    expect(window.get_by_text("2 records are exchanged anew")).to_be_visible()
    assert barriers() == ""
    window.get_by_role("button", name="Yes, try again").click()
    expect(page.get_by_text("2 records are being tried again")).to_be_visible()
    expect(page.get_by_role("link", name=f"Tries again run {run.pk}")).to_be_visible()
    assert Run.objects.count() == 2


def test_incidents_and_the_test_mail(page: Page, administrator: None, barriers: Callable[[], str]) -> None:
    make.an_incident(kind="did_not_run", text="The nightly run has not begun, 6 hours after its time.")
    make.an_alert_mail()
    page.goto("/onefile/")
    expect(page.get_by_text("has not begun, 6 hours after its time. What to do stands under")).to_be_visible()
    page.get_by_role("button", name="Send a test mail").click()
    expect(page.get_by_text("A test mail is on its way to kim@provider.example.")).to_be_visible()
    assert barriers() == ""
    page.get_by_role("link", name="Incidents").click()
    expect(page.get_by_text("2 incidents")).to_be_visible()
    assert barriers() == ""
    page.get_by_label("State").select_option("Open")
    expect(page.get_by_text("1 incident found")).to_be_visible()
    page.goto("/onefile/failures/")
    expect(page.get_by_text("Nothing fails now")).to_be_visible()
    assert barriers() == ""
