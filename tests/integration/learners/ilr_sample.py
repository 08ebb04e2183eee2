"""Small ILR files, made for one test each. All people are invented."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from learners.actor import Actor
from learners.files.ilr.importing import import_ilr
from learners.files.ilr.outcome import IlrOutcome

BY = Actor("test")
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
OTHER = {"LearnRefNumber": "A0002", "ULN": "5234567892"}  # a second learner beside the first


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


def load(*data: str | bytes, **options: Any) -> IlrOutcome:
    """Import a file, given whole or as its learners."""
    content = data[0] if isinstance(data[0], bytes) else file(*data)
    return import_ilr(io.BytesIO(content), by=BY, **options)


def counts(outcome: IlrOutcome) -> tuple[int, int, int]:
    assert not outcome.errors, outcome.errors
    return outcome.created, outcome.updated, outcome.unchanged


def faults(outcome: IlrOutcome) -> list[str]:
    return [error.column for error in outcome.errors]


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
