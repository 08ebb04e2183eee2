"""Change many learners at once: whom, what, to what, a preview, and then exactly what the preview showed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from learners.bulk.kinds import KINDS, Caseload, Kind
from learners.bulk.plans import Plan
from learners.bulk.selection import Selection
from learners.forms.bulk import PREFIX, BulkForm, CaseloadForm
from learners.models import Learner, Officer
from learners.presenters import bulk as shown
from learners.presenters.records import officer_address
from learners.services import bulk_changes as service
from learners.services.bulk_changes import NotAsShown, Order
from learners.views.acting import acting
from learners.words import BulkChangeKind
from picsweb.display import Empty, Link
from picsweb.permissions import Permission, requires

ROWS_ON_A_PAGE = 200
MOST = 5_000  # what one request does well within the time that a server gives it: docs/operations.md has figures


@requires(Permission.MANAGE_DATA)
@require_safe
def bulk_choose(request: HttpRequest) -> HttpResponse:
    """What shall be changed of the chosen learners?"""
    selection = Selection.of(request.GET, timezone.localdate())
    problem = _nobody_or_too_many(len(selection.learners))
    context = {
        **_page("Change several learners"),
        "selection": selection,
        "kinds": shown.kind_choices(KINDS.values(), selection.query),
        "empty": problem,
    }
    return render(request, "learners/bulk_choose.html", context)


@requires(Permission.MANAGE_DATA)
@require_safe
def bulk_form(request: HttpRequest, kind: str) -> HttpResponse:
    return _form(request, _chosen(request, _kind(kind), is_filled=_comes_back(request)))


@requires(Permission.MANAGE_DATA)
def bulk_preview(request: HttpRequest, kind: str) -> HttpResponse:
    chosen = _chosen(request, _kind(kind), is_filled=True)
    return _preview(request, chosen) if chosen.form.is_valid() and not chosen.problem else _form(request, chosen)


@requires(Permission.MANAGE_DATA)
@require_safe
def hand_over_form(request: HttpRequest, ident: str) -> HttpResponse:
    officer = get_object_or_404(Officer, ident=ident)
    return _form(request, _handed_over(request, officer, is_filled=_comes_back(request)))


@requires(Permission.MANAGE_DATA)
def hand_over_preview(request: HttpRequest, ident: str) -> HttpResponse:
    chosen = _handed_over(request, get_object_or_404(Officer, ident=ident), is_filled=True)
    return _preview(request, chosen) if chosen.form.is_valid() and not chosen.problem else _form(request, chosen)


@dataclass(frozen=True)
class Chosen:
    """What the form and the preview need of what was chosen before; ``order`` is there once the form is valid."""

    title: str
    form: BulkForm
    form_address: str
    preview_address: str
    whom: str
    query: QueryDict
    order: Order | None = None
    notes: list[str] = field(default_factory=list)
    problem: Empty | None = None


def _chosen(request: HttpRequest, kind: Kind, *, is_filled: bool = False) -> Chosen:
    selection = Selection.of(request.GET, timezone.localdate())
    form = kind.form(request.GET if is_filled else None)
    warning = kind.warning(form.cleaned_data) if is_filled and form.is_valid() else ""
    return Chosen(
        title=kind.label,
        form=form,
        form_address=reverse("learners:bulk-form", args=[kind.kind]),
        preview_address=reverse("learners:bulk-preview", args=[kind.kind]),
        whom=selection.words,
        query=selection.query,
        order=_order(kind, selection, form) if is_filled and form.is_valid() else None,
        notes=[*selection.told, *([warning] if warning else [])],
        problem=_nobody_or_too_many(len(selection.learners)),
    )


def _order(kind: Kind, selection: Selection, form: BulkForm) -> Order:
    values = form.cleaned_data
    return Order(kind.kind, kind.words(values), selection.learners, lambda learners: kind.plan(learners, values))


def _handed_over(request: HttpRequest, officer: Officer, *, is_filled: bool = False) -> Chosen:
    form = CaseloadForm(request.GET if is_filled else None, officer=officer)
    order = None
    if is_filled and form.is_valid():
        caseload = Caseload(officer, timezone.localdate(), form.cleaned_data)
        learners = list(caseload.learners().order_by("pk").values_list("pk", flat=True))
        order = Order(BulkChangeKind.CASELOAD, caseload.words, learners, caseload.plan)
    return Chosen(
        title=f"Hand over the caseload of {officer}",
        form=form,
        form_address=reverse("learners:hand-over-form", args=[officer.ident]),
        preview_address=reverse("learners:hand-over-preview", args=[officer.ident]),
        whom=f"Learners of {officer}",
        query=QueryDict(),
        order=order,
        problem=_nobody_or_too_many(len(order.learners), officer) if order else None,
    )


def _comes_back(request: HttpRequest) -> bool:
    """From the preview, with what was entered."""
    return any(name.startswith(f"{PREFIX}-") for name in request.GET)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _nobody_or_too_many(count: int, officer: Officer | None = None) -> Empty | None:
    if count > MOST:
        text = f"One change takes {MOST:,} learners at most. Narrow the list with its filters and do it in parts."
        return Empty(f"{count:,} learners are too many", text, _to_list())
    if count == 0 and officer:
        return Empty("Nothing to hand over", f"No learner has {officer} in what you chose.", _to_officer(officer))
    if count == 0:
        text = "Tick learners in the list, or use the link that takes all that its filter finds."
        return Empty("Nobody is chosen", text, _to_list())
    return None


def _to_list() -> Link:
    return Link("To the list of learners", reverse("learners:learner-list"))


def _to_officer(officer: Officer) -> Link:
    return Link(f"Back to {officer}", officer_address(officer))


def _page(title: str) -> dict[str, Any]:
    crumbs = [("Learners", "learners:learner-list"), ("Bulk changes", "learners:bulk-change-list")]
    return {"title": title, "breadcrumbs": [Link(text, reverse(name)) for text, name in crumbs]}


def _form(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    context = {
        **_page(chosen.title),
        "chosen": chosen,
        "form": chosen.form,
        "carried": shown.carried(chosen.query),
        "empty": chosen.problem,
    }
    return render(request, "learners/bulk_form.html", context)


def _preview(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    order, notes = chosen.order, list(chosen.notes)
    assert order is not None
    if request.method == "POST":
        try:
            change = service.carry_out(order, digest=request.POST.get("digest", ""), by=acting(request))
        except NotAsShown:
            notes.insert(0, shown.NOT_AS_SHOWN)
        else:
            messages.success(request, shown.done_words(change))
            return redirect("learners:bulk-change", pk=change.pk)
    plan = order.plan(Learner.objects.filter(pk__in=order.learners))
    return render(request, "learners/bulk_preview.html", _preview_context(request, chosen, plan, notes))


def _preview_context(request: HttpRequest, chosen: Chosen, plan: Plan, notes: list[str]) -> dict[str, Any]:
    assert chosen.order is not None
    page = Paginator(list(plan.steps()), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        **_page(chosen.order.words),
        "kicker": "Preview",
        "whom": chosen.whom,
        "notes": notes,
        "facts": shown.plan_facts(plan),
        "page": page,
        "grid": shown.steps_grid(page.object_list),
        "refusals": shown.refusals_grid(plan.refused[:ROWS_ON_A_PAGE]),
        "refusals_more": max(len(plan.refused) - ROWS_ON_A_PAGE, 0),
        "digest": plan.digest,
        "confirm": shown.confirm_words(plan),
        "back": Link("Back to the form", f"{chosen.form_address}?{request.GET.urlencode()}"),
    }
