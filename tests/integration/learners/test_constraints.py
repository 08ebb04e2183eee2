"""What the database itself refuses, whoever writes; and that the services refuse it first, with words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from learners.models import BulkChange, BulkChangeRow, DifferentPeople, FileImport
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)
JOBS = {
    FileImport,
    BulkChange,
    BulkChangeRow,
    DifferentPeople,
}  # nobody types their values, so nobody has to be told in words


def second(factory: Any, *same: str) -> Callable[[], Any]:
    """Make a record, then another with the same fields."""

    def twice() -> Any:
        first = factory()
        return factory(**{name: getattr(first, name) for name in same})

    return twice


FORBIDDEN: dict[str, Callable[[], Any]] = {
    "tag_name_unique": lambda: (make.TagFactory(name="Joinery"), make.TagFactory(name="JOINERY")),
    "officer_status_known": lambda: make.OfficerFactory(status="Gone"),
    "organisation_status_known": lambda: make.OrganisationFactory(status="Gone"),
    "qualification_status_known": lambda: make.QualificationFactory(status="Gone"),
    "learner_status_known": lambda: make.LearnerFactory(system_status="Gone"),
    "learner_held_with_reason": lambda: make.LearnerFactory(held_from_sync=True),
    "learner_lldd_category_needs_flag": lambda: make.LearnerFactory(lldd_primary=4, lldd=2),
    "break_once_per_day": second(make.BreakFactory, "learner", "from_date"),
    "break_ends_after_it_begins": lambda: make.BreakFactory(from_date=DAY, to_date=date(2026, 8, 31)),
    "learner_officer_once_per_role": second(make.LearnerOfficerFactory, "learner", "officer", "role"),
    "placement_once_per_start": second(make.PlacementFactory, "learner", "organisation", "start"),
    "placement_type_known": lambda: make.PlacementFactory(type="X"),
    "placement_ends_after_it_begins": lambda: make.PlacementFactory(start=DAY, end=date(2026, 8, 31)),
    "line_once_per_start": second(make.DeliveryPlanLineFactory, "learner", "qualification", "start"),
    "line_elements_within_total": lambda: make.DeliveryPlanLineFactory(total_elements=3, elements_done=4),
    "unit_once_per_line": second(make.UnitFactory, "line", "reference"),
    "review_type_known": lambda: make.ReviewFactory(type="Chat"),
    "review_attended_known": lambda: make.ReviewFactory(attended="Maybe"),
    "file_import_state_known": lambda: make.FileImportFactory(state="gone"),
    "file_import_approved_by_and_at": lambda: make.FileImportFactory(approved_by="dana"),
    "file_import_only_when_approved": lambda: make.FileImportFactory(state="to_import"),
    "file_import_ended_at": lambda: make.FileImportFactory(state="discarded"),
    "file_import_claim_has_a_lease": lambda: make.FileImportFactory(claim=uuid.uuid4()),
    "file_import_chunk_once": second(make.FileImportChunkFactory, "file_import", "number"),
    "bulk_change_kind_known": lambda: make.BulkChangeFactory(kind="surname"),
    "bulk_change_made_by_somebody": lambda: make.BulkChangeFactory(made_by=""),
    "bulk_change_undone_by_and_at": lambda: make.BulkChangeFactory(undone_by="ada"),
    "bulk_change_row_step_known": lambda: make.BulkChangeRowFactory(step="erased"),
    "bulk_change_row_undone_or_left": lambda: make.BulkChangeRowFactory(undone=True, left_because="It was changed."),
    "different_people_said_once": second(make.DifferentPeopleFactory, "first", "second"),
    "different_people_in_order": lambda: make.DifferentPeopleFactory(first=(a := make.LearnerFactory()), second=a),
    "different_people_said_by_somebody": lambda: make.DifferentPeopleFactory(said_by=""),
    "erased_number_once": second(make.ErasedNumberFactory, "erasure", "digest"),
    "erasure_salt_one_row": lambda: make.ErasureSaltFactory(pk=2),
}  # fmt: skip


def constraints() -> list[str]:
    return [
        constraint.name
        for model in apps.get_app_config("learners").get_models()
        for constraint in model._meta.constraints
    ]


def test_every_constraint_has_its_case() -> None:
    assert set(constraints()) == set(FORBIDDEN)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        FORBIDDEN[name]()
    # SQLite names the columns of a unique constraint, not the constraint.
    assert name in str(caught.value) or "UNIQUE constraint failed" in str(caught.value)


CHECKS: list[tuple[Any, dict[str, Any], str]] = [
    (make.OfficerFactory, {"status": "Gone"}, "status"),
    (make.OrganisationFactory, {"status": "Gone"}, "status"),
    (make.QualificationFactory, {"status": "Gone"}, "status"),
    (make.LearnerFactory, {"system_status": "Gone"}, "system_status"),
    (make.LearnerFactory, {"held_from_sync": True}, "held_reason"),
    (make.LearnerFactory, {"lldd_primary": 4, "lldd": 2}, "lldd_primary"),
    (make.BreakFactory, {"to_date": date(2026, 8, 31)}, "to_date"),
    (make.PlacementFactory, {"type": "X"}, "type"),
    (make.PlacementFactory, {"end": date(2026, 8, 31)}, "end"),
    (make.DeliveryPlanLineFactory, {"total_elements": 3, "elements_done": 4}, "elements_done"),
    (make.ReviewFactory, {"type": "Chat"}, "type"),
    (make.ReviewFactory, {"attended": "Maybe"}, "attended"),
]
# The machinery's own rows: no service takes a value for them.
TAKEN_FROM_NOBODY = {"erasure_salt_one_row"}


@pytest.mark.parametrize(("factory", "values", "field"), CHECKS)
def test_the_services_refuse_it_first_and_name_the_field(factory: Any, values: dict[str, Any], field: str) -> None:
    from learners.actor import Actor
    from learners.services import saving

    record = factory()
    with pytest.raises(ValidationError) as caught:
        saving.update(record, values, by=Actor("test"))
    assert field in caught.value.message_dict


def test_every_check_constraint_of_a_record_is_among_them() -> None:
    checks = sum(
        isinstance(constraint, models.CheckConstraint)
        for model in apps.get_app_config("learners").get_models()
        if model not in JOBS
        for constraint in model._meta.constraints
    )
    assert len(CHECKS) + len(TAKEN_FROM_NOBODY) == checks


def test_every_model_has_a_factory() -> None:
    ours = {model for model in apps.get_app_config("learners").get_models() if not _is_machinery(model)}
    made = {
        factory._meta.model
        for factory in vars(make).values()
        if hasattr(factory, "_meta") and getattr(factory._meta, "model", None)
    }
    assert ours <= made


def _is_machinery(model: type[models.Model]) -> bool:
    return hasattr(model, "instance_type") or model.__name__.startswith("Historical")
