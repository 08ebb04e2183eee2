"""What is sent. None leaves a member out, "" clears it [X]; a date is sent as its midnight in UTC."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from onefile_integration.api.names import NAMES, Role
from onefile_integration.api.values import sent

Clear = Literal[""]


@dataclass(frozen=True, kw_only=True)
class UserFields:
    organisation_id: int | None = None
    role: Role | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    telephone: str | None = None
    mobile_number: str | None = None
    company_name: str | None = None
    home_address: str | None = None
    work_address: str | None = None
    dob: date | Clear | None = None
    uln: str | None = None
    nino: str | None = None
    l12: str | None = None
    l13: str | None = None
    l14: str | None = None
    l15: str | None = None
    l16: str | None = None
    primary_lldd_code: str | None = None
    secondary_lldd_codes: tuple[str, ...] | None = None
    misid: str | None = None
    placement_id: int | None = None
    classroom_id: int | None = None
    default_assessor_id: int | None = None
    default_employer_id: int | None = None
    episode_name: str | None = None
    start_on: date | Clear | None = None
    planned_end_date: date | Clear | None = None


@dataclass(frozen=True, kw_only=True)
class NewUser(UserFields):
    """A learner also needs an assessor, a classroom and a placement, an employer or observer a placement
    [D].
    """

    organisation_id: int = field()
    role: Role = field()
    first_name: str = field()
    last_name: str = field()


@dataclass(frozen=True, kw_only=True)
class PlacementFields:
    organisation_id: int | None = None
    name: str | None = None
    misid: str | None = None
    active: bool | None = None
    address: str | None = None
    contact: str | None = None
    email: str | None = None
    telephone: str | None = None
    web: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewPlacement(PlacementFields):
    organisation_id: int = field()
    name: str = field()
    active: bool | None = True


@dataclass(frozen=True, kw_only=True)
class LearningAimFields:
    start_date: date | Clear | None = None
    planned_end: date | Clear | None = None
    achieved_date: date | Clear | None = None
    registration_number: str | None = None
    registration_date: date | Clear | None = None
    certificate_applied_date: date | Clear | None = None
    certificate_received_date: date | Clear | None = None
    status: int | None = None


def body(**members: object) -> dict[str, Any]:
    return {NAMES[name]: sent(value) for name, value in members.items() if value is not None}


def body_of(what: UserFields | PlacementFields | LearningAimFields, **more: object) -> dict[str, Any]:
    return body(**more, **{one.name: getattr(what, one.name) for one in fields(what)})
