"""Lists of a centre that many learners need, read once for each run and process."""

from __future__ import annotations

from functools import cache

from onefile_integration.api.client import OneFile
from onefile_integration.api.names import Role
from onefile_integration.api.records import Placement, UserRow
from onefile_integration.rules.matching import same_text


class Lookups:
    """Found rows are compared here: OneFile's own filters are not trusted."""

    def __init__(self, client: OneFile) -> None:
        self._client = client
        self.assessors = cache(self._assessors)
        self.placements = cache(self._placements)
        self.learners = cache(self._learners)
        self.classrooms = cache(self._classrooms)

    def assessors_with(self, mis_value: str, centre: int) -> tuple[int, ...]:
        """Assessors and trainee assessors whose MIS Value is this; archived ones are not listed."""
        return tuple(sorted(row.id for row in self.assessors(centre) if same_text(row.misid, mis_value)))

    def employers_with(self, mis_value: str, name: str | None, centre: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(those with this MIS Value, those without any but so named). A row that does not say is read itself."""
        found, same_name = [], []
        for row in self.placements(centre):
            misid = row.misid
            if misid is None and same_text(row.name, name):
                misid = self._client.placement(row.id).misid
                if misid is None:
                    same_name.append(row.id)
            if same_text(misid, mis_value):
                found.append(row.id)
        return tuple(sorted(found)), tuple(sorted(same_name))

    def _assessors(self, centre: int) -> tuple[UserRow, ...]:
        rows = [*self._client.search_users(Role.ASSESSOR, centre)]
        rows += self._client.search_users(Role.TRAINEE_ASSESSOR, centre)
        return tuple({row.id: row for row in rows}.values())

    def _placements(self, centre: int) -> tuple[Placement, ...]:
        return tuple({row.id: row for row in self._client.placements(centre)}.values())

    def _learners(self, centre: int) -> frozenset[int]:
        return frozenset(row.id for row in self._client.search_users(Role.LEARNER, centre))

    def _classrooms(self, centre: int) -> tuple[tuple[int, str], ...]:
        return tuple((row.id, row.name or "") for row in self._client.classrooms(centre))
