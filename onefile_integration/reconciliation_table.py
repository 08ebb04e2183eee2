"""The list of a reconciliation's differences."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.template.loader import render_to_string
from django.utils.html import format_html

from learners.filters import PageFilter, search_field
from learners.tables import NOWRAP, ROOMY
from learners.values import folded
from onefile_integration.models import Link, Reconciliation, ReconciliationRow
from onefile_integration.presenters.reconciliation import (
    ADVICE,
    KINDS,
    SHOWN_AS,
    Fixes,
    difference_badge,
    record_link,
)
from onefile_integration.words import Difference, Partner
from picsweb.tables import PageTable, SortedColumn

SEEN_TO = "Seen to since"


def rows_of(report: Reconciliation) -> QuerySet[Any]:
    """Each with ``weight``, the place of its kind; ``is_linked``: OneFile's record is linked now;
    ``is_ours_linked``: ours is, in this centre.
    """
    live = Link.objects.within(report.environment).filter(onefile_id=OuterRef("onefile_id"))
    of_ours = Link.objects.within(report.environment)
    here = Q(learner=OuterRef("learner")) | Q(centre=report.centre) & (
        Q(officer=OuterRef("officer")) | Q(organisation=OuterRef("organisation"))
    )
    is_placement = Q(about=Partner.ORGANISATION)
    rows = ReconciliationRow.objects.filter(report=report).select_related("learner", "officer", "organisation")
    weight = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(KINDS)))
    return rows.annotate(
        weight=weight,
        is_ours_linked=Exists(of_ours.filter(here)),
        is_user_linked=Exists(live.filter(organisation__isnull=True)),
        is_placement_linked=Exists(live.filter(organisation__isnull=False)),
    ).annotate(is_linked=Q(is_placement, is_placement_linked=True) | Q(~is_placement, is_user_linked=True))


class DifferenceTable(PageTable):
    """``fixes`` says who looks."""

    caption = "Differences"

    kind = SortedColumn(verbose_name="Difference", by=["weight"])
    about = SortedColumn(verbose_name="What", by=["about"])
    here = SortedColumn(
        verbose_name="Here",
        accessor="pk",
        by=["learner__sort_key", "officer__sort_key", "organisation__sort_key"],
        attrs=ROOMY,
    )
    name_there = SortedColumn(verbose_name="In OneFile", by=["name_there"], attrs=ROOMY, empty_values=())
    onefile_id = SortedColumn(verbose_name="OneFile ID", by=["onefile_id"], attrs=NOWRAP)
    mis_value = SortedColumn(verbose_name="MIS Value", by=["mis_value"], attrs=NOWRAP)
    note = SortedColumn(verbose_name="Facts", by=["note"])
    fix = SortedColumn(verbose_name="Put right", accessor="pk", by=["is_linked"], orderable=False)

    fixes = Fixes(centre=0, licensed=False)

    class Meta(PageTable.Meta):
        order_by = "kind"

    def render_kind(self, record: Any) -> str:
        badge = render_to_string("components/badge.html", {"badge": difference_badge(record.kind)})
        return format_html("{}<br><small>{}</small>", badge, SEEN_TO) if Fixes.is_settled(record) else badge

    def render_about(self, record: Any) -> str:
        return SHOWN_AS[Partner(record.about)]

    def render_here(self, record: Any) -> str:
        link = record_link(record)
        if link is None:
            return ""
        return format_html('<a href="{}">{}</a><br><small>{}</small>', link.href, link.text, record.record.ident)

    def render_fix(self, record: Any) -> str:
        settled = Fixes.is_settled(record)
        values = {"links": self.fixes.of(record), "advice": "" if settled else ADVICE[record.kind], "settled": settled}
        return render_to_string("onefile_integration/_reconciliation_fix.html", values)


class DifferenceFilter(PageFilter):
    q = search_field("Name, Ident, OneFile ID or MIS Value")
    kind = filters.ChoiceFilter(label="Difference", choices=Difference.choices, empty_label="All")
    about = filters.ChoiceFilter(label="What", choices=[(k, v) for k, v in SHOWN_AS.items()], empty_label="All")
    open = filters.ChoiceFilter(
        label="Seen to", choices=[("no", "Not yet"), ("yes", SEEN_TO)], method="seen_to", empty_label="All"
    )

    class Meta:
        model = ReconciliationRow
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        for word in folded(value).split():
            key = Q(name_there__icontains=word) | Q(mis_value__icontains=word)
            for record in ("learner", "officer", "organisation"):
                key |= Q(**{f"{record}__search_key__contains": word})
            if word.isascii() and word.isdigit() and len(word) < 10:
                key |= Q(onefile_id=int(word))
            queryset = queryset.filter(key)
        return queryset

    def seen_to(self, queryset: Any, name: str, value: str) -> Any:
        same = Q(is_linked=True, was_linked=True) | Q(is_linked=False, was_linked=False)
        not_yet = same | Q(kind=Difference.REVIEW_DELETED)
        return queryset.filter(not_yet if value == "no" else ~not_yet)
