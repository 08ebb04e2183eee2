"""How a centre's lists in OneFile and our links disagree. Lists in, differences out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    SAME_VALUE = "same_value"
    REMOVED_HERE = "removed_here"
    VALUE_IS_OURS = "value_is_ours"
    NOT_HERE = "not_here"
    GONE = "gone"
    ARCHIVED_THERE = "archived_there"
    ELSEWHERE = "elsewhere"
    NOT_READ = "not_read"
    OVER_HERE = "over_here"
    REVIEW_DELETED = "review_deleted"


@dataclass(frozen=True)
class Theirs:
    """A row of OneFile's list."""

    onefile_id: int
    name: str
    mis_value: str | None


@dataclass(frozen=True)
class Ours:
    """A record of ours. ``over`` says why nothing goes on with it here; blank where something does."""

    pk: int
    ident: str
    name: str
    over: str = ""
    is_being_created: bool = False


@dataclass(frozen=True)
class Linked:
    """A live link; ``centre`` is None where it is not known yet."""

    onefile_id: int
    pk: int
    centre: int | None


@dataclass(frozen=True)
class Found:
    """One disagreement. ``pk`` is our record, where one has to do with it."""

    kind: Kind
    onefile_id: int
    pk: int | None = None
    name: str = ""
    mis_value: str = ""
    note: str = ""
    was_linked: bool = False


@dataclass(frozen=True)
class Compared:
    """``doubtful`` are linked and not in the list: only reading them can tell why."""

    found: tuple[Found, ...]
    doubtful: tuple[Linked, ...]


@dataclass(frozen=True)
class Seen:
    """A linked record as it answered when it was read by its id; ``is_right_kind`` is False for another role."""

    name: str
    mis_value: str
    centre: int | None
    is_right_kind: bool = True


@dataclass
class Here:
    """Our side of one kind of record. ``removed``: OneFile's ids whose last link was removed, with our record."""

    records: Sequence[Ours]
    links: Sequence[Linked]
    removed: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_pk = {each.pk: each for each in self.records}
        self.by_ident = {same(each.ident): each for each in self.records}
        self.by_id = {each.onefile_id: each for each in self.links}
        self.linked = {each.pk for each in self.links}
        names = Counter(same(each.name) for each in self.records if each.pk not in self.linked)
        free = (each for each in self.records if each.pk not in self.linked and names[same(each.name)] == 1)
        self.by_name = {same(each.name): each for each in free}

    def ident(self, pk: int) -> str:
        known = self.by_pk.get(pk)
        return known.ident if known else ""


def same(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def compare(theirs: Iterable[Theirs], here: Here, centre: int) -> Compared:
    """A blank MIS Value equals no other. Each row of the list is one difference at most, the first that holds."""
    rows = {row.onefile_id: row for row in theirs}
    by_value = defaultdict(list)
    for row in rows.values():
        if value := same(row.mis_value):
            by_value[value].append(row.onefile_id)
    found = [_difference(row, by_value[same(row.mis_value)], here) for row in rows.values()]
    mine = (link for link in here.links if link.centre in (None, centre) and link.onefile_id not in rows)
    doubtful = tuple(link for link in mine if link.pk in here.by_pk and not here.by_pk[link.pk].over)
    return Compared(tuple(each for each in found if each), doubtful)


def _difference(row: Theirs, same_value: Sequence[int], here: Here) -> Found | None:
    link = here.by_id.get(row.onefile_id)
    if len(same_value) > 1:
        return _same_value(row, same_value, link, here)
    if link:
        over = here.by_pk[link.pk].over if link.pk in here.by_pk else ""
        return _of(row, Kind.OVER_HERE, link.pk, over, was_linked=True) if over else None
    return _not_linked(row, here)


def _same_value(row: Theirs, same_value: Sequence[int], link: Linked | None, here: Here) -> Found:
    ours = here.by_ident.get(same(row.mis_value))
    pk = link.pk if link else ours.pk if ours else None
    others = ", ".join(str(number) for number in same_value if number != row.onefile_id)
    standing = f"This one is linked with {here.ident(link.pk)}." if link else "This one is not linked."
    return _of(row, Kind.SAME_VALUE, pk, f"{standing} The same value: {others}.", was_linked=link is not None)


def _not_linked(row: Theirs, here: Here) -> Found | None:
    if (pk := here.removed.get(row.onefile_id)) is not None:
        return _of(row, Kind.REMOVED_HERE, pk)
    if ours := here.by_ident.get(same(row.mis_value)):
        if ours.is_being_created:
            return None
        other = next((str(link.onefile_id) for link in here.links if link.pk == ours.pk), "")
        note = f"{ours.ident} is linked with {other} already." if other else ours.over
        return _of(row, Kind.VALUE_IS_OURS, ours.pk, note)
    alike = here.by_name.get(same(row.name))
    if alike and alike.is_being_created:
        return None
    note = "A record here has the same name: look before you link." if alike else ""
    return _of(row, Kind.NOT_HERE, alike.pk if alike else None, note)


def _of(row: Theirs, kind: Kind, pk: int | None, note: str = "", *, was_linked: bool = False) -> Found:
    return Found(kind, row.onefile_id, pk, row.name, row.mis_value or "", note, was_linked)


def settled(link: Linked, seen: Seen | None, centre: int) -> Found | None:
    """What reading a doubtful one has told; ``seen`` is None where OneFile knows the id no more."""
    if seen is None:
        return Found(Kind.GONE, link.onefile_id, link.pk, was_linked=True)
    kind, note = Kind.ARCHIVED_THERE, "It answers, and OneFile's own list leaves it out."
    if not seen.is_right_kind:
        kind, note = Kind.ELSEWHERE, "In OneFile this id has another role."
    elif seen.centre not in (None, centre):
        if link.centre is None:
            return None
        kind, note = Kind.ELSEWHERE, f"In OneFile it stands in the centre {seen.centre}."
    return Found(kind, link.onefile_id, link.pk, seen.name, seen.mis_value, note, was_linked=True)
