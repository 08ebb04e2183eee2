"""What is kept of people's requests: who was given all that is held, and that somebody was erased."""

from __future__ import annotations

from django.db import models

from learners.models.people import Learner


class AccessRequest(models.Model):
    """Everything held on a learner was handed out: it goes with the learner."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="access_requests")
    answered_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-answered_at", "-pk"]

    def __str__(self) -> str:
        return f"answered by {self.answered_by}"


class Erasure(models.Model):
    """A tombstone against re-import. Of the person it keeps ``ErasedNumber`` only."""

    erased_at = models.DateTimeField(auto_now_add=True)
    erased_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-erased_at", "-pk"]

    def __str__(self) -> str:
        return f"erasure {self.pk}"


class ErasedNumber(models.Model):
    """A keyed hash of an Ident, or of UKPRN and LRN together, that the learner has or had."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="numbers")
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["erasure", "digest"], name="erased_number_once")]

    def __str__(self) -> str:
        return f"number of {self.erasure}"


class ErasureSalt(models.Model):
    """What keys the hashes: random, one for an installation, made with the first erasure."""

    secret = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="erasure_salt_one_row")]

    def __str__(self) -> str:
        return "the salt of the erasures"
