"""What OneFile's assessors or employers in one centre are, for a person who looks for one of ours among them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from learners.models import Officer, Organisation
from learners.values import folded
from onefile_integration.api.client import OneFile
from onefile_integration.api.records import Placement, User, UserRow
from onefile_integration.exchange import links
from onefile_integration.exchange.reading.lookups import MOST_READ, Lookups, name_of
from onefile_integration.models import Link
from onefile_integration.rules.likeness import Described, Reason, reasons, strength

Record = Officer | Organisation


@dataclass(frozen=True)
class Listed:
    """``email`` is known only of those that were read. ``holder``: who here is linked with it."""

    onefile_id: int
    theirs: Described
    reasons: tuple[Reason, ...] = ()
    holder: links.Record | None = None

    @property
    def sort_key(self) -> str:
        """People by surname, as in our own lists."""
        return folded(f"{self.theirs.surname} {self.theirs.name}")

    @property
    def search_key(self) -> str:
        return folded(f"{self.theirs.name} {self.theirs.mis_value or ''} {self.theirs.email or ''} {self.onefile_id}")


def listed(record: Record, centre: int, client: OneFile, environment: str) -> list[Listed]:
    """All that OneFile lists there, the likely ones first, then by name. Of those whose name is like ours ten are
    read at most, for their email and MIS Value. Raises the API's errors.
    """
    lookups, ours = Lookups(client), described(record)
    rows = lookups.placements(centre) if isinstance(record, Organisation) else lookups.assessors(centre)
    holders = _holders(record, environment)
    found = [_listed(row, ours, holders) for row in rows]
    if all(Reason.MIS_VALUE not in each.reasons for each in found):
        found = _read(found, ours, lookups, isinstance(record, Organisation))
    return sorted(found, key=lambda each: (strength(each.reasons), each.sort_key, each.onefile_id))


def described(record: Record) -> Described:
    email = record.email or None
    if isinstance(record, Organisation):
        return Described(record.name, record.ident, email)
    return Described(record.full_name, record.ident, email, record.surname)


def _described(row: UserRow | User | Placement) -> Described:
    if isinstance(row, Placement):
        return Described(name_of(row), row.misid, row.email)
    return Described(name_of(row), row.misid, row.email if isinstance(row, User) else None, row.last_name or "")


def _listed(row: UserRow | Placement, ours: Described, holders: dict[int, links.Record]) -> Listed:
    theirs = _described(row)
    return Listed(row.id, theirs, reasons(ours, theirs), holders.get(row.id))


def _holders(record: Record, environment: str) -> dict[int, links.Record]:
    live = Link.objects.within(environment).filter(organisation__isnull=not isinstance(record, Organisation))
    taken = live.filter(onefile_id__isnull=False).select_related("learner", "officer", "organisation")
    return {link.onefile_id: link.record for link in taken if link.onefile_id is not None}


def _read(found: list[Listed], ours: Described, lookups: Lookups, are_employers: bool) -> list[Listed]:
    likely = sorted((each for each in found if each.reasons and not each.holder), key=lambda e: strength(e.reasons))
    wanted = {each.onefile_id for each in likely[:MOST_READ]}
    return [_known(each, ours, lookups, are_employers) if each.onefile_id in wanted else each for each in found]


def _known(row: Listed, ours: Described, lookups: Lookups, is_employer: bool) -> Listed:
    record = lookups.placement(row.onefile_id) if is_employer else lookups.user(row.onefile_id)
    if record is None:
        return row
    theirs = _described(record)
    return replace(row, theirs=theirs, reasons=reasons(ours, theirs))
