"""Where the processor's time goes: each function's own time, put to the part of the program or the library it is of."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

from tests.sandbox_process import ROOT

# The first that stands in a path; what no path names (built in) goes where it was called from.
PARTS = {
    "onefile_integration/api": "our client of OneFile",
    "onefile_integration/rules": "our rules",
    "onefile_integration/exchange": "our exchange",
    "onefile_integration/models": "our models",
    "learners": "our records (learners)",
    "/django/": "Django",
    "/simple_history/": "simple_history",
    "/requests/": "requests, urllib3, http",
    "/urllib3/": "requests, urllib3, http",
    "/http/": "requests, urllib3, http",
    "/email/": "requests, urllib3, http",
    "/socket.py": "requests, urllib3, http",
    "/pydantic": "pydantic",
    "/json/": "json",
    "/redis/": "redis",
    "/cryptography/": "cryptography",
    "/structlog/": "log",
    "/logging/": "log",
}
REST = "the rest"
Place = tuple[str, int, str]


def shares(act: Callable[[], object]) -> list[tuple[str, float]]:
    """By part, the largest first; together 1. The profile itself makes what calls much look dearer than it is."""
    profile = cProfile.Profile()
    profile.runcall(act)
    spent: Counter[str] = Counter()
    for place, (_, _, own, _, callers) in pstats.Stats(profile).stats.items():
        if place[0] == "~" and callers:
            for caller, (_, _, its_own, _) in callers.items():
                spent[_part(caller)] += its_own
        else:
            spent[_part(place)] += own
    return [(part, seconds / spent.total()) for part, seconds in spent.most_common()]


def _part(place: Place) -> str:
    path = place[0].removeprefix(f"{ROOT}/")
    return next((part for piece, part in PARTS.items() if piece in path), REST)
