"""Single fields that the exchange leaves alone until somebody frees them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from learners.models import Learner, Officer, Organisation
from onefile_integration.models.journal import Run, Subject, of_one_subject, subject_columns


class HeldFieldQuerySet(models.QuerySet["HeldField"]):
    def held(self) -> HeldFieldQuerySet:
        """Not freed yet."""
        return self.filter(freed_at__isnull=True)

    def of(self, record: Subject) -> HeldFieldQuerySet:
        return self.filter(**{record._meta.model_name or "": record})

    def with_subject(self) -> HeldFieldQuerySet:
        """With whose record it is, its Ident and what it is sorted by, whichever of the three it is."""
        return self.select_related("learner", "officer", "organisation").annotate(**subject_columns(""))


class HeldField(models.Model):
    """``record`` is the subject itself or a part of a learner, in the words of ``Step.record``: as in line:12."""

    learner = models.ForeignKey(Learner, models.CASCADE, null=True, related_name="onefile_held_fields")
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="onefile_held_fields")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="onefile_held_fields")
    record = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    why = models.CharField(max_length=300, blank=True)
    held_at = models.DateTimeField()
    held_by = models.CharField(max_length=150)
    # The undo that holds it; one that a person holds by hand has none.
    held_in = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="held_fields")
    freed_at = models.DateTimeField(null=True)
    freed_by = models.CharField(max_length=150, blank=True)

    objects = HeldFieldQuerySet.as_manager()

    class Meta:
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=of_one_subject(), name="held_field_of_one_record"),
            models.UniqueConstraint(
                fields=["record", "field"], condition=Q(freed_at__isnull=True), name="held_field_once_while_held"
            ),
            models.CheckConstraint(
                condition=Q(freed_at__isnull=True, freed_by="") | Q(freed_at__isnull=False) & ~Q(freed_by=""),
                name="held_field_freed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.record}"

    @property
    def subject(self) -> Subject:
        record = self.learner or self.officer or self.organisation
        assert record is not None, "the database holds a field of one record"
        return record
