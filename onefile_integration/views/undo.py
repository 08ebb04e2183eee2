"""Undo: of one record's part in a run field by field, or of a whole run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from learners.views.acting import acting
from learners.views.listing import list_page
from onefile_integration.access import access, licensed
from onefile_integration.exchange import undo
from onefile_integration.exchange.undo import CannotUndo, InHand, Judged, Key
from onefile_integration.exchange.work import ring
from onefile_integration.models import ExchangePlan, Run, Step
from onefile_integration.models.journal import StepQuerySet
from onefile_integration.presenters.addresses import plan_address, undo_address
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.undo import ShownPart, groups, lasting_grid, sentence
from onefile_integration.undo_table import UndoFilter, UndoTable
from onefile_integration.views.plans import plan_at
from onefile_integration.views.progress import names_in
from onefile_integration.words import StepState
from picsweb.display import Empty, Fact
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 30  # lines of a question
BACK = "What is ticked gets back the value that it had before. What was changed since is left alone."
HELD = "What is put back is held: it is neither sent to OneFile nor brought from it until somebody frees it."
FREE = "This takes an undo back: what that undo held is free again."
NOTHING = Empty("Nothing to put back", "This exchange changed nothing here that could be put back.")


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def undo_learner(request: HttpRequest, run: int, ident: str) -> HttpResponse:
    return _answer(request, run, learner__ident=ident)


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(METHODS)
def undo_partner(request: HttpRequest, run: int, kind: str, ident: str) -> HttpResponse:
    return _answer(request, run, **{f"{kind}__ident": ident})


def _answer(request: HttpRequest, run: int, **whose: str) -> HttpResponse:
    plan = plan_at(run, **whose)
    if why := undo.why_not(plan.run, plan):
        messages.info(request, why)
        return redirect(plan_address(plan, plan.subject))
    steps = list(undo.steps_of(plan.run, plan))
    judged = undo.judge(steps, plan.run.environment)
    chosen = _chosen(request.POST, judged)
    if "sure" in request.POST and chosen:
        return _begin(request, plan, chosen)
    sight = _sight(request, steps, judged, plan.run.environment)
    ticked = None if request.method != "POST" else chosen
    context: dict[str, Any] = {
        "title": f"Undo: {plan.get_kind_display()}",
        "kicker": f"{plan.subject.ident} {plan.subject}",
        "breadcrumbs": [PageLink("Log", plan_address(plan, plan.subject))],
        "groups": groups(judged, sight, ticked),
        "cancel": plan_address(plan, plan.subject),
    }
    if chosen:
        return render(
            request, "onefile_integration/undo_sure.html", {**context, **_question(plan.run, context["groups"])}
        )
    more = {
        "said": [BACK, _held_or_free(plan.run)] if judged else [],
        "errors": ["Nothing is ticked. Nothing was changed."] if request.method == "POST" else [],
        "may_undo": any(each.may_be_undone for each in judged),
        "lasting": lasting_grid(undo.lasting(plan.run, plan)),
        "address": undo_address(plan, plan.subject),
        "empty": NOTHING,
    }
    return render(request, "onefile_integration/undo.html", {**context, **more})


def _chosen(given: QueryDict, judged: list[Judged]) -> set[Key]:
    """What is ticked, as far as it can still be put back."""
    sent = set(given.getlist("part"))
    return {each.part.key for each in judged if each.may_be_undone and f"{each.part.step.pk}:{each.part.field}" in sent}


def _sight(request: HttpRequest, steps: list[Step], judged: list[Judged], environment: str) -> Sight:
    now = [{"field": each.part.field, "old": each.part.now, "new": None} for each in judged]
    also = [Step(plan=steps[0].plan, changes=now)] if steps else []
    return Sight(access(request).sees_sensitive, names_in([*steps, *also], environment))


def _held_or_free(run: Run) -> str:
    return HELD if undo.takes_from_onefile(run) else FREE


def _question(run: Run, shown: Any) -> dict[str, Any]:
    ticked: list[ShownPart] = [part for group in shown for part in group.parts if part.ticked]
    more = [f"and {len(ticked) - SHOWN} more"] if len(ticked) > SHOWN else []
    count = "1 value is" if len(ticked) == 1 else f"{len(ticked)} values are"
    return {
        "question": [f"{count} put back. Nothing in OneFile is touched.", _held_or_free(run)],
        "lines": [*map(sentence, ticked[:SHOWN]), *more],
        "chosen": [part.value for part in ticked],
        "confirm": "Yes, put back",
        "harmless": True,
    }


def _begin(request: HttpRequest, plan: ExchangePlan, chosen: set[Key]) -> HttpResponse:
    """A second click finds the first one's."""
    try:
        made = undo.begin(plan.run, [(plan.of_subject, sorted(chosen))], by=acting(request))
    except InHand as found:
        return redirect(plan_address(found.run.plans.get(**plan.of_subject), plan.subject))
    ring(made)
    return redirect(plan_address(made.plans.get(), plan.subject))


# ---- a whole run


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def undo_run(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    if why := undo.why_not(record):
        messages.info(request, why)
        return redirect("onefile:run", record.pk)
    sure = reverse("onefile:undo-run-sure", args=[record.pk])
    query = _filter_of(request.GET)

    class Table(UndoTable):
        only = _field_of(request.GET)

    def complete(steps: Any, asked: Any) -> None:
        judged = undo.judge(list(steps), record.environment)
        Table.sight = _sight(request, list(steps), judged, record.environment)
        for step in steps:
            step.judged = [each for each in judged if each.part.step.pk == step.pk]

    def all_found(count: int) -> list[PageLink]:
        return [PageLink(f"Undo all {count}", f"{sure}?all=1&{query}", about="steps found")] if count else []

    lasting = lasting_grid(undo.lasting(record))
    return list_page(
        request,
        undo.steps_of(record).with_subject(),
        kind="steps",
        table_class=Table,
        filter_class=UndoFilter,
        empty=NOTHING,
        choice_actions=[PageLink("Undo", sure)],
        found_actions=all_found,
        complete=complete,
        context={
            "title": f"Undo run {record.pk}",
            "breadcrumbs": _crumbs(record),
            "actions": [],
            "overview": {"grid": lasting, "text": lasting.caption, "open": False},
        },
    )


def _crumbs(record: Run) -> list[PageLink]:
    return [
        PageLink("OneFile", reverse("onefile:summary")),
        PageLink("Runs", reverse("onefile:runs")),
        PageLink(f"Run {record.pk}", reverse("onefile:run", args=[record.pk])),
    ]


def _filter_of(given: QueryDict) -> str:
    """What narrows the list; no page and no sorting."""
    kept = QueryDict(mutable=True)
    for name in UndoFilter.base_filters:
        kept.setlist(name, [value for value in given.getlist(name) if value])
    return kept.urlencode()


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def undo_run_sure(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Run, pk=pk)
    back = reverse("onefile:undo-run", args=[record.pk])
    steps, fields = _selection(request.GET, record)
    errors = [undo.why_not(record)] if undo.why_not(record) else []
    if request.method == "POST" and not errors:
        try:
            made = undo.begin(record, undo.chosen_of(steps, fields), by=acting(request))
        except InHand as found:
            messages.info(request, str(found))
            return redirect("onefile:run", found.run.pk)
        except CannotUndo as why:
            errors = [str(why)]
        else:
            ring(made)
            return redirect("onefile:run", made.pk)
    context = {
        "title": f"Undo run {record.pk}?",
        "kicker": f"Run {record.pk}",
        "breadcrumbs": _crumbs(record),
        "question": [_counted(steps, fields), _held_or_free(record), "Nothing in OneFile is touched."],
        "confirm": "Yes, put back",
        "harmless": True,
        "cancel": back,
        "errors": errors,
    }
    return render(request, "components/confirm.html", context)


def _selection(given: QueryDict, record: Run) -> tuple[StepQuerySet, list[str]]:
    """Ticked steps, or all that the filter finds, with the one field that was asked for. Nothing where the filter makes
    no sense, or a mistyped one would undo everything.
    """
    if "all" not in given:
        ticked = [each.partition(":") for each in given.getlist("step")]
        pks = [int(pk) for pk, _, _ in ticked if pk.isascii() and pk.isdigit()]
        return undo.steps_of(record).filter(pk__in=pks), [field for _, _, field in ticked[:1] if field]
    found = UndoFilter(given, queryset=undo.steps_of(record))
    if not found.form.is_valid():
        return undo.steps_of(record).none(), []
    return found.qs, [field for field in [_field_of(given)] if field]


def _field_of(given: QueryDict) -> str:
    return given.get("field", "").partition(".")[2]


def _counted(steps: StepQuerySet, fields: list[str]) -> str:
    values = records = 0
    for _, keys in undo.chosen_of(steps, fields):
        values, records = values + len(keys), records + bool(keys)
    noun = "learner, officer or organisation" if records == 1 else "learners, officers and organisations"
    count = "1 value" if values == 1 else f"{values:,} values"
    return f"{count} of {records:,} {noun}: what is still as the run left it is put back."


def links(record: Run) -> list[PageLink]:
    """On the pages of a run that is over and has done something."""
    has_done = Step.objects.filter(plan__run=record, state=StepState.DONE).exists()
    return (
        []
        if undo.why_not(record) or not has_done
        else [PageLink("Undo", reverse("onefile:undo-run", args=[record.pk]))]
    )


def facts(record: Run) -> list[Fact]:
    """What a run's page says of undoing."""
    undone = [_run_link(each) for each in record.undone_in.order_by("pk")]
    found = [Fact("Puts back", links=(_run_link(record.undoes),))] if record.undoes else []
    return [*found, *([Fact("Undone in", links=tuple(undone))] if undone else [])]


def _run_link(record: Run) -> PageLink:
    return PageLink(f"Run {record.pk}", reverse("onefile:run", args=[record.pk]))
