"""Officers put to a learner, and learners put to a placement."""

from typing import Any

from django.http import HttpResponse

from onefile_sandbox import answers, clock, links, switches, wire
from onefile_sandbox.errors import Code, bad
from onefile_sandbox.handlers import users
from onefile_sandbox.models import Assignment, Placement, PlacementGrant, Role, User
from onefile_sandbox.request import Asked


def assign(asked: Asked) -> HttpResponse:
    """The officer stands in the path, the learner in LearnerID: what worked in use, against the manual."""
    learner, assignee = _pair(asked)
    links.same_centre(learner.organisation_id, assignee)
    level = asked.get("int", "Level") or 1
    fields: dict[str, Any] = {"learner": learner, "assignee": assignee, "level": level, **_part(asked, level)}
    if switches.get("repeat_assignment") == "refused" and Assignment.objects.filter(**fields).exists():
        raise bad(Code.ALREADY_ASSIGNED, "already assigned")
    Assignment.objects.get_or_create(**fields)
    return answers.done("assign_status")


def _pair(asked: Asked) -> tuple[User, User]:
    in_path = links.from_path(User, asked.args[0])
    links.require(asked, "LearnerID")
    in_body = links.from_body(asked, "LearnerID")
    assert isinstance(in_body, User)
    swapped = switches.get("assign_direction") == "path_learner"
    learner, assignee = (in_path, in_body) if swapped else (in_body, in_path)
    if learner.role != Role.LEARNER or assignee.role == Role.LEARNER:
        raise bad(Code.BAD_VALUE, "a learner and a member of staff are needed")
    users.writable(str(learner.pk))
    return learner, assignee


def _part(asked: Asked, level: int) -> dict[str, Any]:
    """Level 1 is the whole portfolio, 2 a unit, 3 a standard."""
    if level == 2:
        links.require(asked, "UnitID")
        return {"unit_id": asked.get("text", "UnitID")}
    if level == 3:
        links.require(asked, "StandardID")
        links.from_body(asked, "StandardID")
        return {"standard_id": asked.get("id", "StandardID")}
    if level != 1:
        raise bad(Code.BAD_VALUE, "Level is 1, 2 or 3")
    return {}


def assign_placement(asked: Asked) -> HttpResponse:
    user = users.writable(asked.args[0])
    placement = links.from_path(Placement, asked.args[1])
    links.same_centre(user.organisation_id, placement)
    grant = wire.read("bool", "grantAccess", asked.args[2])
    PlacementGrant.objects.update_or_create(user=user, placement=placement, defaults={"grant_access": grant})
    User.objects.filter(pk=user.pk).update(placement=placement, last_modified=clock.now())
    return answers.done()
