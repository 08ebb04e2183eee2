"""OneFile's own base data as last fetched, and when OneFile was last called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from onefile_integration.words import Environment

# So long it still counts as there: one odd answer must not make a choice clear that was none.
REMEMBERED = timedelta(days=7)


class FetchedQuerySet(models.QuerySet[Any]):
    def not_long_missing(self) -> Self:
        return self.filter(Q(missing_since=None) | Q(missing_since__gt=timezone.now() - REMEMBERED))

    def listed(self) -> Self:
        """Those that the last list held."""
        return self.filter(missing_since=None)


class CentreQuerySet(FetchedQuerySet):
    def known(self, environment: str) -> Self:
        """Those that can be chosen."""
        return self.filter(environment=environment).not_long_missing()


class Centre(models.Model):
    """OneFile's Organisation: a centre of theirs, never an organisation of ours."""

    environment = models.CharField(max_length=8, choices=Environment)
    onefile_id = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    fetched_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True)

    objects = CentreQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["environment", "onefile_id"], name="centre_once")]

    def __str__(self) -> str:
        return self.name


class Standard(models.Model):
    """A qualification link: OneFile's standard with the code that stands in its title's last brackets."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="standards")
    onefile_id = models.PositiveIntegerField()
    title = models.CharField(max_length=500)
    code = models.CharField(max_length=100, blank=True, db_index=True)
    fetched_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True)

    objects = FetchedQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["centre", "onefile_id"], name="standard_once_per_centre")]

    def __str__(self) -> str:
        return self.title


class LastCall(models.Model):
    """When OneFile was last called, to the second: the budget's memory where Redis has lost its own."""

    environment = models.CharField(max_length=8, choices=Environment, unique=True)
    token_hash = models.CharField(max_length=16)  # another token has a budget of its own
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.environment} {self.at}"
