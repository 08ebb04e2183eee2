"""A whole run's source: lists where this very run has found them good, and single reads for all that they lack."""

from __future__ import annotations

from django.db.models import Max, Q
from django.db.models.functions import Now

from onefile_integration.api import records
from onefile_integration.api.client import OneFile
from onefile_integration.exchange.reading.shelf import AGAIN, Shelf
from onefile_integration.exchange.reading.source import OneByOne
from onefile_integration.models import ExchangePlan, Link, Run, RunReading, SeenReview
from onefile_integration.rules.sides import Choices, Here
from onefile_integration.rules.sides import Review as ReviewValues
from onefile_integration.words import ReadKind, ReadWay

LISTED, OWNERS, FRESH = "listed", "owners", "fresh"  # fresh: read by itself in this run
WHOLE_LIST = 0  # no record has this id: it stands for the list itself
BY_LISTS = (ReadWay.LIST, ReadWay.PAGES)


def to_be_searched(environment: str, centre: int) -> set[int]:
    """OneFile's ids of learners who were not searched for since reviews were last put aside unread."""
    aside = SeenReview.objects.filter(environment=environment, centre=centre, learner_onefile_id=None)
    last = aside.aggregate(last=Max("seen_at"))["last"]
    if last is None:
        return set()
    links = Link.objects.within(environment).filter(centre=centre, learner__isnull=False)
    links = links.filter(Q(reviews_searched_at=None) | Q(reviews_searched_at__lte=last))
    return {number for number in links.values_list("onefile_id", flat=True) if number is not None}


def part(name: str, centre: int) -> str:
    """Of the shelf."""
    return f"{name}:{centre}"


def note_owners(environment: str, centre: int, read: list[records.Review]) -> None:
    for each in read:
        if each.learner_id is not None:
            whose = {"centre": centre, "learner_onefile_id": each.learner_id, "seen_at": Now()}
            SeenReview.objects.update_or_create(environment=environment, onefile_id=each.id, defaults=whose)


class Night:
    def __init__(self, run: Run, client: OneFile) -> None:
        self._run = run
        self._single = OneByOne(client, thorough=False, keeps=not run.dry)
        self._shelf = Shelf(run.pk)
        self._found: dict[tuple[int, str], RunReading] | None = None
        self._to_search: dict[int, set[int]] = {}
        self._again: frozenset[int] = frozenset()
        self.rests_on_rows = False

    def begin(self, here: Here, choices: Choices) -> None:
        self._single.begin(here, choices)
        self._here, self._choices = here, choices
        self.rests_on_rows = self._has_searched = False
        self._listed: dict[int, records.ReviewRow] | None = None
        self._users: dict[int, records.User] = {}
        self._aims: dict[int, records.LearningAim] = {}
        self._reviews: dict[int, records.Review] = {}
        self._fresh: dict[int, records.Review] = {}
        if here.onefile_id is not None and not self._is_outdated():
            self._take(here, here.onefile_id)

    def user(self, number: int) -> records.User:
        if found := self._users.get(number):
            self.rests_on_rows = True
            return found
        return self._single.user(number)

    def aim(self, number: int) -> records.LearningAim:
        """What a list ascribes to another learner is asked for itself."""
        found = self._aims.get(number)
        if found and found.user_id == self._here.onefile_id:
            self.rests_on_rows = True
            return found
        return self._single.aim(number)

    def review(self, number: int) -> records.Review:
        if fresh := self._fresh.get(number):
            return fresh
        found = self._reviews.get(number)
        if found and found.learner_id == self._here.onefile_id:
            self.rests_on_rows = True
            return found
        return self._single.review(number)

    def review_rows(self) -> dict[int, records.ReviewRow]:
        if self._listed is not None:
            return self._listed
        self._has_searched = True
        return self._single.review_rows()

    def is_due(self, number: int, ours: ReviewValues) -> bool:
        return number in self._reviews or number in self._again or self._single.is_due(number, ours)

    def end(self) -> None:
        """Whose a new review is stays known: it is not asked for again before it is a review here."""
        self._single.end()
        if not self._has_searched:
            return
        environment, centre = self._choices.environment, self._choices.centre
        known = {each.onefile_id for each in self._here.reviews} | self._here.removed_reviews
        note_owners(environment, centre, [each for each in self._single.reviews_read if each.id not in known])
        Link.objects.within(environment).filter(learner=self._here.pk).update(reviews_searched_at=Now())

    def _take(self, here: Here, number: int) -> None:
        """What the lists hold of this learner."""
        centre = self._choices.centre
        if self._way(ReadKind.USERS) == ReadWay.PAGES:
            self._users = self._shelf.rows(part(ReadKind.USERS, centre), records.User, [number])
        if self._way(ReadKind.AIMS) == ReadWay.PAGES:
            known = [line.aim_id for line in here.lines if line.aim_id is not None]
            self._aims = self._shelf.rows(part(ReadKind.AIMS, centre), records.LearningAim, known)
        if self._way(ReadKind.REVIEWS) in BY_LISTS:
            self._take_reviews(here, number, centre)

    def _take_reviews(self, here: Here, number: int, centre: int) -> None:
        way = self._way(ReadKind.REVIEWS)
        if way == ReadWay.LIST and number in self._to_search[centre]:
            return
        if not self._shelf.ids(part(LISTED, centre), WHOLE_LIST):
            return  # lost, or too old
        known = {each.onefile_id for each in here.reviews if each.onefile_id is not None}
        new = self._shelf.ids(part(OWNERS, centre), number)
        mine = known | set(new)
        self._fresh = self._shelf.rows(part(FRESH, centre), records.Review, new)
        self._listed = self._shelf.rows(part(LISTED, centre), records.ReviewRow, mine)
        if way == ReadWay.PAGES:
            self._reviews = self._shelf.rows(part(ReadKind.REVIEWS, centre), records.Review, self._listed)

    def _way(self, kind: ReadKind) -> str:
        found = self._readings().get((self._choices.centre, kind))
        return found.way if found else ReadWay.EACH

    def _readings(self) -> dict[tuple[int, str], RunReading]:
        """Found once, before the first plan is made."""
        if self._found is None:
            self._found = {(each.centre, each.kind): each for each in self._run.readings.exclude(way="")}
            environment = self._run.environment
            self._to_search = {centre: to_be_searched(environment, centre) for centre, _ in self._found}
            self._again = frozenset(self._shelf.ids(AGAIN, 0))
        return self._found

    def _is_outdated(self) -> bool:
        """Another run has exchanged the learner since the lists were asked for: they may be older than that. Who was
        only looked at is not.
        """
        times = [each.begun_at for each in self._readings().values() if each.way in BY_LISTS and each.begun_at]
        if not times:
            return False
        others = ExchangePlan.objects.filter(learner=self._here.pk, dry=False, ended_at__gte=min(times))
        return others.exclude(run=self._run).exists()
