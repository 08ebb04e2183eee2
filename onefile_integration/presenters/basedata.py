"""How old OneFile's list of qualifications is, as the windows say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timesince import timesince

from onefile_integration.exchange.basedata import is_stale
from onefile_integration.presenters.words import when


@dataclass(frozen=True)
class Age:
    """``back`` is the address of the window, to which fetching the list anew leads."""

    words: str
    is_stale: bool
    back: str


def age(fetched: datetime | None, now: datetime, back: str) -> Age:
    if fetched is None:
        return Age("OneFile's list of qualifications has not been fetched yet.", True, back)
    words = f"OneFile's list of qualifications was fetched on {when(fetched)}."
    if not is_stale(fetched, now):
        return Age(words, False, back)
    old = timesince(fetched, now, depth=1)
    return Age(f"{words} That is {old} ago: what was added there since is not shown.", True, back)
