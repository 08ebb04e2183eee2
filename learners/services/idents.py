"""Idents for records that arrive without one."""

from __future__ import annotations

import random

from django.db import models

from learners.models import Learner, Officer, Organisation
from learners.services.tombstones import was_erased
from learners.values import new_ident

_random = random.SystemRandom()


def free_ident(model: type[Learner] | type[Officer] | type[Organisation]) -> str:
    """An Ident that no record of ``model`` has, or had before it was erased."""
    while True:
        ident = new_ident(_random)
        if not model._default_manager.filter(ident=ident).exists() and not _was_erased(model, ident):
            return ident


def _was_erased(model: type[models.Model], ident: str) -> bool:
    return model is Learner and was_erased(ident=ident) is not None
