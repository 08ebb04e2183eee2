"""A learner's exchange is undone with the keyboard, what was put back is held, and is freed again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from learners.actor import Actor
from learners.models import Learner
from learners.services import learners
from onefile_integration.models import HeldField, Licence
from tests import factories
from tests.browser.acting import a_worker, tab_to
from tests.unit.exchange import building as make

pytestmark = pytest.mark.browser
BY = Actor("run 1: the nightly schedule")


@pytest.fixture
def amara(transactional_db: None) -> Learner:
    """A night has brought two values that are wrong."""
    make.settings(enabled=True)
    learner = factories.LearnerFactory(ident="AB12C", forenames="Amara", surname="Okafor-Lane", mobile="")
    make.a_link(learner=learner)
    learners.update(learner, by=BY, surname="Lane", mobile="07700 900999")
    now = timezone.now()
    run = make.a_run(kind="whole", lane="night", state="finished", finished_at=now)
    plan = make.a_plan(run=run, learner=learner, kind="whole", state="done", ended_at=now)
    changes = [
        {"field": "surname", "old": "Okafor-Lane", "new": "Lane"},
        {"field": "mobile", "old": None, "new": "07700 900999"},
    ]
    make.a_step(
        plan=plan, kind="update_details", side="mis", record=f"learner:{learner.pk}", changes=changes,
        title="Details of AB12C from OneFile", state="done", begun_at=now, ended_at=now,
    )  # fmt: skip
    return learner


def test_undo_and_free(page: Page, sign_in: Any, amara: Learner, barriers: Callable[[], str]) -> None:
    Licence.objects.create(user=sign_in())
    page.goto("/learners/AB12C/delivery-plan/")
    with a_worker():
        tab_to(page, "View Last Refresh Log")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Both sides agree.")).to_be_visible()
        tab_to(page, "Undo")
        page.keyboard.press("Enter")
        mobile = page.get_by_label("Mobile Number of: Details of AB12C")
        expect(mobile).to_be_checked()
        assert barriers() == ""
        mobile.focus()
        page.keyboard.press("Space")
        tab_to(page, "Undo what is ticked")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Surname: Lane → Okafor-Lane")).to_be_visible()
        assert barriers() == ""
        tab_to(page, "Yes, put back")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Undo Log")).to_be_visible()
        expect(page.get_by_role("progressbar", name="Steps ended")).to_have_attribute("value", "1")
    amara.refresh_from_db()
    assert (amara.surname, amara.mobile) == ("Okafor-Lane", "07700 900999")

    page.goto("/learners/AB12C/delivery-plan/")
    tab_to(page, "Held fields (1)")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="Undo of run")).to_be_visible()
    page.get_by_label("Field", exact=True).select_option(label="Mobile Number")
    page.get_by_label("Why", exact=True).fill("It is her brother's")
    assert barriers() == ""
    page.keyboard.press("Enter")
    expect(page.get_by_text("The field is held from now on.")).to_be_visible()
    page.goto("/onefile/held-fields/")
    page.get_by_label("Choose Surname of Amara Okafor-Lane").check()
    assert barriers() == ""
    tab_to(page, "Free")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Yes, free").click()
    expect(page.get_by_text("The field is free.")).to_be_visible()
    assert list(HeldField.objects.held().values_list("field", flat=True)) == ["mobile"]


def test_a_whole_run_at_any_width(page: Page, sign_in: Any, amara: Learner, barriers: Callable[[], str]) -> None:
    sign_in("Database Administrator")
    page.goto(f"/onefile/runs/{amara.onefile_plans.get().run_id}/")
    page.get_by_role("link", name="Undo").click()
    expect(page.get_by_text("becomes again").first).to_be_attached()
    assert barriers() == ""
    page.get_by_label("Field").select_option("Learner: Surname")
    expect(page).to_have_url(re.compile("field=learner.surname"))
    expect(page.get_by_label("Choose Amara Lane: Details of AB12C from OneFile")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="Undo all 1").click()
    expect(page.get_by_text("1 value of 1 learner")).to_be_visible()
    assert barriers() == ""
