"""Imports as jobs: read, agreed to, done once, and nothing kept of the file afterwards."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from learners import tasks
from learners.actor import Actor
from learners.files import jobs
from learners.files.live_progress import told
from learners.models import FileImport, FileImportChunk, Learner, Qualification
from learners.services import file_imports as service
from learners.services import lacking, learners
from learners.words import FileImportState
from tests import factories as make
from tests.integration.learners.conftest import BY, LEARNER, as_csv
from tests.integration.learners.ilr_sample import file as ilr_file
from tests.integration.learners.ilr_sample import learner as ilr_learner
from tests.integration.learners.workbooks import workbook

pytestmark = pytest.mark.django_db
GOOD = b"VQREF,TITLE,LEVEL,AWARDINGBODY\n157AS,Joiner,2,C&G\n"
BAD = b"VQREF,TITLE,LEVEL,AWARDINGBODY\n157AS,\x07,2,C&G\n"


@pytest.fixture
def dana() -> Actor:
    return Actor.of(User.objects.create_user("dana"))


def upload(data: bytes, by: Actor, kind: str = "qualifications", name: str = "file.csv") -> FileImport:
    blocks = (data[at : at + 20] for at in range(0, len(data), 20))
    return service.upload(kind=kind, file_name=name, blocks=blocks, by=by)


def read(data: bytes, by: Actor, kind: str = "qualifications", name: str = "file.csv") -> FileImport:
    return worked(upload(data, by, kind, name))


def worked(job: FileImport) -> FileImport:
    tasks.work_import(job.pk)
    job.refresh_from_db()
    return job


def agree(job: FileImport, by: Actor, *, go_on: bool = False, same_person: Any = ()) -> FileImport:
    assert service.approve(job, by=by, go_on=go_on, same_person=same_person)
    return worked(job)


def test_a_file_is_read_agreed_to_and_imported_once(dana: Actor) -> None:
    job = upload(GOOD, dana)
    assert (job.size, job.chunks.count()) == (len(GOOD), 3)
    worked(job)
    assert (job.state, job.expected["created"]) == ("read", 1)
    assert job.preview == [{"ident": "157AS", "record": "Qualification", "field": "", "old": "", "new": "157AS Joiner"}]
    assert not Qualification.objects.exists()
    assert service.approve(job, by=dana, go_on=False, same_person=[])
    assert not service.approve(job, by=dana, go_on=False, same_person=[])
    for _ in range(3):  # rung for again and again
        worked(job)
    assert (job.state, job.done, job.approved_by, job.claim) == (
        "imported",
        {"created": 1, "updated": 0, "unchanged": 0},
        "dana",
        None,
    )
    [row] = Qualification.history.all()
    assert (row.history_change_reason, row.history_user) == ("dana", dana.user)


def test_nothing_personal_is_kept_when_it_has_ended(dana: Actor) -> None:
    job = agree(read(as_csv(LEARNER), dana, "learners"), dana)
    assert (job.state, job.preview, job.conflicts, job.preview_count) == ("imported", [], [], 1)
    assert not FileImportChunk.objects.exists()


def test_a_workbook_with_a_bad_cell_is_refused_and_named(dana: Actor) -> None:
    job = read(workbook([[*LEARNER], [*(LEARNER | {"BIRTHDATE": "#N/A"}).values()]]), dana, "learners")
    assert (job.state, job.error_count, job.errors[0]["row"], job.errors[0]["column"]) == ("refused", 1, 2, "BIRTHDATE")
    assert not FileImportChunk.objects.exists()
    assert not service.approve(job, by=dana, go_on=False, same_person=[])


def test_what_is_held_goes_through_when_somebody_says_so(dana: Actor) -> None:
    rows = [LEARNER | {"IDENT": f"AB12{number}", "MIAP_ULN": ""} for number in range(4)]
    agree(read(as_csv(*rows), dana, "learners"), dana)
    job = read(as_csv(*(row | {"SURNAME": "Slipped"} for row in rows)), dana, "learners")
    assert (job.state, job.held, job.expected["updated"]) == ("read", {"identity_overwritten": 4}, 4)
    assert agree(job, dana).state == "read"  # held anew, and asked anew
    assert (job.approved_by, Learner.objects.filter(surname="Slipped").count()) == ("", 0)
    assert agree(job, dana, go_on=True).state == "imported"
    assert Learner.objects.filter(surname="Slipped").count() == 4


def test_what_others_changed_meanwhile_is_counted_as_it_is(dana: Actor) -> None:
    job = read(GOOD, dana)
    make.QualificationFactory(vq_reference="157AS", title="Joiner", level="2", awarding_body="C&G")
    agree(job, dana)
    assert (job.expected["created"], job.done) == (1, {"created": 0, "updated": 0, "unchanged": 1})


def test_an_ilr_loads_who_can_be_loaded_and_asks_about_the_others(dana: Actor) -> None:
    agree(read(ilr_file(ilr_learner(LearnRefNumber="A1")), dana, "ilr", "ILR.xml"), dana)
    ours = Learner.objects.get()
    learners.update(ours, surname="Another", date_of_birth="1990-01-01", by=BY)
    job = read(
        ilr_file(ilr_learner(LearnRefNumber="A1"), ilr_learner(LearnRefNumber="B2", ULN="4123456782")), dana, "ilr"
    )
    assert (job.state, job.expected["created"]) == ("read", 1)
    assert [conflict["ref"] for conflict in job.conflicts] == ["A1"]
    assert job.error_count == 2
    agree(job, dana, same_person=["A1"])
    ours.refresh_from_db()
    assert (job.state, job.done["created"], job.done["updated"]) == ("imported", 1, 1)
    assert ours.surname != "Another"
    assert Learner.objects.count() == 2


# Workers that come and go


def test_two_workers_never_have_the_same_import(dana: Actor) -> None:
    job = upload(GOOD, dana)
    first = service.claim(job.pk)
    assert first
    assert service.claim(job.pk) is None
    assert service.waiting() == []
    expire(job)
    assert service.waiting() == [job.pk]
    second = service.claim(job.pk)
    assert second
    assert second.deaths == 1
    assert not service.renew(first)
    with pytest.raises(service.LostClaim):
        service.finish(first, FileImportState.REFUSED)
    assert service.renew(second)


def test_a_second_import_waits_for_the_first(dana: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long ones at once would take every worker of that queue: no tick, so no night and no mail meanwhile."""
    rung: list[int] = []
    monkeypatch.setattr(jobs, "ring", rung.append)
    first, second, third = (upload(GOOD, dana) for _ in range(3))
    real = jobs.import_csv

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        assert worked(second).state == "to_read"
        tasks.tick()
        assert rung == []
        return real(*args, **kwargs)

    monkeypatch.setattr(jobs, "import_csv", meanwhile)
    assert worked(first).state == "read"
    assert rung == [second.pk]
    monkeypatch.setattr(jobs, "import_csv", real)
    assert worked(second).state == "read"
    assert rung == [second.pk, third.pk]


@pytest.mark.django_db(transaction=True)
def test_of_imports_that_are_begun_at_once_one_is(dana: Actor) -> None:
    uploaded, claimed = [upload(GOOD, dana).pk for _ in range(4)], []
    at_once = threading.Barrier(len(uploaded))

    def claim(pk: int) -> None:
        at_once.wait()
        claimed.append(service.claim(pk))
        connection.close()

    workers = [threading.Thread(target=claim, args=[pk]) for pk in uploaded]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [job is not None for job in claimed].count(True) == 1
    assert len(claimed) == len(uploaded)


def test_a_worker_that_lost_its_claim_changes_nothing(dana: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = read(GOOD, dana)
    service.approve(job, by=dana, go_on=False, same_person=[])
    real = jobs.import_csv

    def slow(*args: Any, **kwargs: Any) -> Any:
        outcome = real(*args, **kwargs)
        expire(job)
        assert service.claim(job.pk)  # meanwhile another one took over
        return outcome

    monkeypatch.setattr(jobs, "import_csv", slow)
    worked(job)
    assert job.state == "to_import"
    assert not Qualification.objects.exists()
    monkeypatch.undo()
    expire(job)
    assert worked(job).state == "imported"
    assert Qualification.objects.count() == 1


def test_after_three_deaths_nobody_tries_again(dana: Actor) -> None:
    job = upload(GOOD, dana)
    for _ in range(3):
        assert service.claim(job.pk)
        expire(job)
    assert worked(job).state == "failed"
    assert "three times" in job.ending


def test_a_fault_of_ours_is_said_without_values(
    dana: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(LEARNER["FIRSTNAME"])

    monkeypatch.setattr(jobs, "import_csv", breaks)
    with caplog.at_level(logging.ERROR):
        job = read(as_csv(LEARNER), dana, "learners")
    assert job.state == "failed"
    assert "Nothing was changed" in job.ending
    [record] = caplog.records
    assert (record.message, record.__dict__["kind"]) == ("file_import_bug", "RuntimeError")
    assert LEARNER["FIRSTNAME"] not in str(record.__dict__)
    assert not FileImportChunk.objects.exists()


def test_progress_is_seen_while_the_import_s_transaction_is_open(dana: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job, seen = upload(GOOD, dana), []
    real = jobs.import_csv

    def watched(*args: Any, **kwargs: Any) -> Any:
        outcome = real(*args, **kwargs)
        seen.append(told(job.pk))
        return outcome

    monkeypatch.setattr(jobs, "import_csv", watched)
    worked(job)
    assert seen == [(1, 1)]
    assert told(job.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_long_import_keeps_its_claim(dana: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LEASE", timedelta(seconds=0.4))
    job = upload(GOOD, dana)
    real = jobs.import_csv

    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(1)
        # SQLite has one writer, who is at work: nobody else could claim it.
        assert service.waiting() == [] or connection.vendor == "sqlite"
        return real(*args, **kwargs)

    monkeypatch.setattr(jobs, "import_csv", slow)
    assert worked(job).state == "read"


# What is left lying


def test_a_discarded_file_is_gone(dana: Actor) -> None:
    for job in (upload(GOOD, dana), read(GOOD, dana)):
        assert service.discard(job, by=dana)
        assert worked(job).state == "discarded"
        assert "By dana" in job.ending
        assert not service.discard(job, by=dana)
    assert not FileImportChunk.objects.exists()
    assert not Qualification.objects.exists()


def test_an_import_that_has_begun_cannot_be_discarded(dana: Actor) -> None:
    job = read(GOOD, dana)
    service.approve(job, by=dana, go_on=False, same_person=[])
    assert service.claim(job.pk)
    assert not service.discard(job, by=dana)


def test_after_a_day_without_a_decision_nothing_of_the_file_is_kept(dana: Actor) -> None:
    old, new = read(GOOD, dana), read(GOOD, dana)
    FileImport.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(hours=25))
    tasks.tick()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.preview, old.chunks.count()) == ("expired", [], 0)
    assert (new.state, new.chunks.count()) == ("read", 3)


def test_the_tick_rings_for_what_waits(dana: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    read(GOOD, dana)
    rung: list[int] = []
    monkeypatch.setattr(jobs, "ring", rung.append)
    waits, died = upload(GOOD, dana), upload(GOOD, dana)
    service.claim(died.pk)
    expire(died)
    tasks.tick()
    assert rung == [waits.pk, died.pk]


def test_who_lacks_what_is_counted_in_one_query(django_assert_num_queries: Any) -> None:
    officer, tag = make.OfficerFactory(), make.TagFactory()
    whole = make.LearnerFactory(main_officer=officer, main_tag=tag)
    make.PlacementFactory(learner=whole)
    poor = make.LearnerFactory(email="")
    make.PlacementFactory(learner=poor, organisation=make.OrganisationFactory(name=""))
    make.LearnerFactory(system_status="Deleted")
    make.LearnerFactory(main_officer=officer)
    with django_assert_num_queries(1):
        counted = lacking.counted()
    assert counted == {"main_officer": 1, "email": 1, "placement": 1, "employer_name": 1, "main_tag": 2}


def expire(job: FileImport) -> None:
    """The worker has not been heard of for too long."""
    with transaction.atomic():
        FileImport.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
