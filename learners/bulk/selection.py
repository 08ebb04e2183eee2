"""Whom a bulk change is for: ticked rows, or all that the list's filter finds. It travels in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.http import QueryDict

from learners.filters import LearnerFilter
from learners.models import Learner

OWN = {"all", "found", "learner"}


@dataclass(frozen=True)
class Selection:
    """``query`` is the part of an address that makes the selection, ``today`` a London date."""

    query: QueryDict
    today: date

    @classmethod
    def of(cls, address: QueryDict, today: date) -> Selection:
        names = OWN | set(LearnerFilter.base_filters)
        query = QueryDict(mutable=True)
        for name in sorted(names & set(address)):
            query.setlist(name, [value for value in address.getlist(name) if value])
        return cls(query, today)

    @property
    def by_filter(self) -> bool:
        return "all" in self.query

    @cached_property
    def learners(self) -> list[int]:
        """Their pks; none where the filter makes no sense, or a mistyped one would choose everybody."""
        if not self.by_filter:
            idents = self.query.getlist("learner")
            return list(Learner.objects.filter(ident__in=idents).order_by("pk").values_list("pk", flat=True))
        found = LearnerFilter(self.query, queryset=Learner.objects.with_programme_status(self.today))
        if not found.form.is_valid():
            return []
        return list(found.qs.order_by("pk").values_list("pk", flat=True))

    @property
    def words(self) -> str:
        count = len(self.learners)
        learners = "1 learner" if count == 1 else f"{count:,} learners"
        return f"{learners} found by the list's filter" if self.by_filter else f"{learners} chosen in the list"

    @property
    def told(self) -> list[str]:
        """Where the choice is no longer what it was when it was made."""
        count, then = len(self.learners), self._chosen_then()
        if then is None or then == count:
            return []
        verb = "were found" if self.by_filter else "were chosen"
        return [f"{then:,} {verb} when you chose; now it is {count:,}. What follows is for those {count:,}."]

    def _chosen_then(self) -> int | None:
        if not self.by_filter:
            return len(set(self.query.getlist("learner")))
        found = self.query.get("found", "")
        return int(found) if found.isascii() and found.isdigit() else None
