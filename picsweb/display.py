"""What templates are given: words, kinds and addresses, ready-made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["good", "warning", "bad", "info", "neutral"]


@dataclass(frozen=True)
class Badge:
    """A status: its words, and a kind that colours them."""

    text: str
    kind: Kind = "neutral"


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    window: bool = False  # opens over the page where there is JavaScript
    about: str = ""  # for screen readers: what the words "Edit" or "Delete" are about
    danger: bool = False


@dataclass(frozen=True)
class Bar:
    """Progress: ``done`` of ``total``, and its words."""

    label: str
    done: int
    total: int
    text: str
    badge: Badge | None = None


@dataclass(frozen=True)
class Fact:
    """One line of a definition list: the first of ``bar``, ``badges``, ``links``, ``text`` that is there."""

    label: str
    text: str = ""
    badges: tuple[Badge, ...] = ()
    links: tuple[Link, ...] = ()
    bar: Bar | None = None
    masked: bool = False


@dataclass(frozen=True)
class Tab:
    text: str
    href: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Empty:
    """An empty state: what is not there, and what to do next."""

    title: str
    text: str
    action: Link | None = None


@dataclass(frozen=True)
class Cell:
    """One cell: the first of ``badge``, ``bar``, ``link`` and ``text`` that is there is shown."""

    text: str = ""
    badge: Badge | None = None
    bar: Bar | None = None
    link: Link | None = None
    note: str = ""  # stands small below
    masked: bool = False
    short: bool = False  # never broken into lines


@dataclass(frozen=True)
class GridRow:
    cells: list[Cell]
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """A table that is shown whole: ``components/grid.html``."""

    caption: str
    heads: list[str]
    rows: list[GridRow]

    @property
    def has_links(self) -> bool:
        return any(row.links for row in self.rows)


@dataclass(frozen=True)
class Overview:
    """Counts above a list, folded away behind ``text`` unless ``open``."""

    text: str
    grid: Grid
    open: bool
