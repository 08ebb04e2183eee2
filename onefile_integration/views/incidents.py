"""Configuration > OneFile > Incidents, and the test mail."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from learners.views.listing import list_page
from onefile_integration.access import access
from onefile_integration.exchange import alerts
from onefile_integration.incident_table import IncidentFilter, IncidentTable
from onefile_integration.models import Incident
from onefile_integration.views.runs import crumbs
from picsweb.display import Empty
from picsweb.permissions import Permission, requires


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    sent = Count("mails", filter=Q(mails__sent_at__isnull=False))
    unsent = Count("mails", filter=Q(mails__sent_at__isnull=True))
    return list_page(
        request,
        Incident.objects.annotate(sent=sent, unsent=unsent),
        kind="incidents",
        table_class=IncidentTable,
        filter_class=IncidentFilter,
        empty=Empty(
            "No incident yet", "Where a night fails, is held or does not run, it stands here until it is over."
        ),
        context={"title": "Incidents", "kicker": "OneFile", "breadcrumbs": crumbs(), "actions": []},
    )


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    tried = alerts.send_trial(access(request).settings)
    for address, why in tried.items():
        if why:
            messages.error(request, f"No test mail was sent to {address}. {why}")
    if sent := [address for address, why in tried.items() if not why]:
        messages.success(request, f"A test mail is on its way to {', '.join(sent)}.")
    if not tried:
        messages.error(request, "No test mail was sent: Alerts to is blank. Set it in Settings first.")
    return redirect("onefile:summary")
