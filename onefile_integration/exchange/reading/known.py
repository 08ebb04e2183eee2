"""What is known here of the records that a run will read, and which of them tell most about a list."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from onefile_integration.models import Link, RemoteAim, RemoteReview, Run, Step
from onefile_integration.rules.steps import Kind
from onefile_integration.words import ReadKind, StepState

OF_A_MEMBER = 2
LATEST = 5

# OneFile's members, and where the same stands here once it was exchanged.
HERE = {
    ReadKind.USERS: {
        "email": "learner__email",
        "telephone": "learner__telephone",
        "mobile_number": "learner__mobile",
        "dob": "learner__date_of_birth",
        "uln": "learner__uln",
        "nino": "learner__nino",
        "start_on": "learner__start",
        "planned_end_date": "learner__planned_end",
        "l12": "learner__ethnicity",
        "l13": "learner__sex",
        "l14": "learner__lldd",
        "misid": "learner__ident",
        "home_address": "learner__postcode",
        "default_assessor_id": "learner__main_officer",
    },
    ReadKind.AIMS: {
        "start_date": "line__start",
        "planned_end": "line__planned_end",
        "total_elements": "line__total_elements",
        "elements_completed": "line__elements_done",
        "registration_number": "line__registration_number",
        "registration_date": "line__registration_date",
        "certificate_applied_date": "line__certificate_applied",
        "certificate_received_date": "line__certificate_received",
    },
    ReadKind.REVIEWS: {
        "assessor_id": "review__officer",
        "visit_id": "visit_onefile_id",
        "scheduled_for": "review__scheduled_date",
        "started_on": "review__actual_date",
        "assessor_signed_on": "review__officer_signed",
        "learner_signed_on": "review__trainee_signed",
        "employer_signed_on": "review__employer_signed",
    },
}


def links(run: Run) -> QuerySet[Link]:
    """Of the learners of a run."""
    live = Link.objects.within(run.environment).filter(centre__isnull=False, onefile_id__isnull=False)
    return live.filter(learner__in=run.plans.filter(learner__isnull=False).values("learner"))


def aims(run: Run, centre: int) -> QuerySet[RemoteAim]:
    return RemoteAim.objects.filter(link__in=links(run).filter(centre=centre))


def reviews(run: Run, centre: int) -> QuerySet[RemoteReview]:
    return RemoteReview.objects.filter(link__in=links(run).filter(centre=centre), onefile_id__isnull=False)


def all_reviews(environment: str) -> set[int]:
    """Also those that were deleted here: none of them is new. What was known by a link that was removed may be of
    whoever is linked with that account now.
    """
    rows = RemoteReview.objects.filter(link__in=Link.objects.within(environment), onefile_id__isnull=False)
    return {number for number in rows.values_list("onefile_id", flat=True) if number is not None}


def least_recently_read(run: Run, most: int) -> list[int]:
    """Reviews that both have signed: the employer may sign later, and a signature may be taken back."""
    mine = RemoteReview.objects.filter(link__in=links(run), onefile_id__isnull=False)
    signed = mine.filter(review__officer_signed__isnull=False, review__trainee_signed__isnull=False)
    ordered = signed.order_by(F("read_at").asc(nulls_first=True), "pk")[:most]
    return [number for number in ordered.values_list("onefile_id", flat=True) if number is not None]


def telling(kind: ReadKind, run: Run, centre: int, unseen: Iterable[str]) -> list[int]:
    """Records that show best whether a list is good: with a value here in a member that no row has, and those whose
    values move just now.
    """
    rows: QuerySet[Link] | QuerySet[RemoteAim] | QuerySet[RemoteReview]
    if kind == ReadKind.USERS:
        rows = links(run).filter(centre=centre)
    else:
        rows = aims(run, centre) if kind == ReadKind.AIMS else reviews(run, centre)
    found: list[int | None] = []
    for name in unseen:
        if path := HERE[kind].get(name):
            filled = rows.exclude(**{f"{path}__isnull": True}).exclude(_is_empty(path))
            found += filled.order_by("pk").values_list("onefile_id", flat=True)[:OF_A_MEMBER]
    found += rows.filter(_moving(kind)).order_by("-pk").values_list("onefile_id", flat=True)[:LATEST]
    return list(dict.fromkeys(number for number in found if number is not None))


def _is_empty(path: str) -> Q:
    texts = ("email", "telephone", "mobile", "uln", "nino", "ethnicity", "sex", "postcode", "registration_number")
    return Q(**{path: ""}) if path.endswith(texts) else Q(pk=None)


def _moving(kind: ReadKind) -> Q:
    """Lines that OneFile has changed lately; reviews whose day has come and that not both have signed."""
    if kind == ReadKind.REVIEWS:
        come = Q(review__scheduled_date__lte=timezone.localdate())
        return come & (Q(review__officer_signed=None) | Q(review__trainee_signed=None))
    if kind == ReadKind.USERS:
        return Q(pk=None)
    done = Step.objects.filter(kind=Kind.UPDATE_LINE, state=StepState.DONE).order_by("-pk")
    records = done.values_list("record", flat=True)[:LATEST]
    return Q(line__in=[int(record.split(":")[1]) for record in records])
