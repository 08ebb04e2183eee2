"""What was read of OneFile, how, and in how many calls: of a run, and what the next night need not ask again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from learners.models.clock import from_now
from onefile_integration.models.journal import Run
from onefile_integration.words import Environment, ReadKind, ReadWay


class RunCalls(models.Model):
    """How many calls of one kind a run made."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="calls_by_kind")
    kind = models.CharField(max_length=60, help_text='method and words of the path, as in "GET LearningAim"')
    calls = models.PositiveIntegerField()

    class Meta:
        ordering = ["run", "-calls", "kind"]
        constraints = [models.UniqueConstraint(fields=["run", "kind"], name="run_calls_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.calls} × {self.kind}"


class RunReadingQuerySet(models.QuerySet["RunReading"]):
    def open(self) -> RunReadingQuerySet:
        return self.filter(way="")

    def free(self) -> RunReadingQuerySet:
        return self.open().filter(Q(claim=None) | Q(lease_until__lt=Now()))


class RunReading(models.Model):
    """How one kind of record of one centre is read in a run, and why so. It is found anew in each run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="readings")
    centre = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=ReadKind)
    # Blank while it is being found out.
    way = models.CharField(max_length=5, choices=ReadWay, blank=True)
    why = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField(default=0)
    compared = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(null=True)

    objects = RunReadingQuerySet.as_manager()

    class Meta:
        ordering = ["run", "centre", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["run", "centre", "kind"], name="run_reading_once"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) | Q(lease_until__isnull=False), name="run_reading_claim_has_a_lease"
            ),
            models.CheckConstraint(
                condition=Q(way="", found_at__isnull=True) | ~Q(way="") & Q(found_at__isnull=False),
                name="run_reading_found_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of centre {self.centre}: {self.way or 'not known yet'}"

    def try_claim(self, lease: timedelta) -> bool:
        """By one conditional UPDATE; False where another worker finds it out just now."""
        free = RunReading.objects.free().filter(pk=self.pk)
        taken = free.update(claim=uuid.uuid4(), lease_until=from_now(lease), begun_at=Now())
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def renew(self, lease: timedelta) -> bool:
        """False where it has been lost to another."""
        return bool(self._mine().update(lease_until=from_now(lease)))

    def found(self, **fields: Any) -> None:
        self._mine().update(claim=None, lease_until=None, found_at=Now(), **fields)
        self.refresh_from_db()

    def give_back(self) -> None:
        self._mine().update(claim=None, lease_until=None)

    def _mine(self) -> RunReadingQuerySet:
        return RunReading.objects.filter(pk=self.pk, claim=self.claim)


class SeenReview(models.Model):
    """A review in OneFile's list of a centre that is no review here, and whose it is: it need not be read again.

    Without a learner it was none of those who were linked then, each of whom was searched for.
    """

    environment = models.CharField(max_length=8, choices=Environment)
    centre = models.PositiveIntegerField()
    onefile_id = models.PositiveIntegerField()
    learner_onefile_id = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["environment", "onefile_id"], name="seen_review_once")]
        indexes = [models.Index(fields=["environment", "learner_onefile_id"], name="seen_review_of_learner")]

    def __str__(self) -> str:
        return f"review {self.onefile_id} of {self.learner_onefile_id or 'somebody else'}"
