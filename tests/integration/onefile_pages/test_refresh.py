"""Refresh with OneFile, its log, and the questions that it can leave."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

from django.test import Client

from learners.models import Learner
from onefile_integration.models import ExchangePlan, Link, Question, Run
from tests import factories
from tests.sandbox_process import SandboxProcess

ADDRESS = "/learners/AB12C/onefile/refresh/"
Work = Callable[[], None]


def test_first_the_qualifications_then_the_log(
    holder: Client, enrolled: Learner, connected: SandboxProcess, work: Work
) -> None:
    text = holder.get(ADDRESS).text
    assert "999/XX" in text and "Not available" in text and "list of qualifications was fetched on" in text
    aim = connected.state()["aims"][0]
    connected.edit("aims", aim["ID"], RegistrationNumber="<script>alert(1)</script>", ElementsCompleted=20)
    log = holder.post(ADDRESS).url
    assert holder.post(ADDRESS).url == log, "a second click leads to the same job"
    work()
    shown = holder.get(log).text
    assert "Both sides agree." in shown and "Old value" in shown and "20" in shown
    assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown
    assert holder.get("/learners/AB12C/onefile/logs/last/").url == log
    assert log in holder.get("/learners/AB12C/onefile/logs/").text


def test_who_is_not_exchanged_is_told_why(holder: Client, enrolled: Learner) -> None:
    factories.BreakFactory(learner=enrolled, from_date=date(2026, 1, 1), to_date=None)
    text = holder.get(ADDRESS).text
    assert "on a break" in text and ">Refresh</button>" not in text
    assert "on a break" in holder.post(ADDRESS).text
    assert Run.objects.count() == 1


def test_who_is_not_linked_has_nothing_to_refresh(holder: Client, learner: Learner) -> None:
    assert holder.post(ADDRESS).url == "/learners/AB12C/delivery-plan/"
    assert not Run.objects.exists()


def test_what_failed_is_listed_by_its_kind(
    holder: Client, administrator: Client, enrolled: Learner, connected: SandboxProcess, work: Work
) -> None:
    connected.remove("users", Link.objects.get(learner=enrolled).onefile_id or 0)
    log = holder.post(ADDRESS).url
    work()
    assert "Nothing was exchanged." in holder.get(log).text
    run = Run.objects.latest("pk")
    assert "Not found in OneFile" in administrator.get(f"/onefile/runs/{run.pk}/learners/?failure=not_found").text


def test_a_link_set_by_hand_says_that_it_is_compared_first(holder: Client, enrolled: Learner) -> None:
    Link.objects.filter(learner=enrolled).update(state="unverified", centre=None)
    text = holder.get(ADDRESS).text
    assert "This link was set by hand." in text and "Available in another centre" not in text


def test_while_onefile_is_down_the_log_says_so(
    holder: Client, enrolled: Learner, connected: SandboxProcess, work: Work
) -> None:
    connected.fault("status", times=0, status=503)
    log = holder.post(ADDRESS).url
    work()
    assert "could not be reached" in unescape(holder.get(log).text)


def test_a_log_says_who_said_what(holder: Client, enrolled: Learner) -> None:
    """OneFile's own words stand behind ours, also where a question stands."""
    said = {"failure_kind": "refused", "failure_message": "required: VisitID"}
    ExchangePlan.objects.update(state="asking", **said)
    assert "OneFile refused: required: VisitID" in unescape(holder.get("/learners/AB12C/onefile/logs/").text)
    ExchangePlan.objects.update(state="failed", **{**said, "failure_message": "OneFile refused (status 418)."})
    assert ">OneFile refused (status 418).<" in holder.get("/learners/AB12C/onefile/logs/").text


def test_another_person_behind_the_id_becomes_a_question_answered_on_the_page(
    holder: Client, learner: Learner, connected: SandboxProcess, work: Work
) -> None:
    from onefile_integration.exchange import links
    from tests.integration.onefile_pages.conftest import BY

    connected.seed(users=[{"ID": 700132, "Role": 1, "OrganisationID": 101, "FirstName": "Zofia",
                           "LastName": "<script>alert(1)</script>", "DOB": "2001-01-01T00:00:00Z"}])  # fmt: skip
    links.set_learner_link(learner, 700132, environment="practice", found=None, by=BY, centre=101)
    log = holder.post(ADDRESS).url
    work()
    assert "Answer it" in holder.get(log).text
    page = holder.get("/onefile/questions/").text
    assert "OneFile questions (1)" in page and "Differs" in page and "<script>alert" not in page
    assert "1 question waits" in holder.get("/learners/AB12C/delivery-plan/").text
    question = Question.objects.get()
    holder.post(f"/onefile/questions/{question.pk}/answer/", {"answer": "other"})
    assert Link.objects.get().state == "removed"
    again = holder.post(f"/onefile/questions/{question.pk}/answer/", {"answer": "same"}, follow=True).text
    assert "was answered by user-0 with “Another person: remove the link”" in unescape(again)
    assert "Another person: remove the link" in again, "answered ones stand below"
    assert re.search(r"<td>\d+ \w+ \d{4}, \d\d:\d\d\s*</td>", again), "with the time of the answer"


def test_a_wrong_typed_id_is_said_at_its_field(holder: Client, enrolled: Learner) -> None:
    plan = ExchangePlan.objects.get()
    typed = [["typed ID", "It is there, with this VisitID"]]
    made = [
        Question.objects.create(
            kind="lost_visit", environment="practice", learner=enrolled, plan=plan, step=plan.steps.first(),
            about=f"review:{number}", text=f"Visit {number}?", answers=typed,
        )
        for number in range(30)
    ]  # fmt: skip
    last = made[-1].pk
    sent = {"answer": "typed ID", "value": "abc", "of_learner": "1"}

    answer = holder.post(f"/onefile/questions/{last}/answer/", sent)

    assert answer.url == f"/onefile/questions/?learner=AB12C&page=2#question-{last}"
    text = holder.get(answer.url).text
    field = re.search(rf'<input[^>]* id="value-{last}"[^>]*>', text)
    assert field and 'value="abc"' in field[0] and f'aria-describedby="wrong-{last}" autofocus' in field[0]
    assert text.count("field-error") == 1 and f'id="wrong-{last}"' in text and "message-error" not in text
    assert "field-error" not in holder.get(answer.url).text, "said once"


def test_questions_of_one_learner(holder: Client, enrolled: Learner) -> None:
    other = factories.LearnerFactory(ident="ZZ9ZZ")
    for each in (enrolled, other):
        Question.objects.create(
            kind="pathway",
            environment="practice",
            learner=each,
            about=f"line:{each.pk}",
            text=f"Which for {each.ident}?",
            answers=[["1", "One"]],
        )
    text = holder.get("/onefile/questions/?learner=ZZ9ZZ").text
    assert "Which for ZZ9ZZ?" in text and "Which for AB12C?" not in text
