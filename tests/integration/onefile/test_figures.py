"""Off-the-job hours and overall progress: read on a Refresh, kept with their time, never in the way of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from learners.models import Learner
from onefile_integration.exchange import figures
from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.steps.base import Work
from onefile_integration.models import ExchangePlan, Link, PortfolioFigure
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import aim, onefile_id
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

NO_HOURS = "OneFile gave no off-the-job hours of this learner."
ALL = {"PlannedOTJ": 312.0, "CachedActualHours": 78.5, "MinimumOTJ": 290.4}


def refresh() -> int:
    return command("onefile_sync", "--learner", "AB12C").status


def kept() -> dict[str, float]:
    return dict(PortfolioFigure.objects.values_list("name", "value"))


def notes() -> list[str]:
    """Those of the figures."""
    said = [note["text"] for note in ExchangePlan.objects.latest("pk").notes]
    return [text for text in said if "not available in OneFile" not in text]


def otj_calls(onefile: SandboxProcess) -> list[Any]:
    return [call for call in onefile.calls() if call["path"].endswith("offthejob")]


def test_a_refresh_keeps_them_with_their_time(enrolled: SandboxProcess) -> None:
    enrolled.edit("users", onefile_id(enrolled), **ALL)
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=21)
    assert refresh() == 0
    assert kept() == {"planned": 312, "done": 78.5, "minimum": 290.4, "percent": 25.16, "progress": 19.81}
    assert notes() == []
    earlier = datetime(2026, 11, 1, tzinfo=UTC)
    PortfolioFigure.objects.update(read_at=earlier)
    enrolled.edit("users", onefile_id(enrolled), CachedActualHours=80)
    assert refresh() == 0
    assert kept()["done"] == 80 and not PortfolioFigure.objects.filter(read_at=earlier).exists()


def test_what_is_not_given_any_more_stays_with_its_time_and_is_said(enrolled: SandboxProcess) -> None:
    enrolled.edit("users", onefile_id(enrolled), **ALL)
    refresh()
    earlier = datetime(2026, 11, 1, tzinfo=UTC)
    PortfolioFigure.objects.update(read_at=earlier)
    enrolled.edit("users", onefile_id(enrolled), PlannedOTJ=None)
    assert refresh() == 0
    assert kept()["planned"] == 312
    assert PortfolioFigure.objects.get(name="planned").read_at == earlier
    assert PortfolioFigure.objects.get(name="done").read_at > earlier
    assert "OneFile gave no planned off-the-job hours." in notes()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"action": "status", "status": 404}, NO_HOURS),
        ({"action": "status", "status": 403}, "Off-the-job hours could not be read. OneFile refused"),
        ({"action": "status", "status": 503}, "Off-the-job hours could not be read. OneFile could not be reached"),
        ({"action": "html"}, "Off-the-job hours could not be read. OneFile sent a web page"),
        ({"action": "truncated"}, "Off-the-job hours could not be read."),
        ({"action": "empty"}, "Off-the-job hours could not be read."),
    ],
)
def test_whatever_is_wrong_with_them_the_refresh_goes_well(
    enrolled: SandboxProcess, fault: dict[str, Any], said: str
) -> None:
    enrolled.edit("users", onefile_id(enrolled), **ALL)
    refresh()
    before = kept()
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=7)
    enrolled.fault(path="offthejob", times=0, **fault)
    assert refresh() == 0
    assert Learner.objects.get().delivery_plan.get(qualification__vq_reference="196AS").elements_done == 7
    assert any(note.startswith(said) for note in notes()), notes()
    assert before | {"progress": 6.6} == kept(), "the other figure was read"


def test_an_environment_without_them_says_so(enrolled: SandboxProcess) -> None:
    enrolled.switches(off_the_job="missing")
    assert refresh() == 0
    assert notes() == [NO_HOURS] and set(kept()) == {"progress"}
    enrolled.switches(off_the_job="served")
    assert refresh() == 0
    assert notes() == [NO_HOURS], "an answer without any hours is the same"


def test_the_night_and_a_dry_run_do_not_read_them(enrolled: SandboxProcess) -> None:
    assert command("onefile_sync", "--learner", "AB12C", "--dry-run").status == 0
    assert command("onefile_sync").status == 0
    assert otj_calls(enrolled) == [] and kept() == {}
    assert refresh() == 0
    assert len(otj_calls(enrolled)) == 1


def test_they_are_exported_and_go_with_the_learner(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.edit("users", onefile_id(enrolled), **ALL)
    refresh()
    link = command("learner_export", "AB12C").data["onefile_links"][0]
    assert {row["name"]: row["value"] for row in link["figures"]} == kept()
    assert command("learner_erase", "AB12C", "--yes").status == 0
    assert not PortfolioFigure.objects.exists() and not Link.objects.filter(learner__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["officer", "organisation"])
def test_who_is_no_learner_is_not_asked_about(kind: str) -> None:
    """Tried again they are exchanged as in a Refresh; their number may be a learner's in OneFile."""
    record = {"officer": factories.OfficerFactory, "organisation": factories.OrganisationFactory}[kind]()
    make.a_link(**{kind: record})
    plan = make.a_plan(**{kind: record})

    figures.refresh(Work(NoCalls(), make.settings(enabled=True), plan))

    assert plan.notes == [] and kept() == {}
