from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from learners.actor import Actor
from learners.files.cells import CLOCK, DAY, word
from learners.files.faults import CellFault
from learners.files.kind import Column, Key, Kind, Row
from learners.files.kinds.people import NAMED
from learners.models import Review
from learners.registry import registry
from learners.services import reviews
from learners.services.saving import Changes
from learners.words import Attended, ReviewType

OTHER_ID = "ONEFILE_SYSTEM_ID"


class Reviews(Kind):
    """A review is known by the other system's id where the row gives one, else by what was planned."""

    name = "reviews"
    noun = "Review"
    columns = (
        Column("IDENT", "learner", NAMED, key=True, needed=True, finds="learner"),
        Column("TYPE", "type", word(ReviewType.values, empty=ReviewType.NORMAL.value), key=True),
        Column("SCHEDULED", "scheduled_date", DAY, key=True),
        Column("STARTTIME", "start_time", CLOCK, key=True),
        Column("OFFICER", "officer", NAMED, finds="officer"),
        Column("ATTENDED", "attended", word(Attended.values, empty=Attended.UNKNOWN.value)),
        Column("ACTUAL", "actual_date", DAY),
    )
    extra_columns = {OTHER_ID: True}

    def key(self, row: Row) -> Key:
        return (row.values[OTHER_ID],) if row.values.get(OTHER_ID) else self._planned(row)

    def _planned(self, row: Row) -> Key:
        values = row.values
        type_ = values.get("TYPE", ReviewType.NORMAL.value)
        return values["IDENT"], type_, values.get("SCHEDULED"), values.get("STARTTIME")

    def load(self, rows: Sequence[Row], keys: Mapping[Key, int]) -> None:
        self.there: dict[Key, list[Review]] = defaultdict(list)
        there = Review.objects.filter(learner__in={row.found["IDENT"] for row in rows})
        for review in there.select_related("learner", "officer").order_by("pk"):
            key = (review.learner.ident, review.type, review.scheduled_date, review.start_time)
            self.there[key].append(review)

    def find(self, row: Row) -> Review | None:
        other_id = row.values.get(OTHER_ID)
        planned = self.there[self._planned(row)]
        if not other_id:
            return planned[0] if planned else None
        known = self._known_by(other_id)
        if known and known.learner_id != row.found["IDENT"].pk:
            raise CellFault("This id belongs to a review of another learner.", OTHER_ID)
        return known or next((review for review in planned if not self._other_id(review)), None)

    def _known_by(self, other_id: str) -> Review | None:
        found: Review | None = registry.review_by_other_id(other_id) if registry.review_by_other_id else None
        return found

    def _other_id(self, review: Review) -> str:
        extra = self.extras().get(OTHER_ID)
        return extra.read(review) if extra else ""

    def create(self, row: Row, *, by: Actor) -> Review:
        return reviews.create(by=by, **self.fields(row))

    def change(self, record: Review, row: Row, *, by: Actor) -> Changes:
        return reviews.update(record, by=by, **self.fields(row))

    def records(self) -> Iterable[Review]:
        shown = Review.objects.select_related("learner", "officer")
        return shown.order_by("learner__ident", "scheduled_date", "start_time", "pk").iterator(chunk_size=500)
