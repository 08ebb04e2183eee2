"""A story of the person who brings the provider's learners in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, expect

from learners import tasks
from learners.models import FileImport, Learner
from picsweb.permissions import DATA_MANAGER
from tests import factories
from tests.integration.learners.conftest import LEARNER
from tests.integration.learners.workbooks import workbook

pytestmark = pytest.mark.browser
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def work() -> None:
    """As a worker would; nobody touches the page meanwhile."""
    tasks.work_import(FileImport.objects.latest("pk").pk)


@pytest.mark.usefixtures("transactional_db")
def test_a_workbook_of_learners_comes_in(
    page: Page, sign_in: Callable[..., User], barriers: Callable[[], str], redis: object
) -> None:
    rows = [LEARNER | {"IDENT": f"AB12{number}", "MIAP_ULN": ""} for number in range(5)]
    for row in rows[:4]:
        factories.LearnerFactory(ident=row["IDENT"], surname="Before")
    sign_in(DATA_MANAGER)
    page.get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="Import a file").first.click()
    assert barriers() == ""
    page.get_by_label("What the file holds").select_option("Learners")
    data = workbook([list(LEARNER), *([*row.values()] for row in rows)])
    page.get_by_label("File", exact=True).set_input_files(FilePayload(name="learners.xlsx", mimeType=XLSX, buffer=data))
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_text("Waiting to be read")).to_be_visible()
    assert barriers() == ""
    work()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    assert barriers() == ""
    assert not Learner.objects.filter(surname="Okafor-Lane").exists()
    page.get_by_label("I have checked this: go on").check()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Waiting to be imported")).to_be_visible()
    work()
    expect(page.get_by_text("The file is in.")).to_be_visible()
    expect(page.get_by_role("link", name="5 learners lack: Main officer")).to_be_visible()
    assert barriers() == ""
    assert Learner.objects.filter(surname="Okafor-Lane").count() == 5
