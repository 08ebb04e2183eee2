"""The links that a learner had, who made and ended each, and where one was moved to. Nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable

from learners.presenters.records import delivery_plan
from onefile_integration.models import Link
from onefile_integration.presenters.words import when
from onefile_integration.words import LinkOrigin, LinkState
from picsweb.display import Cell, Grid, GridRow
from picsweb.display import Link as PageLink

HEADS = ["OneFile ID", "Linked", "Ended", "Moved to"]


def made_words(link: Link, others: Iterable[Link] = ()) -> str:
    """``others``: links of other learners with the same accounts."""
    before = next((other for other in others if is_move(other, link)), None)
    origin = f"Moved from {before.record.ident}" if before else link.get_origin_display()
    return f"{origin}, {when(link.made_at)}, {link.made_by}"


def earlier_links(own: Iterable[Link], others: Iterable[Link]) -> Grid | None:
    others = list(others)
    rows = [_row(link, others) for link in own if link.state == LinkState.REMOVED]
    return Grid("Earlier OneFile links", HEADS, rows) if rows else None


def _row(link: Link, others: list[Link]) -> GridRow:
    after = next((other for other in others if is_move(link, other)), None)
    who = after.learner if after else None
    to = Cell(link=PageLink(f"{who.ident} {who}", delivery_plan(who))) if who else Cell()
    ended = f"{when(link.removed_at)}, {link.removed_by}"
    return GridRow([Cell(str(link.onefile_id or ""), short=True), Cell(made_words(link, others)), Cell(ended), to])


def is_move(before: Link, after: Link) -> bool:
    """Both happened at one moment."""
    same = before.onefile_id == after.onefile_id and before.removed_at == after.made_at
    return same and after.origin == LinkOrigin.MOVED
