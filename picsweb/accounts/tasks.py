from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from picsweb.accounts import keeping


@shared_task
def prune() -> None:
    keeping.prune(timezone.now())
