"""Searches: everything that matches as a bare array, or one page of it; nothing found is 204."""

import random
import re
from collections.abc import Callable
from typing import Any

from django.db import models as orm
from django.http import HttpResponse, JsonResponse

from onefile_sandbox import lies, switches, wire
from onefile_sandbox.errors import Code, bad
from onefile_sandbox.members import Member
from onefile_sandbox.request import Asked

Rows = orm.QuerySet[Any]


def text_filter(rows: Rows, asked: Asked, **columns: str) -> Rows:
    """SQLite folds the case of A–Z only, its regular expressions fold all letters."""
    for attr, name in columns.items():
        text = asked.get("text", name)
        if text is not None:
            contains = switches.get("name_search") == "contains" and name != "MISID"
            pattern = re.escape(text) if contains else rf"^{re.escape(text)}$"
            rows = rows.filter(**{f"{attr}__iregex": pattern})
    return rows


def id_filter(rows: Rows, asked: Asked, **columns: str) -> Rows:
    for attr, name in columns.items():
        number = asked.get("id", name)
        if number is not None:
            rows = rows.filter(**{attr: number})
    return rows


def answer(
    rows: Rows,
    asked: Asked,
    short: tuple[Member, ...],
    full: tuple[Member, ...] | None = None,
    everything: Callable[[], Rows] | None = None,
) -> HttpResponse:
    if switches.get("search_filter") == "ignored" and everything is not None:
        rows = everything()
    rows = rows.order_by("id")
    paged = len(asked.args) == 2
    full_rows = paged and switches.get("paged_rows") == "full"
    members = full if full is not None and full_rows else short
    found = list(_page(_ordered(rows), *asked.args) if paged else _ordered(rows))
    if not found:
        past_end = paged and int(asked.args[0]) > 1
        return _nothing("page_beyond_end" if past_end else "empty_search")
    told = [wire.send_record(row, members) for row in found]
    return JsonResponse(lies.told(told) if paged else told, safe=False)


def _ordered(rows: Rows) -> Rows | list[Any]:
    return random.sample(list(rows), rows.count()) if switches.get("order") == "unstable" else rows


def _page(found: Rows | list[Any], number: str, size: str) -> Rows | list[Any]:
    page, per_page = int(number), int(size)
    largest = switches.get("max_page_size")
    if page < 1 or per_page < 1:
        raise bad(Code.BAD_VALUE, "pages and their size start at 1")
    if per_page > largest and switches.get("page_size_over") == "refused":
        raise bad(Code.BAD_VALUE, f"a page holds at most {largest}")
    per_page = min(per_page, largest)
    return found[(page - 1) * per_page : page * per_page]


def _nothing(switch: str) -> HttpResponse:
    return HttpResponse(status=204) if switches.get(switch) == "204" else JsonResponse([], safe=False)
