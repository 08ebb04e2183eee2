"""Changes of many learners at once, kept so that each can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from learners.models.people import Learner
from learners.words import BulkChangeKind, BulkChangeStep


class BulkChange(models.Model):
    kind = models.CharField(max_length=13, choices=BulkChangeKind)
    words = models.CharField(max_length=500, help_text="What was changed, to what, as its page said it.")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    chosen = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    already = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    undone_by = models.CharField(max_length=150, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BulkChangeKind.values), name="bulk_change_kind_known"),
            models.CheckConstraint(condition=~Q(made_by=""), name="bulk_change_made_by_somebody"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="") | Q(Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="bulk_change_undone_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"bulk change {self.pk}"


class BulkChangeRow(models.Model):
    """One write of a bulk change. ``old`` and ``new`` are as the field holds them: ids, ISO dates, code words."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows")
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="bulk_change_rows")
    step = models.CharField(max_length=8, choices=BulkChangeStep)
    record = models.CharField(max_length=20, help_text="The name of the model that was written.")
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=30, blank=True)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    label = models.CharField(max_length=300)
    old_words = models.CharField(max_length=300, blank=True)
    new_words = models.CharField(max_length=300, blank=True)
    undone = models.BooleanField(default=False)
    left_because = models.CharField(max_length=200, blank=True, help_text="Why an undo left it as it was.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=BulkChangeStep.values), name="bulk_change_row_step_known"),
            models.CheckConstraint(
                condition=Q(undone=False) | Q(left_because=""), name="bulk_change_row_undone_or_left"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} of {self.change}"
