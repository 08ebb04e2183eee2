"""Which call goes where. Case does not matter, nor does a slash at the end."""

from collections.abc import Callable

from django.http import HttpResponse

from onefile_sandbox.handlers import assignments, learning, organisations, placements, reviews, users
from onefile_sandbox.request import Asked

Handler = Callable[[Asked], HttpResponse]
# * stands for one part of the path that the handler is given.
TABLE: dict[str, Handler] = {
    "GET customer": organisations.customer,
    "POST organisation/search": organisations.find,
    "GET organisation/*": organisations.show,
    "GET organisation/*/learnerstatuses": organisations.learner_statuses,
    "GET organisation/*/learningaimstatuses": organisations.aim_statuses,
    "GET organisation/*/assignedstandards": organisations.assigned_standards,
    "POST user/search": users.find,
    "GET user/*": users.show,
    "GET user/*/offthejob": users.off_the_job,
    "POST user": users.create,
    "POST user/*": users.update,
    "POST user/*/archive": users.archive,
    "POST user/*/unarchive": users.unarchive,
    "POST user/*/assign": assignments.assign,
    "POST user/*/assignplacement/*/*": assignments.assign_placement,
    "POST placement/search": placements.find_placements,
    "GET placement/*": placements.show_placement,
    "POST placement": placements.create_placement,
    "POST placement/*": placements.update_placement,
    "POST classroom/search": placements.find_classrooms,
    "GET classroom/*": placements.show_classroom,
    "POST classroom": placements.create_classroom,
    "POST classroom/*": placements.update_classroom,
    "POST standard/search": learning.find_standards,
    "GET standard/*": learning.show_standard,
    "POST standard/*/assign/*": learning.assign_standard,
    "POST learningaim/search": learning.find_aims,
    "GET learningaim/*": learning.show_aim,
    "GET learningaims/*": learning.show_aim,
    "POST learningaim/*": learning.update_aim,
    "POST review/search": reviews.find,
    "GET review/*": reviews.show,
    "POST review": reviews.create,
    "POST visit": reviews.create_visit,
}
_PARTS = [(key.split(" ")[0], key.split(" ")[1].split("/"), handler) for key, handler in TABLE.items()]


def match(method: str, path: str) -> tuple[Handler, tuple[str, ...]] | None:
    parts = path.strip("/").split("/")
    if len(parts) == 4 and parts[1].lower() == "search" and _is_number(parts[2]) and _is_number(parts[3]):
        found = match(method, "/".join(parts[:2]))
        return (found[0], (parts[2], parts[3])) if found else None
    for verb, pattern, handler in _PARTS:
        if verb == method and len(pattern) == len(parts) and _fits(pattern, parts):
            return handler, tuple(part for star, part in zip(pattern, parts, strict=True) if star == "*")
    return None


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 10


def _fits(pattern: list[str], parts: list[str]) -> bool:
    return all(want in ("*", part.lower()) for want, part in zip(pattern, parts, strict=True))


def is_write(method: str, path: str) -> bool:
    return method != "GET" and "/search" not in f"/{path.lower()}"
