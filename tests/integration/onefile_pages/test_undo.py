"""Undo and held fields on their pages: of one learner field by field, of a run by a filter, held and freed by hand."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learners.models import Learner
from learners.services import learners
from onefile_integration.models import ExchangePlan, HeldField, Run, Settings, Step
from onefile_integration.words import RunKind
from tests import factories
from tests.integration.onefile_pages.conftest import BY
from tests.unit.exchange import building as make

Work = Callable[[], None]
SURNAME = {"field": "surname", "old": "Okafor-Lane", "new": "Lane"}
MOBILE = {"field": "mobile", "old": None, "new": "07700 900999"}


@pytest.fixture
def on(groups: None) -> None:
    """Switched on; OneFile itself is not there, and not needed."""
    make.settings(enabled=True)


def changed_by_a_run(run: Run, learner: Learner, **more: Any) -> ExchangePlan:
    plan = make.a_plan(run=run, learner=learner, kind=run.kind, state="done", ended_at=timezone.now())
    learners.update(learner, by=BY, surname="Lane", mobile="07700 900999")
    done = {"state": "done", "begun_at": timezone.now(), "ended_at": timezone.now(), "side": "mis"}
    make.a_step(
        plan=plan, kind="update_details", record=f"learner:{learner.pk}", title="Details from OneFile",
        changes=[SURNAME, MOBILE], **done,
    )  # fmt: skip
    make.a_step(plan=plan, kind="link_aim", record="line:1", title="It is an aim", **done | {"position": 2})
    return plan


@pytest.fixture
def night(on: None) -> Run:
    run = make.a_run(kind="whole", lane="night", state="finished", finished_at=timezone.now())
    for ident in ("AB12C", "CD34E"):
        learner = factories.LearnerFactory(ident=ident, forenames="Amara", surname="Okafor-Lane", mobile="")
        changed_by_a_run(run, learner)
    return run


def ticks(text: str) -> list[str]:
    return re.findall(r'<input type="checkbox"[^>]*name="(?:part|step|held)" value="([^"]+)"', text)


def test_one_learner_field_by_field(holder: Client, night: Run, work: Work) -> None:
    log = f"/onefile/runs/{night.pk}/learners/AB12C/"
    assert f'href="{log}undo/"' in holder.get(log).text
    learners.update(Learner.objects.get(ident="AB12C"), by=BY, mobile="1")
    text = unescape(holder.get(f"{log}undo/").text)
    (surname,) = ticks(text)
    assert "It was changed since by test" in text and "It is a note of ours only" in text
    assert "Link a qualification" in text
    assert "Nothing is ticked" in holder.post(f"{log}undo/").text
    asked = unescape(holder.post(f"{log}undo/", {"part": [surname, "999:surname"]}).text)
    assert "Surname: Lane → Okafor-Lane" in asked and "1 value is put back" in asked
    assert not Run.objects.filter(kind="undo").exists(), "it is only asked so far"

    progress = holder.post(f"{log}undo/", {"part": [surname], "sure": "yes"}).url
    assert holder.post(f"{log}undo/", {"part": [surname], "sure": "yes"}).url == progress, "a second click finds it"
    work()

    learner = Learner.objects.get(ident="AB12C")
    assert (learner.surname, learner.mobile) == ("Okafor-Lane", "1")
    log_of_it = holder.get(progress).text
    assert "Undo Log" in log_of_it and "1 of 1 steps ended" in log_of_it
    assert "What could be put back is put back." in log_of_it and "Both sides agree" not in log_of_it
    assert "It was undone by user-" in unescape(holder.get(f"{log}undo/").text)
    made = Run.objects.get(kind="undo")
    assert (
        f"run {made.pk}: undo of run {night.pk} by user-0" in holder.get("/learners/AB12C/delivery-plan/history/").text
    )
    assert "Held fields (1)" in holder.get("/learners/AB12C/delivery-plan/").text


def test_a_whole_run_one_field_of_all(administrator: Client, holder: Client, night: Run, work: Work) -> None:
    address = f"/onefile/runs/{night.pk}/undo/"
    assert holder.get(address).status_code == 403
    assert f'href="{address}"' in administrator.get(f"/onefile/runs/{night.pk}/").text
    ended = administrator.get(f"/onefile/runs/{night.pk}/", headers={"HX-Request": "true", "HX-Target": "run-part"})
    assert 'id="page-actions"' in ended.text and f'href="{address}"' in ended.text, "offered without another load"
    listed = administrator.get(f"{address}?field=learner.mobile").text
    step = Step.objects.filter(kind="update_details").earliest("pk")
    assert '<td class="nowrap">CD34E</td>' in " ".join(listed.split()).replace("> <", "><")
    assert f"{step.pk}:mobile" in ticks(listed) and len(ticks(listed)) == 2
    assert not ticks(administrator.get(f"{address}?field=learner.address").text)
    question = f"{address}sure/?all=1&field=learner.mobile"
    assert question.replace("&", "&amp;") in listed
    assert "2 values of 2 learners" in administrator.get(question).text
    assert "0 values" in administrator.get(f"{address}sure/?all=1&field=nonsense").text
    assert "Nothing is chosen" in administrator.post(f"{address}sure/?all=1&field=nonsense").text

    made = administrator.post(question)
    assert administrator.post(question).url == made.url, "a second click finds it"
    work()

    run = Run.objects.get(kind="undo")
    assert made.url == f"/onefile/runs/{run.pk}/" and run.lane == "night"
    assert set(Learner.objects.values_list("surname", "mobile")) == {("Lane", "")}
    shown = administrator.get(made.url).text
    assert "Puts back" in shown and "2 of 2 learners ended" in shown
    assert "Undone in" in administrator.get(f"/onefile/runs/{night.pk}/").text
    one = f"{address}sure/?step={step.pk}"
    assert "2 values of 1 learner" in administrator.get(one).text
    administrator.post(one)
    work()
    assert Learner.objects.filter(surname="Okafor-Lane").count() == 1


def test_what_is_going_on_is_not_undone_yet(administrator: Client, holder: Client, night: Run) -> None:
    ExchangePlan.objects.filter(learner__ident="AB12C").update(state="ready")
    assert administrator.get(f"/onefile/runs/{night.pk}/undo/").url == f"/onefile/runs/{night.pk}/"
    assert "still going on" in administrator.post(f"/onefile/runs/{night.pk}/undo/sure/?all=1").text
    log = f"/onefile/runs/{night.pk}/learners/AB12C/"
    assert holder.get(f"{log}undo/").url == log and not Run.objects.filter(kind=RunKind.UNDO).exists()


def test_sensitive_values_are_masked(holder: Client, administrator: Client, night: Run) -> None:
    step = Step.objects.filter(kind="update_details").earliest("pk")
    step.changes = [{"field": "nino", "old": "CE123456A", "new": ""}]
    step.save()
    seen = [each.get(f"/onefile/runs/{night.pk}/learners/AB12C/undo/").text for each in (holder, administrator)]
    assert ["CE123456A" in text for text in seen] == [False, True]
    asked = holder.post(f"/onefile/runs/{night.pk}/learners/AB12C/undo/", {"part": ticks(seen[0])}).text
    assert "CE123456A" not in asked and "Hidden" in asked


def test_a_held_run_says_what_it_would_do_and_a_discarded_one_has_nothing_to_undo(
    administrator: Client, on: None
) -> None:
    run = make.a_run(kind="whole", lane="night", state="held")
    plan = make.a_plan(run=run, learner=factories.LearnerFactory(), kind="whole", state="ready")
    make.a_step(plan=plan, kind="update_details", record="learner:1", title="Details", changes=[SURNAME], side="mis")
    page = f"/onefile/runs/{run.pk}/"
    assert "Bring learner details" in (text := administrator.get(page).text) and "What was changed" not in text
    assert f"What run {run.pk} would change" in administrator.get(f"{page}changes/").text
    plan.release(state="skipped", ended_at=timezone.now())
    Run.objects.filter(pk=run.pk).update(state="discarded", finished_at=timezone.now())
    text = " ".join(re.sub("<[^>]+>", " ", administrator.get(page).text).split())
    assert "Not eligible, so left out 0 Discarded 1" in text and "Undo" not in text


def test_held_by_hand_listed_and_freed(holder: Client, on: None) -> None:
    learner = factories.LearnerFactory(ident="AB12C", surname="Okafor")
    line = factories.DeliveryPlanLineFactory(learner=learner)
    officer = factories.OfficerFactory(ident="OF001")
    address = "/learners/AB12C/onefile/held-fields/"
    text = holder.get(address).text
    assert "No field of this record is held." in text and f'value="line:{line.pk} registration_number"' in text
    assert "enter" in holder.post(address, {"field": f"learner:{learner.pk} surname"}).text or "required" in text
    other = factories.LearnerFactory()
    for wrong in (f"learner:{other.pk} surname", "learner:1 colour", "line:x surname"):
        assert holder.post(address, {"field": wrong, "why": "x"}).status_code == 200
    assert not HeldField.objects.exists()
    for field in (f"learner:{learner.pk} surname", f"line:{line.pk} registration_number"):
        assert holder.post(address, {"field": field, "why": "=spelt so"}).url == address
    of_officer = "/onefile/officer/OF001/held-fields/"
    assert holder.post(of_officer, {"field": f"officer:{officer.pk} email", "why": "x"}).url == of_officer
    text = holder.get(address).text
    assert f'value="learner:{learner.pk} surname"' not in text and "=spelt so" in text

    listed = holder.get("/onefile/held-fields/").text
    assert len(ticks(listed)) == 3 and line.qualification.vq_reference in listed
    assert len(ticks(holder.get("/onefile/held-fields/?q=okafor&field=learner.surname").text)) == 1
    part = holder.get("/onefile/held-fields/?state=held", headers={"HX-Request": "true", "HX-Target": "results"})
    assert 'href="/onefile/held-fields.csv?state=held"' in part.text
    HeldField.objects.update(held_at=datetime(2026, 7, 1, 12, tzinfo=UTC))
    rows = list(csv.reader(StringIO(holder.get("/onefile/held-fields.csv?q=okafor").getvalue().decode("utf-8-sig"))))
    assert len(rows) == 3 and {row[8] for row in rows[1:]} == {"'=spelt so"}
    assert {row[6] for row in rows[1:]} == {"2026-07-01T13:00:00+01:00"}

    question = "/onefile/held-fields/free/?" + "&".join(f"held={tick}" for tick in ticks(listed)[:2])
    assert "Free 2 held fields?" in holder.get(question).text and HeldField.objects.held().count() == 3
    assert holder.post(question).url == "/onefile/held-fields/"
    assert HeldField.objects.held().count() == 1 and HeldField.objects.exclude(freed_by="").count() == 2
    assert "None of these is held any more" in holder.post(question, follow=True).text
    assert len(ticks(holder.get("/onefile/held-fields/?state=held").text)) == 1
    assert "Fields that were held" in holder.get(address).text


def test_the_pages_ask_the_database_equally_often(administrator: Client, night: Run) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert administrator.get(address).status_code == 200
        return len(queries)

    def more(number: int) -> None:
        for n in range(number):
            learner = factories.LearnerFactory(ident=f"M{number:02}{n:02}", surname="Okafor-Lane", mobile="")
            changed_by_a_run(night, learner)
            make.a_held_field(learner=learner, record=f"learner:{learner.pk}")
            line = factories.DeliveryPlanLineFactory(learner=learner)
            make.a_held_field(learner=learner, record=f"line:{line.pk}", field="registration_number")
            learners.update(learner, by=BY, surname="Brandt")

    more(1)
    pages = (f"/onefile/runs/{night.pk}/undo/", "/onefile/held-fields/")
    assert Settings.objects.current().enabled
    asked(pages[0])  # the session is written once
    first = [asked(page) for page in pages]
    more(9)
    assert [asked(page) for page in pages] == first
