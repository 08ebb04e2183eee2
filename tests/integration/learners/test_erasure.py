"""Who was erased does not come back, and is told of; the command asks first."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from learners.actor import Actor
from learners.files.kinds import kind_names
from learners.models import ErasedNumber, Erasure, FileImport, Learner
from learners.services import episodes, erasure, file_imports, idents, learners
from learners.services.tombstones import erased_references, was_erased
from learners.words import FileImportState
from tests import factories as make
from tests.integration.learners import ilr_sample as ilr
from tests.integration.learners.conftest import LEARNER, Load
from tests.integration.learners.test_commands import Run, run

__all__ = ["run"]
ROWS: dict[str, dict[str, str]] = {
    "learners": LEARNER,
    "breaks": {"IDENT": "AB12C", "FROM": "2026-11-02", "TO": ""},
    "placements": {"IDENT": "AB12C", "EMPCODE": "EM001", "TYPE": "P", "START": "2026-09-01", "END": ""},
    "delivery": {
        "IDENT": "AB12C", "VQREF": "196AS", "ASSESSOR": "", "START": "2026-09-01", "EXPECTEDEND": "", "ACTUALEND": "",
        "TOTALELEMENTS": "", "ELEMENTSDONE": "", "REGNUMBER": "", "REGDATE": "", "CERTAPPLIED": "", "CERTRECEIVED": "",
    },
    "units": {"IDENT": "AB12C", "VQREF": "196AS", "UNITREF": "U1", "TITLE": ""},
    "reviews": {
        "IDENT": "AB12C", "TYPE": "Normal", "SCHEDULED": "2026-12-03", "STARTTIME": "10:00", "OFFICER": "",
        "ATTENDED": "", "ACTUAL": "",
    },
    "learner_officers": {"IDENT": "AB12C", "OFFICER": "OF001", "ROLE": "Mentor"},
    "links": {"KIND": "learner", "IDENT": "AB12C", "ONEFILE_ID": "700100", "CENTRE": ""},
}  # fmt: skip


@pytest.fixture
def amara(db: None, by: Actor) -> Learner:
    make.OfficerFactory(ident="OF001")
    make.OrganisationFactory(ident="EM001")
    make.QualificationFactory(vq_reference="196AS")
    return learners.create(
        ident="AB12C", forenames="Amara", surname="Lane", ukprn="10000001", lrn="0042", start="2026-09-01", by=by
    )


@pytest.fixture
def erased(amara: Learner, by: Actor) -> None:
    erasure.erase([amara], by=by)


def test_the_tombstone_holds_no_value(erased: None) -> None:
    assert [len(number.digest) for number in Erasure.objects.get(erased_by="test").numbers.all()] == [64, 64]
    rows = [*Erasure.objects.values(), *ErasedNumber.objects.values()]
    assert not {"AB12C", "0042", "10000001"} & {str(value) for row in rows for value in row.values()}
    assert was_erased(ident="AB12C") == was_erased(ukprn="10000001", lrn="0042") == Erasure.objects.get()
    assert was_erased(ident="AB12D") is was_erased(ukprn="10000002", lrn="0042") is None
    assert set(erased_references("10000001", ["0041", "0042", ""])) == {"0042"}


def test_the_ilr_file_is_refused_for_that_learner_alone(erased: None) -> None:
    outcome = ilr.load(ilr.learner(LearnRefNumber="0042"), ilr.learner(**ilr.OTHER))
    (fault,) = outcome.errors
    assert (fault.line > 1, fault.column, "0042: was erased on" in fault.message) == (True, "LearnRefNumber", True)
    assert [learner.lrn for learner in Learner.objects.all()] == [ilr.OTHER["LearnRefNumber"]]


def test_nor_under_a_number_of_before(amara: Learner, by: Actor) -> None:
    """An old file names the old number, a new one names it as the number before."""
    learners.update(amara, lrn="0043", by=by)
    erasure.erase([amara], by=by)
    old, new = ilr.learner(LearnRefNumber="0042"), ilr.learner(LearnRefNumber="0044", PrevLearnRefNumber="0043")
    assert [fault.column for fault in ilr.load(old, new).errors] == ["LearnRefNumber", "PrevLearnRefNumber"]
    assert not Learner.objects.exists()


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_no_file_brings_the_learner_back(kind: str, erased: None, load: Load) -> None:
    outcome = load(kind, ROWS[kind])
    (fault,) = outcome.errors
    assert (fault.row, fault.column) == (2, "IDENT")
    assert "was erased on" in fault.message
    assert not Learner.objects.exists()


def test_each_kind_of_file_that_names_a_learner_is_tried() -> None:
    assert set(kind_names()) - {"officers", "organisations", "qualifications"} == set(ROWS)


def test_neither_a_form_nor_a_service_does(erased: None, by: Actor) -> None:
    with pytest.raises(ValidationError) as refused:
        learners.create(ident="AB12C", by=by)
    assert set(refused.value.message_dict) == {"ident"}
    with pytest.raises(ValidationError) as refused:
        learners.create(ukprn="10000001", lrn="0042", by=by)
    assert set(refused.value.message_dict) == {"lrn"}


def test_an_ident_is_not_made_again(erased: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter(["AB12C", "CD34E"])
    monkeypatch.setattr(idents, "new_ident", lambda rng: next(made))
    assert idents.free_ident(Learner) == "CD34E"


def test_an_export_says_when_the_learner_was_erased(erased: None, run: Run) -> None:
    status, data, _ = run("learner_export", "AB12C")
    assert (status, data["ok"]) == (2, False)
    assert "was erased on" in data["error"]
    assert run("learner_erase", "AB12C", "--yes")[:2] == (status, data)


def test_episodes_go_one_by_one_or_all(amara: Learner, by: Actor, run: Run) -> None:
    for ident in ("CD34E", "EF56G"):
        episodes.tie(learners.create(ident=ident, start="2027-09-01", by=by), to=amara, by=by)

    status, data, err = run("learner_erase", "AB12C", "--yes")
    assert (status, data["ok"], "CD34E" in err, "EF56G" in err) == (0, True, True, True)
    assert run("learner_erase", "CD34E", "--yes", "--all-episodes")[0] == 0
    assert not Learner.objects.exists()
    assert Erasure.objects.count() == 3


def test_without_a_terminal_it_wants_yes(amara: Learner, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("AB12C\n"))
    status, data, _ = run("learner_erase", "AB12C")
    assert (status, "--yes" in data["error"]) == (2, True)
    assert Learner.objects.exists()


@pytest.mark.parametrize(("typed", "status"), [("ab12c", 0), ("yes", 2), ("", 2)])
def test_on_a_terminal_it_asks(
    typed: str, status: int, amara: Learner, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    ended, data, err = run("learner_erase", "AB12C")
    assert (ended, data["ok"], Learner.objects.exists()) == (status, status == 0, status != 0)
    assert "AB12C Amara Lane" in err and "1 learner" in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_failure_on_the_way_erases_nothing(amara: Learner, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "scrub", broken)
    with pytest.raises(RuntimeError):
        erasure.erase([amara], by=by)
    assert Learner.objects.get().history.exists()
    assert not Erasure.objects.exists()


def broken(*args: Any) -> None:
    raise RuntimeError


# Uploaded files


@pytest.fixture
def waiting(amara: Learner, by: Actor) -> FileImport:
    """Uploaded and read; its preview and its bytes name Amara."""
    made = file_imports.upload(kind="learners", file_name="learners.csv", blocks=[b"AB12C,Amara,Lane"], by=by)
    preview = [{"record": "AB12C Amara Lane", "changes": []}]
    FileImport.objects.filter(pk=made.pk).update(state=FileImportState.READ, preview=preview)
    return made


def test_uploaded_files_that_may_name_the_learner_go(waiting: FileImport, amara: Learner, by: Actor) -> None:
    erasure.erase([amara], by=by)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.preview, waiting.chunks.count()) == (FileImportState.DISCARDED, [], 0)
    assert "upload it again" in waiting.ending


def test_what_an_ended_import_said_no_longer_names_the_learner(amara: Learner, by: Actor) -> None:
    errors = [{"row": 7, "column": "ULN", "message": "LearnRefNumber 0042: ULN differs from the record AB12C."}]
    done = FileImport.objects.create(
        kind="ilr", file_name="ILR-10000001.xml", size=1, state=FileImportState.REFUSED, ended_at=timezone.now(),
        errors=errors, same_person=["0043"],
    )  # fmt: skip
    erasure.erase([amara], by=by)
    done.refresh_from_db()
    assert done.errors[0]["message"] == "[erased]: ULN differs from the record [erased]."


def test_an_import_at_work_is_waited_for(waiting: FileImport, amara: Learner, by: Actor) -> None:
    FileImport.objects.update(state=FileImportState.TO_READ)
    assert file_imports.claim(waiting.pk)
    with pytest.raises(ValidationError, match="being imported"):
        erasure.erase([amara], by=by)
    assert waiting.chunks.exists() and Learner.objects.exists()
