"""Create Learner in OneFile: shown first, then begun."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from learners.models import Learner
from learners.presenters.records import delivery_plan, learner_link
from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.exchange import asides, enrolment, questions
from onefile_integration.exchange.basedata import fetched_at
from onefile_integration.exchange.enrolment import Given, Preview
from onefile_integration.exchange.reading import Reading
from onefile_integration.exchange.reading.partners import absences, in_other_roles
from onefile_integration.exchange.work import ring
from onefile_integration.models import Centre, ExchangePlan, Link
from onefile_integration.presenters.addresses import learner_page, plan_address, progress_address
from onefile_integration.presenters.basedata import age
from onefile_integration.presenters.preview import Naming, Window, centre_choice, query, what_changed
from onefile_integration.presenters.steps import Sight
from onefile_integration.presenters.words import environment_badge
from onefile_integration.rules.duplicates import Aside
from onefile_integration.rules.steps import Doubt
from onefile_integration.views.asking import PATIENT, SECONDS, CannotAsk, StillReading, asking
from picsweb.permissions import Permission, requires

TITLE = "Create Learner in OneFile"


@requires(Permission.USE_ONEFILE)
@licensed
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, ident: str) -> HttpResponse:
    learner = get_object_or_404(Learner, ident=ident)
    if address := where_it_is(learner, access(request).environment):
        return redirect(address)
    return Creating(request, learner).answer()


def where_it_is(learner: Learner, environment: str) -> str:
    """Where to go instead, for a learner who is linked or being created. Blank where nothing is there yet."""
    if going_on := enrolment.open_enrolment(learner.pk, environment):
        return plan_address(going_on, learner)
    if not Link.objects.within(environment).filter(learner=learner).exists():
        return ""
    enrolments = ExchangePlan.objects.enrolments().filter(learner=learner, run__environment=environment)
    last = enrolments.order_by("-pk").first()
    return plan_address(last, learner) if last else delivery_plan(learner)


@dataclass
class Creating:
    """One request for the window."""

    request: HttpRequest
    learner: Learner
    button = "Create in OneFile"
    keeps = False  # the button keeps the choices, even where something stands in the way
    title = TITLE

    @property
    def address(self) -> str:
        return learner_page("create", self.learner)

    @property
    def back(self) -> str:
        return delivery_plan(self.learner)

    @property
    def of_list(self) -> int | None:
        return None

    def answer(self) -> HttpResponse:
        if self.request.method == "POST":
            return self._posted()
        try:
            with self._asking() as client:
                shown = self._preview(client)
        except enrolment.NoCentre:
            errors = ["Choose the OneFile Organisation first."] if "centre" in self.request.GET else []
            return self._page(choose=centre_choice(self.centres, None), errors=errors)
        except CannotAsk as why:
            return self._failed(why)
        return self._page(window=self._window(shown))

    @cached_property
    def centres(self) -> dict[int, str]:
        rows = Centre.objects.known(access(self.request).environment)
        return dict(rows.values_list("onefile_id", "name"))

    @cached_property
    def lines(self) -> dict[int, str]:
        """VQ References by the keys of their lines."""
        return dict(self.learner.delivery_plan.values_list("pk", "qualification__vq_reference"))

    @cached_property
    def given(self) -> Given:
        return self.sent

    @property
    def sent(self) -> Given:
        """What the address, or the form, says."""
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        centre = _number(data.get("centre"))
        moved = bool(data.get("shown_centre")) and _number(data.get("shown_centre")) != centre
        pathways = {vq: _number(data.get(f"pathway-{pk}")) for pk, vq in self.lines.items()}
        return Given(
            centre=centre if centre in self.centres else None,
            classroom=None if moved else _number(data.get("classroom")),
            pathways={} if moved else {vq: number for vq, number in pathways.items() if number},
        )

    @property
    def is_patient(self) -> bool:
        """In the address, the form's too: what took long to be shown takes as long to be begun."""
        return "wait" in self.request.GET

    def _asking(self) -> Any:
        return asking(access(self.request).settings, PATIENT if self.is_patient else SECONDS)

    def _preview(self, client: Any) -> Preview:
        reading = Reading(client, access(self.request).settings, thorough=True)
        shown = enrolment.preview(self.learner, self.given, reading)
        known = {number for number, _ in shown.there.classrooms}
        if self.given.classroom and self.given.classroom not in known:
            shown = enrolment.preview(self.learner, replace(self.given, classroom=None), reading)
        assert shown.given.centre is not None, "a preview is of one centre"
        around = shown.here, shown.plan, shown.given.centre
        return replace(
            shown,
            absences=absences(*around, reading.lookups),
            in_other_roles=in_other_roles(*around, client) if shown.may_begin and self.request.method != "POST" else {},
        )

    # ---- what a button asked for

    def _posted(self) -> HttpResponse:
        given = self.given
        act = next((act for name, act in self._acts.items() if name in self.request.POST), None)
        if act is None:
            return self._again(given)
        try:
            with self._asking() as client:
                shown = self._preview(client)
        except enrolment.NoCentre:
            return self._again(given)
        except CannotAsk as why:
            return self._failed(why)
        return act(shown)

    def _failed(self, why: CannotAsk) -> HttpResponse:
        """Slow, it is read on after the page has come; once only, so that nobody waits for ever."""
        return self._page(failure=str(why), reads_on=isinstance(why, StillReading) and not self.is_patient)

    @property
    def _acts(self) -> dict[str, Callable[[Preview], HttpResponse]]:
        """By the name of the button; each sees OneFile as it is now."""
        return {
            "aside": self._set_aside,
            "ask_again": self._asked_again,
            "decide": self._decided,
            "create": self._begun,
        }

    def _again(self, given: Given) -> HttpResponse:
        """The choices in the address: it can be reloaded, and Back works."""
        keys = {vq: pk for pk, vq in self.lines.items()}
        patience = {"wait": "longer"} if self.is_patient else {}
        return redirect(f"{self.address}?{urlencode({**query(given, keys), **patience})}")

    def _begun(self, shown: Preview) -> HttpResponse:
        by = acting(self.request)
        settings = access(self.request).settings
        try:
            run = enrolment.begin(shown, digest=self.request.POST.get("digest", ""), settings=settings, by=by)
        except enrolment.Changed as changed:
            window = self._window(changed.preview)
            differences = what_changed(self.request.POST.get("shown", ""), window.flat)
            return self._page(window=window, has_changed=True, differences=differences)
        except IntegrityError:  # another click's job has ended in this very moment
            return redirect(where_it_is(self.learner, settings.environment) or delivery_plan(self.learner))
        ring(run)
        return redirect(progress_address(run.pk, self.learner.ident))

    def _set_aside(self, shown: Preview) -> HttpResponse:
        """An account that has gone meanwhile needs no answer."""
        word, _, number = self.request.POST["aside"].partition(":")
        for each in shown.duplicates:
            if str(each.onefile_id) == number and word in each.asides:
                where = access(self.request).environment
                asides.set_aside(self.learner, each, Aside(word), environment=where, by=acting(self.request))
        return self._again(shown.given)

    def _asked_again(self, shown: Preview) -> HttpResponse:
        for each, _ in shown.set_aside:
            if str(each.onefile_id) == self.request.POST["ask_again"]:
                where = access(self.request).environment
                asides.ask_again(self.learner, each, environment=where, by=acting(self.request))
        return self._again(shown.given)

    def _decided(self, shown: Preview) -> HttpResponse:
        """An answer given in this window is kept as the question it answers."""
        number, _, word = self.request.POST["decide"].partition(":")
        if number.isdigit() and int(number) < len(shown.plan.doubts):
            try:
                decide(shown.plan.doubts[int(number)], word, self.learner, self.request)
            except questions.BadAnswer as why:
                messages.error(self.request, str(why))
        return self._again(shown.given)

    # ---- the page

    def _window(self, shown: Preview) -> Window:
        here = access(self.request)
        names = {f"centre:{number}": name for number, name in self.centres.items()}
        names |= {f"classroom:{number}": name for number, name in shown.there.classrooms}
        naming = Naming(self.centres, here.is_administrator, self.of_list)
        return Window(self.learner, shown, Sight(here.sees_sensitive, names), naming)

    def _page(self, **values: Any) -> HttpResponse:
        here = access(self.request)
        keys = {vq: pk for pk, vq in self.lines.items()}
        address = self.address
        chosen = urlencode(query(self.given, keys))
        context = {
            "title": self.title,
            "kicker": f"{self.learner.ident} {self.learner}",
            "breadcrumbs": [learner_link(self.learner)],
            "environment": environment_badge(here.environment),
            "age": age(fetched_at(here.environment), timezone.now(), f"{address}?{chosen}"),
            "cancel": self.back,
            "button": self.button,
            "keeps": self.keeps,
            "action": f"{address}?wait=longer" if self.is_patient else address,
            "try_again": f"{address}?{chosen}",
            "wait_longer": f"{address}?{urlencode({**dict(query(self.given, keys)), 'wait': 'longer'})}",
            "no_centres": not self.centres,
            "is_administrator": here.is_administrator,
            **dict.fromkeys(("window", "failure", "reads_on", "choose", "has_changed", "differences")),
            **values,
        }
        return render(self.request, "onefile_integration/learner_create.html", context)


def decide(doubt: Doubt, word: str, learner: Learner, request: HttpRequest) -> None:
    """Raises BadAnswer."""
    question = questions.ask_beforehand(doubt, learner, access(request).environment)
    questions.answer(question.pk, word, by=acting(request))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None
