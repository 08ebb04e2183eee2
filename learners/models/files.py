"""Imports that somebody asked for on a page: the file, what it would change, what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.db.models.functions import Now

from learners.words import FILE_IMPORTS_ENDED, FILE_IMPORTS_TO_DO, FileImportState


class FileImportQuerySet(models.QuerySet["FileImport"]):
    def due(self) -> FileImportQuerySet:
        """With something to do, while nobody is at any import: who was not heard of since the lease is not.

        One at a time, because long ones would take all the workers, and the ticks would not be heard.
        """
        at_work = FileImport.objects.filter(claim__isnull=False, lease_until__gte=Now())
        return self.filter(~Exists(at_work), state__in=FILE_IMPORTS_TO_DO)


class FileImport(models.Model):
    """First read without changing anything, then, once somebody agrees, imported.

    ``preview`` and ``conflicts`` hold personal values and go with the file's bytes when the import has ended.
    """

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=9, choices=FileImportState, default=FileImportState.TO_READ)
    uploaded_by = models.CharField(max_length=150)
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.CharField(max_length=150, blank=True)
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=300, blank=True)  # why it ended, where the state does not say it all

    # What the person who agreed has let through.
    go_on = models.BooleanField(default=False)
    same_person = models.JSONField(default=list)

    # Of created, updated, unchanged: what the preview said, and what was done.
    expected = models.JSONField(default=dict)
    done = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    error_count = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)
    held = models.JSONField(default=dict)
    preview = models.JSONField(default=list)
    preview_count = models.PositiveIntegerField(default=0)
    conflicts = models.JSONField(default=list)

    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    deaths = models.PositiveSmallIntegerField(default=0)

    objects = FileImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FileImportState.values), name="file_import_state_known"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by="")
                | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
                name="file_import_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FileImportState.TO_IMPORT, FileImportState.IMPORTED])
                | Q(approved_at__isnull=False),
                name="file_import_only_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FILE_IMPORTS_ENDED, ended_at__isnull=False)
                | (~Q(state__in=FILE_IMPORTS_ENDED) & Q(ended_at__isnull=True)),
                name="file_import_ended_at",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, lease_until__isnull=True)
                | Q(claim__isnull=False, lease_until__isnull=False),
                name="file_import_claim_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        """Something is still to come without anybody's doing."""
        return self.state in FILE_IMPORTS_TO_DO

    @property
    def has_ended(self) -> bool:
        return self.state in FILE_IMPORTS_ENDED


class FileImportChunk(models.Model):
    """A part of the file: web and workers may be on different machines, the database is not."""

    file_import = models.ForeignKey(FileImport, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["file_import", "number"]
        constraints = [models.UniqueConstraint(fields=["file_import", "number"], name="file_import_chunk_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.file_import}"
