"""Lists of a centre that many learners need, read once for each run and process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound
from onefile_integration.api.names import Role
from onefile_integration.api.records import Placement, User, UserRow
from onefile_integration.rules.addresses import from_text
from onefile_integration.rules.matching import same_or_cut, same_text
from onefile_integration.rules.sides import Candidate

MOST_READ = 10
STAFF = (None, Role.ASSESSOR, Role.TRAINEE_ASSESSOR)

Row = UserRow | Placement
R = TypeVar("R", UserRow, Placement)
Same = Callable[[str | None, str | None], bool]
Read = Callable[[int], User | Placement | None]


@dataclass(frozen=True)
class Alike:
    """Records with the MIS Value that was asked for, and those without any that have exactly the name."""

    by_value: tuple[Candidate, ...] = ()
    by_name: tuple[Candidate, ...] = ()


class Lookups:
    """Found rows are compared here: OneFile's own filters are not trusted."""

    def __init__(self, client: OneFile) -> None:
        self._client = client
        self.assessors = cache(self._assessors)
        self.staff = cache(self._staff)
        self.placements = cache(self._placements)
        self.learners = cache(self._learners)
        self.classrooms = cache(self._classrooms)
        self.user = cache(self._user)
        self.placement = cache(self._placement)

    def assessors_like(self, mis_value: str, first_name: str, surname: str, centre: int) -> Alike:
        """Assessors and trainee assessors; archived ones are not listed."""

        def is_named(row: UserRow, same: Same) -> bool:
            return same(row.first_name, first_name) and same(row.last_name, surname)

        return self._alike(self.assessors(centre), is_named, mis_value, centre, self.user)

    def employers_like(self, mis_value: str, name: str | None, centre: int) -> Alike:
        def is_named(row: Placement, same: Same) -> bool:
            return same(row.name, name)

        return self._alike(self.placements(centre), is_named, mis_value, centre, self.placement)

    def _alike(
        self, rows: Sequence[R], is_named: Callable[[R, Same], bool], mis_value: str, centre: int, read: Read
    ) -> Alike:
        """Where several have the MIS Value they are read too, for what tells them apart."""
        valued = [row for row in rows if same_text(row.misid, mis_value)]
        if not valued:
            return self._named([row for row in rows if row.misid is None], is_named, mis_value, centre, read)
        doubtful = valued[:MOST_READ] if len(valued) > 1 else []
        found = [_candidate(read(row.id) or row) for row in doubtful]
        return Alike(_in_order(found + [_candidate(row) for row in valued[len(doubtful) :]]))

    @staticmethod
    def _named(
        silent: Sequence[R], is_named: Callable[[R, Same], bool], mis_value: str, centre: int, read: Read
    ) -> Alike:
        """A row that shows no MIS Value is read itself before it counts as blank: ten of a name at most, the rest
        is a person's. A name that was cut counts only where the record has our MIS Value.
        """
        named = [row for row in silent if is_named(row, same_text)]
        cut = [row for row in silent if is_named(row, same_or_cut) and row not in named]
        found, blank = [], [_candidate(row) for row in named[MOST_READ:]]
        for row in named[:MOST_READ] + cut[:MOST_READ]:
            record = read(row.id)
            if record is None or not _stands_in(record, centre):
                continue
            if same_text(record.misid, mis_value):
                found.append(_candidate(row))
            elif record.misid is None and row in named:
                blank.append(_candidate(record))
        return Alike(_in_order(found), _in_order(blank))

    def _assessors(self, centre: int) -> tuple[UserRow, ...]:
        rows = (*self.staff(Role.ASSESSOR, centre), *self.staff(Role.TRAINEE_ASSESSOR, centre))
        return tuple({row.id: row for row in rows}.values())

    def _staff(self, role: Role, centre: int) -> tuple[UserRow, ...]:
        return tuple(self._client.search_users(role, centre))

    def _placements(self, centre: int) -> tuple[Placement, ...]:
        return tuple({row.id: row for row in self._client.placements(centre)}.values())

    def _learners(self, centre: int) -> frozenset[int]:
        return frozenset(row.id for row in self._client.search_users(Role.LEARNER, centre))

    def _classrooms(self, centre: int) -> tuple[tuple[int, str], ...]:
        return tuple((row.id, row.name or "") for row in self._client.classrooms(centre))

    def _user(self, number: int) -> User | None:
        """None for one that is gone."""
        try:
            return self._client.user(number)
        except NotFound:
            return None

    def _placement(self, number: int) -> Placement | None:
        try:
            return self._client.placement(number)
        except NotFound:
            return None


def name_of(row: Row | User) -> str:
    if isinstance(row, Placement):
        return row.name or ""
    return f"{row.first_name or ''} {row.last_name or ''}".strip()


def _candidate(row: Row | User) -> Candidate:
    if isinstance(row, Placement):
        return Candidate(row.id, name_of(row), email=row.email or "", address=from_text(row.address))
    return Candidate(row.id, name_of(row), email=(row.email or "") if isinstance(row, User) else "")


def _in_order(found: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(found, key=lambda each: each.onefile_id))


def _stands_in(record: User | Placement, centre: int) -> bool:
    """A list may hold more than was asked for."""
    role = record.role if isinstance(record, User) else None
    return record.organisation_id in (None, centre) and role in STAFF
