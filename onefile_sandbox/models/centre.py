"""The customer, its centres, and what belongs to a centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from onefile_sandbox.models.learning import Standard


class Customer(models.Model):
    name = models.CharField(max_length=200)
    token = models.CharField("customer token", max_length=200)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    keychain_creation_for_new_user_active = models.BooleanField(default=False)
    keychain_email_suppression = models.BooleanField(default=False)

    class Meta:
        verbose_name = "centre"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class _CentreStatus(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class LearnerStatus(_CentreStatus):
    class Meta(_CentreStatus.Meta):
        verbose_name_plural = "learner statuses"


class AimStatus(_CentreStatus):
    class Meta(_CentreStatus.Meta):
        verbose_name_plural = "aim statuses"


class Placement(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, verbose_name="centre")
    name = models.CharField(max_length=300)
    address = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    contact = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    fax = models.CharField(max_length=50, blank=True)
    telephone = models.CharField(max_length=50, blank=True)
    web = models.CharField(max_length=300, blank=True)
    misid = models.CharField("MIS value", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Classroom(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, verbose_name="centre")
    name = models.CharField(max_length=300)
    start_on = models.DateTimeField(null=True, blank=True)
    archive = models.BooleanField(default=False)
    completion_message = models.TextField(blank=True)
    send_completion_message = models.BooleanField(default=False)
    iv_final_sign_off = models.BooleanField(default=False)
    misid = models.CharField("MIS value", max_length=200, blank=True)
    standards: models.ManyToManyField[Standard, models.Model] = models.ManyToManyField(
        "Standard", blank=True, help_text="Given to each learner who is created in this classroom."
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
