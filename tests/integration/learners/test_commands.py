"""The commands as scripts use them: exit statuses, one JSON object on stdout, messages on stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from learners.actor import Actor
from learners.models import Learner
from learners.registry import registry
from learners.services import breaks, delivery, learner_officers, learners, placements, reviews
from tests import factories as make
from tests.integration.learners.conftest import LEARNER, as_csv, sample
from tests.integration.learners.ilr_sample import file, learner

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(db: None) -> Run:
    """(exit status, what stands on stdout read as JSON, stderr)"""

    def run(*args: Any) -> tuple[int, Any, str]:
        out, err = StringIO(), StringIO()
        status = 0
        try:
            call_command(*map(str, args), "--json", stdout=out, stderr=err)
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, json.loads(out.getvalue()), err.getvalue()

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(data)
        return path

    return write


def test_import_csv_in_the_three_ways_it_can_end(run: Run, write: Callable[[bytes], Path]) -> None:
    assert run("import_csv", "learners", write(as_csv(LEARNER)))[:2] == (
        0,
        {"created": 1, "updated": 0, "unchanged": 0, "errors": [], "error_count": 0},
    )
    status, data, err = run("import_csv", "learners", write(as_csv(LEARNER | {"BIRTHDATE": "2007-02-30"})))
    assert status == 2
    assert data["errors"] == [{"row": 2, "column": "BIRTHDATE", "message": "There is no such day."}]
    assert "row 2, BIRTHDATE" in err
    assert "Nothing was changed" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("import_csv", "wizards", "x.csv"), "Unknown kind"),
        (("import_csv", "learners", "/nowhere/x.csv"), "cannot be read"),
        (("import_csv", "learners", "/"), "cannot be read"),
        (("import_ilr", "/nowhere/x.xml"), "cannot be read"),
        (("export_csv", "wizards", "x.csv"), "Unknown kind"),
        (("export_csv", "learners", "/nowhere/x.csv"), "cannot be written"),
        (("export_csv", "learners"), "Name a FILE"),
        (("learner_export", "ZZZZZ"), "No learner"),
    ],
)
def test_what_is_refused_ends_with_2(args: tuple[str, ...], said: str, run: Run) -> None:
    status, data, err = run(*args)
    assert (status, data["ok"]) == (2, False)
    assert said in data["error"]
    assert said in err


def test_other_names_for_many_are_held_until_someone_says_go_on(run: Run, write: Callable[[bytes], Path]) -> None:
    rows = [LEARNER | {"IDENT": f"AB12{number}", "MIAP_ULN": ""} for number in range(5)]
    run("import_csv", "learners", write(as_csv(*rows)))
    slipped = [row | {"SURNAME": "Slipped"} for row in rows[:4]] + [rows[4]]
    for words in (["--dry-run"], []):
        status, data, err = run("import_csv", "learners", write(as_csv(*slipped)), *words)
        assert (status, data["held"], data["updated"]) == (2, {"identity_overwritten": 4}, 0)
        assert "4 learners" in err
        assert "--go-on" in err
    assert not Learner.objects.filter(surname="Slipped").exists()
    status, data, _ = run("import_csv", "learners", write(as_csv(*slipped)), "--go-on")
    assert (status, data["updated"], data["unchanged"], "held" in data) == (0, 4, 1, False)


def test_three_other_names_are_not_held(run: Run, write: Callable[[bytes], Path]) -> None:
    rows = [LEARNER | {"IDENT": f"AB12{number}", "MIAP_ULN": "", "BIRTHDATE": ""} for number in range(5)]
    run("import_csv", "learners", write(as_csv(*rows)))
    changed = [row | {"SURNAME": "Married"} for row in rows[:3]] + [
        row | {"BIRTHDATE": "2007-01-01"} for row in rows[3:]
    ]
    assert run("import_csv", "learners", write(as_csv(*changed)))[:2] == (
        0,
        {"created": 0, "updated": 5, "unchanged": 0, "errors": [], "error_count": 0},
    )


def test_import_ilr_in_the_three_ways_it_can_end(run: Run, write: Callable[[bytes], Path]) -> None:
    assert run("import_ilr", write(file(learner())))[0] == 0
    status, data, _ = run("import_ilr", write(file(learner(ULN="4123456782"))))
    assert (status, data["unchanged"], data["errors"][0]["column"]) == (1, 1, "ULN")
    assert set(data["errors"][0]) == {"line", "column", "message"}
    status, data, err = run("import_ilr", write(b"<!DOCTYPE x><x/>"))
    assert (status, data["created"]) == (2, 0)
    assert "DOCTYPE" in err


def test_import_ilr_says_what_a_person_has_to_decide(run: Run, write: Callable[[bytes], Path]) -> None:
    run("import_ilr", write(file(*(learner(LearnRefNumber=f"A000{n}") for n in range(6)))))
    slipped = write(file(*(learner(LearnRefNumber=f"A000{n}", FamilyName="Slipped") for n in range(6))))
    held = {"identity_overwritten": 6}
    nothing = {"created": 0, "updated": 0, "unchanged": 0, "errors": []}
    for args in ([slipped], [slipped, "--dry-run"]):
        status, data, err = run("import_ilr", *args)
        assert (status, data) == (2, {**nothing, "held": held})
        assert "--go-on" in err
    assert run("import_ilr", slipped, "--go-on")[:2] == (0, {**nothing, "updated": 6})
    other = write(file(learner(LearnRefNumber="A0001", DateOfBirth="1990-01-01")))
    status, data, err = run("import_ilr", other)
    assert (status, set(data)) == (1, {"created", "updated", "unchanged", "errors"})
    assert '--same-person "A0001"' in err
    assert "1990" not in err
    assert run("import_ilr", other, "--same-person", "A0001")[:2] == (0, {**nothing, "updated": 1})


def test_a_dry_run_ends_as_the_real_one_would(run: Run, write: Callable[[bytes], Path]) -> None:
    path = write(file(learner(ULN="4123456782")))
    assert run("import_ilr", path, "--dry-run")[:2] == run("import_ilr", path)[:2]


def test_an_export_goes_to_a_file_or_to_stdout(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make.LearnerFactory(surname="=cmd()")
    path = tmp_path / "learners.csv"
    assert run("export_csv", "learners", path)[:2] == (0, {"exported": 1, "file": str(path)})
    call_command("export_csv", "learners")
    assert path.read_bytes().decode() == capsys.readouterr().out
    assert "'=cmd()" in path.read_text(encoding="utf-8")
    assert run("import_csv", "learners", path)[1]["unchanged"] == 1


def test_an_export_to_a_workbook_is_an_import_that_changes_nothing(run: Run, tmp_path: Path) -> None:
    make.LearnerFactory(ident="00123", surname="=cmd()", address1="'-", telephone="+44 161 496 0001")
    path = tmp_path / "learners.XLSX"
    assert run("export_csv", "learners", path)[:2] == (0, {"exported": 1, "file": str(path)})
    assert run("import_csv", "learners", path)[1]["unchanged"] == 1


@pytest.mark.django_db
def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(CommandError, match="unrecognized"):
        call_command("import_csv", "learners", "x.csv", "--dry")


# Everything held on a learner


@pytest.fixture
def amara(db: None, by: Actor) -> Learner:
    officer, employer = make.OfficerFactory(), make.OrganisationFactory(name="Pitt")
    amara = learners.create(
        ident="AB12C", forenames="Amara", surname="Lane", uln="4123456781", lldd=1, lldd_primary=12,
        address1="1 High St", main_officer=officer, start="2026-09-01", by=by,
    )  # fmt: skip
    qualification = make.QualificationFactory(vq_reference="157AS")
    line = delivery.create_line(amara, qualification=qualification, start=amara.start, total_elements=4, by=by)
    delivery.set_unit(line, reference="U1", by=by)
    placements.create(amara, organisation=employer, start=amara.start, by=by)
    breaks.create(amara, from_date=amara.planned_end or amara.start, by=by)
    learner_officers.add(amara, officer=officer, role="Mentor", by=by)
    kept = reviews.create(amara, officer=officer, scheduled_date="2026-12-03", start_time="10:00", by=by)
    gone = reviews.create(amara, scheduled_date="2026-12-10", by=by)
    reviews.delete(gone, by=by)
    reviews.update(kept, attended="Yes", actual_date="2026-12-03", by=by)
    learners.update(amara, system_status="Deleted", by=by)
    return amara


def test_everything_held_on_a_learner(amara: Learner, run: Run) -> None:
    status, data, _ = run("learner_export", "ab12c")
    officer = amara.main_officer
    assert status == 0
    assert data | {
        "ident": "AB12C", "first_name": "Amara", "surname": "Lane", "email": None, "telephone": None, "mobile": None,
        "date_of_birth": None, "uln": "4123456781", "nino": None, "sex": None, "ethnicity": None, "lldd": 1,
        "address": ["1 High St"], "postcode": None, "start": "2026-09-01", "planned_end": None, "actual_end": None,
        "system_status": "Deleted", "main_officer": officer and officer.ident, "main_tag": None, "onefile_id": None,
    } == data  # fmt: skip
    [line], [review] = data["delivery"], data["reviews"]
    assert (line["vq_reference"], line["start"], line["total_elements"]) == ("157AS", "2026-09-01", 4)
    assert line["elements_done"] is line["registration_number"] is line["certificate_applied_date"] is None
    assert (review["scheduled_date"], review["start_time"], review["attended"]) == ("2026-12-03", "10:00", "Yes")
    assert review["onefile_system_id"] is None
    assert [place["start"] for place in data["placements"]] == ["2026-09-01"]
    assert data["breaks"] == [{"from": "2026-09-01", "to": None}]
    whats = [(row["record"], row["what"]) for row in data["history"]]
    assert whats[0] == ("learner", "created")
    assert ("review", "deleted") in whats
    assert {record for record, _ in whats} == {
        "learner", "placement", "break", "learnerofficer", "deliveryplanline", "review", "unit"
    }  # fmt: skip


def test_another_app_adds_its_part(amara: Learner, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def part(learner: Learner) -> dict[str, Any]:
        return {"onefile_id": 700100, "reviews": [{"onefile_system_id": 88001}]}

    monkeypatch.setattr(registry, "learner_export", [part])
    _, data, _ = run("learner_export", "AB12C")
    assert data["onefile_id"] == 700100
    assert [(each["onefile_system_id"], each["attended"]) for each in data["reviews"]] == [(88001, "Yes")]


# As real processes


Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(process_environment: Callable[..., dict[str, str]]) -> Manage:
    """The command in a process of its own, on the database of this test."""

    def manage(*args: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *map(str, args)]
        environment = process_environment()
        return subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120
        )

    return manage


class TestProcesses:
    def test_json_is_all_that_stands_on_stdout(self, manage: Manage, write: Callable[[bytes], Path]) -> None:
        done = manage("import_csv", "learners", write(as_csv(LEARNER)), "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["created"] == 1
        assert Learner.objects.filter(ident="AB12C").exists()

    def test_a_refusal_is_status_2(self, manage: Manage, write: Callable[[bytes], Path]) -> None:
        done = manage("import_csv", "learners", write(b"IDENT,COLOUR\n"), "--json")
        assert (done.returncode, json.loads(done.stdout)["errors"][0]["column"]) == (2, "COLOUR")
        assert "COLOUR" in done.stderr

    def test_an_unknown_argument_is_status_2(self, manage: Manage) -> None:
        done = manage("import_csv", "learners", "x.csv", "--dry", "--json")
        assert done.returncode == 2
        assert json.loads(done.stdout) == {"ok": False, "error": "unrecognized arguments: --dry"}

    def test_faults_in_a_file_that_loads_are_status_1(self, manage: Manage, write: Callable[[bytes], Path]) -> None:
        done = manage("import_ilr", write(file(learner(ULN="4123456782"))))
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("created 1")

    def test_an_export_without_a_file_goes_to_stdout(self, manage: Manage) -> None:
        for _ in range(3):
            make.LearnerFactory()
        done = manage("export_csv", "learners")
        assert (done.returncode, len(done.stdout.splitlines())) == (0, 4)

    def test_the_department_s_sample(self, manage: Manage) -> None:
        path = sample("2025-26/ILR-99999999-2526-20250108-094401.xml")
        done = manage("import_ilr", path, "--json")
        assert (done.returncode, json.loads(done.stdout)["created"]) == (1, 19), done.stderr
