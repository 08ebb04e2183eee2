"""Where a learner's records in OneFile come from: one interface, so that planning never knows which was used."""

from __future__ import annotations

from typing import Protocol

from django.db.models.functions import Now

from onefile_integration.api import records
from onefile_integration.api.client import OneFile
from onefile_integration.models import RemoteReview
from onefile_integration.rules.sides import Choices, Here
from onefile_integration.rules.sides import Review as ReviewValues


class Source(Protocol):
    """All but ``end`` raise the API's errors; NotFound for a record that is gone."""

    rests_on_rows: bool  # since ``begin``, whether anything came from a list in place of a read of its own

    def begin(self, here: Here, choices: Choices) -> None: ...

    def user(self, number: int) -> records.User: ...

    def aim(self, number: int) -> records.LearningAim: ...

    def review_rows(self) -> dict[int, records.ReviewRow]:
        """The learner's reviews, as lists have them: ids, and the day they are planned for."""

    def review(self, number: int) -> records.Review: ...

    def is_due(self, number: int, ours: ReviewValues) -> bool:
        """Whether a known review is read itself."""

    def end(self) -> None:
        """The learner's records were read without an error."""


def is_open(ours: ReviewValues) -> bool:
    """Until both have signed it may change, whatever its day: a review is sometimes held before its date."""
    return ours.officer_signed is None or ours.trainee_signed is None


class OneByOne:
    """Each by a call of its own: only what is proven to work. ``thorough`` reads every known review. ``keeps``: which
    reviews were read is kept, so that next time it is the turn of others; not where nothing comes of what was read.
    """

    rests_on_rows = False

    def __init__(self, client: OneFile, *, thorough: bool, keeps: bool) -> None:
        self._client, self._thorough, self._keeps = client, thorough, keeps
        self.reviews_read: list[records.Review] = []

    def begin(self, here: Here, choices: Choices) -> None:
        self._here, self._choices = here, choices
        self.reviews_read = []

    def user(self, number: int) -> records.User:
        return self._client.user(number)

    def aim(self, number: int) -> records.LearningAim:
        return self._client.learning_aim(number)

    def review_rows(self) -> dict[int, records.ReviewRow]:
        return {row.id: row for row in self._client.reviews(self._choices.centre, self._here.onefile_id)}

    def review(self, number: int) -> records.Review:
        found = self._client.review(number)
        self.reviews_read.append(found)
        return found

    def is_due(self, number: int, ours: ReviewValues) -> bool:
        return self._thorough or is_open(ours)

    def end(self) -> None:
        """Open ones are read each night: when they were matters to none."""
        if not self._keeps:
            return
        signed = {each.onefile_id for each in self._here.reviews if not is_open(each.values)}
        if read := signed & {each.id for each in self.reviews_read}:
            rows = RemoteReview.objects.filter(link__learner=self._here.pk, onefile_id__in=read)
            rows.filter(link__environment=self._choices.environment).update(read_at=Now())
