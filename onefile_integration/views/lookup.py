"""Look Up OneFile ID: an officer or an organisation is found in OneFile's own list.

Each look reads OneFile, so the list is searched with a button and not with every letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from learners.models import Officer, Organisation
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import links
from onefile_integration.exchange.links import BadLink, Found
from onefile_integration.exchange.looking_up import described, listed
from onefile_integration.models import Centre
from onefile_integration.presenters.addresses import record_page
from onefile_integration.presenters.comparison import comparison, sides_of
from onefile_integration.presenters.lookup import Asked, LookUp
from onefile_integration.presenters.words import environment_badge
from onefile_integration.rules.matching import same_text
from onefile_integration.views.asking import PATIENT, SECONDS, CannotAsk, StillReading, asking
from onefile_integration.views.linking import LABELS, PARTNERS
from picsweb.display import Fact
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

NOTHING_CHOSEN = "Choose one of the records first."


@requires(Permission.USE_ONEFILE, Permission.EDIT_LEARNERS)
@licensed
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest, kind: str, ident: str, centre: int) -> HttpResponse:
    record = get_object_or_404(PARTNERS[kind], ident=ident)
    environment = access(request).environment
    known = get_object_or_404(Centre, environment=environment, onefile_id=centre)
    if links.live_link(record, environment, centre):
        messages.info(request, f"{ident} is linked in {known.name} already, or is being created there.")
        return redirect(record_page(record))
    return LookingUp(request, record, known, LABELS[kind]).answer()


@dataclass
class LookingUp:
    """One request for the window."""

    request: HttpRequest
    record: Officer | Organisation
    centre: Centre
    label: str

    @property
    def environment(self) -> str:
        return access(self.request).environment

    @cached_property
    def asked(self) -> Asked:
        return Asked.of(self.request.POST if self.request.method == "POST" else self.request.GET)

    def answer(self) -> HttpResponse:
        patient = "wait" in self.request.GET
        try:
            with asking(access(self.request).settings, PATIENT if patient else SECONDS) as client:
                return self._answered(client)
        except CannotAsk as why:
            return self._page(failure=str(why), reads_on=isinstance(why, StillReading) and not patient)

    def _answered(self, client: Any) -> HttpResponse:
        error = ""
        if self.request.method == "POST":
            try:
                return self._picked(client)
            except BadLink as why:
                error = str(why)
        found = listed(self.record, self.centre.onefile_id, client, self.environment)
        return self._page(look_up=LookUp(found, self.asked, self.request.path), error=error)

    def _picked(self, client: Any) -> HttpResponse:
        """Saved at once where the names agree; else both sides stand there first. Raises BadLink."""
        if not self.request.POST.get("onefile_id"):
            raise BadLink(NOTHING_CHOSEN)
        number = links.parse_id(self.request.POST["onefile_id"])
        links.may_link(self.record, number, self.environment, self.centre.onefile_id)
        found = links.check_partner_in(self.record, number, client, self.centre)
        if not _agrees(found) and self.request.POST.get("sure") != _seen(number, found):
            return self._page(number=number, sure=_seen(number, found), grid=self._sides(number, found))
        by, centre = acting(self.request), self.centre.onefile_id
        links.link_partner(self.record, number, environment=self.environment, centre=centre, by=by)
        messages.success(self.request, f"{self.record.ident} is linked with OneFile's {number}.")
        return redirect(record_page(self.record))

    def _sides(self, number: int, found: Found) -> Any:
        return comparison(f"Compared with OneFile's {number}", sides_of(found.facts))

    def _page(self, **values: Any) -> HttpResponse:
        path, ours = self.request.path, described(self.record)
        context = {
            "title": f"Look Up OneFile ID in {self.centre.name}",
            "kicker": f"{self.record.ident} {self.record}",
            "breadcrumbs": [PageLink(str(self.record), record_page(self.record))],
            "environment": environment_badge(self.environment),
            "what": "employers" if isinstance(self.record, Organisation) else "assessors",
            "centre": self.centre.name,
            "facts": [
                Fact("Name here", ours.name),
                Fact("Ident here (MIS Value)", ours.mis_value or ""),
                Fact("Email here", ours.email or ""),
            ],
            "label": self.label,
            "asked": self.asked,
            "action": path,
            "cancel": record_page(self.record),
            "try_again": f"{path}?{self.asked.query()}",
            "wait_longer": f"{path}?{self.asked.query(wait='longer')}",
            **dict.fromkeys(("failure", "reads_on", "look_up", "error", "number", "sure", "grid")),
            **values,
        }
        return render(self.request, "onefile_integration/lookup.html", context)


def _agrees(found: Found) -> bool:
    return all(same_text(str(ours or ""), str(theirs or "")) for _, ours, theirs in found.facts)


def _seen(number: int, found: Found) -> str:
    """What a person looked at, so that nothing else is saved."""
    return f"{number} {found.facts}"
