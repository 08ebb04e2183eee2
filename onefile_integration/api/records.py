"""OneFile's answers as frozen records: only the members we use, tolerant of null, absent, "" and odd forms.

A member's name is matched whatever its case. `has` tells a member that is there and empty from one that is
not there.
"""

from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from onefile_integration.api import values
from onefile_integration.api.errors import BadAnswer, Why
from onefile_integration.api.names import NAMES

Id = Annotated[int, BeforeValidator(values.identity)]
Link = Annotated[int | None, BeforeValidator(values.link)]
Number = Annotated[float | None, BeforeValidator(values.number)]
Whole = Annotated[int | None, BeforeValidator(values.whole)]
Text = Annotated[str | None, BeforeValidator(values.text)]
Lines = Annotated[str | None, BeforeValidator(values.lines)]
Flag = Annotated[bool | None, BeforeValidator(values.flag)]
Instant = Annotated[datetime | None, BeforeValidator(values.instant)]
GuessedWhole = Annotated[int | None, BeforeValidator(values.lenient(values.whole))]
GuessedInstant = Annotated[datetime | None, BeforeValidator(values.lenient(values.instant))]


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    def has(self, field: str) -> bool:
        """Whether the answer had this member at all, be it null."""
        return field in self.model_fields_set

    @model_validator(mode="before")
    @classmethod
    def _by_our_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        ours = {NAMES[field].lower(): field for field in cls.model_fields if field in NAMES}
        found = {ours.get(str(name).lower(), str(name)): value for name, value in data.items()}
        return cls._prepared(found)

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        return data


class Progressing(Record):
    """`progress` is OneFile's percentage as it stands; where it is no number, `progress_unreadable`."""

    progress: Number = None
    progress_unreadable: bool = False

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        raw = data.get("progress")
        if isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
            found = values.lenient(values.number)(raw)
            if (found is None and not values.blank(raw)) or (found is not None and found < 0):
                data |= {"progress": None, "progress_unreadable": True}
        return data


class Customer(Record):
    id: Id
    name: Text = None


class Organisation(Record):
    """A centre."""

    id: Id
    name: Text = None


class Standard(Record):
    """The qualification's code stands in square brackets in the title [D]."""

    id: Id
    title: Text = None


class Classroom(Record):
    id: Id
    name: Text = None
    misid: Text = None
    organisation_id: Link = None


class Placement(Record):
    """Rows of a search have `id`, `name` and perhaps `misid` only."""

    id: Id
    name: Text = None
    misid: Text = None
    organisation_id: Link = None
    active: Flag = None
    address: Lines = None
    contact: Text = None
    email: Text = None
    telephone: Text = None
    web: Text = None


class UserRow(Record):
    id: Id
    first_name: Text = None
    last_name: Text = None
    misid: Text = None


class User(Progressing):
    """`l12` is ethnicity, `l13` sex, `l14` the flag of a learning difficulty or disability."""

    id: Id
    organisation_id: Link = None
    role: Whole = None
    username: Text = None
    first_name: Text = None
    last_name: Text = None
    email: Text = None
    telephone: Text = None
    mobile_number: Text = None
    company_name: Text = None
    home_address: Lines = None
    work_address: Lines = None
    dob: Instant = None
    uln: Text = None
    nino: Text = None
    l12: Text = None
    l13: Text = None
    l14: Text = None
    l15: Text = None
    l16: Text = None
    misid: Text = None
    placement_id: Link = None
    classroom_id: Link = None
    default_assessor_id: Link = None
    default_employer_id: Link = None
    episode_name: Text = None
    start_on: Instant = None
    planned_end_date: Instant = None
    last_modified: Instant = None


class OffTheJob(Record):
    """Hours, and a percentage. A number that is none, or below zero, is None and stands in ``unreadable``; whose
    id the answer's ``ID`` is, nobody has seen, so it is not looked at.
    """

    planned_otj: Number = None
    cached_actual_hours: Number = None
    percent_of_planned: Number = None
    minimum_otj: Number = None
    unreadable: tuple[str, ...] = ()

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        odd = []
        for field in ("planned_otj", "cached_actual_hours", "percent_of_planned", "minimum_otj"):
            found = values.lenient(values.number)(data.get(field))
            if (found is None and not values.blank(data.get(field))) or (found is not None and found < 0):
                odd.append(field)
                found = None
            data |= {field: found}
        return data | {"unreadable": tuple(odd)}


class LearningAimRow(Record):
    id: Id
    standard_id: Link = None
    user_id: Link = None
    status: Whole = None


class LearningAim(Progressing):
    """`status` does not tell whether it was achieved; `achieved_date` does. `elements_unreadable`: its count of
    elements is there, and is no number.
    """

    id: Id
    standard_id: Link = None
    user_id: Link = None
    status: Whole = None
    start_date: Instant = None
    planned_end: Instant = None
    achieved_date: Instant = None
    registration_number: Text = None
    registration_date: Instant = None
    certificate_applied_date: Instant = None
    certificate_received_date: GuessedInstant = None
    total_elements: GuessedWhole = None
    elements_completed: GuessedWhole = None
    elements_unreadable: bool = False

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        given = [data.get(field) for field in ("total_elements", "elements_completed")]
        odd = [raw for raw in given if not values.blank(raw) and values.lenient(values.whole)(raw) is None]
        return super()._prepared(data) | {"elements_unreadable": bool(odd)}


class ReviewRow(Record):
    id: Id
    scheduled_for: Instant = None
    learner_id: Link = None
    status: Whole = None


class Review(Progressing):
    """In a whole answer no `started_on` means that the review has not begun."""

    id: Id
    learner_id: Link = None
    assessor_id: Link = None
    employer_id: Link = None
    visit_id: Link = None
    status: Whole = None
    created_on: Instant = None
    scheduled_for: Instant = None
    started_on: Instant = None
    end_time: Instant = None
    assessor_signed_on: Instant = None
    learner_signed_on: Instant = None
    employer_signed_on: Instant = None


R = TypeVar("R", bound=Record)


def parse(kind: type[R], data: object) -> R:
    """Raises BadAnswer naming the member at fault by OneFile's name, never its value."""
    member = ""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        where = error.errors(include_input=False, include_context=False, include_url=False)[0]["loc"]
        member = NAMES.get(str(where[0]), "") if where else ""
    raise BadAnswer(Why.MEMBER if member else Why.UNREADABLE, member=member)


def parse_all(kind: type[R], data: object) -> list[R]:
    """None is nothing found. One row that cannot be read spoils the list: a shorter one would look whole."""
    if data is None:
        return []
    if not isinstance(data, list):
        raise BadAnswer(Why.UNREADABLE)
    return [parse(kind, row) for row in data]


def parse_id(data: object) -> int:
    """Of a create's reply: a bare number [C] or an object with an ID [C]."""
    held = {str(name).lower(): value for name, value in data.items()}.get("id") if isinstance(data, dict) else data
    try:
        return values.identity(held)
    except ValueError:
        pass
    raise BadAnswer(Why.MEMBER, member=NAMES["id"])
