"""The window Look Up OneFile ID, from what OneFile lists. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from learners.values import folded
from onefile_integration.exchange.looking_up import Listed
from onefile_integration.presenters.addresses import record_page
from onefile_integration.rules.likeness import Reason
from picsweb.display import Badge, Link

PAGE = 50
BADGES = {
    Reason.MIS_VALUE: Badge(Reason.MIS_VALUE, "good"),
    Reason.EMAIL: Badge(Reason.EMAIL, "good"),
    Reason.NAME: Badge(Reason.NAME, "info"),
    Reason.LIKE: Badge(Reason.LIKE, "neutral"),
}
KEYS: dict[str, Callable[[Listed], Any]] = {
    "name": lambda each: each.sort_key,
    "mis_value": lambda each: folded(each.theirs.mis_value or ""),
    "onefile_id": lambda each: each.onefile_id,
}
HEADS = (("Name", "name"), ("MIS Value", "mis_value"), ("Email", ""), ("OneFile ID", "onefile_id"), ("Match", ""))


@dataclass(frozen=True)
class Asked:
    """What the address says: the words, the order, the page."""

    q: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: Any) -> Asked:
        sort, page = str(given.get("sort", "")), str(given.get("page", ""))
        known = sort if sort.removeprefix("-") in KEYS else ""
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(str(given.get("q", "")).strip()[:100], known, max(number, 1))

    def query(self, **changes: Any) -> str:
        values = {"q": self.q, "sort": self.sort, "page": self.page} | changes
        return urlencode({name: value for name, value in values.items() if value not in ("", 1)})


@dataclass(frozen=True)
class Head:
    text: str
    href: str = ""
    order: str = ""  # of aria-sort


@dataclass(frozen=True)
class Row:
    onefile_id: int
    name: str
    mis_value: str
    email: str
    badges: list[Badge]
    holder: Link | None


@dataclass(frozen=True)
class LookUp:
    """``path`` is the window's own address: in a dialog over another page every link must say it."""

    found: Sequence[Listed]
    asked: Asked
    path: str

    @cached_property
    def matching(self) -> list[Listed]:
        words = folded(self.asked.q).split()
        rows = [each for each in self.found if all(word in each.search_key for word in words)]
        name = self.asked.sort.removeprefix("-")
        if not name:
            return rows
        key, is_descending = KEYS[name], self.asked.sort.startswith("-")
        blank = [each for each in rows if key(each) == ""]
        return sorted((each for each in rows if key(each) != ""), key=key, reverse=is_descending) + blank

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.matching) // PAGE))

    @property
    def page(self) -> int:
        return min(self.asked.page, self.pages)

    @property
    def rows(self) -> list[Row]:
        first = (self.page - 1) * PAGE
        return [_row(each) for each in self.matching[first : first + PAGE]]

    @property
    def heads(self) -> list[Head]:
        return [self._head(text, key) for text, key in HEADS]

    def _head(self, text: str, key: str) -> Head:
        if not key:
            return Head(text)
        order = {key: "ascending", f"-{key}": "descending"}.get(self.asked.sort, "")
        return Head(text, self._address(sort=f"-{key}" if order == "ascending" else key, page=1), order)

    @property
    def said(self) -> str:
        count = len(self.matching)
        shown = f", {(self.page - 1) * PAGE + 1} to {min(self.page * PAGE, count)} shown" if self.pages > 1 else ""
        return f"{count} {'found' if self.asked.q else 'listed'}{shown}"

    @property
    def page_links(self) -> list[Link]:
        links = []
        if self.page > 1:
            links.append(Link("Previous page", self._address(page=self.page - 1)))
        if self.page < self.pages:
            links.append(Link("Next page", self._address(page=self.page + 1)))
        return links

    @property
    def likely_first(self) -> str:
        """The address of the order in which it stands at first, where another is chosen."""
        return self._address(sort="", page=1) if self.asked.sort else ""

    @property
    def clear(self) -> str:
        return self._address(q="", page=1)

    def _address(self, **changes: Any) -> str:
        return f"{self.path}?{self.asked.query(**changes)}"


def _row(each: Listed) -> Row:
    holder = each.holder
    return Row(
        onefile_id=each.onefile_id,
        name=each.theirs.name or "No name",
        mis_value=each.theirs.mis_value or "",
        email=each.theirs.email or "",
        badges=[BADGES[reason] for reason in each.reasons],
        holder=Link(f"{holder.ident} {holder}", record_page(holder)) if holder else None,
    )
