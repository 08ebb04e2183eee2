"""The database's clock: machines may disagree about the time, the database cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models.functions import Now


def from_now(delta: timedelta) -> models.ExpressionWrapper[Any]:
    return models.ExpressionWrapper(Now() + delta, output_field=models.DateTimeField())
