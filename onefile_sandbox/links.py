"""Records that a call refers to: the path says 404 when they are missing, the body 400 with a code."""

from typing import TypeVar

from django.db import models as orm

from onefile_sandbox import switches
from onefile_sandbox.errors import ApiError, Code, bad, missing
from onefile_sandbox.models import Classroom, LearnerStatus, Organisation, Placement, Standard, User, Visit
from onefile_sandbox.request import Asked

Record = TypeVar("Record", bound=orm.Model)
# What a body may name: member → the model, its code, the words of the refusal.
LINKS: dict[str, tuple[type[orm.Model], Code, str]] = {
    "OrganisationID": (Organisation, Code.CENTRE_NOT_FOUND, "centre not found"),
    "PlacementID": (Placement, Code.PLACEMENT_NOT_FOUND, "placement not found"),
    "ClassroomID": (Classroom, Code.CLASSROOM_NOT_FOUND, "classroom not found"),
    "DefaultAssessorID": (User, Code.USER_NOT_FOUND, "assessor not found"),
    "DefaultEmployerID": (User, Code.USER_NOT_FOUND, "employer not found"),
    "AssessorID": (User, Code.USER_NOT_FOUND, "assessor not found"),
    "EmployerID": (User, Code.USER_NOT_FOUND, "employer not found"),
    "LearnerID": (User, Code.USER_NOT_FOUND, "learner not found"),
    "StandardID": (Standard, Code.STANDARD_NOT_FOUND, "standard not found"),
    "LearnerStatusID": (LearnerStatus, Code.BAD_VALUE, "learner status not found"),
    "VisitID": (Visit, Code.VISIT_NOT_FOUND, "visit not found"),
}


def from_path(model: type[Record], text: str) -> Record:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    record = None if number is None else model._default_manager.filter(pk=number).first()
    if record is None:
        raise missing(str(model._meta.verbose_name))
    return record


def from_body(asked: Asked, name: str) -> orm.Model | None:
    """The record that a member names, None where the member is absent or blank."""
    model, code, words = LINKS[name]
    number = asked.get("id", name)
    if number is None:
        return None
    record = model._default_manager.filter(pk=number).first()
    if record is None:
        raise ApiError(int(switches.get("unknown_in_body")), int(code), words)
    return record


def same_centre(organisation_id: int | None, *records: orm.Model | None) -> None:
    """Refusing a link into another centre is an invented default (X)."""
    if switches.get("cross_centre") == "accepted":
        return
    for record in records:
        if record is not None and getattr(record, "organisation_id", organisation_id) != organisation_id:
            raise bad(Code.OTHER_CENTRE, f"{record._meta.verbose_name} belongs to another centre")


def check(asked: Asked, organisation_id: int | None, *names: str) -> None:
    same_centre(organisation_id, *[from_body(asked, name) for name in names])


def require(asked: Asked, *names: str) -> None:
    absent = [name for name in names if not asked.has(name)]
    if absent:
        raise bad(Code.REQUIRED, f"required: {', '.join(absent)}")


def keep(changes: dict[str, object], **names: str) -> None:
    """A name cannot be cleared (X)."""
    for attr, name in names.items():
        if attr in changes and not changes[attr]:
            raise bad(Code.REQUIRED, f"required: {name}")
