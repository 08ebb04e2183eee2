"""A provider moves in with its files; then only what is really missing holds up *Create in OneFile*."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from learners.bulk.kinds import KINDS
from learners.models import Learner, Officer
from learners.services import bulk_changes, lacking
from learners.services.bulk_changes import Order
from learners.words import Lacking
from tests.integration.learners.conftest import BY
from tests.integration.onefile.conftest import command
from tests.sandbox_process import SandboxProcess

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def moved_in(connected: SandboxProcess) -> None:
    ilr = command("import_ilr", str(EXAMPLES / "ILR-10004321-2526-20260731-090000-01.xml"))
    assert (ilr.status, ilr.data["created"]) == (1, 26)
    assert [error["column"] for error in ilr.data["errors"]] == ["ULN", "NINumber"]
    for kind in ("officers", "organisations"):
        assert command("import_csv", kind, str(EXAMPLES / f"{kind}.csv")).status == 0
    officer, main_officer = Officer.objects.get(ident="EX001"), KINDS["main_officer"]
    chosen = list(Learner.objects.filter(main_officer=None).values_list("pk", flat=True))
    order = Order(
        main_officer.kind,
        "Main officer: Imogen Castell",
        chosen,
        lambda learners: main_officer.plan(learners, {"main_officer": officer}),
    )
    shown = order.plan(Learner.objects.filter(pk__in=chosen))
    assert bulk_changes.carry_out(order, digest=shown.digest, by=BY).changed == 26


@pytest.mark.usefixtures("moved_in")
def test_only_what_is_missing_holds_up_an_enrolment() -> None:
    lacks = lacking.counted()
    assert {lack: lacks[lack] for lack in (Lacking.MAIN_OFFICER, Lacking.EMAIL, Lacking.PLACEMENT)} == {
        Lacking.MAIN_OFFICER: 0,
        Lacking.EMAIL: 2,
        Lacking.PLACEMENT: 1,
    }
    idents = Learner.objects.exclude(lrn="").order_by("lrn").values_list("ident", flat=True)
    answer = command("onefile_enrol", *idents, "--dry-run")
    found = Counter(problem["code"] for result in answer.data["results"] for problem in result["problems"])
    ended = Learner.objects.filter(actual_end__isnull=False).count()
    assert found == {"email_missing": 2, "employer_unnamed": 2, "placement_missing": 1, "ended": ended}


@pytest.mark.usefixtures("moved_in")
def test_a_second_time_changes_nothing() -> None:
    rows = Learner.history.count()
    again = command("import_ilr", str(EXAMPLES / "ILR-10004321-2526-20260731-090000-01.xml"))
    assert (again.data["created"], again.data["updated"], again.data["unchanged"]) == (0, 0, 26)
    for kind in ("officers", "organisations"):
        data = command("import_csv", kind, str(EXAMPLES / f"{kind}.csv")).data
        assert (data["created"], data["updated"]) == (0, 0)
    assert Learner.history.count() == rows
