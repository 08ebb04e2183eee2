"""A night in few calls: by one list of reviews, by full rows in pages where they are good, and never by what lies."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.conf import settings as django_settings
from django.db.models import Sum
from django.utils import timezone

from learners.models import DeliveryPlanLine, Review
from onefile_integration.exchange import configuration, nightly, stopping
from onefile_integration.exchange.enrolment import new_run
from onefile_integration.exchange.reading.finding import forget
from onefile_integration.exchange.work import Worker, make, work
from onefile_integration.models import ExchangePlan, Link, RemoteReview, Run, SeenReview, Settings
from onefile_integration.words import ReadKind, ReadWay, RunKind, RunState
from tests.integration.onefile.conftest import BY, command
from tests.provider import ELEMENTS, NEW_REVIEW, Provider
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make_record

FEW = Provider(12)
LOOKUPS = 10  # lists of the centre, for all learners together
SIGNED = 30  # the least recently read


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "ONEFILE_CALLS_PER_MINUTE", 100_000)


@pytest.fixture
def provider(onefile: SandboxProcess, transactional_db: None) -> SandboxProcess:
    return ready(onefile, FEW)


def ready(onefile: SandboxProcess, some: Provider) -> SandboxProcess:
    some.in_onefile(onefile)
    settings = {"enabled": "on", "download_reviews": "on", "calls_per_minute": "100000"}
    configuration.change(settings, token=onefile.token, by=BY)
    assert command("onefile_check").status == 0
    some.here()
    onefile.clear_calls()
    return onefile


def night(*, dry: bool = False) -> Run:
    run = nightly.start_whole_run(Settings.objects.current(), by=BY, dry=dry)
    work(run)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED, run.stop_reason
    assert not run.plans.exclude(state="done").exists()
    return run


def ways(run: Run) -> dict[str, str]:
    return {each.kind: each.way for each in run.readings.all()}


def is_caught_up(some: Provider, elements: int = 7, new: int = NEW_REVIEW) -> bool:
    """What assessors did has come, and nothing else."""
    gone_on = DeliveryPlanLine.objects.exclude(elements_done=3)
    assert set(gone_on.values_list("remote_aims__onefile_id", "elements_done")) == {
        (some.aim(n), elements) for n in some.changed
    }
    assert not DeliveryPlanLine.objects.exclude(total_elements=ELEMENTS).exists()
    added = RemoteReview.objects.filter(onefile_id__gte=new).values_list("onefile_id", "link__onefile_id")
    assert set(added) == {(new + n, 700100 + n) for n in some.changed}
    held = Review.objects.filter(attended="Yes", officer_signed__isnull=False, trainee_signed__isnull=False)
    return held.count() == some.learners * (some.reviews - 1)


def test_what_is_proven_takes_five_calls_a_learner(provider: SandboxProcess) -> None:
    """For 1,000 that is 5,150; the last ten are for lists, and for pages that were asked for in vain."""
    FEW.news(provider)

    run = night()

    assert is_caught_up(FEW)
    assert ways(run) == {ReadKind.AIMS: ReadWay.EACH, ReadKind.REVIEWS: ReadWay.LIST}
    made = len(provider.calls())
    assert made <= FEW.learners * (FEW.aims + 1) + len(FEW.changed) + SIGNED + LOOKUPS
    assert run.calls == run.calls_by_kind.aggregate(n=Sum("calls"))["n"] == made
    assert run.calls_by_kind.get(kind="GET LearningAim").calls == FEW.learners * FEW.aims


def test_full_rows_in_pages_take_hardly_any(provider: SandboxProcess) -> None:
    provider.switches(paged_rows="full", aim_search_scope="organisation", max_page_size=20)
    FEW.news(provider)

    run = night()

    assert is_caught_up(FEW)
    assert set(ways(run).values()) == {ReadWay.PAGES}
    gets = Counter(call["path"].split("/")[0] for call in provider.calls() if call["method"] == "GET")
    assert gets["LearningAim"] <= 10 and gets["Review"] <= 16
    assert {each.compared >= 5 for each in run.readings.all()} == {True}


def test_what_full_rows_take_back_is_read_itself_and_not_forgotten(provider: SandboxProcess) -> None:
    """Both have signed these reviews; of one it is the turn to be read again."""
    provider.switches(paged_rows="full", aim_search_scope="organisation")
    for n in (0, 11):
        provider.edit("reviews", FEW.review(n), StartedOn=None)

    run = night()

    assert set(ways(run).values()) == {ReadWay.PAGES}
    taken_back = RemoteReview.objects.filter(review__attended="Unknown", review__officer_signed__isnull=False)
    assert {each.onefile_id for each in taken_back} == {FEW.review(0), FEW.review(11)}


def test_a_dry_run_leaves_the_signed_reviews_their_turn(provider: SandboxProcess) -> None:
    provider.edit("reviews", FEW.review(0), StartedOn=None)

    dry = night(dry=True)

    assert dry.plans.filter(steps__kind="update_review").count() == 1
    assert not RemoteReview.objects.filter(read_at__isnull=False).exists()
    night()
    assert RemoteReview.objects.get(onefile_id=FEW.review(0)).review.attended == "Unknown"


def test_a_cancelled_run_leaves_the_signed_reviews_their_turn(provider: SandboxProcess) -> None:
    provider.edit("reviews", FEW.review(0), StartedOn=None)
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    worker = Worker(run, Settings.objects.current())
    worker.find_lists()
    worker.each(run.plans.filter(state="unmade"), partial(make, run=run))
    worker.client.close()
    assert run.plans.filter(steps__kind="update_review").count() == 1

    assert stopping.cancel(run, by=BY)

    assert RemoteReview.objects.get(onefile_id=FEW.review(0)).read_at is None
    assert RemoteReview.objects.filter(read_at__isnull=False).count() == SIGNED - 1


@pytest.mark.once
@pytest.mark.parametrize("lie", ["old", "lacking", "other_learner", "cut", "member"])
def test_lists_that_lie_lose_nothing(provider: SandboxProcess, lie: str) -> None:
    """What is not so is noticed in the same night, and read one by one in it."""
    provider.switches(paged_rows="full", aim_search_scope="organisation", max_page_size=20, paged_lies=lie)
    provider.edit("aims", FEW.aim(3), RegistrationNumber="R-1")
    DeliveryPlanLine.objects.filter(remote_aims__onefile_id=FEW.aim(3)).update(registration_number="R-1")
    FEW.news(provider)
    before = provider.state()

    run = night()

    assert is_caught_up(FEW)
    assert ReadWay.PAGES not in ways(run).values()
    assert all(each.why for each in run.readings.all())
    assert provider.state() == before


def test_pages_that_cannot_be_read_are_done_without(provider: SandboxProcess) -> None:
    provider.switches(paged_rows="full", aim_search_scope="organisation", max_page_size=20)
    provider.fault("html", r"Search/2/", times=0)
    FEW.news(provider)

    run = night()

    assert is_caught_up(FEW)
    assert ways(run) == {ReadKind.AIMS: ReadWay.EACH, ReadKind.REVIEWS: ReadWay.LIST}
    assert all("web page" in each.why for each in run.readings.all())


def test_reviews_of_nobody_are_read_once_or_not_at_all(onefile: SandboxProcess, transactional_db: None) -> None:
    """More are new than there are learners: each learner is searched for, once. What is found then is no stranger."""
    some = Provider(4, aims=1, reviews=2)
    ready(onefile, some)
    onefile.seed(users=[{"ID": 799999, "OrganisationID": 101, "Role": 1, "FirstName": "B", "LastName": "C"}])
    onefile.seed(reviews=[{"ID": 770000 + n, "LearnerID": 799999} for n in range(9)])
    some.news(onefile, elements=3)

    first = night()

    assert ways(first)[ReadKind.REVIEWS] == ReadWay.EACH
    assert RemoteReview.objects.filter(onefile_id=NEW_REVIEW, link__onefile_id=700100).exists()
    some.news(onefile, elements=3, review=NEW_REVIEW + 5)
    onefile.seed(reviews=[{"ID": 770100, "LearnerID": 799999}])
    onefile.clear_calls()

    second = night()

    assert ways(second)[ReadKind.REVIEWS] == ReadWay.LIST
    assert RemoteReview.objects.filter(onefile_id=NEW_REVIEW + 5, link__onefile_id=700100).exists()
    read = {call["path"] for call in onefile.calls() if "Review/" in call["path"]}
    assert not any("Review/77000" in path for path in read)
    assert any("Review/770100" in path for path in read)
    onefile.clear_calls()

    night()

    assert not any("Review/770" in call["path"] for call in onefile.calls())


def test_a_new_link_is_searched_for_reviews_put_aside(onefile: SandboxProcess, transactional_db: None) -> None:
    """They were nobody's while the learner was not linked."""
    some = Provider(4, aims=1, reviews=1)
    ready(onefile, some)
    link = Link.objects.get(onefile_id=700103)
    Link.objects.filter(pk=link.pk).update(state="removed", removed_at=link.made_at, removed_by="test")
    onefile.seed(reviews=[{"ID": NEW_REVIEW + n, "LearnerID": 700103} for n in range(5)])
    night()
    assert SeenReview.objects.filter(learner_onefile_id=None).count() == 5 + 1, "with the one that it had"
    Link.objects.filter(pk=link.pk).update(state="verified", removed_at=None, removed_by="")

    night()

    assert RemoteReview.objects.filter(link=link, onefile_id__gte=NEW_REVIEW).count() == 5


def test_who_is_linked_with_an_account_of_somebody_else_before_gets_its_reviews(provider: SandboxProcess) -> None:
    """They were known by the wrong link, which was removed."""
    wrong = Link.objects.get(onefile_id=700103)
    Link.objects.filter(pk=wrong.pk).update(state="removed", removed_at=wrong.made_at, removed_by="test")
    right = make_record.a_link(onefile_id=700103)

    run = night()

    assert ways(run)[ReadKind.REVIEWS] == ReadWay.LIST
    assert right.reviews.filter(review__isnull=False).count() == FEW.reviews
    night()
    assert right.reviews.count() == FEW.reviews


def test_rows_that_are_lost_or_outdated_are_read_anew(
    provider: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis is emptied for one learner's turn; another was exchanged by a Refresh meanwhile, the third looked at."""
    provider.switches(paged_rows="full", aim_search_scope="organisation")
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    worker = Worker(run, Settings.objects.current())
    worker.find_lists()
    FEW.news(provider)
    provider.clear_calls()
    refreshed, lost, planned = (run.plans.get(learner__ident=f"L000{n}") for n in range(3))
    ExchangePlan.objects.create(
        run=new_run(RunKind.REFRESH, Settings.objects.current(), BY),
        learner=refreshed.learner,
        kind="refresh",
        state="done",
        ended_at=timezone.now(),
    )
    make_record.a_plan(run=make_record.a_run(dry=True), learner=planned.learner, state="done", ended_at=timezone.now())

    worker.each(run.plans.filter(pk__in=[refreshed.pk, planned.pk]), partial(make, run=run))
    asked = [call["path"] for call in provider.calls()]
    forget(run)
    worker.each(run.plans.filter(pk=lost.pk), partial(make, run=run))

    assert f"/LearningAim/{FEW.aim(0)}" in asked and f"/LearningAim/{FEW.aim(2)}" not in asked
    assert f"/LearningAim/{FEW.aim(1)}" in [call["path"] for call in provider.calls()]
    worker.client.close()
