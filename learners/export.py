"""Everything held on a learner, as values for JSON: a subject access request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from learners.history import histories_of
from learners.models import (
    BulkChangeRow,
    DeliveryPlanLine,
    Learner,
    LearnerOfficer,
    Placement,
    Review,
    Unit,
)
from learners.registry import registry


def learner_export(learner: Learner) -> dict[str, Any]:
    """Also of a Deleted learner; other apps add their parts."""
    data = {
        **_own(learner),
        "placements": [_placement(each) for each in learner.placements.select_related("organisation")],
        "breaks": [{"from": each.from_date, "to": each.to_date} for each in learner.breaks.all()],
        "officers": [_officer(each) for each in learner.learner_officers.select_related("officer")],
        "delivery": [_line(each) for each in _lines(learner)],
        "reviews": [_review(each) for each in learner.reviews.select_related("officer").order_by("pk")],
        "other_episodes": list(learner.other_episodes().order_by("start").values_list("ident", flat=True)),
        "bulk_changes": [_bulk_change(row) for row in learner.bulk_change_rows.select_related("change")],
        "access_requests": list(learner.access_requests.order_by("pk").values("answered_at", "answered_by")),
        "history": history(learner),
    }
    for part in registry.learner_export:
        _merge(data, part(learner))
    return data


def _own(learner: Learner) -> dict[str, Any]:
    same = ("email", "telephone", "mobile", "date_of_birth", "ukprn", "lrn", "ethnicity")
    return {
        "ident": learner.ident,
        "onefile_id": None,
        "first_name": learner.forenames or None,
        "surname": learner.surname or None,
        **{name: _or_none(getattr(learner, name)) for name in same},
        "uln": learner.uln or None,
        "nino": learner.nino or None,
        "sex": learner.sex or None,
        "lldd": learner.lldd,
        "lldd_primary": learner.lldd_primary,
        "lldd_others": learner.lldd_others,
        "address": learner.address_lines,
        "postcode": learner.postcode or None,
        "start": learner.start,
        "planned_end": learner.planned_end,
        "actual_end": learner.actual_end,
        "system_status": learner.system_status,
        "held_from_sync": learner.held_from_sync,
        "held_reason": learner.held_reason or None,
        "main_officer": learner.main_officer.ident if learner.main_officer else None,
        "main_tag": learner.main_tag.name if learner.main_tag else None,
        "tags": [tag.name for tag in learner.tags.all()],
    }


def _or_none(value: Any) -> Any:
    return None if value == "" else value


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "organisation": placement.organisation.ident,
        "name": placement.organisation.name or None,
        "type": placement.type,
        "start": placement.start,
        "end": placement.end,
    }


def _officer(learner_officer: LearnerOfficer) -> dict[str, Any]:
    return {"officer": learner_officer.officer.ident, "role": learner_officer.role}


def _lines(learner: Learner) -> Iterable[DeliveryPlanLine]:
    lines = learner.delivery_plan.select_related("qualification", "assessor").prefetch_related("units")
    return lines.order_by("pk")


def _line(line: DeliveryPlanLine) -> dict[str, Any]:
    return {
        "vq_reference": line.qualification.vq_reference,
        "title": line.qualification.title,
        "assessor": line.assessor.ident if line.assessor else None,
        "start": line.start,
        "planned_end": line.planned_end,
        "actual_end": line.actual_end,
        "total_elements": line.total_elements,
        "elements_done": line.elements_done,
        "registration_number": line.registration_number or None,
        "registration_date": line.registration_date,
        "certificate_applied_date": line.certificate_applied,
        "certificate_received_date": line.certificate_received,
        "units": [_unit(unit) for unit in line.units.all()],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    return {"reference": unit.reference, "title": unit.title or None, "actual_end": unit.actual_end}


def _review(review: Review) -> dict[str, Any]:
    return {
        "id": review.pk,
        "type": review.type,
        "scheduled_date": review.scheduled_date,
        "start_time": review.start_time,
        "officer": review.officer.ident if review.officer else None,
        "attended": review.attended,
        "actual_date": review.actual_date,
        "actual_time": review.actual_time,
        "trainee_signed": review.trainee_signed,
        "officer_signed": review.officer_signed,
        "employer_signed": review.employer_signed,
        "notes": review.notes or None,
        "onefile_system_id": None,
    }


def _bulk_change(row: BulkChangeRow) -> dict[str, Any]:
    return {
        "when": row.change.made_at,
        "by": row.change.made_by,
        "what": row.label,
        "old": row.old_words or None,
        "new": row.new_words or None,
        "undone": row.undone,
    }


def history(learner: Learner) -> list[dict[str, Any]]:
    """Every history row of the learner and of what hangs on the record, deleted parts too, oldest first."""
    found = [row for model, rows in histories_of(learner.pk) for row in _rows(model._meta.model_name or "", rows)]
    return sorted(found, key=lambda row: row["when"])


def _rows(record: str, entries: Any) -> Iterable[dict[str, Any]]:
    words = {"+": "created", "~": "changed", "-": "deleted"}
    for entry in entries.select_related("history_user"):
        yield {
            "record": record,
            "id": entry.id,
            "when": entry.history_date,
            "what": words[entry.history_type],
            "by": entry.history_change_reason or (str(entry.history_user) if entry.history_user else None),
            "values": {
                field.name: getattr(entry, field.attname) for field in entry.tracked_fields if field.name != "id"
            },
        }


def _merge(data: dict[str, Any], part: dict[str, Any]) -> None:
    """A list that is there already is joined row by row; anything else is set."""
    for name, value in part.items():
        if isinstance(data.get(name), list):
            for ours, theirs in zip(data[name], value, strict=True):
                ours.update(theirs)
        else:
            data[name] = value
