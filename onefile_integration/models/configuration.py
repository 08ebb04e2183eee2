"""Settings of the integration, its tokens, and who may use it."""

from __future__ import annotations

from datetime import time

from django.conf import settings as django_settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from onefile_integration.words import Environment, Mode, VisitType


def half_past_two() -> time:
    return time(2, 30)


class SettingsManager(models.Manager["Settings"]):
    def current(self) -> Settings:
        """The one row; before anything was ever set, the defaults, not saved: looking changes nothing."""
        return self.filter(pk=1).first() or Settings(pk=1)


class Settings(models.Model):
    enabled = models.BooleanField("Integration Enabled", default=False)
    environment = models.CharField(max_length=8, choices=Environment, default=Environment.PRACTICE)
    learner_mode = models.CharField(max_length=4, choices=Mode, default=Mode.NONE)
    officer_mode = models.CharField(max_length=4, choices=Mode, default=Mode.NONE)
    organisation_mode = models.CharField(max_length=4, choices=Mode, default=Mode.NONE)
    push_main_officer = models.BooleanField(default=False)
    push_employer = models.BooleanField(default=False)
    classroom_from_main_tag = models.BooleanField(default=False)
    default_classroom = models.CharField(max_length=200, blank=True)
    upload_reviews = models.BooleanField(default=False)
    upload_reviews_from = models.DateField(null=True, blank=True)
    visit_type = models.CharField(max_length=13, choices=VisitType, default=VisitType.NOT_SPECIFIED)
    download_reviews = models.BooleanField(default=False)
    additional_assessors = models.JSONField(default=list, blank=True)
    send_officer_email = models.BooleanField(default=False)
    months_after_end = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(120)])
    nightly_at = models.TimeField(default=half_past_two)
    paused_until = models.DateField(null=True, blank=True)
    calls_per_minute = models.PositiveIntegerField(default=300, validators=[MinValueValidator(1)])
    people_share = models.PositiveSmallIntegerField(
        default=10, validators=[MinValueValidator(0), MaxValueValidator(90)]
    )
    guard_share = models.PositiveSmallIntegerField(default=10)
    guard_least = models.PositiveSmallIntegerField(default=3)
    alerts_to = models.TextField(blank=True)
    # No setting that people see: whose installation this database belongs to, kept when it is switched on.
    installation = models.CharField(max_length=100, blank=True, editable=False)

    objects = SettingsManager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "settings"
        permissions = [
            ("use_onefile", "Can create, link, refresh and unlink learners in OneFile"),
            ("administer_onefile", "Can change the OneFile settings and edit OneFile IDs"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="settings_one_row"),
            models.CheckConstraint(
                condition=models.Q(upload_reviews=False) | models.Q(upload_reviews_from__isnull=False),
                name="settings_upload_reviews_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"OneFile settings ({self.environment})"


class Token(models.Model):
    """A Customer Token, encrypted at rest; one per environment. It is written, never shown."""

    environment = models.CharField(max_length=8, choices=Environment, unique=True)
    ciphertext = models.BinaryField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)
    # Why it is known to be wrong; the sync stays paused until it is set anew or tested well.
    fault = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"Token of {self.environment}"


class Licence(models.Model):
    """A user's OneFile Integration licence."""

    user = models.OneToOneField(django_settings.AUTH_USER_MODEL, models.CASCADE, related_name="onefile_licence")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "OneFile Integration licence"

    def __str__(self) -> str:
        return f"OneFile Integration licence of {self.user}"
