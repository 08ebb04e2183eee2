"""Records by kind, as the control API and the demo centre name them: seeding, editing, the whole state."""

from typing import Any

from django.db import connection
from django.db import models as orm

from onefile_sandbox import clock, members, switches, wire
from onefile_sandbox.errors import ApiError
from onefile_sandbox.members import Member
from onefile_sandbox.models import (
    AimStatus,
    Assignment,
    Classroom,
    Customer,
    LearnerStatus,
    LearningAim,
    Organisation,
    Placement,
    PlacementGrant,
    Review,
    Standard,
    User,
    Visit,
)

_TO_CENTRE = (members.ID, members.CENTRE, members.NAME)
_FLAG = Member("Archived", "archived", "bool")
# In an order in which each kind refers to earlier ones only.
KINDS: dict[str, tuple[type[orm.Model], tuple[Member, ...]]] = {
    "customers": (Customer, (*members.CUSTOMER, Member("Token", "token", "text"))),
    "organisations": (Organisation, (*members.ORGANISATION, Member("CustomerID", "customer_id", "id"))),
    "learner_statuses": (LearnerStatus, _TO_CENTRE),
    "aim_statuses": (AimStatus, _TO_CENTRE),
    "placements": (Placement, members.PLACEMENT),
    "standards": (Standard, (*members.STANDARD, Member("Elements", "elements", "int"))),
    "classrooms": (Classroom, members.CLASSROOM),
    "users": (User, (*members.USER, _FLAG, *members.OFF_THE_JOB_KEPT)),
    "aims": (LearningAim, members.AIM),
    "visits": (Visit, members.VISIT),
    "reviews": (Review, members.REVIEW),
    "assignments": (
        Assignment,
        (
            members.ID,
            Member("AssigneeID", "assignee_id", "id"),
            Member("LearnerID", "learner_id", "id"),
            Member("Level", "level", "int"),
            Member("StandardID", "standard_id", "id"),
            Member("UnitID", "unit_id", "text"),
        ),
    ),
    "placement_grants": (
        PlacementGrant,
        (
            members.ID,
            Member("UserID", "user_id", "id"),
            Member("PlacementID", "placement_id", "id"),
            Member("GrantAccess", "grant_access", "bool"),
        ),
    ),
}
# Each kind counts from its own number, so that an id of a wrong kind cannot pass unseen.
FIRST_IDS = {
    Customer: 11,
    Organisation: 101,
    LearnerStatus: 21,
    AimStatus: 41,
    Placement: 900010,
    Standard: 4001,
    Classroom: 3001,
    User: 700100,
    LearningAim: 610001,
    Visit: 770001,
    Review: 88001,
    Assignment: 550001,
    PlacementGrant: 560001,
}


class BadRecordError(ValueError):
    pass


def kind(name: str) -> tuple[type[orm.Model], tuple[Member, ...]]:
    if name not in KINDS:
        raise BadRecordError(f"kind is one of {', '.join(KINDS)}")
    return KINDS[name]


def number_from_first_ids() -> None:
    """Ids go on from the highest ever given, and start where each kind starts."""
    with connection.cursor() as cursor:
        for model, first in FIRST_IDS.items():
            table = model._meta.db_table
            cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            if cursor.fetchone()[0] < first - 1:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first - 1])


def seed(wanted: dict[str, list[dict[str, Any]]]) -> dict[str, list[int]]:
    """Makes records of any kind, with given ids or new ones; a known id is overwritten."""
    for name in wanted:
        kind(name)
    made = {name: _put(name, wanted[name]) for name in KINDS if name in wanted}
    number_from_first_ids()
    return made


def _put(name: str, rows: list[dict[str, Any]]) -> list[int]:
    """New ones in bulk: a bench seeds thousands."""
    model, table = kind(name)
    wanted = [_fields(name, table, row) for row in rows]
    known = model._default_manager.in_bulk([fields["id"] for fields in wanted if fields.get("id")])
    put = [_with(known.get(fields.get("id")) or model(), fields) for fields in wanted]
    for record in put:
        if record.pk in known:
            record.save()
    model._default_manager.bulk_create([r for r in put if r.pk not in known], batch_size=500)
    for record, row in zip(put, rows, strict=True):
        _set_standards(record, row)
    return [int(record.pk) for record in put]


def _with(record: Any, fields: dict[str, Any]) -> Any:
    for attr, value in fields.items():
        setattr(record, attr, value)
    return record


def _set_standards(record: Any, row: dict[str, Any]) -> None:
    if "Standards" in row:
        record.standards.set(row["Standards"])


def _fields(name: str, table: tuple[Member, ...], row: dict[str, Any]) -> dict[str, Any]:
    by_name = {member.name.lower(): member for member in table}
    row = {k: v for k, v in row.items() if not (k == "Standards" and name == "classrooms")}
    unknown = [key for key in row if key.lower() not in by_name]
    if unknown:
        raise BadRecordError(f"{name} have no {', '.join(unknown)}")
    fields = {}
    for key, value in row.items():
        member = by_name[key.lower()]
        blank = value is None or (value == "" and member.form != "text")
        try:
            fields[member.attr] = wire.blank_of(member) if blank else wire.read(member.form, key, value)
        except ApiError as wrong:
            raise BadRecordError(wrong.message) from wrong
    return fields


def edit(name: str, pk: int, row: dict[str, Any], touch: bool = True) -> None:
    """A change as an assessor would make it: a user's own fields move LastModified."""
    model, table = kind(name)
    record: Any = model._default_manager.filter(pk=pk).first()
    if record is None:
        raise BadRecordError(f"no {name} with id {pk}")
    fields = _fields(name, table, row)
    _set_standards(_with(record, fields), row)
    if touch and model is User and "last_modified" not in fields and set(fields) - {"archived"}:
        record.last_modified = clock.now()
    record.save()
    if touch and model in (LearningAim, Review):
        touch_learner(record)


def touch_learner(record: LearningAim | Review) -> None:
    if switches.get("last_modified_moves") == "progress":
        learner = record.user_id if isinstance(record, LearningAim) else record.learner_id
        User.objects.filter(pk=learner).update(last_modified=clock.now())


def remove(name: str, pk: int) -> bool:
    """What belongs to it goes with it, but that a switch may leave the aims and reviews of a user."""
    found = kind(name)[0]._default_manager.filter(pk=pk)
    if name == "users" and switches.get("removed_learner") == "served":
        return found.update(removed=True) > 0
    return found.delete()[0] > 0


def state() -> dict[str, list[dict[str, Any]]]:
    """Everything there is, in one form whatever the switches say."""
    return {
        name: [_plain(record, table) for record in model._default_manager.order_by("id")]
        for name, (model, table) in KINDS.items()
        if model is not Customer
    }


def _plain(record: orm.Model, table: tuple[Member, ...]) -> dict[str, Any]:
    computed = ("Progress",) if isinstance(record, User) else ()
    values = {m.name: getattr(record, m.attr) for m in table if m.name not in computed}
    plain = {k: wire.send_date(v, "z_ms") if hasattr(v, "astimezone") else v for k, v in values.items()}
    if isinstance(record, Classroom):
        plain["Standards"] = sorted(record.standards.values_list("id", flat=True))
    return plain


def clear() -> None:
    for model, _ in reversed(list(KINDS.values())):
        model._base_manager.all().delete()
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in FIRST_IDS]
        marks = ", ".join(["%s"] * len(tables))
        cursor.execute(f"DELETE FROM sqlite_sequence WHERE name IN ({marks})", tables)  # noqa: S608 - marks only
    number_from_first_ids()
