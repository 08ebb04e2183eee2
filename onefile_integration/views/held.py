"""A held run: why, and its two answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from learners.actor import Actor
from learners.models import Learner, Officer, Organisation
from learners.views.acting import acting
from onefile_integration.exchange import guard
from onefile_integration.exchange.work import ring
from onefile_integration.models import Run, Settings
from onefile_integration.presenters.addresses import progress_address
from onefile_integration.presenters.held import held_grid
from onefile_integration.rules.guard import Suspicion
from onefile_integration.words import RunState
from picsweb.display import Link
from picsweb.permissions import Permission, requires

METHODS = ["GET", "HEAD", "POST"]


def part(run: Run) -> dict[str, Any]:
    """What the run's page says of it; nothing for a run that is not held."""
    if not run.held or (run.state != RunState.HELD and not run.dry):
        return {"held": None, "held_buttons": []}
    settings, found = Settings.objects.current(), list(guard.suspicions(run))
    grid = held_grid(run.held, found, _names(run, found), settings.guard_share, settings.guard_least)
    buttons = [] if run.dry else [_button(run, "go-on", "Go on"), _button(run, "discard", "Discard")]
    return {"held": grid, "held_buttons": buttons}


def _button(run: Run, name: str, text: str) -> Link:
    return Link(text, reverse(f"onefile:run-{name}", args=[run.pk]), window=True, danger=name == "discard")


def _names(run: Run, found: list[Suspicion]) -> dict[str, Link]:
    """Learners lead to what would be done to them."""
    keys: dict[str, set[int]] = {"learner": set(), "officer": set(), "organisation": set()}
    for suspicion in found:
        kind, _, number = suspicion.record.partition(":")
        keys[kind].add(int(number))
    learners = Learner.objects.filter(pk__in=keys["learner"])
    names = {f"learner:{each.pk}": Link(str(each), progress_address(run.pk, each.ident)) for each in learners}
    partners: dict[str, Any] = {"officer": Officer, "organisation": Organisation}
    for kind, model in partners.items():
        for record in model._default_manager.filter(pk__in=keys[kind]):
            names[f"{kind}:{record.pk}"] = Link(str(record), reverse(f"learners:{kind}", args=[record.ident]))
    return names


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def run_go_on(request: HttpRequest, pk: int) -> HttpResponse:
    question = [
        "What is listed is believed, and the run goes on: both sides are read again first, and it is held again only "
        "for what was not listed.",
        "What it changes here can be put back afterwards; what it creates in OneFile cannot be deleted from here.",
    ]

    def go_on(run: Run, by: Actor) -> None:
        guard.go_on(run, by=by)
        ring(run)

    return _asked(request, pk, go_on, "Go on with the held run?", question, "Yes, go on", "The run goes on.")


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(METHODS)
def run_discard(request: HttpRequest, pk: int) -> HttpResponse:
    question = ["Nothing of this run is done. The next run reads both sides and counts anew."]

    def discard(run: Run, by: Actor) -> None:
        guard.discard(run, by=by)

    said = "The run is discarded. Nothing was changed."
    return _asked(request, pk, discard, "Discard the held run?", question, "Yes, discard it", said)


def _asked(
    request: HttpRequest,
    pk: int,
    act: Callable[[Run, Actor], None],
    title: str,
    question: list[str],
    confirm: str,
    message: str,
) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    back = reverse("onefile:run", args=[run.pk])
    if request.method == "POST":
        try:
            act(run, acting(request))
        except guard.NotHeld as why:
            messages.info(request, str(why))
        else:
            messages.success(request, message)
        return redirect(back)
    context = {
        "title": title,
        "kicker": f"Run {run.pk}",
        "question": question if run.state == RunState.HELD else ["The run is not held any more.", *question],
        "confirm": confirm,
        "cancel": back,
        "breadcrumbs": [Link(f"Run {run.pk}", back)],
    }
    return render(request, "components/confirm.html", context)
