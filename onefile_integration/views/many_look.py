"""One learner of an enrolment list, whole: both sides, duplicates, choices. The choices go back into the list."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from onefile_integration.access import licensed
from onefile_integration.exchange import listed
from onefile_integration.exchange.enrolment import Given, Preview
from onefile_integration.models import ExchangePlan
from onefile_integration.presenters.many import STANDINGS, many_address
from onefile_integration.views.create import Creating
from onefile_integration.words import RunKind
from picsweb.permissions import Permission, requires

TOO_LATE = "Nothing was kept: this learner is being looked at, or has been begun, in this very moment."


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(["GET", "HEAD", "POST"])
def many_look(request: HttpRequest, pk: int, ident: str) -> HttpResponse:
    plans = ExchangePlan.objects.select_related("run", "learner").filter(kind=RunKind.PREVIEW)
    plan = get_object_or_404(plans, run=pk, learner__ident=ident)
    if outcome := listed.standing(plan.the_learner.pk, plan.run.environment):
        messages.info(request, f"{plan.learner}: {STANDINGS[outcome].text.lower()}.")
        return redirect(many_address(plan.run))
    return Looking(request, plan.the_learner, plan).answer()


@dataclass
class Looking(Creating):
    """The window of one learner, with another button."""

    plan: ExchangePlan
    button = "Keep these choices"
    keeps = True
    title = "One learner of the list"

    @property
    def address(self) -> str:
        return reverse("onefile:many-look", args=[self.plan.run_id, self.learner.ident])

    @property
    def back(self) -> str:
        return many_address(self.plan.run)

    @property
    def of_list(self) -> int:
        return self.plan.run_id

    @cached_property
    def given(self) -> Given:
        """What the window sends; when it is opened, what the list has."""
        if self.request.method == "POST" or "centre" in self.request.GET:
            return self.sent
        return Given.from_json(self.plan.choices)

    def _begun(self, shown: Preview) -> HttpResponse:
        if listed.keep_choices(self.plan, shown):
            messages.success(self.request, f"{self.learner}: the choices are kept in the list.")
        else:
            messages.error(self.request, TOO_LATE)
        return redirect(self.back)
