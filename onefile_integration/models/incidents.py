"""What was wrong and told to people by mail, and when each part of the system last showed that it is alive."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from onefile_integration.models.journal import Run
from onefile_integration.words import Environment, IncidentKind


class IncidentQuerySet(models.QuerySet["Incident"]):
    def open(self) -> IncidentQuerySet:
        return self.filter(closed_at__isnull=True)


class Incident(models.Model):
    """From when it was noticed until it was over. Its text names nobody."""

    kind = models.CharField(max_length=12, choices=IncidentKind)
    environment = models.CharField(max_length=8, choices=Environment)
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="incidents")
    text = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "kind"], condition=Q(closed_at__isnull=True), name="incident_once_while_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AlertMailQuerySet(models.QuerySet["AlertMail"]):
    def waiting(self) -> AlertMailQuerySet:
        """Not sent, and still to be tried."""
        return self.filter(sent_at__isnull=True, due_at__isnull=False)


class AlertMail(models.Model):
    """One address's mail at one end of an incident. It is sent once; only what failed is tried again."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="mails")
    is_end = models.BooleanField()
    address = models.EmailField()
    sent_at = models.DateTimeField(null=True)
    # When to try next; blank once it is sent, or given up.
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    objects = AlertMailQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "is_end", "address"], name="alert_mail_once"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(due_at__isnull=True), name="alert_mail_not_due_once_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{'end' if self.is_end else 'beginning'} of incident {self.incident_id}"


class Sign(models.Model):
    """When something was last seen: the tick, the workers of a queue, or since when OneFile is out of reach."""

    name = models.CharField(max_length=30, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
