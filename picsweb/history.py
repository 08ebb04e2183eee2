"""django-simple-history makes a new class each time a model's ``history`` is looked at, so with each record saved:
about two milliseconds. The class depends on the manager and the query set alone: one of each will do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from simple_history.manager import HistoryManager


def make_managers_once() -> None:
    made: Any = cache(HistoryManager.from_queryset.__func__)

    def from_queryset(manager: type[HistoryManager], *given: Any) -> Any:
        return made(manager, *given)

    HistoryManager.from_queryset = classmethod(from_queryset)
