"""The export of everything held holds everything: each table that leads to a learner, each value of a full one."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db.models import Model

from learners.models import Learner
from learners.services import learners
from onefile_integration.exchange import listed
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.work import work
from onefile_integration.models import Settings
from tests.integration.onefile.conftest import command
from tests.integration.onefile.marked import BY, MARKERS, PERSON, desk, exchanged, marked
from tests.integration.onefile.story import onefile_id
from tests.sandbox_process import SandboxProcess

__all__ = ["desk", "exchanged", "marked"]

# Table to where its rows stand in the export.
EXPORTED = {
    "learners.Learner": "ident",
    "learners.Learner_tags": "tags",
    "learners.Break": "breaks",
    "learners.LearnerOfficer": "officers",
    "learners.Placement": "placements",
    "learners.DeliveryPlanLine": "delivery",
    "learners.Unit": "delivery",
    "learners.Review": "reviews",
    "learners.AccessRequest": "access_requests",
    "learners.BulkChangeRow": "bulk_changes",
    "onefile_integration.Link": "onefile_links",
    "onefile_integration.RemoteAim": "onefile_links",
    "onefile_integration.RemoteReview": "onefile_links",
    "onefile_integration.OfficerAssignment": "onefile_links",
    "onefile_integration.AgreedValue": "onefile_links",
    "onefile_integration.PortfolioFigure": "onefile_links",
    "onefile_integration.ExchangePlan": "onefile_plans",
    "onefile_integration.Step": "onefile_exchanges",
    "onefile_integration.ReconciliationRow": "onefile_reconciliations",
    "onefile_integration.Question": "onefile_questions",
    "onefile_integration.HeldField": "onefile_held_fields",
}
# Not exported, each with the reason.
EXCEPTIONS = {"learners.DifferentPeople": "it says who somebody else is not, and names another person"}


def lead_to_learners() -> set[Any]:
    """Every table with a path of foreign keys to a learner, however long."""
    found: set[Any] = {Learner}
    while more := {model for model in apps.get_models(include_auto_created=True) if _points(model, found)} - found:
        found |= more
    return found


def _points(model: type[Model], to: set[type[Model]]) -> bool:
    return any(field.is_relation and field.related_model in to for field in model._meta.concrete_fields)


def is_history(model: type[Model]) -> bool:
    return hasattr(model, "instance_type")


def test_each_table_is_exported_or_has_a_reason() -> None:
    tables = {model._meta.label for model in lead_to_learners() if not is_history(model)}
    assert tables == set(EXPORTED) | set(EXCEPTIONS), (
        "A new table leads to a learner: export it (learners/export.py, or registry.learner_export), or say why not."
    )


def test_a_list_that_shows_the_learner_is_exported(learner: Learner) -> None:
    """What would be sent of the learner stands there for some days."""
    shown = listed.start([learner.pk], Given(centre=101), settings=Settings.objects.current(), by=BY)
    work(shown)
    data = command("learner_export", "AB12C").data
    assert data["onefile_plans"][0]["outcome"] == "ready"
    assert "amara.lane@example.org" in json.dumps(data["onefile_lists"])


def test_a_full_learner_is_exported_whole(exchanged: Learner, connected: SandboxProcess) -> None:
    number = onefile_id(connected, "ZQ7XK")

    data = command("learner_export", "ZQ7XK").data

    text = json.dumps(data, ensure_ascii=False)
    assert not [marker for marker in [*MARKERS, str(number)] if marker not in text]
    assert {key for key in EXPORTED.values() if not data[key]} == set()
    assert (data["onefile_id"], data["ethnicity"], data["lldd"]) == (number, PERSON["ethnicity"], 1)
    assert [link["onefile_id"] for link in data["onefile_links"]] == [number]
    tracked = {model.instance_type for model in lead_to_learners() if is_history(model)} - {Learner.tags.through}
    assert {row["record"] for row in data["history"]} == {model._meta.model_name for model in {Learner, *tracked}}
    assert len(data["access_requests"]) == 2, "this one, too"

    learners.update(exchanged, by=BY, system_status="Deleted")
    assert command("learner_export", "ZQ7XK").data["surname"] == "Quillfeather"
