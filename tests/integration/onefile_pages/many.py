"""What tests of enrolling many say often: a list of learners, the buttons on it, what came of it."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import Any

from django.test import Client

from learners.models import Learner, Qualification
from onefile_integration.exchange import listed
from onefile_integration.exchange.enrolment import Given
from onefile_integration.exchange.work import work
from onefile_integration.models import ExchangePlan, Run, Settings
from tests import factories
from tests.integration.onefile.conftest import BY, command
from tests.integration.onefile.story import another
from tests.sandbox_process import SandboxProcess

SAME = {"forenames": "Ines", "surname": "Dace", "uln": "4987600012", "date_of_birth": "2006-01-02"}


def mixed(learner: Learner, onefile: SandboxProcess) -> None:
    """Nine learners as a Monday brings them: AB12C and AB12K lack nothing, the others each have their own trouble."""
    onefile.seed(
        standards=[
            {"ID": 4005, "OrganisationID": 101, "Title": "Carpentry, pathway A [300PW]", "Elements": 4},
            {"ID": 4006, "OrganisationID": 101, "Title": "Carpentry, pathway B [300PW]", "Elements": 4},
            {"ID": 4007, "OrganisationID": 101, "Title": "Refused [400RF]", "Elements": 4},
        ],
        users=[
            {
                "ID": 700123,
                "Role": 1,
                "OrganisationID": 101,
                "FirstName": "Some",
                "LastName": "Body",
                "Email": "shared@example.org",
            }
        ],
    )
    assert command("onefile_check").status == 0
    another(learner, "AB12D", email="")
    with_line(another(learner, "AB12E"), "300PW")
    another(learner, "AB12F", email="shared@example.org")
    another(learner, "AB12G")
    another(learner, "AB12H", **SAME)
    another(learner, "AB12J", **SAME)
    another(learner, "AB12K")
    with_line(another(learner, "AB12M"), "400RF")
    assert command("onefile_enrol", "AB12G").status == 0


def with_line(learner: Learner, reference: str) -> None:
    known = Qualification.objects.filter(vq_reference=reference).first()
    qualification = known or factories.QualificationFactory(vq_reference=reference)
    factories.DeliveryPlanLineFactory(learner=learner, qualification=qualification, assessor=learner.main_officer)


def starters(learner: Learner, count: int, *, first: int = 1) -> None:
    """So many learners who lack nothing, with those there already."""
    for number in range(first, count):
        another(learner, f"ST{number:03}")


def make_list(client: Client) -> Run:
    """All learners, as a member of staff chooses them, and looked at."""
    idents = list(Learner.objects.order_by("ident").values_list("ident", flat=True))
    query = "&".join(f"learner={ident}" for ident in idents)
    answer = client.post(f"/onefile/enrolments/new/?{query}", {"centre": "101", "classroom": ""})
    assert answer.status_code == 302, answer.text
    run = Run.objects.get(pk=int(answer.url.split("/")[3]))
    work(run)
    return run


def quick_list() -> Run:
    """The same without a page."""
    keys = list(Learner.objects.order_by("ident").values_list("pk", flat=True))
    run = listed.start(keys, Given(centre=101), settings=Settings.objects.current(), by=BY)
    work(run)
    return run


def address(run: Run) -> str:
    return f"/onefile/enrolments/{run.pk}/"


def standings(run: Run) -> dict[str, str]:
    rows: Any = listed.rows(run)
    return {plan.learner.ident: plan.standing for plan in rows}


def row(run: Run, ident: str) -> ExchangePlan:
    return run.plans.get(learner__ident=ident)


def text_of_row(text: str, key: int) -> str:
    found = re.search(rf'<tr id="row-{key}">(.*?)</tr>', text, re.DOTALL)
    assert found, text
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(1))))


def press_create(client: Client, run: Run, text: str = "") -> Any:
    """*Create N in OneFile*, with what the page that was shown says."""
    wanted = re.search(r'name="rows" value="([^"]*)"', text or client.get(address(run)).text)
    assert wanted, "the page offers nothing to create"
    return client.post(f"{address(run)}create/", {"rows": wanted.group(1)})


def job_of(answer: Any) -> Run:
    return Run.objects.get(pk=int(answer.url.split("/")[3]))


def created(onefile: SandboxProcess) -> Counter[str]:
    """Learners, assessors and employers in OneFile by MIS Value."""
    state = onefile.state()
    return Counter(each["MISID"] for kind in ("users", "placements") for each in state[kind] if each["MISID"])
