"""Enrol many: a list is shown, what is ready is created, each as it was shown and once; the rest says why not."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import nightly
from onefile_integration.exchange.work import work
from onefile_integration.models import ExchangePlan, Link, Run, Settings, Step
from onefile_integration.presenters.many_result import time_left
from tests.integration.onefile.conftest import BY, Kept, command
from tests.integration.onefile_pages.many import (
    address,
    created,
    job_of,
    make_list,
    mixed,
    press_create,
    quick_list,
    row,
    standings,
    starters,
    text_of_row,
    with_line,
)
from tests.integration.pages.test_queries import queries
from tests.sandbox_process import SandboxProcess

FIRST_LOOK = {
    "AB12C": "ready",
    "AB12D": "blocked",
    "AB12E": "choice_needed",
    "AB12F": "duplicate",
    "AB12G": "already_linked",
    "AB12H": "ready",
    "AB12J": "ready",
    "AB12K": "ready",
    "AB12M": "ready",
}


@pytest.fixture
def world(learner: Learner, connected: SandboxProcess, kept: Kept) -> SandboxProcess:
    kept("mixed", lambda: mixed(learner, connected))
    connected.clear_calls()
    return connected


def test_a_monday_from_the_list_of_learners_to_the_result(holder: Client, world: SandboxProcess) -> None:
    before = world.state()
    run = make_list(holder)
    assert standings(run) == FIRST_LOOK
    text = holder.get(address(run)).text
    assert "5 ready to be created in OneFile. 3 need you first." in text
    assert "Create 5 in OneFile" in text
    the_rows_say_what_they_need(run, text)
    assert world.state() == before, "a list only reads"

    when_what_is_open_is_settled(holder, run)
    assert standings(run) == {**FIRST_LOOK, "AB12E": "ready", "AB12F": "ready"}
    shown = holder.get(address(run)).text
    assert "Create 7 in OneFile" in shown

    Learner.objects.filter(ident="AB12K").update(mobile="07700900123")
    world.fault("status", "Standard/4007/Assign", "POST", status=400, times=0)
    job = job_of(press_create(holder, run, shown))
    work(job)

    result = unescape(holder.get(address(job)).text)
    the_result_says_what_became_of_each(job, result)
    nothing_is_there_twice(world)
    what_is_left_goes_on(holder, world, job)


def the_rows_say_what_they_need(run: Run, text: str) -> None:
    blocked = text_of_row(text, row(run, "AB12D").pk)
    assert "To be put right" in blocked and "no email address" in blocked and "Edit the learner" in blocked
    choice = text_of_row(text, row(run, "AB12E").pk)
    assert "Something to choose" in choice and "Pathway of 300PW" in choice and "Choose the pathway" in choice
    duplicate = text_of_row(text, row(run, "AB12F").pk)
    assert "OneFile learner 700123 in Northmoor College: the same email" in duplicate
    assert "Some" not in duplicate and "shared@example.org" not in text, "no value of the other person"
    assert "Already in OneFile" in text_of_row(text, row(run, "AB12G").pk)
    assert "same person as AB12J" in text_of_row(text, row(run, "AB12H").pk)
    assert "2 qualifications" in text_of_row(text, row(run, "AB12C").pk)


def when_what_is_open_is_settled(client: Client, run: Run) -> None:
    """A pathway is chosen in the list, a duplicate is answered in the window."""
    (choice,) = row(run, "AB12E").found["choices"]
    saved = client.post(f"{address(run)}choices/", {f"pathway-{choice['line']}": "4006"})
    assert saved.status_code == 302
    work(run)
    look = f"{address(run)}learners/AB12F/"
    window = client.get(look).text
    assert "OneFile learner 700123" in window and "Keep these choices" in window and ">Create in OneFile<" not in window
    answered = client.post(look, {"centre": "101", "aside": "another_person:700123"})
    kept = client.post(answered.url.split("?")[0], {**query_of(answered.url), "create": "1"})
    assert kept.url == address(run)


def query_of(url: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&"))


def the_result_says_what_became_of_each(job: Run, text: str) -> None:
    words = {plan.learner.ident: text_of_row(text, plan.pk) for plan in job.plans.all()}
    assert set(words) == {"AB12C", "AB12E", "AB12F", "AB12H", "AB12J", "AB12K", "AB12M"}
    for ident in ("AB12C", "AB12E", "AB12F", "AB12H"):
        assert "Created in OneFile" in words[ident], words[ident]
        assert str(Link.objects.get(learner__ident=ident).onefile_id) in words[ident]
    assert "Possible duplicate" in words["AB12J"] and "Not created" in words["AB12J"]
    assert "Changed since it was shown" in words["AB12K"] and "mobile" in words["AB12K"]
    assert "07700900123" not in words["AB12K"]
    assert "Not finished" in words["AB12M"] and "Assign" in words["AB12M"] and "Try again" in words["AB12M"]
    assert "It has ended. 4 of 7 created in OneFile, 1 not finished, 2 left out." in text


def nothing_is_there_twice(onefile: SandboxProcess) -> None:
    assert created(onefile) == dict.fromkeys(
        ["AB12C", "AB12E", "AB12F", "AB12G", "AB12H", "AB12M", "OF001", "OF002", "EM001"], 1
    )
    assert {aim["StandardID"] for aim in onefile.state()["aims"]} == {4001, 4002, 4006}


def what_is_left_goes_on(client: Client, onefile: SandboxProcess, job: Run) -> None:
    onefile.clear_faults()
    again = job_of(client.post(f"{address(job)}try-again/"))
    assert [plan.learner.ident for plan in again.plans.all()] == ["AB12M"]
    assert job_of(client.post(f"{address(job)}try-again/")) == again, "a second press"
    work(again)
    assert [aim for aim in onefile.state()["aims"] if aim["StandardID"] == 4007]
    shown = job_of(client.post(f"{address(job)}show-again/"))
    work(shown)
    assert standings(shown) == {"AB12J": "duplicate", "AB12K": "ready"}
    last = job_of(press_create(client, shown))
    work(last)
    assert created(onefile)["AB12K"] == 1 and created(onefile)["AB12J"] == 0


def test_a_double_click_leads_to_the_same_run(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    run = make_list(holder)
    text = holder.get(address(run)).text
    first, second = press_create(holder, run, text), press_create(holder, run, text)
    assert first.url == second.url
    job = job_of(first)
    work(job)
    assert press_create(holder, run, text).url == first.url
    assert Run.objects.filter(kind="enrol").count() == 1 and created(connected)["AB12C"] == 1


def test_only_those_ticked(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    starters(learner, 3)
    run = make_list(holder)
    ticked = row(run, "ST001")
    job = job_of(holder.post(f"{address(run)}create/", {"row": f"{ticked.pk}:{ticked.digest[:16]}"}))
    assert [plan.learner.ident for plan in job.plans.all()] == ["ST001"]
    assert standings(run) == {"AB12C": "ready", "ST001": "sent", "ST002": "ready"}
    assert "Create 2 in OneFile" in holder.get(address(run)).text


def test_a_row_that_was_not_shown_so_is_not_created(holder: Client, learner: Learner) -> None:
    run = make_list(holder)
    text = holder.get(address(run)).text
    Learner.objects.filter(pk=learner.pk).update(mobile="07700900123")
    holder.post(f"{address(run)}again/", {"row": f"{row(run, 'AB12C').pk}:x"})
    work(run)
    answer = press_create(holder, run, text)
    assert answer.url == address(run)
    assert "have changed since they were shown" in holder.get(answer.url).text
    assert not Run.objects.filter(kind="enrol").exists()


def test_who_is_being_created_by_somebody_else_is_left_out(holder: Client, learner: Learner) -> None:
    run = make_list(holder)
    text = holder.get(address(run)).text
    single = holder.get("/learners/AB12C/onefile/create/").text
    from tests.integration.onefile_pages.test_create import press

    begun = press(holder, single)
    assert "/onefile/runs/" in begun.url, "a list stands in nobody's way"
    job = job_of(press_create(holder, run, text))
    (plan,) = job.plans.all()
    assert (plan.state, plan.outcome) == ("skipped", "busy")
    assert "Being created already" in holder.get(address(job)).text


def test_the_officer_created_for_one_takes_nothing_from_the_next(
    holder: Client, learner: Learner, connected: SandboxProcess
) -> None:
    starters(learner, 4)
    run = make_list(holder)
    job = job_of(press_create(holder, run))
    work(job)
    assert [plan.state for plan in job.plans.all()] == ["done"] * 4
    assert set(created(connected).values()) == {1}


def test_taken_off_the_list(holder: Client, learner: Learner) -> None:
    starters(learner, 2)
    run = make_list(holder)
    holder.post(f"{address(run)}remove/", {"row": f"{row(run, 'ST001').pk}:x"})
    assert standings(run) == {"AB12C": "ready"}
    assert Learner.objects.filter(ident="ST001").exists()


def test_looked_at_again_where_something_was_put_right(holder: Client, learner: Learner) -> None:
    Learner.objects.filter(pk=learner.pk).update(email="")
    run = make_list(holder)
    assert standings(run) == {"AB12C": "blocked"}
    Learner.objects.filter(pk=learner.pk).update(email="back@example.org")
    holder.post(f"{address(run)}again/", {"not_ready": "1"})
    assert "0 of 1 looked at" in holder.get(address(run)).text
    work(run)
    assert standings(run) == {"AB12C": "ready"}


def test_linked_meanwhile_the_row_says_so(holder: Client, learner: Learner) -> None:
    run = make_list(holder)
    Link.objects.create(
        learner=learner, environment="practice", centre=101, onefile_id=700100, state="verified", origin="set by hand",
        made_at="2026-11-01T00:00Z", made_by="test",
    )  # fmt: skip
    assert standings(run) == {"AB12C": "already_linked"}
    assert 'name="rows"' not in holder.get(address(run)).text


def test_while_it_is_looked_at_only_what_has_changed_comes(holder: Client, learner: Learner) -> None:
    starters(learner, 2)
    run = make_list(holder)
    ExchangePlan.objects.filter(learner__ident="ST001").update(state="unmade", outcome="", found={})
    page = holder.get(address(run)).text
    have = page.partition('name="have" value="')[2].partition('"')[0]
    headers = {"HX-Request": "true", "HX-Target": "live"}
    assert holder.get(address(run), {"have": have}, headers=headers).status_code == 204
    work(run)
    ended = holder.get(address(run), {"have": have}, headers=headers)
    assert ended.status_code == 286
    assert f'id="row-{row(run, "ST001").pk}"' in ended.text and f'id="row-{row(run, "AB12C").pk}"' not in ended.text
    assert "hx-get" not in holder.get(address(run)).text


def test_while_onefile_is_down_the_list_says_so(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.fault("status", times=0, status=503)
    answer = holder.get("/onefile/enrolments/new/?learner=AB12C")
    assert "The classrooms could not be read" in answer.text
    run = make_list(holder)
    assert standings(run) == {"AB12C": "failed"}
    assert "OneFile could not be reached" in holder.get(address(run)).text
    connected.clear_faults()
    holder.post(f"{address(run)}again/", {"not_ready": "1"})
    work(run)
    assert standings(run) == {"AB12C": "ready"}


def test_nobody_too_many_and_a_filter_that_makes_no_sense(holder: Client, learner: Learner, monkeypatch: Any) -> None:
    assert "Nobody is chosen" in holder.get("/onefile/enrolments/new/").text
    assert "1 learner found by the list&#x27;s filter" in holder.get("/onefile/enrolments/new/?all=1&found=1").text
    monkeypatch.setattr("onefile_integration.exchange.listed.MOST", 0)
    assert "are too many" in holder.get("/onefile/enrolments/new/?learner=AB12C").text
    holder.post("/onefile/enrolments/new/?learner=AB12C", {"centre": "101"})
    assert not Run.objects.exists()


def test_offered_in_the_list_of_learners_to_those_who_may(holder: Client, colleague: Client, learner: Learner) -> None:
    text = holder.get("/learners/").text
    assert 'formaction="/onefile/enrolments/new/"' in text
    assert "Enrol in OneFile: all 1 found" in text
    assert "/onefile/enrolments/new/" not in colleague.get("/learners/").text
    assert colleague.get("/onefile/enrolments/new/?learner=AB12C").status_code == 403


def test_special_category_values_are_masked_in_the_window(
    holder: Client, administrator: Client, learner: Learner
) -> None:
    Learner.objects.filter(pk=learner.pk).update(nino="AB123456C", ethnicity=31)
    run = make_list(holder)
    for page in (address(run), f"{address(run)}learners/AB12C/", f"{address(run)}csv/"):
        text = as_text(holder.get(page))
        assert "AB123456C" not in text and "British" not in text
    assert "AB123456C" in administrator.get(f"{address(run)}learners/AB12C/").text


def as_text(answer: Any) -> str:
    return b"".join(answer).decode()


def test_csv_of_the_list_and_of_the_result(holder: Client, world: SandboxProcess) -> None:
    Learner.objects.filter(ident="AB12D").update(forenames="=HYPERLINK(1)")
    run = make_list(holder)
    rows = {each["IDENT"]: each for each in csv.DictReader(StringIO(as_text(holder.get(f"{address(run)}csv/"))))}
    assert {ident: each["OUTCOME"] for ident, each in rows.items()} == FIRST_LOOK
    assert rows["AB12D"]["LEARNER"].startswith("'=HYPERLINK") and "no email" in rows["AB12D"]["PROBLEMS"]
    assert "Choose the Pathway of 300PW" in rows["AB12E"]["PROBLEMS"]
    job = job_of(press_create(holder, run))
    work(job)
    done = {each["IDENT"]: each for each in csv.DictReader(StringIO(as_text(holder.get(f"{address(job)}csv/"))))}
    assert list(done["AB12C"].values())[2:] == [
        "enrolled",
        str(Link.objects.get(learner__ident="AB12C").onefile_id),
        "",
    ]
    assert done["AB12J"]["OUTCOME"] == "duplicate" and done["AB12J"]["ONEFILE_ID"] == ""


def test_the_list_of_enrolments(holder: Client, administrator: Client, learner: Learner) -> None:
    assert "Nobody has enrolled many yet" in holder.get("/onefile/enrolments/").text
    run = make_list(holder)
    job = job_of(press_create(holder, run))
    work(job)
    text = holder.get("/onefile/enrolments/").text
    assert address(run) in text and address(job) in text and "Looked at" in text
    assert "/onefile/enrolments/" in administrator.get("/onefile/").text


def test_sorted_and_filtered_by_what_it_needs(holder: Client, world: SandboxProcess) -> None:
    run = make_list(holder)
    text = holder.get(address(run), {"show": "blocked"}).text
    assert f'id="row-{row(run, "AB12D").pk}"' in text and f'id="row-{row(run, "AB12C").pk}"' not in text
    text = holder.get(address(run), {"sort": "-ident"}).text
    assert text.index(f"row-{row(run, 'AB12M').pk}") < text.index(f"row-{row(run, 'AB12C').pk}")
    assert 'aria-sort="descending"' in text
    by_state = holder.get(address(run), {"sort": "standing"}).text
    first, *_, last = re.findall(r'id="row-(\d+)"', by_state)
    assert int(first) == row(run, "AB12E").pk, "whoever needs a choice comes first"
    assert standings(run)[ExchangePlan.objects.get(pk=last).the_learner.ident] == "already_linked"


def test_left_out_of_a_batch_the_half_done_can_still_be_tried_again(
    holder: Client, learner: Learner, connected: SandboxProcess
) -> None:
    """Created by somebody else meanwhile, and not wholly: being left out takes nothing away."""
    run = make_list(holder)
    text = holder.get(address(run)).text
    connected.fault("status", "Standard/4001/Assign", "POST", status=400, times=0)
    assert command("onefile_enrol", "AB12C").status == 1
    job = job_of(press_create(holder, run, text))
    assert job.plans.get().outcome == "already_linked"
    assert "Try again" in holder.get("/learners/AB12C/delivery-plan/").text
    connected.clear_faults()
    again = holder.post("/learners/AB12C/onefile/go-on/")
    work(Run.objects.get(pk=int(again.url.split("/")[3])))
    assert created(connected)["AB12C"] == 1 and len(connected.state()["aims"]) == 2


def test_an_administrator_sees_lists_among_the_runs(holder: Client, administrator: Client, learner: Learner) -> None:
    run = make_list(holder)
    text = administrator.get("/onefile/runs/").text
    assert "Enrolment list" in text and "dry run" not in text
    assert "Create AB" not in administrator.get(f"/onefile/runs/{run.pk}/learners/").text
    assert "What a list showed" in administrator.get(f"/onefile/runs/{run.pk}/learners/AB12C/").text


def test_an_administrator_pauses_the_whole_run(administrator: Client, holder: Client, learner: Learner) -> None:
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    page = f"/onefile/runs/{run.pk}/"
    ExchangePlan.objects.create(run=run, learner=learner, kind="whole")
    assert "Pause" in administrator.get(page).text
    assert holder.post(f"{page}pause/").status_code == 403
    administrator.post(f"{page}pause/")
    paused = administrator.get(page).text
    assert "Paused by" in paused and "Resume" in paused
    assert "Paused by" in administrator.get("/onefile/runs/").text
    administrator.post(f"{page}resume/")
    assert "Pause" in administrator.get(page).text
    assert "The next run exchanges them" in administrator.get(f"{page}cancel/").text
    administrator.post(f"{page}cancel/")
    ended = administrator.get(page).text
    assert (
        "Cancelled before they were begun" in ended
        and "Cancelled by" in ended
        and "Resume" not in ended
        and f"{page}pause/" not in ended
    )


def test_paused_resumed_and_cancelled_by_staff(holder: Client, learner: Learner) -> None:
    starters(learner, 3)
    run = make_list(holder)
    job = job_of(press_create(holder, run))
    holder.post(f"{address(job)}pause/")
    work(job)
    assert "Paused by" in holder.get(address(job)).text and "3 left" in holder.get(address(job)).text
    holder.post(f"{address(job)}resume/")
    assert "3 left" in holder.get(address(job)).text
    assert "3 learners who have not been begun will be left out" in holder.get(f"{address(job)}cancel/").text
    holder.post(f"{address(job)}cancel/")
    text = holder.get(address(job)).text
    assert "Cancelled by" in text and "0 of 3 created in OneFile, 3 left out." in text
    shown = job_of(holder.post(f"{address(job)}show-again/"))
    work(shown)
    assert set(standings(shown).values()) == {"ready"}


def test_the_time_left_follows_the_pace_of_the_last() -> None:
    now = timezone.now()
    ended = [now - timedelta(seconds=20 * number) for number in range(1, 4)]
    assert time_left(ended, 9, now) == ", about 3 minutes"
    assert time_left(ended, 1, now) == ", less than a minute"
    assert time_left(ended[:2], 9, now) == "" and time_left(ended, 0, now) == ""


def test_names_that_hold_markup_are_text(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    script = "<script>alert(1)</script>"
    connected.seed(classrooms=[{"ID": 3002, "OrganisationID": 101, "Name": script}])
    Learner.objects.filter(pk=learner.pk).update(surname=script)
    assert script not in holder.get("/onefile/enrolments/new/?learner=AB12C").text
    run = make_list(holder)
    assert script not in holder.get(address(run)).text
    job = job_of(press_create(holder, run))
    assert script not in holder.get(address(job)).text


def test_the_same_number_of_queries_for_many(holder: Client, learner: Learner) -> None:
    starters(learner, 3)
    few = of_pages(holder, quick_list())
    ExchangePlan.objects.update(state="done")  # nobody is being created any more
    starters(learner, 30, first=3)
    assert of_pages(holder, quick_list()) == few


def of_pages(client: Client, run: Run) -> tuple[int, int, int]:
    """Queries of the list before and after it was begun, and of what comes of it."""
    before = queries(client, address(run))
    job = job_of(press_create(client, run))
    Step.objects.filter(plan__run=job, position=1).update(state="refused", begun_at="2026-11-01T00:00Z")
    return before, queries(client, address(run)), queries(client, address(job))


def test_without_a_classroom_the_row_leads_to_where_it_is_chosen(holder: Client, learner: Learner) -> None:
    Settings.objects.update(default_classroom="")
    run = make_list(holder)
    text = holder.get(address(run)).text
    assert standings(run) == {"AB12C": "blocked"} and "Choose a classroom" in text_of_row(text, row(run, "AB12C").pk)
    look = f"{address(run)}learners/AB12C/"
    kept = holder.post(look, {"centre": "101", "classroom": "3001", "shown_centre": "101", "create": "1"})
    assert kept.url == address(run) and standings(run) == {"AB12C": "ready"}


def test_one_classroom_for_all(holder: Client, learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(classrooms=[{"ID": 3002, "OrganisationID": 101, "Name": "Starters"}])
    answer = holder.post("/onefile/enrolments/new/?learner=AB12C", {"centre": "101", "classroom": "3002"})
    run = job_of(answer)
    work(run)
    assert "Starters" in text_of_row(holder.get(address(run)).text, row(run, "AB12C").pk)
    wrong = holder.post("/onefile/enrolments/new/?learner=AB12C", {"centre": "101", "classroom": "9999"})
    assert wrong.status_code == 200 and Run.objects.filter(kind="preview").count() == 1


def test_a_pathway_is_chosen_once_for_all_who_need_it(
    holder: Client, learner: Learner, connected: SandboxProcess
) -> None:
    """Sixty carpenters start on a Monday. Whoever has chosen already keeps the choice."""
    connected.seed(
        standards=[
            {"ID": 4005, "OrganisationID": 101, "Title": "Carpentry, pathway A [300PW]", "Elements": 4},
            {"ID": 4006, "OrganisationID": 101, "Title": "Carpentry, pathway B [300PW]", "Elements": 4},
        ]
    )
    assert command("onefile_check").status == 0
    starters(learner, 4)
    for each in Learner.objects.all():
        with_line(each, "300PW")
    run = make_list(holder)
    assert set(standings(run).values()) == {"choice_needed"}
    assert "Pathway of 300PW for all 4 who have none yet" in holder.get(address(run)).text
    (own,) = row(run, "ST001").found["choices"]
    holder.post(f"{address(run)}choices/", {f"pathway-{own['line']}": "4005", "all-300PW": "4006"})
    work(run)
    assert set(standings(run).values()) == {"ready"}
    chosen = {plan.learner.ident: plan.choices["pathways"]["300PW"] for plan in run.plans.all()}
    assert chosen == {"AB12C": 4006, "ST001": 4005, "ST002": 4006, "ST003": 4006}
    holder.post(f"{address(run)}choices/", {"all-300PW": "4001"})
    assert set(standings(run).values()) == {"ready"}, "what is not offered is not taken"
