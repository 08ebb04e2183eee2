"""Create Learner in OneFile: what is shown is what is sent, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from learners.models import Learner
from onefile_integration.models import Centre, ExchangePlan, LastCall, Link, Question, Run, Settings, Standard
from onefile_integration.views import create
from tests import factories
from tests.sandbox_process import SandboxProcess

ADDRESS = "/learners/AB12C/onefile/create/"
SCRIPT = '"><script>alert(1)</script>'


def hidden(text: str) -> dict[str, str]:
    """The hidden fields and the choices of the window, as a browser would send them."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    for name, options in re.findall(r'<select[^>]* name="([\w-]+)".*?>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="(\d+)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return {name: unescape(value) for name, value in found.items()}


def press(client: Client, text: str, button: str = "create", address: str = ADDRESS, **changes: str) -> Any:
    return client.post(address, {**hidden(text), button: "1", **changes})


def test_every_value_is_shown_before_it_is_sent(holder: Client, learner: Learner) -> None:
    text = unescape(holder.get(ADDRESS).text)
    for value in ("Amara", "amara.lane@example.org", "14 Jul 2007", "4123456781", "7 Sep 2026", "Pitt & Sons' Joinery"):
        assert value in text
    assert "Bryn Tallis (OF001) will be created in OneFile" in text
    assert "Northmoor College" in text and "none of the organisations of this system" in text
    assert "Not available" in text and "Create in OneFile" in text


def test_pressed_it_becomes_a_job_and_leads_to_its_progress(
    holder: Client, learner: Learner, work: Callable[[], None], connected: SandboxProcess
) -> None:
    answer = press(holder, holder.get(ADDRESS).text)
    run = Run.objects.get()
    assert answer.url == f"/onefile/runs/{run.pk}/learners/AB12C/"
    waiting = holder.get(answer.url).text
    assert "waits for a worker" in waiting and "of 11 steps" not in waiting
    work()
    assert "All is done." in holder.get(answer.url).text
    assert str(Link.objects.get(learner=learner).onefile_id) in holder.get("/learners/AB12C/delivery-plan/").text
    assert len([user for user in connected.state()["users"] if user["Role"] == 1]) == 1


def test_logs_call_centre_classroom_and_standard_by_name(
    holder: Client, administrator: Client, learner: Learner, work: Callable[[], None], connected: SandboxProcess
) -> None:
    log = press(holder, holder.get(ADDRESS).text).url
    work()
    connected.remove("classrooms", 3001)
    Standard.objects.update(missing_since=timezone.now() - timedelta(days=99))
    Centre.objects.update(missing_since=timezone.now() - timedelta(days=99))
    run = Run.objects.get().pk
    csv = administrator.get(f"/onefile/runs/{run}/changes.csv").getvalue().decode()
    for text in (holder.get(log).text, administrator.get(f"/onefile/runs/{run}/changes/").text, csv):
        for name in ("Northmoor College", "Unassigned", "Business Administrator [196AS]"):
            assert name in text
        assert "OneFile&#x27;s 3001" not in text and "OneFile's 3001" not in text


def test_a_double_click_leads_to_the_same_job(
    holder: Client, learner: Learner, work: Callable[[], None], connected: SandboxProcess
) -> None:
    text = holder.get(ADDRESS).text
    first, second = press(holder, text), press(holder, text)
    assert first.url == second.url
    work()
    third = press(holder, text)
    assert third.url == first.url
    assert Run.objects.count() == 1
    assert len([user for user in connected.state()["users"] if user["Role"] == 1]) == 1


def test_what_has_changed_since_is_shown_and_nothing_sent(holder: Client, learner: Learner) -> None:
    text = holder.get(ADDRESS).text
    Learner.objects.filter(pk=learner.pk).update(mobile="07700900123")
    again = press(holder, text)
    assert again.status_code == 200
    assert "What would be sent has changed" in again.text
    assert "Mobile Number: was not there, is now 07700900123" in again.text
    assert not Run.objects.exists()
    assert press(holder, again.text).status_code == 302


def test_a_choice_that_was_not_previewed_is_not_sent(holder: Client, learner: Learner, connected: Any) -> None:
    connected.seed(classrooms=[{"ID": 3002, "OrganisationID": 101, "Name": "Carpentry"}])
    text = holder.get(ADDRESS).text
    again = press(holder, text, classroom="3002")
    assert "What would be sent has changed" in again.text and "Carpentry" in again.text
    assert not Run.objects.exists()


def test_what_stands_in_the_way_leads_to_where_it_is_cured(holder: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(email="", main_officer=None)
    learner.placements.all().delete()
    text = holder.get(ADDRESS).text
    for words, cure in (
        ("no email address", reverse("learners:learner-edit", args=["AB12C"])),
        ("no main officer", reverse("learners:learner-edit", args=["AB12C"])),
        ("no placement", reverse("learners:delivery-plan-tab", args=["AB12C", "placements"])),
    ):
        assert words in text and f'href="{cure}"' in text
    assert 'name="create"' not in text
    assert press(holder, text).status_code == 200 and not Run.objects.exists()


def test_several_pathways_are_a_choice_and_none_is_guessed(holder: Client, learner: Learner, connected: Any) -> None:
    connected.seed(standards=[{"ID": 4005, "OrganisationID": 101, "Title": "Pathway B [196AS]", "Elements": 4}])
    from tests.integration.onefile.conftest import command

    command("onefile_check")
    line = learner.delivery_plan.get(qualification__vq_reference="196AS")
    text = holder.get(ADDRESS).text
    assert hidden(text)[f"pathway-{line.pk}"] == "" and 'name="create"' not in text
    updated = press(holder, text, "update", **{f"pathway-{line.pk}": "4005"})
    chosen = holder.get(updated.url).text
    assert hidden(chosen)[f"pathway-{line.pk}"] == "4005" and 'name="create"' in chosen


def test_several_centres_are_a_choice(holder: Client, learner: Learner, connected: Any) -> None:
    connected.seed(
        organisations=[{"ID": 102, "Name": "Harbour Campus", "CustomerID": 11}],
        classrooms=[{"ID": 3009, "OrganisationID": 102, "Name": "Unassigned"}],
    )
    from tests.integration.onefile.conftest import command

    command("onefile_check")
    first = holder.get(ADDRESS).text
    assert "Choose the centre" in first and 'name="create"' not in first
    assert "Choose the OneFile Organisation first." not in first
    assert "Choose the OneFile Organisation first." in holder.get(f"{ADDRESS}?centre=").text
    there = holder.get(f"{ADDRESS}?centre=102").text
    assert hidden(there)["classroom"] == "3009"
    moved = press(holder, there, "update", centre="101")
    assert "classroom=" not in moved.url, "a classroom belongs to its centre"


def test_an_employer_so_named_is_a_question_answered_here(holder: Client, learner: Learner, connected: Any) -> None:
    connected.seed(placements=[{"ID": 900010, "OrganisationID": 101, "Name": "Pitt & Sons' Joinery"}])
    text = holder.get(ADDRESS).text
    assert "the name of employer EM001" in text and 'name="create"' not in text
    answered = press(holder, text, "decide", decide="0:900010")
    assert "linked with OneFile&#x27;s 900010" in holder.get(answered.url).text
    assert Question.objects.get().answer == "900010"


def test_special_category_values_are_masked_for_others(holder: Client, administrator: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(nino="AB123456C", ethnicity=31)
    text = holder.get(ADDRESS).text
    assert "AB123456C" not in text and "Hidden." in text and "British" not in text
    seen = administrator.get(ADDRESS).text
    assert "AB123456C" in seen and "British" in seen
    run = press(holder, text).url
    assert "AB123456C" not in holder.get(run).text
    assert "AB123456C" in administrator.get(run).text


@pytest.mark.parametrize("action", ["status", "html", "empty"])
def test_while_onefile_is_down_nothing_is_lost(
    holder: Client, learner: Learner, connected: SandboxProcess, action: str
) -> None:
    text = holder.get(ADDRESS).text
    connected.fault(action, times=0, **({"status": 503} if action == "status" else {}))
    down = holder.get(f"{ADDRESS}?centre=101&classroom=3001")
    assert down.status_code == 200
    assert "OneFile could not be asked" in down.text and "nothing was lost" in down.text
    assert "centre=101&amp;classroom=3001" in down.text
    assert "OneFile could not be asked" in press(holder, text).text
    assert not Run.objects.exists()
    connected.clear_faults()
    assert press(holder, text).status_code == 302


def test_a_wrong_token_is_said(holder: Client, learner: Learner) -> None:
    from onefile_integration.exchange import configuration
    from tests.integration.onefile_pages.conftest import BY

    configuration.set_token("another-token-altogether", environment="practice", by=BY)
    LastCall.objects.all().delete()  # what is remembered for the other token
    text = holder.get(ADDRESS).text
    assert "does not take the Customer Token" in text
    assert "does not take the Customer Token" in holder.get("/learners/AB12C/delivery-plan/").text


def test_names_that_hold_markup_are_text(holder: Client, learner: Learner, connected: Any) -> None:
    connected.seed(
        classrooms=[{"ID": 3002, "OrganisationID": 101, "Name": SCRIPT}],
        users=[
            {
                "ID": 700123,
                "Role": 1,
                "OrganisationID": 101,
                "FirstName": SCRIPT,
                "LastName": SCRIPT,
                "Email": "amara.lane@example.org",
            }
        ],
    )
    text = holder.get(ADDRESS).text
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_a_held_learner_or_one_who_has_ended_is_not_offered(holder: Client, learner: Learner) -> None:
    plan = "/learners/AB12C/delivery-plan/"
    assert ADDRESS in holder.get(plan).text
    Learner.objects.filter(pk=learner.pk).update(held_from_sync=True, held_reason="Asked by the employer")
    text = holder.get(plan).text
    assert ADDRESS not in text and "Asked by the employer" in text


def test_refused_on_the_way_it_says_what_and_goes_on(
    holder: Client, learner: Learner, work: Callable[[], None], connected: SandboxProcess
) -> None:
    number = connected.fault("status", "Standard/4001/Assign", "POST", status=400, times=0)
    assert number
    progress = press(holder, holder.get(ADDRESS).text).url
    work()
    text = holder.get(progress).text
    assert "Refused" in text and "Try again" in text
    assert "Try again" in holder.get("/learners/AB12C/delivery-plan/").text
    connected.clear_faults()
    first = holder.post("/learners/AB12C/onefile/go-on/")
    second = holder.post("/learners/AB12C/onefile/go-on/")
    assert first.url == second.url != progress
    work()
    assert "All is done." in holder.get(first.url).text
    assert ExchangePlan.objects.count() == 2
    assert len([user for user in connected.state()["users"] if user["Role"] == 1]) == 1


def test_the_live_part_comes_alone_and_only_when_it_has_changed(
    holder: Client, learner: Learner, work: Callable[[], None]
) -> None:
    address = press(holder, holder.get(ADDRESS).text).url
    page = holder.get(address).text
    seen = hidden_seen(page)
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    assert holder.get(address, {"seen": seen}, headers=headers).status_code == 204
    assert holder.get(address, {"seen": "old"}, headers=headers).status_code == 200
    work()
    ended = holder.get(address, {"seen": seen}, headers=headers)
    assert ended.status_code == 286 and "<html" not in ended.text
    assert "hx-get" not in holder.get(address).text


def hidden_seen(text: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', text)
    assert found
    return found.group(1)


def test_links_of_another_environment_are_not_shown(holder: Client, enrolled: Learner) -> None:
    number = str(Link.objects.get(learner=enrolled).onefile_id)
    Settings.objects.update(environment="beta")
    text = holder.get("/learners/AB12C/delivery-plan/").text
    assert number not in text and "Not linked" in text
    assert factories.LearnerFactory().pk


def test_a_slow_onefile_is_read_on_after_the_page_and_create_has_the_same_patience(
    holder: Client, learner: Learner, connected: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create, "SECONDS", 0.4)
    connected.fault("delay", times=0, seconds=0.15)

    text = unescape(holder.get(ADDRESS).text)

    assert "OneFile answers, but slowly" in text and "could not be reached" not in text
    assert "up to a minute" in text and 'name="create"' not in text
    address = re.search(r'hx-get="([^"]+)" hx-trigger="load"', text)
    assert address and f'<noscript><p><a href="{address.group(1)}"' in text
    shown = holder.get(address.group(1)).text
    assert f'action="{ADDRESS}?wait=longer"' in shown
    assert press(holder, shown, "update", address=f"{ADDRESS}?wait=longer").url.endswith("wait=longer")
    begun = press(holder, shown, address=f"{ADDRESS}?wait=longer")
    assert begun.status_code == 302 and Run.objects.count() == 1


def test_what_does_not_answer_is_not_read_on(
    holder: Client, learner: Learner, connected: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create, "SECONDS", 0.4)
    connected.fault("delay", times=0, seconds=2)
    text = holder.get(ADDRESS).text
    assert "OneFile could not be asked" in text and 'hx-trigger="load"' not in text
