"""The lists of learners, officers, organisations and qualifications."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from learners.models import FileImport, Learner
from learners.presenters import file_imports
from learners.presenters.records import (
    badge,
    clock,
    day,
    delivery_plan,
    is_overdue,
    officer_address,
    organisation_address,
    progress_address,
    qualification_address,
    reviews_address,
    tag_address,
)
from learners.registry import ListColumn, registry
from picsweb.display import Badge
from picsweb.tables import BadgeColumn, LinkedColumn, PageTable, SortedColumn

NOWRAP = {"td": {"class": "nowrap"}}
ROOMY = {"td": {"class": "roomy"}}


def with_list_columns(queryset: Any, kind: str, request: HttpRequest | None = None) -> Any:
    """``queryset`` with what other apps add to that list, as far as who asks may see it."""
    return queryset.annotate(**{c.name: c.expression() for c in _seen(kind, request)})


def list_columns(kind: str, request: HttpRequest) -> list[tuple[str, tables.Column]]:
    return [(c.name, SortedColumn(verbose_name=c.label, by=[c.name])) for c in _seen(kind, request)]


def _seen(kind: str, request: HttpRequest | None) -> list[ListColumn]:
    columns = registry.list_columns.get(kind, [])
    return [column for column in columns if request is None or column.seen_by(request)]


class LearnerTable(PageTable):
    caption = "Learners"

    name = LinkedColumn(verbose_name="Name", by=["sort_key"], href_of=delivery_plan, attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", by=["ident"], attrs=NOWRAP)
    lrn = SortedColumn(verbose_name="LRN", by=["lrn"], attrs=NOWRAP)
    system_status = BadgeColumn(verbose_name="Status", by=["system_status"], badge_of=badge)
    programme_status_then = BadgeColumn(verbose_name="Programme", by=["programme_status_then"], badge_of=badge)
    start = SortedColumn(verbose_name="Start", by=["start"], attrs=NOWRAP)
    planned_end = SortedColumn(verbose_name="Planned end", by=["planned_end"], attrs=NOWRAP)
    main_officer = SortedColumn(verbose_name="Main officer", by=["main_officer__sort_key"], attrs=ROOMY)
    main_tag = SortedColumn(verbose_name="Main tag", by=["main_tag__name"], attrs=ROOMY)
    actual_end = SortedColumn(verbose_name="Actual end", by=["actual_end"], attrs=NOWRAP)

    class Meta(PageTable.Meta):
        order_by = "name"

    def render_start(self, value: Any) -> str:
        return day(value)

    def render_actual_end(self, value: Any) -> str:
        return day(value)

    def render_planned_end(self, record: Learner) -> str:
        if not is_overdue(record, timezone.localdate()):
            return day(record.planned_end)
        overdue: Badge = badge("Overdue")
        return format_html(
            '{}<br><span class="status status-{}">{}</span>', day(record.planned_end), overdue.kind, overdue.text
        )


class ReviewTable(PageTable):
    """Reviews with their ``state``."""

    caption = "Reviews"

    learner = LinkedColumn(
        verbose_name="Learner", by=["learner__sort_key"], href_of=reviews_address, shows="learner", attrs=ROOMY
    )
    ident = SortedColumn(verbose_name="Ident", accessor="learner__ident", by=["learner__ident"], attrs=NOWRAP)
    type = SortedColumn(verbose_name="Type", by=["type"])
    scheduled_date = SortedColumn(verbose_name="Scheduled", by=["scheduled_date", "start_time"], attrs=NOWRAP)
    start_time = SortedColumn(verbose_name="Time", by=["start_time"], attrs=NOWRAP)
    officer = SortedColumn(verbose_name="Officer", by=["officer__sort_key"], attrs=ROOMY)
    state = BadgeColumn(verbose_name="State", by=["state"], badge_of=badge)
    signatures_missing = SortedColumn(verbose_name="Not signed by", by=[], orderable=False)

    class Meta(PageTable.Meta):
        order_by = "scheduled_date"

    def render_scheduled_date(self, value: Any) -> str:
        return day(value)

    def render_start_time(self, value: Any) -> str:
        return clock(value)


class OfficerTable(PageTable):
    caption = "Officers"

    name = LinkedColumn(verbose_name="Name", by=["sort_key"], href_of=officer_address, attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", by=["ident"], attrs=NOWRAP)
    email = SortedColumn(verbose_name="Email", by=["email"])
    telephone = SortedColumn(verbose_name="Telephone", by=["telephone"], attrs=NOWRAP)
    roles = SortedColumn(verbose_name="Roles", by=["roles"])
    caseload = SortedColumn(verbose_name="Learners", by=["caseload"])
    status = BadgeColumn(verbose_name="Status", by=["status"], badge_of=badge)

    class Meta(PageTable.Meta):
        order_by = "name"

    def render_roles(self, value: list[str]) -> str:
        return ", ".join(value)


class OrganisationTable(PageTable):
    caption = "Organisations"

    name = LinkedColumn(verbose_name="Name", by=["sort_key"], href_of=organisation_address, attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", by=["ident"], attrs=NOWRAP)
    postcode = SortedColumn(verbose_name="Postcode", by=["postcode"], attrs=NOWRAP)
    telephone = SortedColumn(verbose_name="Telephone", by=["telephone"], attrs=NOWRAP)
    email = SortedColumn(verbose_name="Email", by=["email"])
    edrs = SortedColumn(verbose_name="EDRS / ERN", by=["edrs"])
    placed = SortedColumn(verbose_name="Placements", by=["placed"])
    status = BadgeColumn(verbose_name="Status", by=["status"], badge_of=badge)

    class Meta(PageTable.Meta):
        order_by = "name"


class QualificationTable(PageTable):
    caption = "Qualifications"

    vq_reference = SortedColumn(verbose_name="VQ Reference", by=["vq_reference"], attrs=NOWRAP)
    title = LinkedColumn(verbose_name="Title", by=["title"], href_of=qualification_address, shows="title")
    level = SortedColumn(verbose_name="Level", by=["level"])
    awarding_body = SortedColumn(verbose_name="Awarding body", by=["awarding_body"])
    learners = SortedColumn(verbose_name="Learners", by=["learners"])
    status = BadgeColumn(verbose_name="Status", by=["status"], badge_of=badge)

    class Meta(PageTable.Meta):
        order_by = "vq_reference"


class TagTable(PageTable):
    caption = "Tags"

    name = LinkedColumn(verbose_name="Name", by=["name"], href_of=tag_address, shows="name")
    as_main = SortedColumn(verbose_name="Main tag of", by=["as_main"])
    as_further = SortedColumn(verbose_name="Further tag of", by=["as_further"])

    class Meta(PageTable.Meta):
        order_by = "name"


class ProgressTable(PageTable):
    """Learners with their ``standing`` on a day."""

    caption = "Progress of learners"

    name = LinkedColumn(verbose_name="Name", by=["sort_key"], href_of=progress_address, attrs=ROOMY)
    ident = SortedColumn(verbose_name="Ident", by=["ident"], attrs=NOWRAP)
    main_officer = SortedColumn(verbose_name="Main officer", by=["main_officer__sort_key"], attrs=ROOMY)
    main_tag = SortedColumn(verbose_name="Main tag", by=["main_tag__name"], attrs=ROOMY)
    programme_status_then = BadgeColumn(verbose_name="Programme", by=["programme_status_then"], badge_of=badge)
    done = SortedColumn(verbose_name="Done", accessor="standing__done", by=[], orderable=False)
    total = SortedColumn(verbose_name="Of", accessor="standing__total", by=[], orderable=False)
    percent = SortedColumn(verbose_name="Done %", accessor="standing__percent", by=[], orderable=False)
    expected = SortedColumn(verbose_name="Expected %", accessor="standing__expected", by=[], orderable=False)
    as_at = SortedColumn(verbose_name="As at", by=[], orderable=False, attrs=NOWRAP)
    pace = BadgeColumn(verbose_name="Pace", accessor="standing__pace", by=[], badge_of=badge, orderable=False)

    class Meta(PageTable.Meta):
        order_by = "name"

    def render_as_at(self, value: Any) -> str:
        return day(value)


class FileImportTable(PageTable):
    caption = "Imports"

    file_name = LinkedColumn(verbose_name="File", by=["file_name"], href_of=file_imports.address, attrs=ROOMY)
    kind = SortedColumn(verbose_name="What it holds", by=["kind"])
    uploaded_by = SortedColumn(verbose_name="Uploaded by", by=["uploaded_by"])
    uploaded_at = SortedColumn(verbose_name="When", by=["uploaded_at"], attrs=NOWRAP)
    state = SortedColumn(verbose_name="Outcome", by=["state"])

    class Meta(PageTable.Meta):
        order_by = "-uploaded_at"

    def render_kind(self, value: str) -> str:
        return file_imports.kind_words(value)

    def render_uploaded_at(self, value: Any) -> str:
        return file_imports.when(value)

    def render_state(self, record: FileImport) -> str:
        shown = render_to_string("components/badge.html", {"badge": file_imports.state_badge(record)})
        return format_html("{} {}", shown, file_imports.outcome_words(record))
