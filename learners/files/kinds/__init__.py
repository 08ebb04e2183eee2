"""The kinds of file that the MIS reads and writes; other apps add theirs in the registry."""

from __future__ import annotations

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


def all_kinds() -> dict[str, type[Kind]]:
    """By name. A kind remembers what it has loaded: make a new one for each file."""
    return {kind.name: kind for kind in OWN} | registry.file_kinds
