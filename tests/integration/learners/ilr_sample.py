"""Small ILR files, made for one test each. All people are invented."""

from __future__ import annotations

from typing import Any

NAMESPACE = "ESFA/ILR/2025-26"
AIM = {
    "LearnAimRef": "60311046",
    "AimType": "4",
    "AimSeqNumber": "1",
    "LearnStartDate": "2025-09-01",
    "LearnPlanEndDate": "2026-07-31",
    "CompStatus": "1",
}
PROGRAMME = AIM | {"LearnAimRef": "ZPROG001", "AimType": "1", "ProgType": "25", "StdCode": "157"}
PART = AIM | {"LearnAimRef": "60093729", "AimType": "3", "ProgType": "25", "StdCode": "157"}
LEARNER: dict[str, Any] = {
    "LearnRefNumber": "A0001",
    "ULN": "4123456781",
    "FamilyName": "Okafor-Lane",
    "GivenNames": "Amara",
    "DateOfBirth": "2007-07-14",
    "Ethnicity": "31",
    "Sex": "F",
    "LLDDHealthProb": "2",
    "NINumber": "AB123456C",
    "Postcode": "M1 1AA",
    "AddLine1": "1 High St",
    "TelNo": "01614960001",
    "Email": "amara.lane@example.org",
}
RETURN = {"LearnDelFAMType": "RES", "LearnDelFAMCode": "1"}


def group(name: str, values: dict[str, Any]) -> str:
    """An element with its children; a list repeats its element, None leaves it out."""
    return f"<{name}>{''.join(_child(child, value) for child, value in values.items())}</{name}>"


def _child(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(group(name, each) for each in value)
    return "" if value is None else f"<{name}>{value}</{name}>\n"


def learner(*aims: dict[str, Any], employed: list[dict[str, str]] | None = None, **values: Any) -> str:
    parts = {"LearnerEmploymentStatus": employed or [], "LearningDelivery": list(aims) or [AIM]}
    return group("Learner", LEARNER | values | parts)


def employed(on: str, employer: str, status: str = "10") -> dict[str, str]:
    return {"EmpStat": status, "DateEmpStatApp": on, "EmpId": employer}


def file(*learners: str, before: str = "", ukprn: str = "10000001", namespace: str = NAMESPACE) -> bytes:
    provider = f"<LearningProvider><UKPRN>{ukprn}</UKPRN></LearningProvider>"
    return f'{before}<Message xmlns="{namespace}">\n{provider}\n{"".join(learners)}</Message>'.encode()
