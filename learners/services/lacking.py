"""What learners lack who came with a file, which brings no officers and no names of employers."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q

from learners.models import Learner, Placement
from learners.words import Lacking, SystemStatus


def rules() -> dict[Lacking, Q]:
    placements = Placement.objects.filter(learner=OuterRef("pk"))
    return {
        Lacking.MAIN_OFFICER: Q(main_officer=None),
        Lacking.EMAIL: Q(email=""),
        Lacking.PLACEMENT: ~Q(Exists(placements)),
        Lacking.EMPLOYER_NAME: Q(Exists(placements.filter(organisation__name=""))),
        Lacking.MAIN_TAG: Q(main_tag=None),
    }


def counted() -> dict[Lacking, int]:
    """How many learners lack it, in one query; Deleted ones are not missed."""
    learners = Learner.objects.exclude(system_status=SystemStatus.DELETED).order_by()
    counts = {f"without_{lack}": Count("pk", filter=rule) for lack, rule in rules().items()}
    found = learners.aggregate(**counts)
    return {lack: found[f"without_{lack}"] for lack in Lacking}
