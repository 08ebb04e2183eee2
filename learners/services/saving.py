"""What every service does on the way to the database: compare, check, save, with one history row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from simple_history.utils import bulk_create_with_history

from learners.actor import Actor
from learners.services.keys import KEY_FIELDS, fill_keys
from learners.values import cleaned

Changes = dict[str, tuple[Any, Any]]
M = TypeVar("M", bound=models.Model)

# Kept by the machinery, never given by a caller.
NOT_GIVEN = frozenset({"id", "created_at", *KEY_FIELDS})


@transaction.atomic
def create(record: M, values: Mapping[str, Any], *, by: Actor) -> M:
    """Fill ``record`` with ``values``, check it and insert it."""
    _apply(record, values)
    _check(record, {field.name for field in record._meta.concrete_fields})
    fill_keys(record)
    _sign(record, by)
    record.save(force_insert=True)
    return record


def prepared(record: M, values: Mapping[str, Any]) -> M:
    """``record`` filled and checked as far as that needs no database; ``create_all`` inserts it with others."""
    _apply(record, values)
    related = {field.name for field in record._meta.concrete_fields if isinstance(field, models.ForeignKey)}
    faults = _faults(lambda: record.clean_fields(exclude=related), record.clean)
    if faults:
        raise ValidationError(faults)
    fill_keys(record)
    return record


@transaction.atomic
def create_all(records: Sequence[M], *, by: Actor) -> None:
    """Insert prepared records of one model, which their caller knows to be unique, in two statements."""
    for record in records:
        _sign(record, by)
    if records:
        bulk_create_with_history(records, type(records[0]))


@transaction.atomic
def update(record: M, values: Mapping[str, Any], *, by: Actor) -> Changes:
    """Change what differs and return it as {field: (old, new)}; nothing is written where nothing differs.

    Compared with the stored row, under its lock: a form may have filled ``record`` already,
    and another process may have changed it since it was read.
    """
    stored = type(record)._base_manager.select_for_update().get(pk=record.pk)
    changes = _apply(stored, values)
    if changes:
        _check(stored, set(changes))
        written = fill_keys(stored)
        _sign(stored, by)
        stored.save(update_fields=[*changes, *written])
    for field in stored._meta.concrete_fields:
        if field.name in values or field.name in KEY_FIELDS:
            _copy(field, stored, record)
    return changes


@transaction.atomic
def delete(record: models.Model, *, by: Actor) -> None:
    _sign(record, by)
    record.delete()


def differences(record: models.Model, values: Mapping[str, Any]) -> Changes:
    """What of ``values`` is not what ``record`` holds."""
    changes: Changes = {}
    faults: dict[str, Any] = {}
    for name, given in values.items():
        field = _field(record, name)
        try:
            new = _normal(field, given)
        except ValidationError as error:
            faults[name] = error.messages
            continue
        old = _current(record, field)
        if new != old:
            changes[name] = (old, new)
    if faults:
        raise ValidationError(faults)
    return changes


def _apply(record: models.Model, values: Mapping[str, Any]) -> Changes:
    changes = differences(record, values)
    for name, (_, new) in changes.items():
        setattr(record, name, new)
    return changes


def _field(record: models.Model, name: str) -> models.Field[Any, Any]:
    field = next((field for field in record._meta.concrete_fields if field.name == name), None)
    if field is None or name in NOT_GIVEN:
        raise TypeError(f"{type(record).__name__} has no field {name!r} to set.")
    return field


def _current(record: models.Model, field: models.Field[Any, Any]) -> Any:
    """The value held now; None too where a relation has not been set."""
    if isinstance(field, models.ForeignKey) and getattr(record, field.attname) is None:
        return None
    return getattr(record, field.name)


def _normal(field: models.Field[Any, Any], value: Any) -> Any:
    """``value`` in the form in which the field is stored, so that equal values compare equal."""
    if isinstance(field, models.ForeignKey):
        return value
    if isinstance(field, models.CharField | models.TextField):
        text = cleaned(str(value)) if value is not None else ""
        if "\x00" in text:
            raise ValidationError("Null characters are not allowed.")
        return text.replace("\r\n", "\n")
    return None if value == "" else field.to_python(value)


def _copy(field: models.Field[Any, Any], stored: models.Model, record: models.Model) -> None:
    setattr(record, field.attname, getattr(stored, field.attname))
    if isinstance(field, models.ForeignKey) and field.is_cached(stored):
        field.set_cached_value(record, field.get_cached_value(stored))


def _check(record: models.Model, changed: set[str]) -> None:
    """Field by field, then across fields, then what must be unique.

    Not ``full_clean``: it asks the database for each check constraint and each related row.
    Check constraints are the models' ``clean`` said once more, and related rows are given as objects, or were stored.
    """
    known = {field.name for field in record._meta.concrete_fields if _is_known(record, field, changed)}
    faults = _faults(lambda: record.clean_fields(exclude=known), record.clean)
    faults = faults or _faults(
        lambda: record.validate_unique(exclude=_unchanged(record, changed)),
        lambda: _check_unique_constraints(record, changed),
    )
    if faults:
        raise ValidationError(faults)


def _faults(*checks: Callable[[], None]) -> dict[str, list[ValidationError]]:
    faults: dict[str, list[ValidationError]] = {}
    for check in checks:
        try:
            check()
        except ValidationError as error:
            faults = error.update_error_dict(faults)
    return faults


def _is_known(record: models.Model, field: models.Field[Any, Any], changed: set[str]) -> bool:
    """Related rows of which the database need not be asked whether they are there."""
    if not isinstance(field, models.ForeignKey) or getattr(record, field.attname) is None:
        return False
    return field.name not in changed or field.is_cached(record)


def _unchanged(record: models.Model, changed: set[str]) -> set[str]:
    return {field.name for field in record._meta.concrete_fields} - changed


def _check_unique_constraints(record: models.Model, changed: set[str]) -> None:
    for constraint in record._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and changed:
            touched = {*constraint.fields} if constraint.fields else changed
            if touched & changed:
                constraint.validate(type(record), record)


def _sign(record: models.Model, by: Actor) -> None:
    record._change_reason = by.label  # type: ignore[attr-defined]
    record._history_user = by.user  # type: ignore[attr-defined]
