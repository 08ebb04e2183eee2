"""Panels, menu and admin parts that the integration adds to the MIS's pages."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from learners.registry import MenuItem, Panel, registry
from onefile_integration import panels, partner_panels
from onefile_integration.access import access
from onefile_integration.exchange import configuration, nightly, signs
from onefile_integration.models import Incident, Question
from onefile_integration.presenters.words import when
from onefile_integration.record_history import link_changes
from onefile_integration.words import IncidentKind

SAID_ALREADY = (IncidentKind.FAULT, IncidentKind.HELD)


def register() -> None:
    """Once, when the applications are ready."""
    add = registry.delivery_plan_panels.append
    add(Panel("onefile_integration/panel_learner.html", panels.delivery_plan_panel))
    registry.officer_panels.append(Panel("onefile_integration/panel_partner.html", partner_panels.officer_panel))
    registry.organisation_panels.append(
        Panel("onefile_integration/panel_partner.html", partner_panels.organisation_panel)
    )
    registry.banners += [fault_banner, held_banner, incident_banner, silence_banner]
    registry.changes.append(link_changes)
    registry.learner_actions.append(MenuItem(lambda request: "Enrol in OneFile", "onefile:many-new", uses))
    registry.menu += [
        MenuItem(lambda request: "OneFile enrolments", "onefile:many-list", uses),
        MenuItem(questions_label, "onefile:questions", uses),
        MenuItem(lambda request: "OneFile held fields", "onefile:held-fields", uses),
        MenuItem(lambda request: "OneFile failures", "onefile:failures", uses),
        MenuItem(onefile_label, "onefile:summary", administers, configuration=True),
        MenuItem(lambda request: "OneFile journal", "onefile:journal", administers, configuration=True),
    ]


def uses(request: HttpRequest) -> bool:
    return access(request).uses_onefile


def administers(request: HttpRequest) -> bool:
    return access(request).is_administrator


def fault_banner(request: HttpRequest) -> str:
    """For administrators, on every page but the summary, which says more."""
    here = access(request)
    if not here.is_administrator or request.path.startswith(reverse("onefile:summary")):
        return ""
    why = configuration.fault(here.settings)
    return f"OneFile cannot be exchanged with. {why}" if why else ""


def held_banner(request: HttpRequest) -> str:
    """Until somebody has answered; the run's own pages say it themselves."""
    here = access(request)
    if not here.is_administrator or not here.settings.enabled or request.path.startswith(reverse("onefile:runs")):
        return ""
    run = nightly.held_run(here.environment)
    return (
        f"OneFile: run {run.pk} is held and waits for an answer. Look at it under Configuration, OneFile, Runs."
        if run
        else ""
    )


def incident_banner(request: HttpRequest) -> str:
    """What the two above do not say."""
    here = access(request)
    if not here.is_administrator or not here.settings.enabled or request.path == reverse("onefile:incidents"):
        return ""
    standing = Incident.objects.open().filter(environment=here.environment).exclude(kind__in=SAID_ALREADY)
    texts = list(standing.values_list("text", flat=True))
    return f"OneFile: {' '.join(texts)} What to do stands under Configuration, OneFile, Incidents." if texts else ""


def silence_banner(request: HttpRequest) -> str:
    """A beat that is dead notices nothing, so the page looks itself."""
    here = access(request)
    if not here.is_administrator or not here.settings.enabled:
        return ""
    seen = signs.seen().get(signs.TICK)
    if not signs.is_silent(seen, nightly.on_since(here.settings), timezone.now()):
        return ""
    last = nightly.last_finished(here.environment)
    return (
        f"Work in the background stands still since {when(seen) or 'the integration was switched on'}: beat, or the "
        f"workers of the queue people, do not run. The last run that ended well: "
        f"{when(last.finished_at) if last else 'none yet'}."
    )


def questions_label(request: HttpRequest) -> str:
    count = Question.objects.open().filter(environment=access(request).environment).count()
    return f"OneFile questions ({count})" if count else "OneFile questions"


def onefile_label(request: HttpRequest) -> str:
    """The menu says so while OneFile cannot be exchanged with."""
    return "OneFile: needs attention" if configuration.fault(access(request).settings) else "OneFile"
