"""Questions to OneFile, counted and named without an id; what several of the ten things need is asked once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from onefile_integration.api import values
from onefile_integration.api.client import OneFile
from onefile_integration.api.looks import Look
from onefile_integration.api.names import NAMES, Role
from onefile_integration.exchange.first_day.findings import Given

MOST_CALLS = 40
MOST_CENTRES = 4
MOST_LEARNERS = 6
MOST_RECORDS = 5
PAGE = 500


T = TypeVar("T")


class EnoughAsked(Exception):
    pass


class Asker:
    def __init__(self, client: OneFile, given: Given) -> None:
        self.client, self.given = client, given
        self._asked: list[str] = []
        self._known: dict[str, tuple[Any, list[str]]] = {}

    @property
    def calls(self) -> int:
        return sum(self.client.calls.values())

    def take_asked(self) -> list[str]:
        taken, self._asked = list(dict.fromkeys(self._asked)), []
        return taken

    def note(self, what: str) -> None:
        """Raises EnoughAsked."""
        if self.calls >= MOST_CALLS:
            raise EnoughAsked(f"Not asked: this report makes {MOST_CALLS} calls at most.")
        self._asked.append(what)

    def get(self, resource: str, number: int, *more: str) -> Look:
        self.note("/".join(["GET " + resource, "{id}", *more]))
        return self.client.look_at(resource, number, *more)

    def find(self, resource: str, *page: int, **filters: object) -> Look:
        path = "/".join([resource, "Search", *map(str, page)])
        self.note(f"POST {path} with {', '.join(NAMES[name] for name in filters)}")
        return self.client.look_for(resource, *page, **filters)

    # ---- what several of the ten need: called once, told at each

    @property
    def learners(self) -> dict[int, Look]:
        """The learners of the first centres, by centre."""
        return self._once("learners", self._learners)

    @property
    def centre(self) -> int | None:
        """That with the most learners."""
        found = self.learners
        return max(found, key=lambda number: len(found[number].rows), default=None)

    @property
    def aims(self) -> list[Look]:
        """Rows of learning aims: of the first learners, until one has some."""
        return self._once("aims", self._aims)

    @property
    def review_page(self) -> Look | None:
        return self._once("review_page", self._review_page)

    @property
    def reviews(self) -> list[Look]:
        """Whole ones, the last of the page: these are the likeliest to be signed."""
        return self._once("reviews", self._reviews)

    def _once(self, name: str, ask: Callable[[], T]) -> T:
        if name in self._known:
            answer, asked = self._known[name]
            self._asked += asked[-1:]
            return cast(T, answer)
        before, self._asked = self._asked, []
        try:
            answer = ask()
            self._known[name] = (answer, self._asked)
            return answer
        finally:
            self._asked = [*before, *self._asked]

    def _learners(self) -> dict[int, Look]:
        self.note("GET Customer")
        customer = self.client.customer()
        self.note("POST Organisation/Search with CustomerID")
        centres = self.client.organisations(customer.id)[:MOST_CENTRES]
        return {each.id: self.find("User", role=Role.LEARNER, organisation_id=each.id) for each in centres}

    def _aims(self) -> list[Look]:
        centre = self.centre
        found: list[Look] = []
        for learner in ids(self.learners[centre])[:MOST_LEARNERS] if centre else []:
            found.append(self.find("LearningAim", user_id=learner))
            if found[-1].rows:
                break
        return found

    def _review_page(self) -> Look | None:
        centre = self.centre
        return self.find("Review", 1, 100, organisation_id=centre) if centre else None

    def _reviews(self) -> list[Look]:
        page = self.review_page
        return [self.get("Review", number) for number in ids(page)[-MOST_RECORDS:]] if page else []


def member(record: dict[str, Any], name: str) -> Any:
    """By our name, whatever the case."""
    wanted = NAMES[name].lower()
    return next((value for key, value in record.items() if str(key).lower() == wanted), None)


def ids(look: Look) -> list[int]:
    found = [number_of(row, "id") for row in look.rows if isinstance(row, dict)]
    return [number for number in found if number is not None]


def number_of(record: dict[str, Any], name: str) -> int | None:
    """An id."""
    found: int | None = values.lenient(values.identity)(member(record, name))
    return found


def instant(record: dict[str, Any], name: str) -> Any:
    return values.lenient(values.instant)(member(record, name))
