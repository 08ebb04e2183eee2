"""What the server itself remembers: sessions, its call log, faults to play and its switches."""

from django.db import models
from django.utils import timezone

from onefile_sandbox.models.centre import Customer


class Session(models.Model):
    key = models.CharField(max_length=100, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    ended = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Session of {self.created_at:%d %b %Y %H:%M}"


class Call(models.Model):
    """Method, path and outcome of a call; never a value that was sent or answered."""

    at = models.DateTimeField(default=timezone.now)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    status = models.IntegerField(help_text="0: the connection was closed without an answer.")
    milliseconds = models.FloatField(default=0)
    fault = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


class FaultRule(models.Model):
    """The first live rule that fits a call is played on it; used up when it fired `times` times."""

    method = models.CharField(max_length=10, default="*", help_text="* for any method.")
    path = models.CharField(max_length=300, help_text="Regular expression, found anywhere in the path.")
    action = models.CharField(max_length=20)
    options = models.JSONField(default=dict, blank=True)
    nth = models.PositiveIntegerField(default=1, help_text="Fires from the nth fitting call on.")
    times = models.PositiveIntegerField(default=1, help_text="0 means for ever.")
    probability = models.FloatField(default=1.0)
    seed = models.IntegerField(default=0, help_text="Of the dice, where the probability is below 1.")
    matched = models.PositiveIntegerField(default=0)
    fired = models.PositiveIntegerField(default=0)
    used_up = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        verbose_name = "fault"

    def __str__(self) -> str:
        return f"{self.action} on {self.method} {self.path}"


class Switches(models.Model):
    """One row; holds only what differs from the defaults in `onefile_sandbox.switches`."""

    values = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "switches"
        verbose_name_plural = "switches"

    def __str__(self) -> str:
        return "Switches"
