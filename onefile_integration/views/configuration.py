"""Configuration > Integrations > OneFile: the summary, its buttons, the settings, what is exchanged."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.views.acting import acting
from onefile_integration.access import access, licensed
from onefile_integration.api.budget import Usage
from onefile_integration.api.errors import NotSent, SettingsError
from onefile_integration.exchange import alerts, configuration, nightly, switching
from onefile_integration.exchange.basedata import refresh_qualification_links
from onefile_integration.exchange.connection import NotReady, budget, is_on
from onefile_integration.exchange.work import ring
from onefile_integration.forms import SettingsForm, settings_form
from onefile_integration.models import Centre, Licence, Question, Run, Settings, Standard
from onefile_integration.presenters.addresses import questions_address
from onefile_integration.presenters.exchanged import RECORDS, field_grid
from onefile_integration.presenters.incidents import mail_fact
from onefile_integration.presenters.settings import SHOWN as CHANGES
from onefile_integration.presenters.settings import changes_grid, setting_fact
from onefile_integration.presenters.words import environment_badge, when
from onefile_integration.rules.settings import BY_KEY, BadSetting, address_list
from onefile_integration.rules.settings import TABLE as SETTINGS
from onefile_integration.views.asking import CannotAsk, asking
from onefile_integration.views.runs import crumbs
from onefile_integration.words import Environment
from picsweb.display import Badge, Cell, Empty, Fact, Grid, GridRow
from picsweb.display import Link as PageLink
from picsweb.permissions import Permission, requires

LINKS_SECONDS = 60.0


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    settings = access(request).settings
    context = {
        "title": "OneFile",
        "kicker": "Configuration, Integrations",
        "breadcrumbs": [],
        "actions": _actions(),
        "fault": configuration.fault(settings),
        "status": _status(settings),
        "switches": [setting_fact(row, getattr(settings, row.key)) for row in SETTINGS if row.key not in SHOWN_ABOVE],
        "centres": _centres(settings),
        "centres_empty": Empty("No centre is known yet", "Refresh the qualification links: OneFile names its centres."),
        "changes": changes_grid(list(Settings.history.order_by("-history_date", "-history_id")[: CHANGES + 1])),
        "may_start": is_on(settings),
        **_lists(settings.environment),
    }
    return render(request, "onefile_integration/summary.html", context)


MISSING_SHOWN = 50
SHOWN_ABOVE = ("enabled", "environment")


def _actions() -> list[PageLink]:
    return [
        PageLink("Settings", reverse("onefile:settings"), window=True),
        PageLink("Runs", reverse("onefile:runs")),
        PageLink("Incidents", reverse("onefile:incidents")),
        PageLink("Journal", reverse("onefile:journal")),
        PageLink("Reconciliation", reverse("onefile:reconciliations")),
        PageLink("Enrolments", reverse("onefile:many-list")),
        PageLink("What is exchanged", reverse("onefile:exchanged")),
        PageLink("Licences", reverse("onefile:licences")),
    ]


def _status(settings: Settings) -> list[Fact]:
    last = nightly.last_finished(settings.environment)
    due = nightly.next_night(settings, timezone.now()) if is_on(settings) else None
    usage, running = _usage(settings), nightly.unfinished_whole_run(settings.environment)
    open_questions = Question.objects.open().filter(environment=settings.environment).count()
    on = Badge("On", "good") if is_on(settings) else Badge("Off")
    run_link = (
        (PageLink(f"Run {running.pk} is going on", reverse("onefile:run", args=[running.pk])),) if running else ()
    )
    return [
        Fact("Integration Enabled", badges=(on,)),
        Fact("Environment", badges=(environment_badge(settings.environment),)),
        Fact("Customer Token", "Set" if configuration.as_words(settings)["customer_token"] else ""),
        Fact("Last Synchronised", when(last.finished_at) if last else "Never"),
        Fact("Next run", when(due) or "None while it is off", links=run_link),
        Fact("Calls in the last window", f"{usage.held_now} of {usage.limit}" if usage else "Not known"),
        Fact("Calls today", str(usage.calls_today) if usage else "Not known"),
        Fact("Open questions", links=(PageLink(str(open_questions), questions_address()),)),
        Fact("Licences in use", str(Licence.objects.count())),
        mail_fact(len(address_list(settings.alerts_to)), bool(django_settings.EMAIL_URL), alerts.failure()),
    ]


def _usage(settings: Settings) -> Usage | None:
    try:
        return budget(settings).usage(timezone.localdate().isoformat())
    except (NotReady, NotSent):
        return None


def _centres(settings: Settings) -> Grid:
    rows = Centre.objects.filter(environment=settings.environment).annotate(n=Count("standards"))
    cells = [
        GridRow([Cell(row.name), Cell(str(row.onefile_id)), Cell(str(row.n)), Cell(when(row.fetched_at))])
        for row in rows
    ]
    heads = ["OneFile Organisation (centre)", "OneFile's id", "Qualifications", "Fetched"]
    return Grid("Qualification links by centre", heads, cells)


def _lists(environment: str) -> dict[str, Any]:
    """What the last whole run said of OneFile's lists, and what they lack since."""
    last = Run.objects.whole().filter(environment=environment, lists_at__isnull=False).first()
    centres = Centre.objects.filter(environment=environment)
    gone = Standard.objects.filter(centre__in=centres, missing_since__isnull=False).select_related("centre")
    named = [(str(each), each.missing_since) for each in centres if each.missing_since]
    named += [(f"{each} ({each.centre})", each.missing_since) for each in gone[:MISSING_SHOWN]]
    return {
        "lists": last.lists_said if last else [],
        "lists_failed": last.lists_failed if last else False,
        "missing": [f"{name}, since {when(since)}" for name, since in named],
    }


# ---- buttons


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def connection_test(request: HttpRequest) -> HttpResponse:
    settings = access(request).settings
    name = Environment(settings.environment).label
    try:
        with asking(settings, try_token=True) as client:
            customer = client.customer()
            centres = client.organisations(customer.id)
    except CannotAsk as why:
        messages.error(request, f"The connection to {name} failed. {why}")
    else:
        configuration.note_fault(settings, "")
        named = ", ".join(centre.name or str(centre.id) for centre in centres) or "none"
        messages.success(request, f"Connected with {name}. Customer: {customer.name or customer.id}. Centres: {named}.")
    return redirect("onefile:summary")


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def refresh_links(request: HttpRequest) -> HttpResponse:
    _fetch_links(request)
    return redirect("onefile:summary")


@requires(Permission.USE_ONEFILE)
@licensed
@require_POST
def refresh_list(request: HttpRequest) -> HttpResponse:
    """The same from a window whose list is old; leads back to it, and to no other site."""
    _fetch_links(request)
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "learners:learner-list")


def _fetch_links(request: HttpRequest) -> None:
    settings = access(request).settings
    try:
        with asking(settings, LINKS_SECONDS, try_token=True) as client:
            fetched = refresh_qualification_links(client, settings.environment)
    except CannotAsk as why:
        messages.error(request, f"The qualification links were not refreshed; those of before are kept. {why}")
    else:
        configuration.note_fault(settings, "")
        messages.success(request, f"{fetched.told} were fetched from {fetched.customer}.")


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def synchronise(request: HttpRequest) -> HttpResponse:
    """Asked first, with the number of learners. A second answer leads to the first one's run."""
    return _synchronised(request) if request.method == "POST" else _synchronise_asked(access(request).settings, request)


def _synchronise_asked(settings: Settings, request: HttpRequest) -> HttpResponse:
    number = nightly.eligible_learners(settings, timezone.localdate()).count()
    context = {
        "title": "Synchronise now?",
        "kicker": "OneFile",
        "breadcrumbs": crumbs(),
        "question": [
            f"{number} {'learner' if number == 1 else 'learners'} would be exchanged now, in both directions as the "
            "switches say. It is the same run as at night; what people do with OneFile meanwhile goes first."
        ],
        "facts": [Fact("Environment", badges=(environment_badge(settings.environment),))],
        "confirm": "Yes, synchronise now",
        "harmless": True,
        "cancel": reverse("onefile:summary"),
    }
    return render(request, "components/confirm.html", context)


def _synchronised(request: HttpRequest) -> HttpResponse:
    try:
        run = nightly.start_whole_run(configuration.require_ready(), by=acting(request))
    except NotReady as why:
        messages.error(request, f"Nothing was begun. {why}")
        return redirect("onefile:summary")
    except nightly.Busy as why:
        going_on = nightly.unfinished_whole_run(access(request).environment)
        messages.info(request, str(why))
        return redirect("onefile:run", going_on.pk) if going_on else redirect("onefile:summary")
    ring(run)
    return redirect("onefile:run", run.pk)


@requires(Permission.ADMINISTER_ONEFILE)
@require_POST
def whole_dry_run(request: HttpRequest) -> HttpResponse:
    """A second press finds the first one's run."""
    try:
        run = nightly.start_dry_run(configuration.require_ready(), by=acting(request))
    except NotReady as why:
        messages.error(request, f"Nothing was begun. {why}")
        return redirect("onefile:summary")
    ring(run)
    return redirect("onefile:run", run.pk)


# ---- settings


@requires(Permission.ADMINISTER_ONEFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    settings = Settings.objects.current()
    form = settings_form(request.POST or None, settings)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, "The OneFile settings are saved.")
        return redirect("onefile:summary")
    context = {
        "title": "OneFile settings",
        "kicker": "Configuration, Integrations",
        "breadcrumbs": crumbs(),
        "form": form,
        "notes": switching.told(settings.environment, form.switches_to) if form.is_bound and form.switches_to else [],
        "cancel": reverse("onefile:summary"),
        "submit": "Save",
    }
    return render(request, "components/form_page.html", context)


def _saved(request: HttpRequest, form: SettingsForm) -> bool:
    token = form.cleaned_data["customer_token"] or None
    try:
        configuration.change(form.texts(), token=token, by=acting(request))
    except BadSetting as why:
        text = str(why).removeprefix(f"{why.key}: ")
        form.add_error(why.key if why.key in BY_KEY else None, f"It {text}.")
        return False
    except SettingsError:
        form.add_error("customer_token", "This cannot be a OneFile token: copy it again, as OneFile's support sent it.")
        return False
    return True


# ---- what is exchanged


@requires(Permission.ADMINISTER_ONEFILE)
@require_safe
def exchanged(request: HttpRequest) -> HttpResponse:
    settings = access(request).settings
    context = {
        "title": "What is exchanged",
        "kicker": "OneFile",
        "breadcrumbs": crumbs(),
        "grids": [(title, field_grid(record, settings)) for record, title in RECORDS.items()],
    }
    return render(request, "onefile_integration/exchanged.html", context)
