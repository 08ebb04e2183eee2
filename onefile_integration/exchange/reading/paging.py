"""Full rows in pages: asked for, and compared with reads by id before anything rests on them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any, Generic, TypeVar

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound, Refused
from onefile_integration.api.names import NAMES, Role
from onefile_integration.api.records import LearningAim, Review, User
from onefile_integration.rules.rows import changed_between, differing, lacks_too_many
from onefile_integration.words import ReadKind

R = TypeVar("R", User, LearningAim, Review)

SIZES = (500, 100)  # the second where the first is refused
COMPARED = 5
SPARE = 3  # for those that are deleted meanwhile
PROBED = 10


class NotTrusted(Exception):
    """The list is not used, and why, in words for people."""


@dataclass(frozen=True)
class Paged(Generic[R]):
    """A list that may have full rows: which members are used of it, and without which a row is none."""

    kind: ReadKind
    record: type[R]
    used: tuple[str, ...]
    needed: tuple[str, ...]
    read: Callable[[OneFile, int], R]
    filters: Callable[[int], dict[str, object]]
    says: Callable[[R], bool] = lambda row: True

    def is_whole(self, row: R) -> bool:
        """Else it is read by itself: a row without a member is not one with a blank."""
        return all(getattr(row, name) is not None for name in self.needed) and self.says(row)


USERS = Paged(
    ReadKind.USERS,
    User,
    used=(
        "organisation_id",
        "role",
        "first_name",
        "last_name",
        "email",
        "telephone",
        "mobile_number",
        "dob",
        "uln",
        "nino",
        "start_on",
        "planned_end_date",
        "l12",
        "l13",
        "l14",
        "misid",
        "home_address",
        "placement_id",
        "default_assessor_id",
    ),
    needed=("organisation_id",),
    read=OneFile.user,
    filters=lambda centre: {"role": Role.LEARNER, "organisation_id": centre},
)
AIMS = Paged(
    ReadKind.AIMS,
    LearningAim,
    used=(
        "user_id",
        "standard_id",
        "progress",
        "progress_unreadable",
        "start_date",
        "planned_end",
        "total_elements",
        "elements_completed",
        "registration_number",
        "registration_date",
        "certificate_applied_date",
        "certificate_received_date",
    ),
    needed=("user_id", "standard_id"),
    read=OneFile.learning_aim,
    filters=lambda centre: {"organisation_id": centre},
    says=lambda aim: aim.progress is not None or aim.total_elements is not None,
)
REVIEWS = Paged(
    ReadKind.REVIEWS,
    Review,
    used=(
        "learner_id",
        "assessor_id",
        "visit_id",
        "scheduled_for",
        "started_on",
        "assessor_signed_on",
        "learner_signed_on",
        "employer_signed_on",
    ),
    needed=("learner_id",),
    read=OneFile.review,
    filters=lambda centre: {"organisation_id": centre},
)


@dataclass
class Told(Generic[R]):
    """What went by: ids, whose they are, some rows to compare, and which members any row had."""

    ids: set[int] = field(default_factory=set)
    sizes: list[int] = field(default_factory=list)
    sample: list[R] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    compared: int = 0


def read_pages(
    paged: Paged[R],
    client: OneFile,
    centre: int,
    keep: Callable[[list[R]], None],
    rng: random.Random,
) -> Told[R]:
    """Each page is handed to ``keep``, so that no more than one is held here. Raises NotTrusted."""
    told: Told[R] = Told()
    for page in _pages(paged, client, centre):
        _look_at(paged, told, page, rng)
        keep([row for row in page if paged.is_whole(row)])
    if not told.ids:
        raise NotTrusted("the list is empty.")
    if changed_between(told.sizes):
        raise NotTrusted("a page in the middle was shorter than the first: the list changed between its pages.")
    return told


def _pages(paged: Paged[R], client: OneFile, centre: int) -> Iterator[list[R]]:
    first, size = _first_page(paged, client, centre)
    page = first
    for number in count(2):
        if not page:
            return
        yield page
        page = client.page(paged.record, number, size, **paged.filters(centre))


def _first_page(paged: Paged[R], client: OneFile, centre: int) -> tuple[list[R], int]:
    for size in SIZES:
        try:
            return client.page(paged.record, 1, size, **paged.filters(centre)), size
        except Refused as refused:
            why = refused.message or f"status {refused.status}"
    raise NotTrusted(f"OneFile refuses pages of it: {why}.")


def _look_at(paged: Paged[R], told: Told[R], page: list[R], rng: random.Random) -> None:
    for row in page:
        if row.id in told.ids:
            raise NotTrusted("a record came twice: the list changed between its pages.")
        told.ids.add(row.id)
        told.members |= row.model_fields_set
        _perhaps(told, row, rng)
    told.sizes.append(len(page))
    if lacking := [name for name in paged.needed if name not in told.members]:
        raise NotTrusted(f"its rows are the short ones, without {NAMES[lacking[0]]}.")


def _perhaps(told: Told[R], row: R, rng: random.Random) -> None:
    """Each row has the same chance to be among those that are compared."""
    most, seen = COMPARED + SPARE, len(told.ids)
    if len(told.sample) < most:
        told.sample.append(row)
    elif (place := rng.randrange(seen)) < most:
        told.sample[place] = row


def compare(paged: Paged[R], client: OneFile, told: Told[R], likely: Iterable[R], rng: random.Random) -> None:
    """Raises NotTrusted where a row is not what the read of that very record gives. ``likely`` are rows that tell
    more than others.
    """
    for row in rng.sample(told.sample, len(told.sample)):
        if told.compared < COMPARED:
            _compare_one(paged, client, told, row)
    if not told.compared:
        raise NotTrusted("none of the records whose rows were to be compared exists.")
    for row in islice(likely, PROBED):
        _compare_one(paged, client, told, row)


def _compare_one(paged: Paged[R], client: OneFile, told: Told[R], row: R) -> None:
    try:
        read = paged.read(client, row.id)
    except NotFound:
        return  # deleted since the page was read
    told.compared += 1
    members: dict[str, Any] = {name: getattr(read, name) for name in paged.used}
    if wrong := differing({name: getattr(row, name) for name in paged.used}, members):
        name = NAMES.get(wrong[0], wrong[0])
        raise NotTrusted(f"{name} of record {row.id} is not what OneFile gives for that record itself.")


def check_known(told: Told[R], known: set[int]) -> None:
    """Raises NotTrusted."""
    if lacks_too_many(len(known), len(known - told.ids)):
        raise NotTrusted(f"it lacks {len(known - told.ids)} of {len(known)} records that are known.")
