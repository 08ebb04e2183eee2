"""What the integration holds on a learner: for the export of everything held, and for erasure."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from learners.models import Learner
from learners.registry import Elsewhere
from onefile_integration.models import ExchangePlan, Link, Question, RemoteReview, Settings, Step
from onefile_integration.words import UNSETTLED_STEPS

UNDER_WAY = "An exchange of {ident} with OneFile is under way. Wait until it has ended; nothing was erased."


def export_part(learner: Learner) -> dict[str, Any]:
    """The learner's links with all that hangs on them, every exchange ever carried out, and what people decided."""
    link = Link.objects.within(Settings.objects.current().environment).filter(learner=learner).first()
    return {
        "onefile_id": link.onefile_id if link else None,
        "reviews": [{"onefile_system_id": number} for number in _review_ids(learner, link)],
        "onefile_links": [_link(each) for each in learner.onefile_links.order_by("pk")],
        "onefile_plans": list(
            learner.onefile_plans.order_by("pk").values(
                "kind",
                "state",
                "choices",
                "notes",
                "outcome",
                "found",
                "failure_kind",
                "failure_message",
                "created_at",
                "ended_at",
            )
        ),
        "onefile_lists": list(
            Step.objects.filter(plan__learner=learner, plan__run__dry=True)
            .order_by("pk")
            .values("kind", "side", "title", "changes")
        ),
        "onefile_exchanges": list(
            Step.objects.filter(plan__learner=learner, plan__run__dry=False)
            .order_by("pk")
            .values("kind", "side", "title", "changes", "state", "message", "ended_at")
        ),
        "onefile_reconciliations": list(
            learner.onefile_differences.order_by("pk").values(
                "kind", "onefile_id", "name_there", "mis_value", "note", "report__asked_at"
            )
        ),
        "onefile_held_fields": list(
            learner.onefile_held_fields.order_by("pk").values(
                "record", "field", "why", "held_at", "held_by", "freed_at", "freed_by"
            )
        ),
        "onefile_questions": list(
            Question.objects.filter(learner=learner).values(
                "kind", "text", "facts", "answer", "value", "answered_by", "asked_at"
            )
        ),
    }


def _review_ids(learner: Learner, link: Link | None) -> list[int | None]:
    known = RemoteReview.objects.filter(link=link, onefile_id__isnull=False) if link else RemoteReview.objects.none()
    ids = dict(known.values_list("review_id", "onefile_id"))
    return [ids.get(key) for key in learner.reviews.order_by("pk").values_list("pk", flat=True)]


def _link(link: Link) -> dict[str, Any]:
    own = ("environment", "centre", "onefile_id", "state", "origin", "made_at", "made_by", "removed_at", "removed_by")
    return {name: getattr(link, name) for name in own} | {
        "agreed": dict(link.agreed.values_list("name", "value")),
        "figures": list(link.figures.order_by("pk").values("name", "value", "read_at")),
        "aims": list(link.aims.order_by("pk").values("standard_id", "onefile_id")),
        "reviews": list(link.reviews.order_by("pk").values("onefile_id", "visit_onefile_id")),
        "assignments": list(link.assignments.order_by("pk").values("officer__ident", "standard_id")),
    }


def erasure_part(learner: Learner) -> Elsewhere:
    """The rows of the plans are locked: an exchange that wants to begin now finds them gone."""
    own = learner.onefile_links.filter(onefile_id__isnull=False)
    elsewhere = set(
        Link.objects.filter(onefile_id__in=own.values("onefile_id"), organisation__isnull=True)
        .exclude(learner=learner)
        .values_list("environment", "onefile_id")
    )
    remote = [link for link in own if (link.environment, link.onefile_id) not in elsewhere]
    return Elsewhere(
        refusal=UNDER_WAY.format(ident=learner.ident) if _is_under_way(learner) else "",
        names=tuple(str(link.onefile_id) for link in remote),
        remains=tuple(dict.fromkeys(map(_copy, remote))),
    )


def _is_under_way(learner: Learner) -> bool:
    plans = ExchangePlan.objects.select_for_update().filter(learner=learner)
    claimed = Q(claim__isnull=False, lease_until__gte=Now())
    keys = [plan.pk for plan in plans]
    begun = Step.objects.filter(plan__in=keys, state__in=UNSETTLED_STEPS)
    return ExchangePlan.objects.filter(claimed, pk__in=keys).exists() or begun.exists()


def _copy(link: Link) -> str:
    return (
        f"OneFile ({link.get_environment_display()}) keeps its own copy of the learner, OneFile ID {link.onefile_id}: "
        "have it deleted there. The number is not kept here."
    )
