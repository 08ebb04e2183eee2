"""Our side of a reconciliation: all records of a kind, their links, and the links that were removed. Few queries."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from learners.models import Learner, Officer, Organisation
from learners.words import OfficerStatus, SystemStatus
from onefile_integration.models import Link, RemoteReview
from onefile_integration.rules.reconciliation import Here, Linked, Ours
from onefile_integration.words import LinkState

OVER = (SystemStatus.ARCHIVED, SystemStatus.DELETED)


def learners(environment: str) -> Here:
    rows = Learner.objects.values_list("pk", "ident", "forenames", "surname", "system_status", "actual_end")
    creating = _being_created("learner", environment)
    records = [
        Ours(pk, ident, f"{forenames} {surname}", _over(status, ended), pk in creating)
        for pk, ident, forenames, surname, status, ended in rows
    ]
    return _here("learner", environment, records)


def _over(status: str, ended: Any) -> str:
    if status in OVER:
        return f"{status} here."
    return f"Ended here on {date_format(ended)}." if ended and ended <= timezone.localdate() else ""


def officers(environment: str) -> Here:
    creating = _being_created("officer", environment)
    rows = Officer.objects.values_list("pk", "ident", "forenames", "surname", "status")
    records = [
        Ours(
            pk,
            ident,
            f"{forenames} {surname}",
            "Archived here." if status == OfficerStatus.ARCHIVED else "",
            pk in creating,
        )
        for pk, ident, forenames, surname, status in rows
    ]
    return _here("officer", environment, records)


def organisations(environment: str) -> Here:
    creating = _being_created("organisation", environment)
    rows = Organisation.objects.values_list("pk", "ident", "name")
    records = [Ours(pk, ident, name, is_being_created=pk in creating) for pk, ident, name in rows]
    return _here("organisation", environment, records)


def _here(kind: str, environment: str, records: list[Ours]) -> Here:
    of_kind = Link.objects.filter(environment=environment, onefile_id__isnull=False, **{f"{kind}__isnull": False})
    live = of_kind.exclude(state__in=[LinkState.REMOVED, LinkState.CREATING]).order_by("pk")
    links = [Linked(*row) for row in live.values_list("onefile_id", f"{kind}_id", "centre")]
    removed = of_kind.filter(state=LinkState.REMOVED).order_by("removed_at", "pk")
    return Here(records, links, dict(removed.values_list("onefile_id", f"{kind}_id")))


def _being_created(kind: str, environment: str) -> set[int]:
    creating = Link.objects.within(environment).filter(state=LinkState.CREATING, **{f"{kind}__isnull": False})
    return set(creating.values_list(f"{kind}_id", flat=True))


def deleted_reviews(environment: str, centre: int) -> dict[int, int]:
    """OneFile's ids of reviews that were deleted here, with the learner's pk."""
    links = Link.objects.within(environment).filter(centre=centre, learner__isnull=False)
    gone = RemoteReview.objects.filter(link__in=links, review__isnull=True, onefile_id__isnull=False)
    return {number: pk for number, pk in gone.values_list("onefile_id", "link__learner_id") if number and pk}
