"""What happens to a learner's programme, from the head of the Delivery Plan: a break, the return, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from learners.actor import Actor
from learners.forms.programme import EndForm, ReturnForm, StartBreakForm
from learners.models import Learner
from learners.presenters.programme import programme_badge
from learners.presenters.records import day, delivery_plan, learner_link
from learners.services import programme as service
from learners.views.acting import acting
from learners.views.editing import confirm_page, form_page
from picsweb.display import Fact, Link
from picsweb.permissions import Permission, requires


@requires(Permission.EDIT_LEARNERS)
def break_start(request: HttpRequest, ident: str) -> HttpResponse:
    learner = _learner(ident)
    form = StartBreakForm(request.POST or None, initial={"from_date": timezone.localdate()})
    return _page(request, learner, form, service.start_break, title="Start a break", message="The break is saved.")


@requires(Permission.EDIT_LEARNERS)
def break_return(request: HttpRequest, ident: str) -> HttpResponse:
    learner = _learner(ident)
    form = ReturnForm(request.POST or None, initial={"last_day": timezone.localdate()})
    said = {"title": "Return from break", "message": "The break has its last day."}
    return _page(request, learner, form, service.return_from_break, **said)


@requires(Permission.EDIT_LEARNERS)
def programme_end(request: HttpRequest, ident: str) -> HttpResponse:
    learner = _learner(ident)
    lines = learner.delivery_plan.filter(actual_end__isnull=True).select_related("qualification")
    placed = learner.placements.filter(end__isnull=True).select_related("organisation")
    initial = {"actual_end": timezone.localdate()}
    form = EndForm(request.POST or None, lines=list(lines), placed=list(placed), initial=initial)

    def end(learner: Learner, *, by: Actor, **values: Any) -> None:
        service.end(learner, by=by, **form.ended())

    return _page(request, learner, form, end, title="End programme", message="The programme has ended.")


@requires(Permission.EDIT_LEARNERS)
def programme_end_undo(request: HttpRequest, ident: str) -> HttpResponse:
    learner = _learner(ident)
    ended = f"The programme ended on {day(learner.actual_end)}." if learner.actual_end else "The programme has no end."
    return confirm_page(
        request,
        do=lambda: service.undo_end(learner, by=acting(request)),
        title="Undo the end?",
        question=[ended, "Qualifications, placements and breaks that ended with it keep their ends."],
        confirm="Yes, take the actual end away",
        back=delivery_plan(learner),
        message="The programme has no actual end any more.",
        breadcrumbs=[learner_link(learner)],
    )


def programme_actions(learner: Learner) -> list[Link]:
    """Those that make sense now. Asks for the learner's breaks, which the page has fetched."""
    if learner.actual_end:
        return [_link(learner, "Undo the end", "programme-end-undo")]
    on_break = any(pause.to_date is None for pause in learner.breaks.all())
    pause = ("Return from break", "break-return") if on_break else ("Start a break", "break-start")
    return [_link(learner, *pause), _link(learner, "End programme", "programme-end")]


def _link(learner: Learner, text: str, name: str) -> Link:
    return Link(text, reverse(f"learners:{name}", args=[learner.ident]), window=True)


def _learner(ident: str) -> Learner:
    return get_object_or_404(Learner.objects.prefetch_related("breaks"), ident=ident)


def _page(
    request: HttpRequest, learner: Learner, form: Any, act: Callable[..., Any], *, title: str, message: str
) -> HttpResponse:
    """``act`` takes the learner, the form's values and ``by``."""

    def save(values: dict[str, Any]) -> str:
        act(learner, by=acting(request), **values)
        return delivery_plan(learner)

    return form_page(
        request,
        form,
        save=save,
        title=title,
        cancel=delivery_plan(learner),
        message=message,
        kicker=f"{learner.ident} {learner}",
        facts=[Fact("Programme status", badges=(programme_badge(learner, timezone.localdate()),))],
        breadcrumbs=[learner_link(learner)],
    )
