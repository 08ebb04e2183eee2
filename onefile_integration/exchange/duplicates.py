"""Before every create: does OneFile, in any of its centres, hold this person already?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from learners.models import Learner
from learners.values import uln_is_valid
from onefile_integration.api.client import OneFile
from onefile_integration.api.errors import NotFound, Refused
from onefile_integration.api.names import Role
from onefile_integration.api.records import User, UserRow
from onefile_integration.exchange.reading.here import person_here
from onefile_integration.exchange.reading.there import person_there
from onefile_integration.models import Centre, Link
from onefile_integration.models.links import LIVE
from onefile_integration.rules.duplicates import Duplicate, Row, Tie, likest, reasons
from onefile_integration.rules.sides import Person
from onefile_integration.words import LinkState

MOST_READ = 10


def duplicates(learner: Learner, client: OneFile, environment: str) -> tuple[tuple[Duplicate, ...], tuple[str, ...]]:
    """(those found, notes). Searched by MIS Value, name and email; ten rows of each at most are compared here.

    Accounts that are, or were, linked with this person here are read by their id: no search brings an archived one.
    """
    looking = _Looking(learner, client, environment)
    found = tuple(looking.found())
    return found, tuple(looking.notes)


@dataclass
class _Looking:
    learner: Learner
    client: OneFile
    environment: str
    notes: list[str] = field(default_factory=list)
    searched: set[int] = field(default_factory=set)  # ids that a search brought
    lists: dict[int | None, set[int]] = field(default_factory=dict)  # all that a centre lists

    def found(self) -> Iterator[Duplicate]:
        known = self._known_here()
        likely = [number for centre in self._centres for number in self._likely(centre)]
        candidates = dict.fromkeys([*known, *likely])
        ties = self._ties(candidates)
        for number in candidates:
            if found := self._compared(number, ties.get(number)):
                yield found

    @cached_property
    def ours(self) -> Person:
        return person_here(self.learner)

    @cached_property
    def _centres(self) -> list[Centre]:
        return list(Centre.objects.known(self.environment))

    def _likely(self, centre: Centre) -> Iterator[int]:
        try:
            yield from self._found_in(centre)
        except Refused:
            if centre.missing_since is None:
                raise
            self.notes.append(f"{centre.name}: OneFile does not list this centre any more, and it was not searched.")

    def _found_in(self, centre: Centre) -> Iterator[int]:
        for what, rows in self._searches(centre.onefile_id):
            self.searched |= {row.id for row in rows}
            if len(rows) > MOST_READ:
                self.notes.append(
                    f"{centre.name}: OneFile's search by {what} found {len(rows)}. "
                    f"The {MOST_READ} most like this learner were compared."
                )
            mine = (Row(row.id, row.first_name, row.last_name, row.misid) for row in rows)
            yield from (row.onefile_id for row in likest(mine, self.ours, MOST_READ))

    def _searches(self, centre: int) -> Iterator[tuple[str, list[UserRow]]]:
        ours, search = self.ours, self.client.search_users
        yield "MIS Value", search(Role.LEARNER, centre, misid=ours.mis_value)
        if ours.first_name and ours.surname:
            yield "name", search(Role.LEARNER, centre, first_name=ours.first_name, last_name=ours.surname)
        if ours.email:
            yield "email", search(Role.LEARNER, centre, email=ours.email)

    # ---- what is known here

    @cached_property
    def _alike(self) -> Q:
        """Links of this person, and of learners with the same ULN, by which OneFile cannot be searched."""
        alike = Q(learner__person=self.learner.person)
        return alike | Q(learner__uln=self.learner.uln) if uln_is_valid(self.learner.uln) else alike

    def _known_here(self) -> list[int]:
        """Retired links too: of one that was archived, removed or taken by mistake."""
        links = Link.objects.filter(self._alike, environment=self.environment).order_by("pk")
        return [number for number in links.values_list("onefile_id", flat=True) if number is not None]

    def _ties(self, numbers: Iterable[int]) -> dict[int, Tie]:
        """To whom here each is linked; where to nobody now, to whom of this person it was."""
        links = Link.objects.filter(self._alike | LIVE, environment=self.environment, learner__isnull=False)
        rows = links.filter(onefile_id__in=list(numbers)).select_related("learner").order_by("made_at", "pk")
        ties = [(link.onefile_id or 0, self._tie(link)) for link in rows]
        return dict(sorted(ties, key=lambda pair: (pair[1].is_live, pair[1].is_own, pair[1].is_same_person)))

    def _tie(self, link: Link) -> Tie:
        other, mine = link.learner, self.learner
        assert other is not None, "only links of learners are read"
        return Tie(
            ident=other.ident,
            name=other.full_name,
            is_live=link.state != LinkState.REMOVED,
            is_own=other.pk == mine.pk,
            is_same_person=other.pk != mine.pk and other.person == mine.person,
            has_same_uln=other.pk != mine.pk and uln_is_valid(mine.uln) and other.uln == mine.uln,
        )

    # ---- compared

    def _compared(self, number: int, tie: Tie | None) -> Duplicate | None:
        try:
            user = self.client.user(number)
        except NotFound:
            if tie:
                self.notes.append(f"OneFile has no learner {number} any more, with whom {tie.ident} is or was linked.")
            return None
        theirs = person_there(user)
        equal = reasons(self.ours, theirs, tie)
        if not equal or user.role not in (None, Role.LEARNER):
            return None
        return Duplicate(number, user.organisation_id, theirs, equal, tie, self._is_listed(user))

    def _is_listed(self, user: User) -> bool:
        if user.id in self.searched:
            return True
        centre = user.organisation_id
        if centre not in self.lists:
            self.lists[centre] = {row.id for row in self.client.search_users(Role.LEARNER, centre)}
        return user.id in self.lists[centre]
