"""A link moved to another episode of the same person, and a link to another account of the same learner."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from learners.models import Learner
from onefile_integration.exchange import links
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.models import ExchangePlan, Link, Question, RemoteReview, Run
from onefile_integration.models.journal import from_now
from onefile_integration.words import PlanState, RunKind
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import another, line, onefile_id, review_there, soon, writes
from tests.sandbox_process import SandboxProcess


def move(ident: str, number: int, *words: str) -> Any:
    return command("onefile_link", "learner", ident, str(number), *words)


@pytest.fixture
def episode(learner: Learner, enrolled: SandboxProcess) -> Learner:
    """CD34E is a later episode of AB12C's, who has a review that is known on both sides."""
    review_there(enrolled, StartedOn=f"{soon(-20)}T10:00:00.000Z", ScheduledFor=f"{soon(-20)}T10:00:00.000Z")
    assert command("onefile_sync").status == 0 and learner.reviews.count() == 1
    return another(
        learner, "CD34E", person=learner.person, surname=learner.surname, date_of_birth=learner.date_of_birth
    )


def test_without_the_word_it_is_refused_and_the_holder_named(episode: Learner, enrolled: SandboxProcess) -> None:
    refused = move("CD34E", onefile_id(enrolled))
    assert refused.status == 2 and "AB12C" in refused.data["message"] and "moved" in refused.data["message"]


def test_moved_it_is_history_there_and_unverified_here(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    number, before = onefile_id(enrolled), enrolled.state()

    moved = move("CD34E", number, "--move")

    assert (moved.status, moved.data["state"]) == (0, "unverified") and "AB12C" in moved.data["message"]
    old, new = Link.objects.get(learner=learner), Link.objects.get(learner=episode)
    assert (old.state, bool(old.removed_by), old.removed_at) == ("removed", True, new.made_at)
    assert (new.state, new.origin, new.centre, new.onefile_id) == ("unverified", "moved", 101, number)
    assert enrolled.state() == before
    assert move("CD34E", number, "--move").status == 0, "a second time nothing happens"
    assert Link.objects.filter(onefile_id=number).count() == 2


def test_reviews_of_the_earlier_episode_stay_its_own(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """Neither do they come again, nor is one of this episode's taken for one of them; new ones come, ours go up."""
    number, known = onefile_id(enrolled), learner.reviews.get()
    move("CD34E", number, "--move")
    factories.ReviewFactory(
        learner=episode, type="Normal", scheduled_date=soon(), start_time=time(9, 0), attended="Unknown",
        actual_date=None, officer=None,
    )  # fmt: skip
    late = review_there(enrolled, LearnerID=number, ScheduledFor=f"{soon(30)}T10:00:00.000Z")

    synced = command("onefile_sync")

    assert synced.status == 0, synced.data
    assert Link.objects.live().get(learner=episode).state == "verified"
    assert list(learner.reviews.all()) == [known]
    there = RemoteReview.objects.filter(link__learner=episode, review__isnull=False)
    assert there.count() == episode.reviews.count() == 2 and there.filter(onefile_id=late).exists()
    reviews = enrolled.state()["reviews"]
    assert len(reviews) == 3 and {each["LearnerID"] for each in reviews} == {number}
    assert command("onefile_sync").data["learners"]["changed"] == 0


def test_aims_are_found_again_by_their_standard(learner: Learner, episode: Learner, enrolled: SandboxProcess) -> None:
    aims = enrolled.state()["aims"]
    move("CD34E", onefile_id(enrolled), "--move")
    assert command("onefile_sync").status == 0
    assert [aim["ID"] for aim in enrolled.state()["aims"]] == [aim["ID"] for aim in aims]
    assert line(episode).remote_aims.get().onefile_id == line(learner).remote_aims.get().onefile_id


def test_moved_to_the_wrong_person_nothing_is_exchanged(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """Tied by mistake: the birth date differs."""
    Learner.objects.filter(pk=episode.pk).update(date_of_birth=None)
    move("CD34E", onefile_id(enrolled), "--move")
    enrolled.clear_calls()
    (question,) = command("onefile_sync").data["questions"]
    assert question["kind"] == "other_person" and writes(enrolled) == []


def test_moved_back_everything_is_known_as_before(learner: Learner, episode: Learner, enrolled: SandboxProcess) -> None:
    number, before = onefile_id(enrolled), enrolled.state()
    move("CD34E", number, "--move")
    assert command("onefile_sync").status == 0
    assert move("AB12C", number, "--move").status == 0
    assert command("onefile_sync").data["changes"] == []
    assert enrolled.state() == before
    assert (learner.reviews.count(), episode.reviews.count()) == (1, 0)


def test_a_link_set_by_hand_on_the_next_episode_knows_them_too(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """Without the move: removed at one, typed at the other."""
    command("onefile_unlink", "learner", "AB12C")
    assert move("CD34E", onefile_id(enrolled)).status == 0
    assert command("onefile_sync").status == 0
    assert episode.reviews.count() == 0


def test_another_persons_reviews_come_down_where_they_belong(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """AB12C had the account by mistake: what came to it then does not keep it from its owner."""
    owner = another(learner, "EF56G", surname=learner.surname, date_of_birth=learner.date_of_birth)
    command("onefile_unlink", "learner", "AB12C")
    assert move("EF56G", onefile_id(enrolled)).status == 0
    assert command("onefile_sync").status == 0
    assert owner.reviews.count() == 1


@pytest.mark.parametrize("kind", ["officer", "stranger", "linked"])
def test_what_cannot_be_moved(learner: Learner, episode: Learner, enrolled: SandboxProcess, kind: str) -> None:
    number = onefile_id(enrolled)
    if kind == "officer":
        refused = command("onefile_link", "officer", "OF001", str(onefile_id(enrolled, "OF001")), "--move")
    elif kind == "stranger":
        another(learner, "EF56G")
        refused = move("EF56G", number, "--move")
    else:
        enrolled.seed(users=[{"ID": 700501, "Role": 1, "OrganisationID": 101, "FirstName": "A", "LastName": "B"}])
        move("CD34E", 700501)
        refused = move("CD34E", number, "--move")
    assert refused.status == 2, refused.data
    assert Link.objects.live().get(onefile_id=number).learner == learner


def test_not_while_an_exchange_of_the_other_is_under_way(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    plan = learner.onefile_plans.latest("pk")
    ExchangePlan.objects.filter(pk=plan.pk).update(claim=uuid4(), lease_until=from_now(timedelta(minutes=5)))
    refused = move("CD34E", onefile_id(enrolled), "--move")
    assert refused.status == 2 and "going on" in refused.data["message"]
    assert Link.objects.live().get(learner__isnull=False).learner == learner


def test_a_plan_whose_link_went_meanwhile_creates_nothing(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """It was begun a moment before the link was moved away."""
    run = Run.objects.create(kind=RunKind.REFRESH, environment="practice", lane="people", asked_by="test")
    move("CD34E", onefile_id(enrolled), "--move")
    late = ExchangePlan.objects.create(run=run, learner=learner, kind=RunKind.REFRESH)
    before = enrolled.state()

    assert command("onefile_sync", "--learner", "AB12C").data["learners"]["skipped"] == 1
    to_the_end(run)

    late.refresh_from_db()
    assert (late.state, enrolled.state()) == (PlanState.SKIPPED, before)


def test_the_links_of_both_are_locked_one_after_the_other(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """Two people move it at once: one link lives."""
    number = onefile_id(enrolled)
    other = links.to_move(episode, number, "practice")
    assert other is not None
    links.move(episode, other, found=None, by=BY)
    with pytest.raises(links.BadLink):
        links.move(another(learner, "EF56G", person=learner.person), other, found=None, by=BY)
    assert Link.objects.live().filter(onefile_id=number).count() == 1


# ---- another account


def test_reviews_of_another_account_are_neither_blanked_nor_matched(
    learner: Learner, episode: Learner, enrolled: SandboxProcess
) -> None:
    """AB12C gets a new account elsewhere: what is known of the first stays, new reviews go to the second."""
    first, held = onefile_id(enrolled), learner.reviews.get()
    values = {name: getattr(held, name) for name in ("attended", "actual_date", "scheduled_date", "start_time")}
    enrolled.seed(
        organisations=[{"ID": 102, "Name": "Harbour Campus", "CustomerID": 11}],
        users=[{"ID": 800200, "Role": 1, "OrganisationID": 102, "FirstName": "Amara", "LastName": "Okafor-Lane",
                "DOB": "2007-07-14T00:00:00.000Z"}],
        standards=[{"ID": 4011, "OrganisationID": 102, "Title": "Business Administrator [196AS]"},
                   {"ID": 4012, "OrganisationID": 102, "Title": "Diploma [603/2954/9]"}],
    )  # fmt: skip
    command("onefile_check")
    command("onefile_unlink", "learner", "AB12C")
    assert move("AB12C", 800200).status == 0
    strange = review_there(enrolled, LearnerID=800200, ScheduledFor=f"{held.scheduled_date}T09:00:00.000Z")
    factories.ReviewFactory(
        learner=learner, type="Normal", scheduled_date=soon(), start_time=time(9, 0), attended="Unknown",
        actual_date=None, officer=None,
    )  # fmt: skip
    old = [each for each in enrolled.state()["reviews"] if each["LearnerID"] == first]

    synced = command("onefile_sync")

    assert synced.status == 0, synced.data
    held.refresh_from_db()
    assert {name: getattr(held, name) for name in values} == values
    known = RemoteReview.objects.filter(review=held)
    assert [row.link.onefile_id for row in known] == [first]
    reviews = enrolled.state()["reviews"]
    assert [each for each in reviews if each["LearnerID"] == first] == old
    assert len([each for each in reviews if each["LearnerID"] == 800200]) == 2
    assert RemoteReview.objects.filter(onefile_id=strange, review__learner=learner).exclude(review=held).exists()


# ---- a question that is answered after the link has gone


@pytest.mark.parametrize("how", ["removed", "moved"])
def test_an_answer_after_the_link_has_gone_creates_nothing(
    learner: Learner, connected: SandboxProcess, how: str
) -> None:
    """The account stays in OneFile; a second one would be made without a look at who is there."""
    command("onefile_settings", "upload_reviews=on")
    factories.ReviewFactory(learner=learner, officer=learner.main_officer, scheduled_date=soon(), start_time="09:00")
    connected.fault("lost_after", "^Visit$", "POST", times=1)
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "question"
    command("onefile_answer", str(Question.objects.open().get().pk), "there")
    assert command("onefile_enrol", "AB12C").data["results"][0]["outcome"] == "question"  # it wants the visit's id
    if how == "removed":
        assert command("onefile_unlink", "learner", "AB12C").status == 0
    else:
        another(learner, "CD34E", person=learner.person)
        assert move("CD34E", onefile_id(connected), "--move").status == 0

    assert command("onefile_answer", str(Question.objects.open().get().pk), "skip").status == 0
    for run in Run.objects.all():
        to_the_end(run)

    assert [user["MISID"] for user in connected.state()["users"] if user["Role"] == 1] == ["AB12C"]
    assert not ExchangePlan.objects.open().exists()
