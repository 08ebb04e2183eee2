"""OneFile's own lists come first in a night: what is new there is used at once, what is gone is not lost."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone

from learners.models import Learner
from onefile_integration.exchange import lists_first, nightly
from onefile_integration.exchange.connection import NoCalls
from onefile_integration.exchange.foreground import to_the_end
from onefile_integration.exchange.work import note_stop
from onefile_integration.models import Centre, Run, Settings, Standard
from onefile_integration.words import RunState
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import aim, line, writes
from tests.sandbox_process import SandboxProcess
from tests.unit.exchange import building as make

NEW = {"OrganisationID": 101, "Title": "Craft [999/XX]", "Elements": 7}


def night() -> Run:
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    to_the_end(run)
    run.refresh_from_db()
    return run


def test_a_new_qualification_is_assigned_in_the_night_that_finds_it(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(standards=[NEW | {"ID": 4009}])

    synced = command("onefile_sync")

    assert (synced.status, synced.data["outcome"]) == (0, "finished")
    assert aim(enrolled, 4009) and line(learner, "999/XX").total_elements == 7
    assert synced.data["calls"] == len(enrolled.calls()) - 1  # the probe is not the run's
    run = Run.objects.whole().get()
    assert run.lists_said == ["3 qualifications in 1 centre.", "New in OneFile: Craft [999/XX] (Northmoor College)."]
    enrolled.clear_calls()
    assert command("onefile_sync").data["changes"] == [] and writes(enrolled) == []


def test_of_two_pathways_that_are_new_a_person_chooses(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(standards=[NEW | {"ID": 4009}, NEW | {"ID": 4010}])

    synced = command("onefile_sync")

    ((kind, answers),) = [(each["kind"], each["answers"]) for each in synced.data["questions"]]
    assert (kind, answers) == ("pathway", ["4009", "4010"])
    # One of them vanishes, or the answer was cut: the other is not given by that.
    enrolled.remove("standards", 4010)
    command("onefile_sync")
    assert not [each for each in enrolled.state()["aims"] if each["StandardID"] == 4009]


def test_one_that_is_gone_is_marked_and_nothing_is_lost(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(standards=[NEW | {"ID": 4009}])
    command("onefile_check")
    enrolled.remove("standards", 4009)
    before = Standard.objects.get(onefile_id=4001)

    said = night()

    gone = Standard.objects.get(onefile_id=4009)
    assert gone.missing_since and gone.title == "Craft [999/XX]"
    assert "Not in OneFile's list any more: Craft [999/XX]" in said.lists_said[1]
    assert not [each for each in enrolled.state()["aims"] if each["StandardID"] == 4009]
    (plan,) = said.plans.all()
    assert plan.state == "done" and "does not show it any more" in str(plan.notes)
    assert Standard.objects.get(onefile_id=4001).pk == before.pk

    Standard.objects.filter(pk=gone.pk).update(missing_since=timezone.now() - timedelta(days=8))
    assert "not available in OneFile" in str(night().plans.get().notes)
    enrolled.seed(standards=[NEW | {"ID": 4009}])
    assert "again" in night().lists_said[1] and aim(enrolled, 4009)


@pytest.mark.parametrize("fault", ["html", "empty"])
def test_a_list_that_cannot_be_used_leaves_the_old_one(fault: str, enrolled: SandboxProcess, learner: Learner) -> None:
    ours = Standard.objects.filter(centre__onefile_id=101)
    before = list(ours.values("pk", "title", "missing_since"))
    enrolled.seed(organisations=[{"ID": 102, "Name": "Harbour", "CustomerID": 11}])
    if fault == "html":
        enrolled.fault("html", "Standard", times=0)
    else:
        for number in (4001, 4002):
            enrolled.edit("standards", number, OrganisationID=102)
    enrolled.edit("aims", aim(enrolled), ElementsCompleted=17)

    said = night()

    assert said.state == RunState.FINISHED and said.lists_failed
    assert "that of before is kept" in said.lists_said[1]
    assert list(ours.values("pk", "title", "missing_since")) == before
    assert line(learner).elements_done == 17


def test_a_centre_that_is_gone_is_kept_and_can_come_back(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(organisations=[{"ID": 102, "Name": "Harbour", "CustomerID": 11}])
    night()
    enrolled.remove("organisations", 102)
    assert "does not list the centre Harbour any more" in night().lists_said[1]
    assert Centre.objects.get(onefile_id=102).missing_since
    assert [each["id"] for each in command("onefile_check").data["centres"]] == [101]


def test_a_fault_of_ours_keeps_nobody_waiting(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make.a_run(kind="whole", lane="night")
    make.a_plan(run=run, kind="whole")
    monkeypatch.setattr(lists_first, "refresh_what_can_be_used", Mock(side_effect=ZeroDivisionError))

    with pytest.raises(ZeroDivisionError):
        lists_first.fetch_lists(run, NoCalls())

    run.refresh_from_db()
    assert (run.lists_at, run.lists_until) == (None, None), "another worker may try at once"


def test_what_failed_is_asked_for_again_when_the_run_goes_on(enrolled: SandboxProcess, learner: Learner) -> None:
    enrolled.seed(standards=[NEW | {"ID": 4009}])
    run = nightly.start_whole_run(Settings.objects.current(), by=BY)
    Run.objects.update(lists_at=timezone.now(), lists_failed=True, lists_said=["OneFile was down."])
    note_stop(run, "OneFile could not be reached.")

    to_the_end(run)

    assert aim(enrolled, 4009)
