"""The kinds of file that the MIS reads and writes; other apps add theirs in the registry."""

from __future__ import annotations

from copy import copy

from learners.files.kind import Kind
from learners.files.kinds.basedata import Officers, Organisations, Qualifications
from learners.files.kinds.delivery import Delivery, Units
from learners.files.kinds.people import Breaks, LearnerOfficers, Learners, Placements
from learners.files.kinds.reviews import Reviews
from learners.registry import registry

OWN: tuple[type[Kind], ...] = (
    Officers,
    Organisations,
    Qualifications,
    Learners,
    Breaks,
    Placements,
    Delivery,
    Units,
    Reviews,
    LearnerOfficers,
)


def kind_names() -> list[str]:
    return [kind.name for kind in OWN] + list(registry.file_kinds)


def kind_named(name: str) -> Kind | None:
    """A new one each time: a kind remembers what it has loaded."""
    own = next((kind for kind in OWN if kind.name == name), None)
    if own:
        return own()
    return copy(registry.file_kinds[name]) if name in registry.file_kinds else None
