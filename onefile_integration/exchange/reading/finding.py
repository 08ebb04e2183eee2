"""Before a whole run plans anybody: which lists OneFile has of each centre, and how far they can be used this time."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from django.conf import settings as django_settings
from django.db.models.functions import Now

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound, OneFileError
from onefile_integration.api.records import LearningAim, Review, ReviewRow, User
from onefile_integration.exchange.failures import Later, StopRun, explained
from onefile_integration.exchange.reading import known
from onefile_integration.exchange.reading.night import FRESH, LISTED, OWNERS, WHOLE_LIST, note_owners, part
from onefile_integration.exchange.reading.paging import (
    AIMS,
    REVIEWS,
    USERS,
    NotTrusted,
    Paged,
    Told,
    check_known,
    compare,
    read_pages,
)
from onefile_integration.exchange.reading.shelf import AGAIN, LIST_HOLDS, Shelf, ShelfLost
from onefile_integration.models import Run, RunReading, SeenReview, Settings
from onefile_integration.rules.rows import lacks_too_many
from onefile_integration.words import Mode, ReadKind, ReadWay

R = TypeVar("R", User, LearningAim, Review)

LEAST_LEARNERS = 3  # below, a list of the centre is no cheaper than one of each learner
LEAST_READS = 30  # below, pages are no cheaper than single reads
NEW_COMPARED = 1  # of each page
READ_AGAIN = 30  # reviews that both have signed, a night
NAP = 0.3
AT_ONCE = 1000


class Finding:
    """One worker's part in it. The workers of a run share the work by kind and centre, and wait for each other."""

    def __init__(
        self,
        run: Run,
        settings: Settings,
        client: OneFile,
        rng: random.Random,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._run, self._settings, self._client, self._rng = run, settings, client, rng
        self._may_go_on = may_go_on
        self._shelf = Shelf(run.pk)
        self._lease = timedelta(seconds=django_settings.ONEFILE_LEASE_SECONDS)

    def to_the_end(self) -> None:
        """Raises StopRun."""
        self._begin()
        mine = RunReading.objects.filter(run=self._run)
        while mine.open().exists() and self._may_go_on():
            free = mine.free().first()
            if free is None:
                time.sleep(NAP)
            elif free.try_claim(self._lease):
                self._find(free)

    def _begin(self) -> None:
        """A row for each kind and centre worth asking; the same whichever worker comes first."""
        if RunReading.objects.filter(run=self._run).exists():
            return
        again = known.least_recently_read(self._run, READ_AGAIN)
        rows = [RunReading(run=self._run, centre=centre, kind=kind) for centre, kind in self._worth_asking()]
        with suppress(ShelfLost):  # the budget lies in the same store: without it nothing is called anyway
            self._shelf.put_ids(AGAIN, {0: again})
        RunReading.objects.bulk_create(rows, ignore_conflicts=True)

    def _worth_asking(self) -> list[tuple[int, ReadKind]]:
        found: list[tuple[int, ReadKind]] = []
        learners = Counter(centre for centre in known.links(self._run).values_list("centre", flat=True) if centre)
        for centre, count in sorted(learners.items()):
            if count < LEAST_LEARNERS:
                continue
            if self._settings.learner_mode != Mode.NONE and count >= LEAST_READS:
                found.append((centre, ReadKind.USERS))
            if known.aims(self._run, centre).count() >= LEAST_READS:
                found.append((centre, ReadKind.AIMS))
            if self._settings.upload_reviews or self._settings.download_reviews:
                found.append((centre, ReadKind.REVIEWS))
        return found

    def _find(self, reading: RunReading) -> None:
        ways = {ReadKind.USERS: self._users, ReadKind.AIMS: self._aims, ReadKind.REVIEWS: self._reviews}
        try:
            ways[ReadKind(reading.kind)](reading)
        except NotTrusted as why:
            reading.found(way=ReadWay.EACH, why=f"Not in pages: {why}"[:500])
        except ShelfLost:
            reading.found(way=ReadWay.EACH, why="The rows could not be kept.")
        except OneFileError as error:
            reading.found(way=ReadWay.EACH, why=self._told(reading, error))
        except BaseException:
            reading.give_back()
            raise

    def _told(self, reading: RunReading, error: OneFileError) -> str:
        """Raises StopRun for what is no matter of this list."""
        what = explained(error)
        if isinstance(what, (StopRun, Later)):
            reading.give_back()
            raise what if isinstance(what, StopRun) else StopRun(f"{what} The run goes on later.")
        return f"The list could not be used: {what}"[:500]

    def _users(self, reading: RunReading) -> None:
        numbers = known.links(self._run).filter(centre=reading.centre).values_list("onefile_id", flat=True)
        told = self._trusted(USERS, reading, {number for number in numbers if number is not None})
        self._note_pages(reading, told)

    def _aims(self, reading: RunReading) -> None:
        numbers = known.aims(self._run, reading.centre).values_list("onefile_id", flat=True)
        self._note_pages(reading, self._trusted(AIMS, reading, set(numbers)))

    def _note_pages(self, reading: RunReading, told: Told[R]) -> None:
        why = f"{told.compared} rows were compared with reads of their own, and were equal."
        reading.found(way=ReadWay.PAGES, why=why, rows=len(told.ids), compared=told.compared)

    def _trusted(
        self,
        paged: Paged[R],
        reading: RunReading,
        ours: set[int],
        see: Callable[[list[R]], list[int]] = lambda page: [],
    ) -> Told[R]:
        """``ours``: records that are known. ``see`` gives those of a page that should be compared, too."""
        at = part(paged.kind, reading.centre)
        likely: list[int] = []

        def keep(page: list[R]) -> None:
            self._shelf.put(at, page)
            likely.extend(see(page))
            self._renew(reading)

        try:
            told = read_pages(paged, self._client, reading.centre, keep, self._rng)
            check_known(told, ours)
            unseen = [name for name in paged.used if name not in told.members]
            likely += known.telling(paged.kind, self._run, reading.centre, unseen)
            compare(paged, self._client, told, self._shelf.rows(at, paged.record, likely).values(), self._rng)
        except OneFileError as error:
            what = explained(error)
            if isinstance(what, (StopRun, Later)):
                raise
            raise NotTrusted(str(what)) from None
        return told

    def _renew(self, reading: RunReading) -> None:
        if not reading.renew(self._lease):
            raise StopRun("Another worker has taken it over.")

    def _reviews(self, reading: RunReading) -> None:
        """One list brings the ids of all; what is new to us is read once, to know whose it is."""
        listed = self._listed(reading.centre)
        ours = known.all_reviews(self._run.environment)
        seen = self._seen(reading.centre, listed, ours)
        owned = {number: learner for number, learner in seen.items() if learner is not None}
        try:
            self._reviews_in_pages(reading, listed, ours, owned)
        except NotTrusted as why:
            self._reviews_in_a_list(reading, listed, listed - ours - set(seen), owned, f"Not in pages: {why}")

    def _reviews_in_pages(self, reading: RunReading, listed: set[int], ours: set[int], owned: dict[int, int]) -> None:
        if known.reviews(self._run, reading.centre).count() < LEAST_READS:
            raise NotTrusted("there are too few.")
        new, found = listed - ours - set(owned), dict[int, int]()

        def see(page: list[Review]) -> list[int]:
            strangers = {row.id: row.learner_id for row in page if row.id in new and row.learner_id is not None}
            found.update(strangers)
            return sorted(strangers)[:NEW_COMPARED]

        told = self._trusted(REVIEWS, reading, ours & listed, see)
        if lacks_too_many(len(new), len(new - set(found))):
            raise NotTrusted(f"it lacks {len(new - set(found))} of {len(new)} new reviews.")
        found |= self._read_new(reading, new - set(found))
        self._keep_owners(reading.centre, owned | found)
        self._note_pages(reading, told)

    def _reviews_in_a_list(
        self, reading: RunReading, listed: set[int], new: set[int], owned: dict[int, int], why: str
    ) -> None:
        if len(new) > known.links(self._run).filter(centre=reading.centre).count():
            self._put_aside(reading.centre, new)
            many = f"{len(new)} reviews are new: this once the reviews of each learner are searched for."
            reading.found(way=ReadWay.EACH, why=many, rows=len(listed))
            return
        self._keep_owners(reading.centre, owned | self._read_new(reading, new))
        reading.found(way=ReadWay.LIST, why=why[:500], rows=len(listed))

    def _listed(self, centre: int) -> set[int]:
        ids: set[int] = set()
        batch: list[ReviewRow] = []
        for row in self._client.each_review(centre):
            ids.add(row.id)
            batch.append(row)
            if len(batch) == AT_ONCE:
                self._shelf.put(part(LISTED, centre), batch, LIST_HOLDS)
                batch = []
        self._shelf.put(part(LISTED, centre), batch, LIST_HOLDS)
        self._shelf.put_ids(part(LISTED, centre), {WHOLE_LIST: [len(ids)]})
        return ids

    def _seen(self, centre: int, listed: set[int], ours: set[int]) -> dict[int, int | None]:
        """Reviews that are none here, with the learner where that is known. What has left the list is forgotten."""
        rows = SeenReview.objects.filter(environment=self._run.environment, centre=centre)
        seen = dict(rows.values_list("onefile_id", "learner_onefile_id"))
        over = sorted(number for number in seen if number not in listed or number in ours)
        for start in range(0, len(over), AT_ONCE):
            rows.filter(onefile_id__in=over[start : start + AT_ONCE]).delete()
        return {number: learner for number, learner in seen.items() if number in listed and number not in ours}

    def _read_new(self, reading: RunReading, numbers: set[int]) -> dict[int, int]:
        """Whose each is. It need not be read a second time in this run."""
        owners: dict[int, int] = {}
        for number in sorted(numbers):
            self._renew(reading)
            try:
                found = self._client.review(number)
            except NotFound:
                continue
            if found.learner_id is not None:
                owners[number] = found.learner_id
            note_owners(self._run.environment, reading.centre, [found])
            self._shelf.put(part(FRESH, reading.centre), [found])
        return owners

    def _put_aside(self, centre: int, numbers: set[int]) -> None:
        """None of our learners' unless a search of that very learner says so, which now is made for each of them."""
        made = [
            SeenReview(environment=self._run.environment, centre=centre, onefile_id=number, seen_at=Now())
            for number in sorted(numbers)
        ]
        SeenReview.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)

    def _keep_owners(self, centre: int, owners: dict[int, int]) -> None:
        mine: dict[int, list[int]] = {}
        for number, learner in owners.items():
            mine.setdefault(learner, []).append(number)
        self._shelf.put_ids(part(OWNERS, centre), mine)


def forget(run: Run) -> None:
    """All plans are made: nothing rests on the rows any more."""
    centres = RunReading.objects.filter(run=run).values_list("centre", flat=True).distinct().order_by()
    names = (*ReadKind, LISTED, OWNERS, FRESH)
    Shelf(run.pk).drop(AGAIN, *(part(name, centre) for centre in centres for name in names))
