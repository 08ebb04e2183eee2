"""What learners lack who came with a file, which brings no officers and no names of employers."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from learners.models import Learner, Placement
from learners.words import SystemStatus

# By the word of the learner list's filter.
WORDS = {
    "main_officer": "Main officer",
    "email": "Email",
    "placement": "Placement",
    "employer_name": "Name of an employer",
    "main_tag": "Main tag",
}


def counted() -> list[tuple[str, str, int]]:
    """(word of the filter, in words, how many learners), in one query. Deleted ones lack nothing."""
    placements = Placement.objects.filter(learner=OuterRef("pk"))
    lacks = {
        "main_officer": Q(main_officer=None),
        "email": Q(email=""),
        "placement": ~Q(Exists(placements)),
        "employer_name": Q(Exists(placements.filter(organisation__name=""))),
        "main_tag": Q(main_tag=None),
    }
    learners = Learner.objects.exclude(system_status=SystemStatus.DELETED).order_by()
    found = learners.aggregate(**{f"without_{name}": Count("pk", filter=rule) for name, rule in lacks.items()})
    return [(name, words, found[f"without_{name}"]) for name, words in WORDS.items()]
