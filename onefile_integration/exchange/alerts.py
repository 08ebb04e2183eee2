"""Mails about incidents: written down with the incident, sent by a worker, tried again only where sending failed."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from kombu.exceptions import OperationalError

from onefile_integration.models import AlertMail, Incident, Settings
from onefile_integration.rules import alerts
from onefile_integration.rules.incidents import Kind
from onefile_integration.rules.settings import address_list
from onefile_integration.words import Environment, Lane

BELL = "onefile_integration.tasks.send_alerts"
IN_HAND = timedelta(minutes=5)  # a worker that dies on the way has its mail sent by another
NO_SERVER = "No mail server is set up: EMAIL_URL names none."


class NotSent(Exception):
    """The mail did not go out, and why, in words for people."""


# ---- written down


def announce(incident: Incident, settings: Settings) -> None:
    _write(incident, address_list(settings.alerts_to), is_end=False)


def announce_end(incident: Incident) -> None:
    """To whom its beginning was told, or was to be told; what did not get out by now is not sent any more."""
    begun = incident.mails.filter(is_end=False)
    addresses = list(begun.values_list("address", flat=True))
    begun.waiting().update(due_at=None)
    _write(incident, addresses, is_end=True)


def _write(incident: Incident, addresses: list[str], *, is_end: bool) -> None:
    now = timezone.now()
    AlertMail.objects.bulk_create(
        AlertMail(incident=incident, is_end=is_end, address=address, due_at=now) for address in addresses
    )


# ---- sent


def ring() -> None:
    """A mail server may be slow: it is a worker's task, and no tick waits for it."""
    if AlertMail.objects.waiting().filter(due_at__lte=timezone.now()).exists():
        with suppress(OperationalError):  # the broker is away; the next tick rings again
            current_app.send_task(BELL, queue=Lane.PEOPLE, expires=60, retry=False)


def send_due() -> None:
    now = timezone.now()
    for mail in AlertMail.objects.waiting().filter(due_at__lte=now).select_related("incident"):
        mine = AlertMail.objects.waiting().filter(pk=mail.pk, due_at=mail.due_at)
        if mine.update(due_at=now + IN_HAND):
            _send(mail)


def _send(mail: AlertMail) -> None:
    tries, row = mail.tries + 1, AlertMail.objects.filter(pk=mail.pk, sent_at__isnull=True)
    try:
        deliver(_worded(mail), mail.address)
    except NotSent as why:
        wait = alerts.wait_before_next(tries)
        row.update(tries=tries, failure=str(why)[:200], due_at=timezone.now() + wait if wait else None)
    else:
        row.update(tries=tries, failure="", due_at=None, sent_at=timezone.now())


def _worded(mail: AlertMail) -> alerts.Mail:
    incident = mail.incident
    kind, where = Kind(incident.kind), _where(incident.environment)
    address = _address(incident)
    if mail.is_end and incident.closed_at:
        since, until = _when(incident.opened_at), _when(incident.closed_at)
        return alerts.over(kind, incident.text, where, since, until, address)
    return alerts.begun(kind, incident.text, where, _when(incident.opened_at), address)


def deliver(mail: alerts.Mail, address: str) -> None:
    """Raises NotSent."""
    if not django_settings.EMAIL_URL:
        raise NotSent(NO_SERVER)
    try:
        sent = EmailMessage(mail.subject, mail.text, to=[address]).send()
    except Exception as error:
        raise NotSent(_why(error)) from None
    if not sent:
        raise NotSent("The mail server took nothing.")


def _why(error: Exception) -> str:
    """Never the error's own text: a server may put anything into it."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "The mail server refused the sign-in (EMAIL_URL)."
        case smtplib.SMTPRecipientsRefused():
            return "The mail server refused this address."
        case smtplib.SMTPSenderRefused():
            return "The mail server refused the sender (DEFAULT_FROM_EMAIL)."
        case smtplib.SMTPException():
            return "The mail server refused the mail."
        case OSError():
            return "The mail server could not be reached (EMAIL_URL)."
    return f"The mail could not be sent ({type(error).__name__})."


# ---- a test mail, from the page


def send_trial(settings: Settings) -> dict[str, str]:
    """By address: why it was not sent, or blank."""
    mail = alerts.trial(_where(settings.environment), _link(reverse("onefile:summary")))
    return {address: _tried(mail, address) for address in address_list(settings.alerts_to)}


def _tried(mail: alerts.Mail, address: str) -> str:
    try:
        deliver(mail, address)
    except NotSent as why:
        return str(why)
    return ""


def failure() -> str:
    """Why mails do not get out at present, or blank."""
    last = AlertMail.objects.filter(sent_at__isnull=True).exclude(failure="").order_by("-pk").first()
    if last is None or AlertMail.objects.filter(sent_at__isnull=False, pk__gt=last.pk).exists():
        return ""
    return last.failure


# ---- words


def _where(environment: str) -> str:
    name = django_settings.INSTALLATION
    label = Environment(environment).label
    return f"installation {name}, environment {label}" if name else f"environment {label}"


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _address(incident: Incident) -> str:
    if incident.run_id:
        return _link(reverse("onefile:run", args=[incident.run_id]))
    return _link(reverse("onefile:summary"))


def _link(path: str) -> str:
    base = django_settings.SITE_URL.rstrip("/")
    return f"{base}{path}" if base else "sign in, Configuration, OneFile"
