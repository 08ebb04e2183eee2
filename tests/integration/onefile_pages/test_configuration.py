"""Configuration > Integrations > OneFile, and the runs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.actor import Actor
from learners.models import Learner
from onefile_integration.exchange import configuration
from onefile_integration.forms import settings_form
from onefile_integration.models import ExchangePlan, Question, Run, Settings, Standard, Step, Token
from onefile_integration.presenters.settings import SHOWN
from onefile_integration.presenters.words import when
from onefile_integration.rules.settings import TABLE
from tests import factories
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

Work = Callable[[], None]


def values(**changes: str) -> dict[str, str]:
    """The form as a browser would send it, unchanged but for ``changes``."""
    form = settings_form(None, Settings.objects.current())
    found = {name: form[name].value() for name in form.fields if not form.fields[name].disabled}
    sent = {name: value for name, value in found.items() if value not in (None, False, [])}
    sent = {
        name: "on" if value is True else str(value)[:5] if name == "nightly_at" else value
        for name, value in sent.items()
    }
    return {**sent, **changes}


def test_every_setting_is_on_the_summary(administrator: Client, connected: SandboxProcess) -> None:
    text = administrator.get("/onefile/").text
    for row in TABLE:
        assert row.label.replace("&", "&amp;") in text
    assert "Northmoor College" in text and " of 300" in text


def test_settings_are_changed_by_the_form(administrator: Client, connected: SandboxProcess) -> None:
    sent = values(upload_reviews="on", months_after_end="3", paused_until="2027-01-02")
    sent["additional_assessors"] = ["Mentor", "Assessor"]
    assert administrator.post("/onefile/settings/", sent).status_code == 302
    now = Settings.objects.current()
    assert (now.enabled, now.upload_reviews, now.months_after_end) == (True, True, 3)
    assert now.upload_reviews_from is not None and now.additional_assessors == ["Mentor", "Assessor"]
    assert now.history.first().history_change_reason == "user-0"


def test_a_copy_is_not_switched_on_by_saving_something_else(
    administrator: Client, connected: SandboxProcess, settings: Any
) -> None:
    assert "Synchronise now</a>" in administrator.get("/onefile/").text
    settings.INSTALLATION = "a restored copy"
    summary = administrator.get("/onefile/").text
    assert "Synchronise now</a>" not in summary and "None while it is off" in summary
    assert administrator.post("/onefile/settings/", values(alerts_to="")).status_code == 302
    now = Settings.objects.current()
    assert not now.enabled and now.installation != "a restored copy"
    assert administrator.post("/onefile/settings/", values(enabled="on")).status_code == 302
    now = Settings.objects.current()
    assert (now.enabled, now.installation) == (True, "a restored copy")


def test_a_blank_token_leaves_the_one_that_is_set(administrator: Client, connected: SandboxProcess) -> None:
    before = bytes(Token.objects.get().ciphertext)
    administrator.post("/onefile/settings/", values(customer_token=""))
    assert bytes(Token.objects.get().ciphertext) == before
    administrator.post("/onefile/settings/", values(customer_token="a-new-token"))
    assert bytes(Token.objects.get().ciphertext) != before
    assert "a-new-token" not in administrator.get("/onefile/settings/").text


@pytest.mark.parametrize(("key", "value"), [("calls_per_minute", "0"), ("nightly_at", "25:00"), ("people_share", "99")])
def test_a_wrong_value_is_said_and_nothing_saved(
    administrator: Client, connected: SandboxProcess, key: str, value: str
) -> None:
    answer = administrator.post("/onefile/settings/", values(months_after_end="9", **{key: value}))
    assert answer.status_code == 200 and "field-error" in answer.text
    assert Settings.objects.current().months_after_end == 1


def test_the_switch_for_officer_emails_says_what_off_means(administrator: Client, connected: SandboxProcess) -> None:
    assert "An account without an email cannot log in" in administrator.get("/onefile/settings/").text


def test_addresses_for_alerts_are_checked_one_by_one(administrator: Client, connected: SandboxProcess) -> None:
    administrator.post("/onefile/settings/", values(alerts_to="kim@example.org; ada@example.org  KIM@example.org"))
    assert Settings.objects.current().alerts_to == "KIM@example.org, ada@example.org"
    text = administrator.post("/onefile/settings/", values(alerts_to="ada@example.org, kim at example.org")).text
    assert "It holds kim, which is no mail address" in text
    assert command("onefile_settings", "alerts_to=<kim@example.org>").status == 2
    assert command("onefile_settings", "alerts_to=").data["alerts_to"] == ""


def test_a_test_mail_says_whether_it_went_out(administrator: Client, connected: SandboxProcess, settings: Any) -> None:
    def press() -> str:
        return administrator.post("/onefile/test-mail/", follow=True).text

    assert "Alerts to is blank. Set it in Settings first" in press()
    command("onefile_settings", "alerts_to=kim@example.org, ada@example.org")
    assert "on its way to kim@example.org, ada@example.org" in press()
    assert [each.to for each in mail.outbox] == [["kim@example.org"], ["ada@example.org"]]
    assert "https://mis.provider.example/onefile/" in mail.outbox[0].body
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = 9
    assert "No test mail was sent to kim@example.org. The mail server could not be reached" in press()
    settings.EMAIL_URL = ""
    assert "this installation has no mail server (EMAIL_URL)" in press()


def test_the_connection_test_names_customer_and_centres(administrator: Client, connected: SandboxProcess) -> None:
    text = administrator.post("/onefile/test/", follow=True).text
    assert "Connected with Practice" in text and "Northmoor College" in text


def test_a_failed_connection_test_is_said_everywhere(administrator: Client, connected: SandboxProcess) -> None:
    connected.end_sessions()
    connected.fault("status", "Authentication", times=0, status=401)
    text = administrator.post("/onefile/test/", follow=True).text
    assert "failed" in text and "does not take the Customer Token" in text
    page = administrator.get("/learners/").text
    assert "OneFile: needs attention" in page and "OneFile cannot be exchanged with." in page
    connected.clear_faults()
    assert "Connected with" in administrator.post("/onefile/test/", follow=True).text
    assert "needs attention" not in administrator.get("/learners/").text


def test_refreshing_links_that_fails_keeps_what_was_there(administrator: Client, connected: SandboxProcess) -> None:
    before = list(Standard.objects.values("pk", "code"))
    connected.fault("html", "Standard", times=0)
    text = administrator.post("/onefile/qualification-links/", follow=True).text
    assert "those of before are kept" in text
    assert list(Standard.objects.values("pk", "code")) == before
    connected.clear_faults()
    assert (
        "2 qualifications in 1 centre were fetched from"
        in administrator.post("/onefile/qualification-links/", follow=True).text
    )


def test_synchronise_now_asks_first_and_says_how_many(administrator: Client, enrolled: Learner) -> None:
    before = Run.objects.count()
    assert (
        'href="/onefile/synchronise/" class="btn btn-outline-secondary" data-window'
        in administrator.get("/onefile/").text
    )
    text = administrator.get("/onefile/synchronise/").text
    assert "1 learner would be exchanged now" in text and "Yes, synchronise now" in text
    factories.BreakFactory(learner=enrolled, from_date=date(2026, 1, 1), to_date=None)
    assert "0 learners would be exchanged now" in administrator.get("/onefile/synchronise/").text
    assert Run.objects.count() == before


def test_synchronise_now_twice_is_one_run(administrator: Client, enrolled: Learner, work: Work) -> None:
    first = administrator.post("/onefile/synchronise/").url
    assert administrator.post("/onefile/synchronise/").url == first
    assert "0 of 1 learners ended" in administrator.get(first).text
    work()
    text = administrator.get(first).text
    assert "Finished" in text and "1 of 1 learners ended" in text


def test_the_changes_of_a_run_as_csv(administrator: Client, holder: Client, enrolled: Learner) -> None:
    Step.objects.filter(kind="create_learner").update(
        changes=[
            {"field": "nino", "old": None, "new": "AB123456C"},
            {"field": "surname", "old": None, "new": "=cmd|' /C calc'!A0"},
        ]
    )
    run = Run.objects.get()
    text = administrator.get(f"/onefile/runs/{run.pk}/changes.csv").getvalue().decode()
    rows = list(csv.DictReader(StringIO(text)))
    found = {row["FIELD"]: row["NEW"] for row in rows if row["STEP"].startswith("Create Amara")}
    assert found == {"NINO": "AB123456C", "Surname": "'=cmd|' /C calc'!A0"}
    few = administrator.get(f"/onefile/runs/{run.pk}/changes.csv?side=mis").getvalue().decode()
    assert "Create Amara" not in few


def test_another_environment_is_asked_about_with_what_it_leaves_behind(
    administrator: Client, connected: SandboxProcess
) -> None:
    make.a_link(), make.a_link(environment="live", onefile_id=1001), make.a_question()
    make.a_run(kind="whole", lane="night")
    page = administrator.get("/onefile/settings/").text
    assert "switch the environment" not in page
    sent = values(environment="live", customer_token="tok-live")

    asked = unescape(administrator.post("/onefile/settings/", sent).text)

    assert Settings.objects.current().environment == "practice" and not Token.objects.filter(environment="live")
    for said in (
        "Practice has 1 link, not used while Live is set",
        "1 open question and 1 unfinished run of Practice wait",
        "Live has 1 link, used from then on",
        "must be fetched there first",
        "Yes, switch the environment to Live",
        "Type the token again",
    ):
        assert said in asked
    assert "tok-live" not in asked
    saved = administrator.post("/onefile/settings/", sent | {"switch": "on"})
    assert saved.status_code == 302 and Settings.objects.current().environment == "live"
    assert Token.objects.filter(environment="live").exists()


def test_without_a_token_the_fault_is_shown(administrator: Client, connected: SandboxProcess) -> None:
    Token.objects.all().delete()
    text = administrator.get("/onefile/").text
    assert "No Customer Token is set" in text
    assert "Nothing was begun" in administrator.post("/onefile/synchronise/", follow=True).text


def add_plans(count: int) -> None:
    run = Run.objects.first()
    assert run is not None
    for _ in range(count):
        learner = factories.LearnerFactory()
        plan = ExchangePlan.objects.create(run=run, learner=learner, kind="refresh", state="done")
        Step.objects.create(
            plan=plan, position=1, kind="update_line", side="mis", record="line:1", title="From OneFile",
            changes=[{"field": "elements_done", "old": 1, "new": 2}], state="done", begun_at=timezone.now(),
        )  # fmt: skip
        Question.objects.create(
            kind="pathway",
            environment="practice",
            learner=learner,
            plan=plan,
            about=f"line:{learner.pk}",
            text="Which?",
            answers=[["1", "One"]],
        )  # fmt: skip
        Run.objects.create(kind="refresh", environment="practice", lane="people", asked_by="x", state="finished")
        make.an_alert_mail(address="kim@provider.example")


@pytest.mark.parametrize(
    "address",
    [
        "runs/",
        "runs/{}/learners/",
        "runs/{}/changes/",
        "runs/{}/",
        "questions/",
        "incidents/",
        "journal/",
        "exchanged/",
    ],
)
def test_lists_ask_the_database_as_often_for_much_as_for_little(
    administrator: Client, enrolled: Learner, address: str
) -> None:
    where = "/onefile/" + address.format(Run.objects.get().pk)
    counts = []
    for number in (2, 18):
        add_plans(number)
        administrator.get(where)
        with CaptureQueriesContext(connection) as captured:
            assert administrator.get(where).status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0], "fewer where no value of the page names a record"


def test_each_token_and_change_leaves_who_when_and_which(administrator: Client, connected: SandboxProcess) -> None:
    administrator.post("/onefile/settings/", values(customer_token="a-new-token"))
    configuration.set_token("another-token", environment="live", by=Actor("command:anna"))
    administrator.post("/onefile/settings/", values(months_after_end="3", push_employer="on"))
    page = administrator.get("/onefile/")
    rows = [[cell.text for cell in row.cells] for row in page.context["changes"].rows]
    assert rows[0][0] == when(Settings.objects.current().history.first().history_date)
    assert [row[1:] for row in rows[:3]] == [
        ["user-0", "Push Changes to Learner Employer from Off to On, Months after the end from 1 to 3"],
        ["command:anna", "Customer Token of Live set"],
        ["user-0", "Customer Token of Practice set"],
    ]
    assert rows[-1][2] == "First settings" or len(rows) == SHOWN
    assert "command:anna" in page.text and "-token" not in page.text
