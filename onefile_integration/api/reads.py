"""What can be asked of OneFile. Searches are unpaged: one call brings everything that matches [C]."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeVar

from onefile_integration.api.bodies import body
from onefile_integration.api.calls import Calls, Json, Segment, naming
from onefile_integration.api.errors import BadAnswer, Why
from onefile_integration.api.names import NAMES, Role
from onefile_integration.api.records import (
    Classroom,
    Customer,
    LearningAim,
    LearningAimRow,
    OffTheJob,
    Organisation,
    Placement,
    Record,
    Review,
    ReviewRow,
    Standard,
    User,
    UserRow,
    parse,
    parse_all,
)

R = TypeVar("R", bound=Record)


class Reads(Calls):
    """All raise NotSent, Refused (NotFound), Unreachable, BadAnswer and SignInFailed, as errors.py tells."""

    def customer(self) -> Customer:
        return self._parsed(Customer, "GET", "Customer")

    def organisations(self, customer_id: int) -> list[Organisation]:
        return self._search(Organisation, "Organisation", customer_id=customer_id)

    def organisation(self, id: int) -> Organisation:
        return self._one(Organisation, "Organisation", id)

    def standards(self, organisation_id: int) -> list[Standard]:
        return self._search(Standard, "Standard", organisation_id=organisation_id)

    def classrooms(self, organisation_id: int, name: str | None = None) -> list[Classroom]:
        return self._search(Classroom, "Classroom", organisation_id=organisation_id, name=name)

    def classroom(self, id: int) -> Classroom:
        return self._one(Classroom, "Classroom", id)

    def placements(self, organisation_id: int, name: str | None = None) -> list[Placement]:
        return self._search(Placement, "Placement", organisation_id=organisation_id, name=name)

    def placement(self, id: int) -> Placement:
        return self._one(Placement, "Placement", id)

    def search_users(
        self,
        role: Role,
        organisation_id: int | None = None,
        *,
        misid: str | None = None,
        email: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        last_modified: datetime | None = None,
    ) -> list[UserRow]:
        """Archived users are left out [I]. `last_modified`: changed then or later. Compare what is found: the
        filter is not to be trusted."""
        return self._search(
            UserRow,
            "User",
            role=role,
            organisation_id=organisation_id,
            misid=misid,
            email=email,
            first_name=first_name,
            last_name=last_name,
            last_modified=last_modified,
        )

    def user(self, id: int) -> User:
        return self._one(User, "User", id)

    def off_the_job(self, user_id: int) -> OffTheJob:
        """A learner's hours; OneFile recomputes them every few minutes [D]."""
        return self._parsed(OffTheJob, "GET", "User", user_id, "offthejob")

    def learning_aims(self, user_id: int) -> list[LearningAimRow]:
        return self._search(LearningAimRow, "LearningAim", user_id=user_id)

    def learning_aim(self, id: int) -> LearningAim:
        return self._one(LearningAim, "LearningAim", id)

    def reviews(
        self,
        organisation_id: int | None = None,
        learner_id: int | None = None,
        *,
        status: int | None = None,
        date_from: date | None = None,
        date_to: date | None = None,
    ) -> list[ReviewRow]:
        """The dates are those of the scheduled day [I]."""
        return self._search(
            ReviewRow,
            "Review",
            organisation_id=organisation_id,
            learner_id=learner_id,
            status=status,
            date_from=date_from,
            date_to=date_to,
        )

    def each_review(self, organisation_id: int) -> Iterator[ReviewRow]:
        """All of a centre, one after another: there may be tens of thousands."""
        found = self._read("POST", "Review", "Search", body=body(organisation_id=organisation_id))
        with naming("POST Review/Search"):
            if not isinstance(found, list | None):
                raise BadAnswer(Why.UNREADABLE)
            yield from (parse(ReviewRow, row) for row in found or [])

    def review(self, id: int) -> Review:
        return self._one(Review, "Review", id)

    def page(self, kind: type[R], number: int, size: int, **filters: object) -> list[R]:
        """One page of a search, from 1, with whatever members its rows have: nobody knows whether all [D]. Compare
        some with their reads by id before trusting the rest, and ask for the next page until one is empty."""
        return self._search(kind, kind.__name__, number, size, **filters)

    def _search(self, kind: type[R], resource: str, *page: int, **filters: object) -> list[R]:
        found = self._read("POST", resource, "Search", *page, body=body(**filters))
        with naming(f"POST {resource}/Search"):
            return parse_all(kind, found)

    def _one(self, kind: type[R], resource: str, id: int) -> R:
        return self._parsed(kind, "GET", resource, id, check=lambda record: getattr(record, "id", id) == id)

    def _parsed(
        self, kind: type[R], method: str, *path: Segment, check: Callable[[R], bool] = lambda record: True
    ) -> R:
        found: Json = self._read(method, *path)
        with naming(f"{method} {'/'.join(map(str, path))}"):
            if found is None:
                raise BadAnswer(Why.EMPTY, status=204)
            record = parse(kind, found)
            if not check(record):
                raise BadAnswer(Why.MEMBER, member=NAMES["id"])
            return record
