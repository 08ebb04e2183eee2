"""Idents for records that arrive without one."""

from __future__ import annotations

import random

from learners.models import Learner, Officer, Organisation
from learners.values import new_ident

_random = random.SystemRandom()


def free_ident(model: type[Learner] | type[Officer] | type[Organisation]) -> str:
    """An Ident that no record of ``model`` has."""
    while True:
        ident = new_ident(_random)
        if not model._default_manager.filter(ident=ident).exists():
            return ident
