"""Reports on how OneFile's lists and our links disagree: made on request, the last few kept."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from learners.models import Learner, Officer, Organisation
from learners.models.clock import from_now
from onefile_integration.words import Difference, Environment, Partner, ReportState


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def due(self) -> ReconciliationQuerySet:
        """To be made, and free: nobody is at it, or whoever was has not been heard of since the lease."""
        free = Q(claim__isnull=True) | Q(lease_until__lt=Now())
        return self.filter(free, Q(due_at__isnull=True) | Q(due_at__lte=Now()), state=ReportState.WAITING)


class Reconciliation(models.Model):
    """Of one centre. The row is the job: a worker holds it by a claim that ends by itself."""

    environment = models.CharField(max_length=8, choices=Environment)
    centre = models.PositiveIntegerField()
    centre_name = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=150)
    user = models.ForeignKey(django_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=7, choices=ReportState, default=ReportState.WAITING)
    message = models.CharField(max_length=500, blank=True)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    deaths = models.PositiveSmallIntegerField(default=0)
    # Reads made, of those that are known to be needed.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    # What the lists could not tell, in words for people.
    notes = models.JSONField(default=list)

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment"],
                condition=Q(state=ReportState.WAITING),
                name="reconciliation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(lease_until__isnull=False), name="reconciliation_claim_has_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.WAITING, ended_at__isnull=True)
                | ~Q(state=ReportState.WAITING) & Q(ended_at__isnull=False),
                name="reconciliation_ended_at",
            ),
        ]

    def __str__(self) -> str:
        return f"reconciliation {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == ReportState.WAITING

    def try_claim(self, lease: timedelta) -> bool:
        """By one conditional UPDATE: of two workers one gets it."""
        died = models.Case(
            models.When(claim__isnull=False, then=F("deaths") + 1),
            default=F("deaths"),
            output_field=models.IntegerField(),
        )
        free = Reconciliation.objects.due().filter(pk=self.pk)
        taken = free.update(claim=uuid.uuid4(), lease_until=from_now(lease), deaths=died)
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def keep(self, lease: timedelta | None = None, **fields: Any) -> bool:
        """Write, only while the claim is mine; with ``lease`` it is held on, without it is given back."""
        mine = Reconciliation.objects.filter(pk=self.pk, claim=self.claim)
        hold: dict[str, Any] = {"lease_until": from_now(lease)} if lease else {"claim": None, "lease_until": None}
        return bool(mine.update(**hold, **fields))


class ReconciliationRow(models.Model):
    """One disagreement: our record, OneFile's, or both; no more of a person than tells who it is."""

    report = models.ForeignKey(Reconciliation, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=20, choices=Difference)
    about = models.CharField(max_length=12, choices=Partner)
    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="onefile_differences")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    onefile_id = models.PositiveIntegerField()
    name_there = models.CharField(max_length=400, blank=True)
    mis_value = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    # Linked with our record when the report was made; where that has changed, somebody has seen to it.
    was_linked = models.BooleanField()

    class Meta:
        ordering = ["report", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.onefile_id}"

    @property
    def record(self) -> Learner | Officer | Organisation | None:
        return self.learner or self.officer or self.organisation
