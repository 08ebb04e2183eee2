"""What a person may ask of us: to be erased, or to see all that is held."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from learners.export import learner_export
from learners.forms.erasing import EraseForm
from learners.history import changes_of
from learners.models import Learner
from learners.presenters.held import request_words, sections
from learners.presenters.records import learner_link
from learners.presenters.requests import episode_facts, erase_notes, extent_grid
from learners.services import access_requests, erasure
from learners.views.acting import acting
from picsweb.commands import as_text
from picsweb.display import Link
from picsweb.permissions import Permission, requires


@requires(Permission.ERASE_LEARNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def learner_erase(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    episodes = list(learner.other_episodes().order_by("start", "pk"))
    form = EraseForm(request.POST or None, learner=learner, episodes=episodes)
    if request.method == "POST" and form.is_valid():
        going = [learner, *episodes] if form.cleaned_data.get("all_episodes") else [learner]
        if _erased(request, form, going):
            return redirect("learners:learner-list")
    extent = erasure.extent(learner)
    context = {
        "title": f"Erase {learner}?",
        "kicker": f"Learner {learner.ident}",
        "breadcrumbs": _crumbs(learner),
        "notes": erase_notes(extent),
        "errors": extent.refusals,
        "facts": episode_facts(episodes),
        "grid": extent_grid(extent),
        "form": form,
        "submit": "Yes, erase for good",
        "danger": True,
        "cancel": reverse("learners:learner", args=[learner.ident]),
    }
    return render(request, "learners/erase.html", context)


def _erased(request: HttpRequest, form: EraseForm, going: list[Learner]) -> bool:
    try:
        remains = erasure.erase(going, by=acting(request))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{', '.join(learner.ident for learner in going)}: erased for good.")
    for line in remains:
        messages.warning(request, line)
    return True


@requires(Permission.MANAGE_DATA, Permission.VIEW_SENSITIVE)
@require_http_methods(["GET", "HEAD", "POST"])
def access_request(request: HttpRequest, ident: str) -> HttpResponse:
    """Asked for by a POST, because each answer is noted: as JSON to keep, or as a page to read and print."""
    learner = get_object_or_404(Learner.objects.select_related("main_officer", "main_tag"), ident=ident)
    if request.method != "POST":
        return _before(request, learner)
    access_requests.note(learner, by=acting(request))
    return _as_file(learner) if request.POST.get("form") == "file" else _as_page(request, learner)


def _before(request: HttpRequest, learner: Learner) -> HttpResponse:
    context = {
        "title": "Everything held",
        "kicker": f"{learner.ident} {learner}",
        "breadcrumbs": _crumbs(learner),
        "answered": request_words(learner.access_requests.all()),
    }
    return render(request, "learners/access_request.html", context)


def _as_file(learner: Learner) -> HttpResponse:
    text = json.dumps(learner_export(learner), default=as_text, indent=2, ensure_ascii=False)
    name = f"learner-{learner.ident}-{timezone.localdate().isoformat()}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


def _as_page(request: HttpRequest, learner: Learner) -> HttpResponse:
    context = {
        "title": f"Everything held on {learner}",
        "kicker": f"Learner {learner.ident}",
        "subtitle": request_words(learner.access_requests.all()[:1])[0],
        "breadcrumbs": _crumbs(learner),
        "sections": sections(learner_export(learner), changes_of(learner)),
    }
    return render(request, "learners/held.html", context)


def _crumbs(learner: Learner) -> list[Link]:
    return [Link("Learners", reverse("learners:learner-list")), learner_link(learner)]
