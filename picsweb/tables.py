"""Columns and tables as ``components/table.html`` shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html

from picsweb.display import Badge, Link


class SortedColumn(tables.Column):
    """Sorted in the database by ``by``: unknown values last both ways, ties by the model's own order.

    Without the ties two pages of one list could show the same record.
    """

    def __init__(self, *args: Any, by: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def plain(self, record: Any) -> Any:
        """The cell's value for a file."""
        return self.accessor.resolve(record, quiet=True)

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        keys = [F(name).desc(nulls_last=True) if is_descending else F(name).asc(nulls_last=True) for name in self.by]
        return queryset.order_by(*keys, *queryset.model._meta.ordering, "pk"), True


class BadgeColumn(SortedColumn):
    """``kind_of`` turns the value into a badge."""

    def __init__(self, *args: Any, badge_of: Callable[[Any], Badge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.badge_of = badge_of

    def render(self, value: Any) -> str:
        return render_to_string("components/badge.html", {"badge": self.badge_of(value)})


class LinkedColumn(SortedColumn):
    """The record's own words, or those of its attribute ``shows``, linked to ``href_of`` it."""

    def __init__(self, *args: Any, href_of: Callable[[Any], str], shows: str = "", **kwargs: Any) -> None:
        super().__init__(*args, accessor="pk", **kwargs)
        self.href_of = href_of
        self.shows = shows

    def render(self, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', self.href_of(record), self.plain(record))

    def plain(self, record: Any) -> Any:
        return getattr(record, self.shows) if self.shows else record


class RowLinks(tables.Column):
    """Edit, Delete and the like at the end of a row: nothing to sort by."""

    def __init__(self, links_of: Callable[[Any], Sequence[Link]]) -> None:
        attrs = {"td": {"class": "row-links"}}
        super().__init__(verbose_name="Actions", accessor="pk", orderable=False, attrs=attrs)
        self.links_of = links_of

    def render(self, record: Any) -> str:
        return render_to_string("components/links.html", {"links": self.links_of(record)})


class ChoiceColumn(tables.Column):
    """A tick box ``name`` for each row, and one for all of them where there is JavaScript."""

    def __init__(self, name: str, *, accessor: str) -> None:
        attrs = {"th": {"class": "choice"}, "td": {"class": "choice"}}
        super().__init__(accessor=accessor, orderable=False, attrs=attrs)
        self.name = name

    @property
    def header(self) -> str:
        return format_html('<input type="checkbox" data-check-all aria-label="{}">', "Choose all on this page")

    def render(self, value: Any, record: Any) -> str:
        text = '<input type="checkbox" name="{}" value="{}" aria-label="Choose {} {}">'
        return format_html(text, self.name, value, value, record)


class PageTable(tables.Table):
    """``caption`` names the table for those who do not see where it stands."""

    caption = ""

    class Meta:
        attrs = {"class": "table table-hover align-middle"}
        template_name = "components/table.html"
