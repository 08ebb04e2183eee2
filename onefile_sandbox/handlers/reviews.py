"""Reviews and the visits they hang on. The API can make both, and change or remove neither."""

from typing import Any

from django.http import HttpResponse

from onefile_sandbox import answers, clock, links, members, search, switches
from onefile_sandbox.errors import Code, bad
from onefile_sandbox.handlers import learning, users
from onefile_sandbox.models import Review, Role, User, Visit
from onefile_sandbox.request import Asked

ROWS = {"short": members.REVIEW_ROW, "more": members.REVIEW_ROW_MORE, "full": members.REVIEW}


def find(asked: Asked) -> HttpResponse:
    links.from_body(asked, "OrganisationID")
    rows = search.id_filter(
        Review.objects.all(),
        asked,
        learner__organisation_id="OrganisationID",
        learner_id="LearnerID",
        status="Status",
    )
    rows = _between(rows, asked)
    return search.answer(rows, asked, ROWS[switches.get("review_rows")], members.REVIEW, Review.objects.all)


def _between(rows: search.Rows, asked: Asked) -> search.Rows:
    column = "scheduled_for" if switches.get("review_dates_on") == "scheduled" else "started_on"
    first, last = asked.get("date", "DateFrom"), asked.get("date", "DateTo")
    if first is not None:
        rows = rows.filter(**{f"{column}__gte": first})
    return rows if last is None else rows.filter(**{f"{column}__lte": last})


def show(asked: Asked) -> HttpResponse:
    return answers.record(links.from_path(Review, asked.args[0]), members.REVIEW)


def create(asked: Asked) -> HttpResponse:
    """That a review needs a visit is an invented default (X)."""
    learner = _learner(asked)
    if switches.get("review_without_visit") == "refused":
        links.require(asked, "VisitID")
    visit: Any = links.from_body(asked, "VisitID")
    if visit is not None and visit.learner_id != learner.pk:
        raise bad(Code.VISIT_NOT_FOUND, "visit is another learner's")
    links.check(asked, learner.organisation_id, "AssessorID", "EmployerID")
    fields = _without_id(asked, members.REVIEW)
    fields.setdefault("assessor_id", learner.default_assessor_id)
    fields.setdefault("created_on", clock.now())
    fields.setdefault("progress", learner.progress)
    review = Review.objects.create(**fields)
    learning.touch(learner)
    return answers.number(review.pk)


def create_visit(asked: Asked) -> HttpResponse:
    learner = _learner(asked)
    links.require(asked, "OrganisationID", "DateFrom", "DateTo")
    links.check(asked, learner.organisation_id, "AssessorID")
    links.from_body(asked, "OrganisationID")
    if switches.get("visit_types") == "from_one" and asked.get("int", "VisitTypeID") not in (1, 2, 3):
        raise bad(Code.BAD_VALUE, "VisitTypeID is not known")
    return answers.number(Visit.objects.create(**_without_id(asked, members.VISIT)).pk)


def _learner(asked: Asked) -> User:
    links.require(asked, "LearnerID")
    learner = links.from_body(asked, "LearnerID")
    assert isinstance(learner, User)
    if learner.role != Role.LEARNER:
        raise bad(Code.USER_NOT_FOUND, "learner not found")
    return users.writable(str(learner.pk))


def _without_id(asked: Asked, table: tuple[members.Member, ...]) -> dict[str, Any]:
    return asked.fields(tuple(member for member in table if member.name != "ID"))
