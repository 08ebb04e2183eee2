"""Pictures and the reconciliation, as people meet them: by keyboard, at any width, in forced colours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from learners.actor import Actor
from learners.services import delivery, learners
from onefile_integration.models import Licence
from picsweb.permissions import DATABASE_ADMINISTRATOR
from tests import factories
from tests.unit.exchange import building as make

pytestmark = pytest.mark.browser
BY = Actor("clerk")


@pytest.fixture
def amara(transactional_db: None) -> Any:
    today = timezone.localdate()
    learner = learners.create(
        ident="AB12C",
        forenames="Amara",
        surname="Lane",
        start=today - timedelta(days=80),
        planned_end=today + timedelta(days=300),
        system_status="Live",
        main_officer=factories.OfficerFactory(forenames="Bryn", surname="Tallis"),
        by=BY,
    )
    line = delivery.create_line(
        learner,
        qualification=factories.QualificationFactory(),
        start=today - timedelta(days=80),
        planned_end=today + timedelta(days=300),
        total_elements=40,
        by=BY,
    )
    delivery.update_line(line, by=BY, elements_done=3)
    return learner


def test_progress_over_time(page: Page, sign_in: Any, amara: Any, barriers: Callable[[], str]) -> None:
    sign_in()
    page.goto("/learners/AB12C/delivery-plan/progress/")
    expect(page.get_by_role("img", name="Progress over time")).to_be_visible()
    expect(page.get_by_role("cell", name="7%")).not_to_be_visible()
    page.get_by_text("Progress over time as a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="7%")).to_be_visible()
    assert barriers() == ""
    page.emulate_media(forced_colors="active")
    assert page.evaluate(
        """() => ["text", ".recorded", ".planned"].map(name => {
             const style = getComputedStyle(document.querySelector(`.picture ${name}`));
             const ink = name === "text" ? style.fill : style.stroke;
             return ink === getComputedStyle(document.body).color;
           })"""
    ) == [True, True, True], "the system's own ink"
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_pace_by_officer(page: Page, sign_in: Any, amara: Any, barriers: Callable[[], str]) -> None:
    sign_in()
    page.goto("/learners/")
    page.get_by_role("link", name="Pace by officer").click()
    expect(page.get_by_role("img", name="Learners ahead")).to_be_visible()
    assert barriers() == ""
    link = page.get_by_role("link", name="1 behind, Bryn Tallis")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 learner found")).to_be_visible()
    expect(page.get_by_label("Pace today")).to_have_value("Behind")
    assert barriers() == ""


def test_a_reconciliation(page: Page, sign_in: Any, amara: Any, barriers: Callable[[], str]) -> None:
    make.a_centre()
    make.settings(enabled=True)
    Licence.objects.create(user=sign_in(DATABASE_ADMINISTRATOR))
    report = make.a_report(state="done", ended_at=timezone.now(), calls=4)
    make.a_difference(report=report, kind="value_is_ours", learner=amara, name_there="Amara L", mis_value="AB12C")
    make.a_difference(report=report, kind="not_here", name_there="Zofia Brandt", onefile_id=700101)
    page.goto("/onefile/reconciliations/")
    assert barriers() == ""
    page.get_by_role("link", name=f"{timezone.localtime(report.asked_at):%-d %b %Y}").click()
    expect(page.get_by_role("heading", name="Reconciliation: Northmoor")).to_be_visible()
    assert barriers() == ""
    page.get_by_role("link", name="Manually Set OneFile ID").focus()
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog", name="Manually Set OneFile ID")
    expect(window.get_by_label("OneFile ID")).to_have_value("700100")
    page.keyboard.press("Escape")
    page.get_by_label("Difference", exact=True).select_option("In OneFile, not here")
    expect(page.get_by_text("1 difference found")).to_be_visible()
    assert barriers() == ""
    waiting = make.a_report()
    page.goto(f"/onefile/reconciliations/{waiting.pk}/")
    expect(page.locator(".bar-text")).to_contain_text("0 of about 4 reads")
    assert barriers() == ""


def test_calls_of_a_run(page: Page, sign_in: Any, transactional_db: None, barriers: Callable[[], str]) -> None:
    run = make.a_run(state="finished")
    for number in range(5):
        make.a_minute(run=run, minute=timezone.now() - timedelta(minutes=number), calls=100 + number)
    sign_in(DATABASE_ADMINISTRATOR)
    page.goto(f"/onefile/runs/{run.pk}/")
    expect(page.get_by_role("img", name="Calls to OneFile by the minute")).to_be_visible()
    assert barriers() == ""
