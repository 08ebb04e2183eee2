"""Enrol many: the page of a list, and of the run that came of it, live and afterwards; both as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from learners.files.cells import safe
from onefile_integration.access import licensed
from onefile_integration.exchange import batches, listed, stopping
from onefile_integration.models import Centre, ExchangePlan, Link, Run, Step
from onefile_integration.presenters import many as present_list
from onefile_integration.presenters import many_result as present
from onefile_integration.presenters.qualifications import DropDown
from onefile_integration.presenters.words import environment_badge, when
from onefile_integration.views.live import Piece, answer, piece
from onefile_integration.views.many_parts import SORT_HEADS, counts_piece, crumbs, heads, page_of
from onefile_integration.words import PlanState, RowOutcome, RunKind, StepState
from picsweb.display import Empty
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

TELLING = (StepState.BEGUN, StepState.IN_DOUBT, StepState.REFUSED)
LAST_ENDED = 10  # by whose pace the rest is guessed
COLUMNS = ["IDENT", "LEARNER", "OUTCOME", "ONEFILE_ID", "PROBLEMS"]


@requires(Permission.USE_ONEFILE)
@licensed
@require_safe
def many(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(Run.objects.of_many(), pk=pk)
    return Listing(request, run).answer() if run.kind == RunKind.PREVIEW else Result(request, run).answer()


@dataclass
class Listing:
    """One request for the page of a list."""

    request: HttpRequest
    run: Run

    def answer(self) -> HttpResponse:
        rows: Any = listed.rows(self.run)
        all_rows = list(rows.order_by("pk").values_list("pk", "standing", "digest"))
        found = present_list.standings(standing for _, standing, _ in all_rows)
        page = page_of(self.request, rows, "standing", present_list.IN_ORDER)
        is_live = bool(found.get("waiting"))
        centres = dict(Centre.objects.filter(environment=self.run.environment).values_list("onefile_id", "name"))
        shown = [present_list.shown_row(plan, centres) for plan in page.object_list]
        top = {**self._top(found, all_rows, is_live), "form": "many-rows" if shown else ""}
        pieces = [
            Piece("many-words", present_list.list_words(self.run, found)),
            piece(self.request, "many-top", "_many_top.html", top),
            counts_piece(self.request, self.run, found, present_list.STANDINGS),
            piece(self.request, "many-for-all", "_many_for_all.html", {"choices": self._for_all(is_live)}),
            *(piece(self.request, row.id, "_many_row.html", {"row": row}, in_table=True) for row in shown),
        ]
        return answer(
            self.request,
            "onefile_integration/many.html",
            pieces,
            is_live=is_live,
            context={
                **self._around(),
                "page": page,
                "shown": self.request.GET.get("show", ""),
                "may_choose": is_live or any(row.choices for row in shown),
            },
        )

    def _top(self, found: dict[str, int], rows: list[tuple[int, str, str]], is_live: bool) -> dict[str, Any]:
        ready = [f"{pk}:{digest[: batches.DIGEST_SHOWN]}" for pk, word, digest in rows if word == RowOutcome.READY]
        unready = sum(found.get(word, 0) for word in present_list.TO_BE_DONE)
        made = [] if is_live else self._created_with_them()
        return {
            "bar": present_list.looked_bar(found) if is_live else None,
            "stop_reason": self.run.stop_reason if is_live else "",
            "create": present_list.create_words(len(ready)) if ready and not is_live else "",
            "wanted": " ".join(ready),
            "create_address": self._address("many-create"),
            "again": _again_words(unready) if unready and not is_live else "",
            "again_address": self._address("many-again"),
            "creates": made,
            "creates_words": f"Officers and employers that are created in OneFile with them: {len(made)}",
            "jobs": self._jobs(),
        }

    def _created_with_them(self) -> list[str]:
        return present_list.created_with_them(batches.ready(self.run).values_list("found", flat=True))

    def _for_all(self, is_live: bool) -> list[DropDown]:
        """Once all have been looked at: what is chosen must not be lost when the next row comes."""
        if is_live:
            return []
        needing = listed.free(self.run).filter(state=PlanState.DONE)
        return present_list.choices_for_all(needing.order_by("pk").values_list("found__choices", flat=True))

    def _jobs(self) -> list[PageLink]:
        jobs = Run.objects.filter(plans__shown_in__run=self.run).distinct().order_by("pk")
        return [
            PageLink(
                f"Begun {when(job.started_at)} by {job.asked_by}: show how it goes", present_list.many_address(job)
            )
            for job in jobs
        ]

    def _around(self) -> dict[str, Any]:
        run = self.run
        return {
            "title": "Enrol in OneFile: the list",
            "kicker": f"Enrolment list {run.pk}, {when(run.started_at)}, {run.asked_by}",
            "title_badge": environment_badge(run.environment),
            "breadcrumbs": crumbs(),
            "actions": [],
            "download": _download(self.request, run),
            "heads": heads(self.request, {**SORT_HEADS}, ["What it needs, or what is sent", "Classroom"]),
            "ticks": True,
            "query": self.request.GET.urlencode(),
            "save": self._address("many-choices"),
            "create_address": self._address("many-create"),
            "again_address": self._address("many-again"),
            "remove": self._address("many-remove"),
            "empty": Empty("Nobody is on this list", "Choose learners in the list of learners.", crumbs()[0]),
        }

    def _address(self, name: str) -> str:
        return reverse(f"onefile:{name}", args=[self.run.pk])


def _again_words(count: int) -> str:
    return "Check again the one who needs you" if count == 1 else f"Check again the {count} who need you"


@dataclass
class Result:
    """One request for the page of a run that came of a list."""

    request: HttpRequest
    run: Run

    @cached_property
    def rows(self) -> Any:
        return told_rows(self.run)

    def answer(self) -> HttpResponse:
        found = present_list.standings(self.rows.order_by("pk").values_list("result", flat=True))
        page = page_of(self.request, self.rows, "result", present.RESULTS)
        is_live = self.run.is_open or any(found.get(word) for word in present.OPEN)
        pieces = [
            Piece("many-words", present.result_words(self.run, found, self._time_left(found))),
            piece(self.request, "many-top", "_many_progress.html", self._top(found, is_live)),
            piece(self.request, "many-controls", "_many_controls.html", self._controls()),
            counts_piece(self.request, self.run, found, present.RESULTS),
            *(
                piece(self.request, row.id, "_many_result_row.html", {"row": row}, in_table=True)
                for row in self._shown(page)
            ),
        ]
        context = {**self._around(), "page": page, "shown": self.request.GET.get("show", "")}
        return answer(self.request, "onefile_integration/many_result.html", pieces, is_live=is_live, context=context)

    def _shown(self, page: Any) -> list[present.ResultRow]:
        plans, now = list(page.object_list), timezone.now()
        return [
            present.result_row(
                plan, self.run, self._ids.get(plan.learner_id), half_done=plan.learner_id in self._half_done, now=now
            )
            for plan in plans
        ]

    @cached_property
    def _ids(self) -> dict[int | None, int | None]:
        return ids_of(self.run)

    @cached_property
    def _half_done(self) -> set[int]:
        return {learner.pk for learner in batches.half_done(self.run)}

    def _time_left(self, found: dict[str, int]) -> str:
        """Paused, nobody can say."""
        if self.run.paused_at:
            return ""
        ended = self.run.plans.filter(ended_at__gt=self.run.started_at).exclude(state=PlanState.SKIPPED)
        moments = list(ended.order_by("-ended_at").values_list("ended_at", flat=True)[:LAST_ENDED])
        left = sum(found.get(word, 0) for word in present.OPEN)
        return present.time_left([each for each in moments if each], left, timezone.now())

    def _top(self, found: dict[str, int], is_live: bool) -> dict[str, Any]:
        is_stopped = is_live and self.run.stop_reason and not self.run.paused_at
        return {
            "bar": present.result_bar(found),
            "stop_reason": f"{self.run.stop_reason} It goes on by itself." if is_stopped else "",
        }

    def _controls(self) -> dict[str, Any]:
        may_stop = stopping.may_be_stopped(self.run)
        half_done, rest = len(self._half_done), 0 if may_stop else batches.not_created(self.run).count()
        return {
            "controls": present.controls(self.run) if may_stop else {},
            "try_again": f"Try again what is left of {half_done}" if half_done and not may_stop else "",
            "try_again_address": reverse("onefile:many-try-again", args=[self.run.pk]),
            "show_again": f"Show the {rest} who were not created in a list again" if rest else "",
            "show_again_address": reverse("onefile:many-show-again", args=[self.run.pk]),
        }

    def _around(self) -> dict[str, Any]:
        run = self.run
        shown = Run.objects.filter(plans__job__run=run).distinct()
        actions = [PageLink("The list it came from", present_list.many_address(each)) for each in shown]
        return {
            "title": "Enrol in OneFile: the result",
            "kicker": f"Enrolment {run.pk}, {when(run.started_at)}, {run.asked_by}",
            "title_badge": environment_badge(run.environment),
            "breadcrumbs": crumbs(),
            "actions": actions,
            "download": _download(self.request, run),
            "heads": heads(self.request, SORT_HEADS, ["What was said", "OneFile ID"]),
            "ticks": False,
        }


def told_rows(run: Run) -> Any:
    """With those steps that say something."""
    telling = Prefetch("steps", Step.objects.filter(state__in=TELLING), to_attr="telling")
    return batches.rows(run).prefetch_related(telling)


def ids_of(run: Run) -> dict[int | None, int | None]:
    """OneFile's ids by learner."""
    links = Link.objects.within(run.environment).filter(learner__in=run.plans.values("learner"))
    return dict(links.values_list("learner_id", "onefile_id"))


# ---- as a file


class _Echo:
    def write(self, text: str) -> str:
        return text


def _download(request: HttpRequest, run: Run) -> str:
    return reverse("onefile:many-csv", args=[run.pk]) if request.user.has_perm(Permission.EXPORT_DATA) else ""


@requires(Permission.EXPORT_DATA, Permission.USE_ONEFILE)
@licensed
@require_safe
def many_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """One row a learner, of a list or of what came of it; safe to open in a spreadsheet."""
    run = get_object_or_404(Run.objects.of_many(), pk=pk)
    rows = _of_list(run) if run.kind == RunKind.PREVIEW else _of_result(run)
    writer = csv.writer(_Echo())
    lines = (writer.writerow([safe(text) for text in row]) for row in [COLUMNS, *rows])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="onefile-enrolment-{run.pk}-{timezone.localdate()}.csv"'
    return response


def _of_list(run: Run) -> Iterator[list[str]]:
    centres = dict(Centre.objects.filter(environment=run.environment).values_list("onefile_id", "name"))
    ids: dict[int | None, int | None] = ids_of(run)
    rows: Any = listed.rows(run).order_by("learner__sort_key", "pk")
    for plan in rows:
        row = present_list.shown_row(plan, centres)
        problems = [
            *(line.text for line in row.said),
            *(f"Choose the {each.label}." for each in row.choices if _open(each)),
        ]
        yield _line(plan, plan.standing, ids, problems)


def _open(choice: Any) -> bool:
    return not any(option.selected for option in choice.options)


def _of_result(run: Run) -> Iterator[list[str]]:
    ids, now = ids_of(run), timezone.now()
    for plan in told_rows(run).order_by("learner__sort_key", "pk"):
        yield _line(plan, plan.result, ids, (line.text for line in present.said_of(plan, run, now)))


def _line(plan: ExchangePlan, outcome: str, ids: Mapping[int | None, int | None], problems: Iterable[str]) -> list[str]:
    number = ids.get(plan.learner_id)
    return [plan.the_learner.ident, str(plan.learner), outcome, str(number or ""), " ".join(problems)]
