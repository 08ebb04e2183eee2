"""The lists of the MIS: which records, in which table, narrowed by what. Pages show them, downloads write them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from learners.filters import (
    LearnerFilter,
    OfficerFilter,
    OrganisationFilter,
    PageFilter,
    ProgressFilter,
    QualificationFilter,
    ReviewFilter,
    TagFilter,
    as_at,
)
from learners.models import (
    DeliveryPlanLine,
    Learner,
    Officer,
    Organisation,
    Placement,
    Qualification,
    Review,
    Tag,
)
from learners.progress import standing
from learners.tables import (
    LearnerTable,
    OfficerTable,
    OrganisationTable,
    ProgressTable,
    QualificationTable,
    ReviewTable,
    TagTable,
    list_columns,
    with_list_columns,
)
from learners.then import lines_then
from learners.words import SystemStatus
from picsweb.tables import PageTable

CHUNK = 1000
Asked = Mapping[str, Any]
Complete = Callable[[Sequence[Any], Asked], None]


@dataclass(frozen=True)
class RecordList:
    """``kind`` is the plural of what is listed, in lower case; ``name`` the list's own where there are two of a kind.

    ``complete`` adds to some records of it what no column of the database says.
    """

    kind: str
    records: Callable[[], QuerySet[Any]]
    table_class: type[PageTable]
    filter_class: type[PageFilter]
    name: str = ""
    complete: Complete | None = None

    @property
    def key(self) -> str:
        return self.name or self.kind

    def parts(self) -> dict[str, Any]:
        """What ``list_page`` asks for."""
        return {
            "name": self.key,
            "kind": self.kind,
            "queryset": self.records(),
            "table_class": self.table_class,
            "filter_class": self.filter_class,
            "complete": self.complete,
        }

    def found(self, request: HttpRequest) -> PageTable:
        """All that the address asks for, filtered and sorted as the page shows it."""
        records = with_list_columns(self.records(), self.kind, request)
        records = self.filter_class(request.GET, queryset=records).qs
        columns = list_columns(self.kind, request)
        return self.table_class(records, extra_columns=columns, order_by=sorting(request.GET))


def sorting(asked: Asked) -> list[str] | None:
    return [each for each in asked.get("sort", "").split(",") if each] or None


def headings(table: PageTable) -> list[str]:
    return [str(column.header) for column in table.columns]


def rows(table: PageTable, asked: Asked, complete: Complete | None = None) -> Iterator[list[Any]]:
    """A chunk of records at a time, each as the values of its cells."""
    found = table.data.data.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        if complete:
            complete(chunk, asked)
        for record in chunk:
            yield [column.column.plain(record) for column in table.columns]


def _learners() -> QuerySet[Any]:
    learners = Learner.objects.with_programme_status(timezone.localdate())
    return learners.select_related("main_officer", "main_tag")


def _learners_then() -> QuerySet[Any]:
    """The filter adds what depends on the day."""
    return Learner.objects.select_related("main_officer", "main_tag")


def _officers() -> QuerySet[Any]:
    caseload = Learner.objects.filter(main_officer=OuterRef("pk")).exclude(system_status=SystemStatus.DELETED)
    return Officer.objects.annotate(caseload=_number(caseload, "main_officer", Count("*")))


def _organisations() -> QuerySet[Any]:
    placed = Placement.objects.filter(organisation=OuterRef("pk"))
    return Organisation.objects.annotate(placed=_number(placed, "organisation", Count("*")))


def _qualifications() -> QuerySet[Any]:
    lines = DeliveryPlanLine.objects.filter(qualification=OuterRef("pk"))
    return Qualification.objects.annotate(learners=_number(lines, "qualification", Count("learner", distinct=True)))


def _number(records: QuerySet[Any], by: str, count: Count) -> Coalesce:
    """Counted in a subquery: a page counts for the rows that it shows, and the number of rows needs no count at all."""
    return Coalesce(Subquery(records.order_by().values(by).annotate(number=count).values("number")), 0)


def _reviews() -> QuerySet[Any]:
    return Review.objects.of_current_learners().select_related("learner", "officer")


def _tags() -> QuerySet[Any]:
    """Deleted learners count too: they keep a tag from being deleted."""
    main = Learner.objects.filter(main_tag=OuterRef("pk"))
    further = Learner.tags.through.objects.filter(tag=OuterRef("pk"))
    return Tag.objects.annotate(
        as_main=_number(main, "main_tag", Count("*")), as_further=_number(further, "tag", Count("*"))
    )


def _standings(learners: Sequence[Any], asked: Asked) -> None:
    day = as_at(asked)
    lines = lines_then([learner.pk for learner in learners], day)
    for learner in learners:
        learner.as_at = day
        learner.standing = standing(lines.get(learner.pk, []), day)


LEARNERS = RecordList("learners", _learners, LearnerTable, LearnerFilter)
OFFICERS = RecordList("officers", _officers, OfficerTable, OfficerFilter)
ORGANISATIONS = RecordList("organisations", _organisations, OrganisationTable, OrganisationFilter)
QUALIFICATIONS = RecordList("qualifications", _qualifications, QualificationTable, QualificationFilter)
REVIEWS = RecordList("reviews", _reviews, ReviewTable, ReviewFilter)
TAGS = RecordList("tags", _tags, TagTable, TagFilter)
PROGRESS = RecordList("learners", _learners_then, ProgressTable, ProgressFilter, "progress", _standings)

LISTS = {each.key: each for each in (LEARNERS, PROGRESS, REVIEWS, OFFICERS, ORGANISATIONS, QUALIFICATIONS, TAGS)}
