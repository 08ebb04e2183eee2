"""Idents for records that arrive without one."""

from __future__ import annotations

import random

from learners.models import Learner, Officer, Organisation
from learners.services.tombstones import erased_idents
from learners.values import new_ident

_random = random.SystemRandom()


def free_ident(model: type[Learner] | type[Officer] | type[Organisation]) -> str:
    """An Ident that no record of ``model`` has, or had before it was erased."""
    return free_idents(model, 1)[0]


def free_idents(model: type[Learner] | type[Officer] | type[Organisation], count: int) -> list[str]:
    free: set[str] = set()
    while len(free) < count:
        made = {new_ident(_random) for _ in range(count - len(free))}
        taken = set(model._default_manager.filter(ident__in=made).values_list("ident", flat=True))
        free |= made - taken - (set(erased_idents(made)) if model is Learner else set())
    return list(free)
