"""What a person may ask of us: to be erased, or to see all that is held."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from learners.models import Learner
from learners.services.erasure import Extent
from picsweb.display import Cell, Fact, Grid, GridRow, Link


def extent_grid(extent: Extent) -> Grid:
    rows = [GridRow([Cell(what[:1].upper() + what[1:]), Cell(str(count), short=True)]) for what, count in extent.counts]
    return Grid("What will be erased", ["What", "How many"], rows)


def erase_notes(extent: Extent) -> list[str]:
    return [
        "This cannot be undone. Names in the logs of others are taken out, too.",
        *extent.remains,
        "Backups keep what they hold until they are old.",
    ]


def episode_facts(episodes: Iterable[Learner]) -> list[Fact]:
    """Each is erased by itself, on its own page."""
    links = tuple(
        Link(f"{each.ident} {each}", reverse("learners:learner-erase", args=[each.ident])) for each in episodes
    )
    return [Fact("Other episodes of the person, which stay", links=links)] if links else []
