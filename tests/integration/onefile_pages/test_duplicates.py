"""Accounts that exist already: compared, decided, linked instead, moved or restored, all from the windows."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from learners.models import Learner
from onefile_integration.models import Link, Question, Run
from tests.integration.onefile.story import another, onefile_id
from tests.integration.onefile_pages.test_create import hidden
from tests.sandbox_process import SandboxProcess

CREATE, SET, PLAN = (f"/learners/AB12C/{page}/" for page in ("onefile/create", "onefile/set-id", "delivery-plan"))
SISTER = {
    "ID": 700123, "Role": 1, "OrganisationID": 101, "FirstName": "Iona", "LastName": "Okafor-Lane",
    "Email": "amara.lane@example.org", "DOB": "2008-02-29T00:00:00Z",
}  # fmt: skip
OTHER_SISTER = SISTER | {"ID": 700124, "FirstName": "Isla"}


def press(client: Client, text: str, button: str, value: str = "1", address: str = CREATE) -> str:
    """The page that follows."""
    answer = client.post(address, {**hidden(text), button: value}, follow=True)
    assert answer.status_code == 200
    return unescape(answer.text)


def buttons(text: str) -> list[str]:
    found = re.findall(r"<button[^>]*>(.*?)</button>", text, re.DOTALL)
    texts = (re.sub(r"<span.*?</span>", "", words).strip() for words in found)
    return [text for text in texts if text]


@pytest.fixture
def sisters(learner: Learner, connected: SandboxProcess) -> None:
    connected.seed(users=[SISTER, OTHER_SISTER])


def test_a_duplicate_is_shown_side_by_side_before_anything(holder: Client, sisters: None) -> None:
    text = holder.get(CREATE).text
    assert "OneFile learner 700123" in text and "29 Feb 2008" in text and "Differs" in text
    assert "/learners/AB12C/onefile/set-id/?onefile_id=700123" in text
    assert 'name="create"' not in text
    press(holder, text, "create")
    assert not Run.objects.exists() and not Question.objects.exists()


def test_a_search_that_brought_too_many_is_said(holder: Client, sisters: None, connected: SandboxProcess) -> None:
    connected.switches(search_filter="ignored")
    connected.seed(users=[{"Role": 1, "OrganisationID": 101, "FirstName": "Z", "LastName": f"B{n}"} for n in range(20)])
    text = unescape(holder.get(CREATE).text)
    assert "OneFile's search by email found 22. The 10 most like this learner were compared." in text


def test_each_account_is_answered_by_itself_and_the_answer_is_remembered(holder: Client, sisters: None) -> None:
    text = press(holder, holder.get(CREATE).text, "aside", "another_person:700123")
    assert "OneFile learner 700123 Iona Okafor-Lane is another person: said by user-0" in text
    assert "Is it this person? OneFile learner 700124" in text and 'name="create"' not in text
    text = press(holder, text, "aside", "another_person:700124")
    assert 'name="create"' in text and "Is it this person?" not in text
    assert "Is it this person?" not in holder.get(CREATE).text, "nor in another window, or tomorrow"
    press(holder, text, "create")
    assert Run.objects.get().kind == "enrol"
    assert Question.objects.filter(kind="possible_duplicate", answer="another_person").count() == 2


def test_an_answer_is_taken_back(holder: Client, sisters: None) -> None:
    text = press(holder, holder.get(CREATE).text, "aside", "another_person:700123")
    text = press(holder, text, "ask_again", "700123")
    assert "Is it this person? OneFile learner 700123" in text and "Decided earlier" not in text
    assert Question.objects.count() == 2, "both stay as history"
    text = press(holder, text, "aside", "another_person:700123")
    assert "Decided earlier" in text


@pytest.mark.parametrize("value", ["another_person:999", "new_episode:700123", "nonsense", ":", "another_person:"])
def test_what_is_not_offered_is_not_answered(holder: Client, sisters: None, value: str) -> None:
    text = press(holder, holder.get(CREATE).text, "aside", value)
    assert "Is it this person? OneFile learner 700123" in text and not Question.objects.exists()
    press(holder, text, "ask_again", value)
    assert not Question.objects.exists()


def test_link_instead_leads_to_the_id_checked_and_back_to_the_delivery_plan(holder: Client, sisters: None) -> None:
    address = re.search(r'href="([^"]*set-id[^"]*700123)"', holder.get(CREATE).text)
    assert address
    text = holder.get(address.group(1)).text
    assert "Compared with" in text and "29 Feb 2008" in text and buttons(text)[-1] == "Save"
    saved = holder.post(SET, {**hidden(text), "save": "1"})
    assert saved.url == PLAN and Link.objects.get(learner__ident="AB12C").onefile_id == 700123


def test_the_employer_search_by_the_wrong_number_is_said_at_once(holder: Client, learner: Learner) -> None:
    text = unescape(holder.get(SET, {"onefile_id": "99"}).text)
    assert "OneFile knows no learner 99." in text
    assert "99" in holder.get(SET, {"typed": "99"}).text


# ---- another episode of the same person


@pytest.fixture
def episode(enrolled: Learner) -> Learner:
    """CD34E is a later episode of AB12C's, who is in OneFile."""
    return another(
        enrolled, "CD34E", person=enrolled.person, surname=enrolled.surname, forenames="Amara",
        date_of_birth=enrolled.date_of_birth, email="amara.lane@example.org",
    )  # fmt: skip


CREATE_EPISODE, SET_EPISODE = (f"/learners/CD34E/onefile/{page}/" for page in ("create", "set-id"))


def test_the_link_is_moved_after_both_sides_were_seen(
    holder: Client, enrolled: Learner, episode: Learner, connected: SandboxProcess
) -> None:
    number, before = onefile_id(connected), connected.state()
    text = unescape(holder.get(CREATE_EPISODE).text)
    assert f"It is linked with AB12C {enrolled}, another episode of this person." in text
    assert "Create a new portfolio for this episode" in text and "Another person: create" not in text
    assert "Move the link to this episode" in text

    text = holder.get(SET_EPISODE, {"onefile_id": number}).text
    assert "AB12C keeps its reviews" in text and "14 Jul 2007" in text
    assert "Move the link to this episode" in buttons(text) and "Save" not in buttons(text)
    assert Link.objects.live().get(onefile_id=number).learner == enrolled, "looking moves nothing"
    moved = holder.post(SET_EPISODE, {**hidden(text), "save": "1"})

    assert moved.url == "/learners/CD34E/delivery-plan/" and connected.state() == before
    assert Link.objects.live().get(onefile_id=number).learner == episode
    old, new = holder.get(PLAN).text, holder.get("/learners/CD34E/delivery-plan/").text
    assert "Not linked" in old and "Earlier OneFile links" in old and 'href="/learners/CD34E/delivery-plan/"' in old
    assert "Moved from AB12C" in new and "user-0" in new and "Earlier OneFile links" not in new


def test_a_move_that_was_not_looked_at_is_not_made(
    holder: Client, enrolled: Learner, episode: Learner, connected: SandboxProcess
) -> None:
    """The window showed a free account; meanwhile the other episode has been linked with it."""
    number = onefile_id(connected)
    Link.objects.filter(learner=enrolled).update(environment="beta")
    text = holder.get(SET_EPISODE, {"onefile_id": number}).text
    Link.objects.filter(learner=enrolled).update(environment="practice")

    again = holder.post(SET_EPISODE, {**hidden(text), "save": "1"}).text

    assert "have changed since" in again and "Move the link to this episode" in again
    assert Link.objects.live().get(onefile_id=number).learner == enrolled


def test_a_portfolio_of_its_own_is_remembered_and_made(
    holder: Client, episode: Learner, connected: SandboxProcess, work: Callable[[], None]
) -> None:
    number = onefile_id(connected)
    text = press(holder, holder.get(CREATE_EPISODE).text, "aside", f"new_episode:{number}", CREATE_EPISODE)
    assert "this episode gets a portfolio of its own" in text
    press(holder, text, "create", address=CREATE_EPISODE)
    work()
    assert Link.objects.live().filter(learner=episode, state="verified").exists()


def test_another_persons_account_is_not_moved(holder: Client, enrolled: Learner, connected: SandboxProcess) -> None:
    another(enrolled, "EF56G", email="amara.lane@example.org")
    text = unescape(holder.get("/learners/EF56G/onefile/create/").text)
    assert "It is linked with AB12C" in text and "another learner here" in text
    assert "Move the link" not in text and "Link instead" not in text
    number = onefile_id(connected)
    text = unescape(holder.get("/learners/EF56G/onefile/set-id/", {"onefile_id": number}).text)
    assert f"OneFile's {number} is linked with AB12C" in text and 'name="save"' not in text


# ---- archived


@pytest.fixture
def archived(enrolled: Learner, holder: Client, connected: SandboxProcess) -> int:
    holder.post("/learners/AB12C/onefile/remove-link/")
    number = onefile_id(connected)
    connected.edit("users", number, Archived=True)
    return number


def test_an_archived_account_is_restored_and_linked(
    holder: Client, enrolled: Learner, archived: int, connected: SandboxProcess, work: Callable[[], None]
) -> None:
    text = unescape(holder.get(CREATE).text)
    assert "It was linked with this learner earlier." in text and "probably archived" in text
    text = holder.get(SET, {"onefile_id": archived}).text
    assert "probably archived" in text and f'href="{CREATE}"' in text
    assert buttons(text)[-2:] == ["Restore in OneFile and link", "Link"]
    assert connected.state()["users"][-1]["Archived"], "looking restores nothing"

    progress = holder.post(SET, {**hidden(text), "restore": "1"}).url
    assert progress.startswith("/onefile/runs/")
    work()

    assert "Both sides agree." in holder.get(progress).text and "Restore OneFile learner" in holder.get(progress).text
    assert not next(user for user in connected.state()["users"] if user["ID"] == archived)["Archived"]
    assert Link.objects.live().get(learner=enrolled).state == "verified"


def test_linked_without_restoring_it(
    holder: Client, enrolled: Learner, archived: int, connected: SandboxProcess
) -> None:
    text = holder.get(SET, {"onefile_id": archived}).text
    assert holder.post(SET, {**hidden(text), "save": "1"}).url == PLAN
    assert Link.objects.live().get(learner=enrolled).onefile_id == archived
    assert next(user for user in connected.state()["users"] if user["ID"] == archived)["Archived"]


def test_one_that_is_not_archived_cannot_be_restored(holder: Client, learner: Learner, sisters: None) -> None:
    text = holder.get(SET, {"onefile_id": 700123}).text
    again = holder.post(SET, {**hidden(text), "restore": "1"})
    assert again.status_code == 200 and not Link.objects.filter(learner=learner).exists()


def test_a_new_one_beside_the_archived(holder: Client, archived: int) -> None:
    text = press(holder, holder.get(CREATE).text, "aside", f"new_episode:{archived}")
    assert 'name="create"' in text


# ---- what is shown of others


@pytest.mark.parametrize("page", [CREATE, f"{SET}?onefile_id=700123"])
def test_a_colleague_without_a_licence_sees_nothing(colleague: Client, sisters: None, page: str) -> None:
    answer: Any = colleague.get(page)
    assert answer.status_code == 403 and "Iona" not in answer.text
