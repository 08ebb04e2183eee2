"""What the window shows is what arrives in OneFile, value by value; what has changed in between is shown, not sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from learners.models import Learner
from onefile_integration.models import Run
from onefile_integration.presenters.preview import what_changed
from tests import factories
from tests.integration.onefile.conftest import command
from tests.integration.onefile.story import writes
from tests.integration.onefile_pages.reading import MASKED, read
from tests.integration.onefile_pages.test_create import ADDRESS, press
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once
# What a person reads -> the member of OneFile's record, and how the one is told as the other.
LEARNER = {
    "First Name": "FirstName",
    "Surname": "LastName",
    "Email": "Email",
    "Telephone": "Telephone",
    "Mobile Number": "MobileNumber",
    "DOB": "DOB",
    "ULN": "ULN",
    "NINO": "NINO",
    "Start Date": "StartOn",
    "Planned End Date": "PlannedEndDate",
    "Ethnicity": "L12",
    "Sex": "L13",
    "Disability": "L14",
    "Primary disability": "PrimaryLLDDCode",
    "Other disabilities": "SecondaryLLDDCodes",
    "MIS Value": "MISID",
    "Default Assessor": "DefaultAssessorID",
    "Placement": "PlacementID",
    "OneFile Organisation": "OrganisationID",
    "Classroom": "ClassroomID",
}
SENSITIVE = {"NINO", "Ethnicity", "Disability", "Primary disability", "Other disabilities"}
AIM = {
    "Start": "StartDate",
    "Planned End": "PlannedEnd",
    "Registration Number": "RegistrationNumber",
    "Registration Date": "RegistrationDate",
    "Certificate Applied For Date": "CertificateAppliedDate",
    "Certificate Received Date": "CertificateReceivedDate",
}
CODES = {"Sex": {"Female": "F"}, "Disability": {"Yes": "1"}}
ONEFILES_OWN = {"ID", "Username", "Role", "CreatedOn", "LastModified"}
AIMS_OWN = {"ID", "UserID", "StandardID", "TotalElements"}
REVIEW = timezone.localdate() + timedelta(days=14)
State = dict[str, list[dict[str, Any]]]


@pytest.fixture
def filled(learner: Learner, connected: SandboxProcess) -> Learner:
    """AB12C with every value that can be sent, and a review to come."""
    assert command("onefile_settings", "upload_reviews=on", "visit_type=remote").status == 0
    Learner.objects.filter(pk=learner.pk).update(
        telephone="0161 496 0001", mobile="07700 900123", nino="AB123456C", sex="F", ethnicity=31,
        lldd=1, lldd_primary=12, lldd_others=[4, 95],
    )  # fmt: skip
    learner.delivery_plan.filter(qualification__vq_reference="196AS").update(
        registration_number="R-1, of 2026",
        registration_date=date(2026, 9, 21),
        certificate_applied=date(2026, 10, 5),
        certificate_received=date(2026, 11, 2),
    )
    factories.ReviewFactory(learner=learner, scheduled_date=REVIEW, start_time=time(9, 30))
    learner.refresh_from_db()
    return learner


# ---- what arrived, in the words of the page


def shown_day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%-d %b %Y}"


def as_shown(label: str, value: Any, state: State) -> str:
    """A value of OneFile's as the page should have told it; where it tells a code too, the code."""
    names = {each["ID"]: f"{each['FirstName']} {each['LastName']}" for each in state["users"]}
    for kind in ("placements", "classrooms", "organisations"):
        names |= {each["ID"]: each["Name"] for each in state[kind]}
    if isinstance(value, list):
        return ", ".join(as_shown(label, each, state) for each in value)
    if label in CODES:
        return next(words for words, code in CODES[label].items() if code == value)
    if isinstance(value, int):
        return str(names[value])
    return shown_day(value) if re.match(r"\d{4}-\d\d-\d\dT", str(value)) else str(value)


def only_codes(label: str, text: str) -> str:
    """`Dyslexia (12)` is sent as 12."""
    coded = SENSITIVE - {"NINO", "Disability"}
    return ", ".join(re.findall(r"\((\d+)\)", text)) if label in coded else text


def arrived(record: dict[str, Any], own: set[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in own and value not in (None, "", [], False, 0)}


def told(labels: dict[str, str], record: dict[str, Any], own: set[str], state: State) -> dict[str, str]:
    by_member = {member: label for label, member in labels.items()}
    values = arrived(record, own)
    assert set(values) <= set(by_member), "something arrived that no page tells"
    return {by_member[name]: as_shown(by_member[name], value, state) for name, value in values.items()}


def learner_of(state: State) -> dict[str, Any]:
    (learner,) = [user for user in state["users"] if user["Role"] == 1]
    return learner


def partner_lines(state: State) -> tuple[list[str], list[str]]:
    """(assessors, employers) as their lines should read."""
    assessors = [
        f"{user['FirstName']} {user['LastName']} ({user['MISID']}) will be created in OneFile with: "
        f"First Name {user['FirstName']}, Surname {user['LastName']}, MIS Value {user['MISID']}."
        for user in state["users"]
        if user["Role"] == 5
    ]
    references = {each["ID"]: re.findall(r"\[(.+)\]", each["Title"])[0] for each in state["standards"]}
    people = {user["ID"]: f"{user['FirstName']} {user['LastName']}" for user in state["users"]}
    assigned = [
        f"Assign {people[each['AssigneeID']]} for {references[each['StandardID']]}." for each in state["assignments"]
    ]
    employers = [
        f"{each['Name']} ({each['MISID']}) will be created in OneFile with: Name {each['Name']}, "
        f"MIS Value {each['MISID']}."
        for each in state["placements"]
    ]
    return assessors + assigned, employers


def review_lines(state: State) -> list[str]:
    people = {user["ID"]: f"{user['FirstName']} {user['LastName']}" for user in state["users"]}
    (visit,), (review,) = state["visits"], state["reviews"]
    starts, ends = (datetime.fromisoformat(visit[name]) for name in ("DateFrom", "DateTo"))
    assert ends - starts == timedelta(hours=1) and review["VisitID"] == visit["ID"] and review["Status"] == 1
    kind = {0: "Not Specified", 1: "Face to Face", 2: "Remote Session"}[visit["VisitTypeID"]]
    local = timezone.localtime(datetime.fromisoformat(review["ScheduledFor"]))
    return [
        f"Book the visit of {starts:%-d %b %Y}, one hour from {timezone.localtime(starts):%H:%M}, "
        f"with {people[visit['AssessorID']]}, Visit Type {kind}.",
        f"Create the review of {local:%-d %b %Y}, {local:%H:%M}, with {people[review['AssessorID']]}.",
    ]


# ---- previewed = sent


@pytest.mark.parametrize("who", ["holder", "administrator"])
def test_what_is_shown_is_what_arrives(
    request: pytest.FixtureRequest, who: str, filled: Learner, work: Callable[[], None], connected: SandboxProcess
) -> None:
    """The administrator may see sensitive values; the other sees that there are some, and they arrive all the same."""
    client: Client = request.getfixturevalue(who)
    text = client.get(ADDRESS).text
    shown = read(text)
    assert press(client, text).status_code == 302
    work()
    state = connected.state()

    there = told(LEARNER, learner_of(state), ONEFILES_OWN, state)
    assert set(there) == set(LEARNER), "the learner of this test is filled in everywhere"
    if who == "holder":
        there |= dict.fromkeys(SENSITIVE, MASKED)
        assert not re.search("AB123456C|Dyslexia|British", text), "nor in what is hidden"
    facts = shown["Learner"].facts | shown["Learner"].choices
    coded = {label: only_codes(label, words) if words != MASKED else words for label, words in facts.items()}
    assert coded == there

    for aim in state["aims"]:
        reference = {4001: "196AS", 4002: "603/2954/9"}[aim["StandardID"]]
        facts = shown[f"Qualifications: {reference}"].facts
        officer = {4001: "Bryn Tallis", 4002: "Meera Chandran"}[aim["StandardID"]]
        assert facts == {**told(AIM, aim, AIMS_OWN, state), "Assessor": officer}
    assert shown["Qualifications: 999/XX"].facts == {}
    assert "simply not linked" in shown["Qualifications: 999/XX"].lines[0]
    assessors, employers = partner_lines(state)
    assert (shown["Assessors"].lines, shown["Employer"].lines) == (assessors, employers)
    assert shown["Reviews"].lines == review_lines(state)


# ---- what has changed in between


def email_edited(learner: Learner, onefile: SandboxProcess) -> None:
    Learner.objects.filter(pk=learner.pk).update(email="amara@elsewhere.example")


def assessor_appears(learner: Learner, onefile: SandboxProcess) -> None:
    onefile.seed(users=[{"ID": 500101, "Role": 5, "OrganisationID": 101, "FirstName": "B", "LastName": "T",
                         "MISID": "OF001"}])  # fmt: skip


def employer_appears(learner: Learner, onefile: SandboxProcess) -> None:
    onefile.seed(placements=[{"ID": 900999, "OrganisationID": 101, "Name": "Pitt", "MISID": "EM001"}])


def learner_appears(learner: Learner, onefile: SandboxProcess) -> None:
    onefile.seed(users=[{"ID": 700555, "Role": 1, "OrganisationID": 101, "FirstName": "A", "LastName": "O",
                         "MISID": "AB12C"}])  # fmt: skip


def pathway_removed(learner: Learner, onefile: SandboxProcess) -> None:
    onefile.remove("standards", 4002)
    assert command("onefile_check").status == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (email_edited, ["Email: was amara.lane@example.org, is now amara@elsewhere.example"]),
        (
            assessor_appears,
            [
                "Link officer Bryn Tallis with assessor 500101: OneFile ID: was not there, is now 500101",
                "Create assessor Bryn Tallis in OneFile: MIS Value: was OF001, will no longer be sent",
            ],
        ),
        (
            employer_appears,
            ["Link employer Pitt & Sons' Joinery with placement 900999: OneFile ID: was not there, is now 900999"],
        ),
        (learner_appears, ["Is it this person? OneFile learner 700555"]),
        (pathway_removed, ["Assign 603/2954/9", "was planned, is not any more"]),
    ],
)
def test_what_has_changed_in_between_is_said_and_nothing_is_sent(
    holder: Client, filled: Learner, connected: SandboxProcess, change: Callable[..., None], said: list[str]
) -> None:
    before = holder.get(ADDRESS).text
    change(filled, connected)
    state = connected.state()
    connected.clear_calls()

    again = press(holder, before)

    text = unescape(again.text)
    assert again.status_code == 200 and "What would be sent has changed" in text
    assert [words for words in said if words not in text] == []
    assert writes(connected) == [] and connected.state() == state
    assert not Run.objects.exists()
    if change is learner_appears:
        assert 'name="create"' not in again.text
    else:
        assert press(holder, again.text).status_code == 302


def test_what_falls_away_is_said_by_what_it_was() -> None:
    before = {"Link officer A: OneFile ID": "900013", "Assign X: Standard": "4", "Assign X": "planned"}
    assert what_changed(json.dumps(before), {}) == [
        "Link officer A: OneFile ID: was 900013, will no longer be linked",
        "Assign X: Standard: was 4, will no longer be sent",
        "Assign X: was planned, is not any more",
    ]


def test_a_chosen_pathway_that_is_gone_is_chosen_anew(
    holder: Client, filled: Learner, connected: SandboxProcess
) -> None:
    """Another of that code is left: the page leads to a choice that can be made there, and is not stuck."""
    more = {"OrganisationID": 101, "Elements": 4}
    titles = {4005: "Pathway B [196AS]", 4006: "Pathway C [196AS]"}
    connected.seed(standards=[more | {"ID": number, "Title": title} for number, title in titles.items()])
    assert command("onefile_check").status == 0
    line = filled.delivery_plan.get(qualification__vq_reference="196AS")
    chosen = holder.get(f"{ADDRESS}?pathway-{line.pk}=4005").text
    connected.remove("standards", 4005)
    connected.remove("standards", 4006)
    assert command("onefile_check").status == 0

    again = press(holder, chosen).text

    assert "What would be sent has changed" in again and f'href="#id_pathway-{line.pk}"' in again
    assert f'id="id_pathway-{line.pk}"' in again and 'name="create"' not in again
    decided = press(holder, again, "update", **{f"pathway-{line.pk}": "4001"})
    assert press(holder, holder.get(decided.url).text).status_code == 302
