"""The lists of the MIS: which records, in which table, narrowed by what. Pages show them, downloads write them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from learners.filters import (
    LearnerFilter,
    OfficerFilter,
    OrganisationFilter,
    PageFilter,
    QualificationFilter,
    ReviewFilter,
)
from learners.models import Learner, Officer, Organisation, Qualification, Review
from learners.tables import (
    LearnerTable,
    OfficerTable,
    OrganisationTable,
    QualificationTable,
    ReviewTable,
    list_columns,
    with_list_columns,
)
from learners.words import SystemStatus
from picsweb.tables import PageTable

CHUNK = 2000


@dataclass(frozen=True)
class RecordList:
    """``kind`` is the plural of what is listed, in lower case."""

    kind: str
    records: Callable[[], QuerySet[Any]]
    table_class: type[PageTable]
    filter_class: type[PageFilter]

    def parts(self) -> dict[str, Any]:
        """What ``list_page`` asks for."""
        return {
            "kind": self.kind,
            "queryset": self.records(),
            "table_class": self.table_class,
            "filter_class": self.filter_class,
        }

    def found(self, asked: Mapping[str, Any]) -> PageTable:
        """All that the address asks for, filtered and sorted as the page shows it."""
        records = self.filter_class(asked, queryset=with_list_columns(self.records(), self.kind)).qs
        return self.table_class(records, extra_columns=list_columns(self.kind), order_by=sorting(asked))


def sorting(asked: Mapping[str, Any]) -> list[str] | None:
    return [each for each in asked.get("sort", "").split(",") if each] or None


def headings(table: PageTable) -> list[str]:
    return [str(column.header) for column in table.columns]


def rows(table: PageTable) -> Iterator[list[Any]]:
    """A chunk of records at a time, each as the values of its cells."""
    for record in table.data.data.iterator(chunk_size=CHUNK):
        yield [column.column.plain(record) for column in table.columns]


def _learners() -> QuerySet[Any]:
    learners = Learner.objects.with_programme_status(timezone.localdate())
    return learners.select_related("main_officer", "main_tag")


def _officers() -> QuerySet[Any]:
    caseload = Count("main_officer_of", filter=~Q(main_officer_of__system_status=SystemStatus.DELETED))
    return Officer.objects.annotate(caseload=caseload)


def _organisations() -> QuerySet[Any]:
    return Organisation.objects.annotate(placed=Count("placements"))


def _qualifications() -> QuerySet[Any]:
    return Qualification.objects.annotate(learners=Count("lines__learner", distinct=True))


def _reviews() -> QuerySet[Any]:
    return Review.objects.of_current_learners().select_related("learner", "officer")


LEARNERS = RecordList("learners", _learners, LearnerTable, LearnerFilter)
OFFICERS = RecordList("officers", _officers, OfficerTable, OfficerFilter)
ORGANISATIONS = RecordList("organisations", _organisations, OrganisationTable, OrganisationFilter)
QUALIFICATIONS = RecordList("qualifications", _qualifications, QualificationTable, QualificationFilter)
REVIEWS = RecordList("reviews", _reviews, ReviewTable, ReviewFilter)

LISTS = {each.kind: each for each in (LEARNERS, REVIEWS, OFFICERS, ORGANISATIONS, QUALIFICATIONS)}
