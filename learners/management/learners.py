"""A learner named on the command line."""

from __future__ import annotations

from learners.models import Learner
from learners.services.tombstones import was_erased, words
from picsweb.commands import Refused


def find(text: str) -> Learner:
    """Of any status. Refused where there is none, and it is said where there was one."""
    ident = text.strip().upper()
    learner = Learner.objects.select_related("main_officer", "main_tag").filter(ident=ident).first()
    if learner:
        return learner
    if erasure := was_erased(ident=ident):
        raise Refused(f"The learner with the Ident {ident} {words(erasure)}.")
    raise Refused(f"No learner has the Ident {ident}.")
