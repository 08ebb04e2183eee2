"""The journal over all runs, and of one learner: found, filtered, sorted, masked, written out."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Learner
from onefile_integration.models import Run, Step
from onefile_integration.presenters.exchanged import NO_VALUES
from onefile_integration.rules.fields import SHOWN
from tests import factories
from tests.unit.exchange import building as make

SUMMER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # the second of July in London


@pytest.fixture(autouse=True)
def switched_on(groups: None) -> None:
    make.settings(enabled=True)


@pytest.fixture
def amara() -> Learner:
    return factories.LearnerFactory(ident="AM001", forenames="Amara", surname="O'Lane")


def changed(run: Run, subject: Any, name: str, old: Any, new: Any, **more: Any) -> Step:
    kind = str(subject._meta.model_name)
    plan, _ = run.plans.get_or_create(kind=run.kind, **{kind: subject})
    base = {"kind": "update_details", "side": "mis", "record": f"{kind}:{subject.pk}", "title": f"Bring {name}"}
    base |= {"state": "done", "begun_at": timezone.now(), "position": plan.steps.count() + 1}
    return make.a_step(**base | more, plan=plan, changes=[{"field": name, "old": old, "new": new}])


@pytest.fixture
def story(amara: Learner) -> dict[str, Run]:
    """A night long ago, a refresh of today, and a dry run that did nothing."""
    officer = factories.OfficerFactory(ident="OF007", forenames="Bryn", surname="Tallis")
    night = make.a_run(kind="whole", asked_by="the nightly schedule")
    changed(night, amara, "email", "a@x.example", "b@x.example", begun_at=SUMMER)
    changed(night, officer, "email", "c@x.example", "=d@x.example", kind="update_officer", begun_at=SUMMER)
    refresh = make.a_run(asked_by="Priya")
    changed(refresh, amara, "nino", None, "AB123456C", side="onefile", kind="update_learner")
    changed(refresh, amara, "elements_done", 3, 5, record="line:1", kind="update_line", state="refused", message="No.")
    dry = make.a_run(kind="whole", dry=True)
    changed(dry, amara, "email", "b@x.example", "z@x.example", state="waiting", begun_at=None)
    return {"night": night, "refresh": refresh, "dry": dry}


def rows(client: Client, address: str, **asked: Any) -> list[dict[str, str]]:
    answer: Any = client.get(address, asked)
    assert answer.status_code == 200
    return list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))


def found(client: Client, **asked: Any) -> set[str]:
    return {row["NEW"] for row in rows(client, "/onefile/journal.csv", **asked)}


BOTH, NINO, DONE = {"b@x.example", "'=d@x.example"}, "AB123456C", "5"


@pytest.mark.parametrize(
    ("asked", "new"),
    [
        ({}, {*BOTH, NINO, DONE}),
        ({"q": "o lane"}, {"b@x.example", NINO, DONE}),
        ({"q": "of007"}, {"'=d@x.example"}),
        ({"field": "learner.email"}, {"b@x.example"}),
        ({"field": "officer.email"}, {"'=d@x.example"}),
        ({"field": "line.elements_done"}, {DONE}),
        ({"side": "onefile"}, {NINO}),
        ({"state": "refused"}, {DONE}),
        ({"kind": "update_learner"}, {NINO}),
        ({"run_kind": "whole"}, BOTH),
        ({"day_to": "2026-07-02"}, BOTH),
        ({"day_to": "2026-07-01"}, set()),
        ({"day_from": "2026-07-02", "day_to": "2026-07-02"}, BOTH),
        ({"day_from": "2026-07-03", "day_to": "2026-07-03"}, set()),
    ],
)
def test_found_by_whom_what_and_when(
    administrator: Client, story: dict[str, Run], asked: dict[str, str], new: set[str]
) -> None:
    assert found(administrator, **asked) == new
    assert administrator.get("/onefile/journal/", asked).status_code == 200


def test_by_run_newest_first_and_with_who_asked(administrator: Client, story: dict[str, Run]) -> None:
    assert found(administrator, run=story["refresh"].pk) == {NINO, DONE}
    listed = rows(administrator, "/onefile/journal.csv")
    assert [row["RUN_KIND"] for row in listed] == ["refresh", "refresh", "whole", "whole"]
    assert (listed[0]["ASKED_BY"], listed[-1]["WHEN"]) == ("Priya", "2026-07-02T00:30:00+01:00")
    text = administrator.get("/onefile/journal/").text
    assert text.index("Priya") < text.index("the nightly schedule"), "on the page, too"
    for column in ("subject", "ident", "title", "values", "side", "state", "begun_at", "run", "asked_by"):
        for order in (column, f"-{column}"):
            assert len(rows(administrator, "/onefile/journal.csv", sort=order)) == 4
            assert administrator.get("/onefile/journal/", {"sort": order}).status_code == 200


def test_a_field_shows_no_other_value_of_the_step(administrator: Client, story: dict[str, Run]) -> None:
    step = Step.objects.get(kind="update_learner")
    step.changes = [*step.changes, {"field": "mobile", "old": None, "new": "07700 900123"}]
    step.save()
    assert found(administrator, field="learner.mobile") == {"07700 900123"}
    text = administrator.get("/onefile/journal/", {"field": "learner.mobile"}).text
    assert "07700 900123" in text and NINO not in text


def test_the_pages_lead_to_each_other(administrator: Client, holder: Client, story: dict[str, Run]) -> None:
    text = administrator.get("/onefile/journal/", {"field": "officer.email", "per_page": "50"}).text
    assert f'href="/onefile/runs/{story["night"].pk}/"' in text and "Bryn Tallis (officer)" in text
    assert 'href="/onefile/journal.csv?field=officer.email" download' in text
    assert 'href="/onefile/journal/"' in administrator.get("/onefile/").text
    assert "/learners/AM001/onefile/journal/" in holder.get("/learners/AM001/delivery-plan/").text
    exchanged = administrator.get("/onefile/exchanged/").text
    for row in SHOWN:
        name = f"{row.record}.{row.name}"
        assert f'/onefile/journal/?{"kind=assign_officer" if name in NO_VALUES else f"field={name}"}"' in exchanged
    assert "No steps match" in administrator.get("/onefile/journal/", {"q": "nobody"}).text


def test_a_learners_changes_are_for_staff_with_masked_values(holder: Client, story: dict[str, Run]) -> None:
    text = holder.get("/learners/AM001/onefile/journal/").text
    assert "b@x.example" in text and "Hidden" in text and NINO not in text and "z@x.example" not in text
    assert f"/onefile/runs/{story['night'].pk}/learners/AM001/" in text and ">Ident</a>" not in text
    listed = rows(holder, "/learners/AM001/onefile/journal.csv")
    assert [row["NEW"] for row in listed] == ["5", "Hidden", "b@x.example"]
    assert "Nothing was exchanged yet" in holder.get(
        f"/learners/{factories.LearnerFactory().ident}/onefile/journal/"
    ).text  # fmt: skip


def test_steps_say_their_fields_however_they_are_made(db: None) -> None:
    plan = make.a_plan()
    pair = [{"field": name, "old": None, "new": "x"} for name in ("email", "onefile_id", "email")]
    Step.objects.bulk_create([Step(plan=plan, position=1, record="onefile_review:7", side="mis", changes=pair)])
    assert plan.steps.get().fields == " review.email review.onefile_id "
    assert Step.objects.with_field("review.email").exists() and not Step.objects.with_field("review.one").exists()
    assert make.a_step(begun_at=timezone.now() - timedelta(days=1)).fields == ""
